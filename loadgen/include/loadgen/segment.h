/*
 * One run on several machines: of everything that is counted (users, moments of the rate, data
 * rows, iterations) number k belongs to segment k % segments, so that the segments together are the
 * run, whatever their number.
 */
#ifndef LOADGEN_SEGMENT_H
#define LOADGEN_SEGMENT_H

#include "base/str.h"

enum { SEGMENTS_MAX = 10000 };

/* "2/4": the second of four, ret_segment 1. False for anything else. */
MUST_CHECK bool segment_parse(struct str text, size_t *ret_segment, size_t *ret_segments);
/* How many of `count` things are the segment's. */
uint64_t segment_share(uint64_t count, size_t segment, size_t segments);

#endif
