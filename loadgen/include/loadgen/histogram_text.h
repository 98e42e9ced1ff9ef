/*
 * Histograms as HdrHistogram's tools exchange them: the compressed V2 encoding in base64, as it
 * stands in a .hlog line ("HISTF...").
 *
 * Source: HdrHistogram 2.1, AbstractHistogram's compressed V2 encoding: two cookies, big-endian
 * lengths and settings, the payload deflated.
 */
#ifndef LOADGEN_HISTOGRAM_TEXT_H
#define LOADGEN_HISTOGRAM_TEXT_H

#include "loadgen/histogram.h"

/* `payload` is histogram_encode()'s; `ret` in `arena`. False without memory. */
MUST_CHECK bool histogram_text_write(struct str payload, struct arena *arena, struct str *ret);
/* Adds to `to`. False for what is none of ours (1 us to 1 h, three digits), `to` is then
 * unspecified. Scratch in `arena`. */
MUST_CHECK bool histogram_text_read(struct str text, struct arena *arena, struct histogram *to);

#endif
