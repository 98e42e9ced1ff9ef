/* A finished run in the figures that every report shows. */
#ifndef LOADGEN_RESULTS_H
#define LOADGEN_RESULTS_H

#include "loadgen/condition.h"
#include "loadgen/run.h"

enum { CONDITIONS_MAX = 64 };

struct figures {
    uint64_t requests;
    double duration_s, rps;
    double avg_ms, min_ms, max_ms, p50_ms, p90_ms, p95_ms, p99_ms;
    uint64_t errors, non_2xx, failed_tests;
    double error_pct;
    uint64_t bytes_in, bytes_out;
};

struct condition_result {
    const struct condition *condition;
    double measured;
    bool violated;
};

struct results {
    const struct run *run;
    /* As run: shown, and written under "options". */
    struct str collection, source, environment, data, profile, errors;
    struct str rate, think_time, segment; /* as given, or empty */
    struct str target;                    /* "http://127.0.0.1:3000" of the first request */
    int64_t started_wall_ms;
    bool errors_non_2xx;
    size_t scripts_left_out;
    double generator_busy;               /* share of one core, 0 to 1 */
    struct histogram *total, *corrected; /* owned */
    struct figures totals, corrected_figures;
    struct figures *requests; /* owned; as run->definitions */
    struct condition_result conditions[CONDITIONS_MAX];
    size_t condition_count;
};

/* Fills the figures; the caller has set run and what describes it. False without memory. */
MUST_CHECK bool results_compute(struct results *results);
void results_deinit(struct results *results);

struct figures results_window(const struct results *results, size_t window);

/*
 * Judges a condition and keeps the outcome. Errors: error_usage when it names a request that the
 * collection does not have.
 */
MUST_CHECK bool results_judge(struct results *results, const struct condition *condition,
                              struct aws_error *err);
/* Whether any condition so far is violated. */
bool results_violated(const struct results *results);

/* Busy past this, and the generator may be what limits the requests a second. */
#define GENERATOR_BUSY_LIMIT 0.9

#endif
