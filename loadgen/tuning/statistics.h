/*
 * From the figures of the single runs to one row for a memory size. Source: the published tool,
 * version 4.4.0; sums are folded from left to right, as there.
 */
#ifndef TUNING_STATISTICS_H
#define TUNING_STATISTICS_H

#include "base/base.h"
#include "log_tail.h"

struct size_statistics {
    int64_t memory_mb;
    double average_price;       /* the price of the trimmed mean of what was billed */
    double average_duration_ms; /* trimmed mean */
    double total_cost;          /* of all runs, trimmed or not */
    double average_billed_ms;   /* trimmed mean, before it is rounded up */
    int64_t cold_starts;        /* runs with an Init Duration */
    int64_t runs;
};

/*
 * Sorts `values` and answers the mean without the lowest and highest trunc(count * discard); 0 for
 * no values.
 */
double trimmed_mean(double *values, size_t count, double discard);

/* False without memory. */
MUST_CHECK bool statistics_of(const struct invocation_figures *runs, size_t count,
                              int64_t memory_mb, double base_price, double discard,
                              struct size_statistics *ret);

#endif
