/*
 * Figures over time in bounded memory: windows of one width, which doubles whenever there would be
 * more of them than wanted. A window's counts are kept as a compact text, so that two windows
 * become one without a loss and percentiles are never averaged.
 */
#ifndef LOADGEN_TIMELINE_H
#define LOADGEN_TIMELINE_H

#include "loadgen/failures.h"
#include "loadgen/histogram.h"

struct counters {
    uint64_t requests; /* ended, with or without an answer */
    uint64_t errors, non_2xx;
    uint64_t tests, failed_tests;
    uint64_t bytes_in, bytes_out;
    uint64_t sum_us; /* of answers; their number is requests - errors */
    int64_t min_us, max_us;
    struct failures failures; /* errors and answers other than 2xx, by kind */
};

void counters_add(struct counters *to, const struct counters *from);
double counters_average_ms(const struct counters *counters);
/* `non_2xx`: answers other than 2xx count as errors. */
double counters_error_percent(const struct counters *counters, bool non_2xx);
/* Failed tests, of all tests. */
double counters_failure_percent(const struct counters *counters);

struct window {
    int64_t begin_ms, end_ms;
    double users; /* active, on average; in the open loop: with a request in flight */
    struct counters counters;
    int64_t p50_us, p90_us, p95_us, p99_us;
    char *payload; /* histogram_encode(); malloc */
    size_t payload_bytes;
};

struct timeline {
    struct window *windows; /* in order; malloc */
    size_t count, capacity;
    size_t count_max;
    int64_t width_ms; /* window w lies in [k * width, (k + 1) * width) by its begin */
};

void timeline_init(struct timeline *timeline, size_t count_max, int64_t width_ms);
void timeline_deinit(struct timeline *timeline);

/*
 * Adds a stretch of time that ended: `window` without percentiles and payload, and its answers'
 * times. Within the last window's place it joins that window, as it does with `join`. Times must
 * not go back by more than that. False without memory.
 */
MUST_CHECK bool timeline_add(struct timeline *timeline, const struct window *window,
                             const struct histogram *histogram, bool join);
/* Adds all of `from`, `offset_ms` later, whatever the order and the widths. */
MUST_CHECK bool timeline_merge(struct timeline *to, const struct timeline *from, int64_t offset_ms);
/* Doubles the width until it is at least `width_ms`. */
MUST_CHECK bool timeline_widen(struct timeline *timeline, int64_t width_ms);

#endif
