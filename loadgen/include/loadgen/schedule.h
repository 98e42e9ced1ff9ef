/*
 * When requests are due in the open model: a rate that holds, a rate in steps, or a trace.
 *
 *   200/s  or  200              200 requests a second, evenly
 *   100/s:30s,500/s:1m,100/s    steps, each for its time; the last may hold to the end
 *
 * A trace is a text with a line for each moment in seconds since the start, in order, or with lines
 * "seconds,rate": from that second on that rate holds. A heading, blank lines and lines that begin
 * with '#' are skipped.
 *
 * Requests are numbered; number n is due where the area under the rate reaches n. A segment has the
 * numbers first, first + stride, first + 2 * stride, ...: the segments together are the whole
 * schedule, to the nanosecond.
 */
#ifndef LOADGEN_SCHEDULE_H
#define LOADGEN_SCHEDULE_H

#include "base/error.h"

enum { SCHEDULE_STEPS_MAX = 100000, SCHEDULE_MOMENTS_MAX = 50000000 };

struct rate_step {
    double from_s;
    double rate;   /* requests a second from then on; 0: none */
    double before; /* requests due before it */
};

struct schedule {
    struct rate_step *steps; /* either steps */
    size_t step_count;
    double end_s;    /* nothing is due from then on; INFINITY: no end of its own */
    double *moments; /* or moments, in seconds */
    size_t moment_count;
    uint64_t first, stride; /* the segment; 0 and 1: everything */
};

/* In `arena`. Errors: error_usage, error_out_of_memory. */
MUST_CHECK bool schedule_parse(struct str text, struct arena *arena, struct schedule *ret,
                               struct aws_error *err);
MUST_CHECK bool schedule_parse_trace(struct str text, struct arena *arena, struct schedule *ret,
                                     struct aws_error *err);

/* When the segment's request `number` (from 0) is due, since the start; false past the end. */
MUST_CHECK bool schedule_due(const struct schedule *schedule, uint64_t number, int64_t *ret_ns);
/* How many of the segment's requests are due before `at_ns`. */
uint64_t schedule_count(const struct schedule *schedule, int64_t at_ns);
/* Milliseconds until nothing more is due; 0 for a schedule without an end of its own. */
int64_t schedule_length_ms(const struct schedule *schedule);

#endif
