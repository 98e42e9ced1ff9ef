/*
 * A run in the figures that every report shows: one that has just ended, one that was saved, or
 * several machines' added up.
 */
#ifndef LOADGEN_RESULTS_H
#define LOADGEN_RESULTS_H

#include "base/error.h"
#include "loadgen/condition.h"
#include "loadgen/metrics.h"
#include "loadgen/watch.h"

enum { CONDITIONS_MAX = 64 };

/* To a thousandth of their units, so that all reports say the same. */
struct figures {
    uint64_t requests;
    double duration_s, rps;
    double avg_ms, min_ms, max_ms, p50_ms, p90_ms, p95_ms, p99_ms;
    uint64_t errors, non_2xx, tests, failed_tests;
    double error_pct, failure_pct; /* of the requests; of the tests */
    uint64_t bytes_in, bytes_out;
};

/* Percentiles without coordinated omission. */
struct corrected {
    uint64_t requests; /* with those that were kept back */
    double avg_ms, min_ms, max_ms, p50_ms, p90_ms, p95_ms, p99_ms;
};

struct request_label {
    struct str name, folder, method;
};

struct condition_result {
    const struct condition *condition;
    double measured;
    bool unknown; /* a time, and there was no answer: violated, too */
    bool violated;
};

/* What a run was, beside its figures; texts are borrowed. */
struct run_facts {
    struct str collection; /* its name */
    struct str target;     /* "http://127.0.0.1:3000" of the first request */
    struct str profile;
    struct str rate;    /* of the open model, as given */
    struct str options; /* a JSON object: as run */
    size_t users;
    bool open_model;     /* times count from when a request was due: nothing is left to correct */
    bool http2;          /* was asked for */
    bool errors_non_2xx; /* error_pct counts answers other than 2xx, too */
    int64_t started_wall_ms, elapsed_ms;
    uint64_t iterations_done, iterations_dropped;
    bool interrupted, aborted;
    size_t scripts_left_out;
    struct generator generator;
};

struct results {
    /* given, borrowed */
    const struct metrics *metrics;
    const struct request_label *labels; /* a row a request */
    struct run_facts facts;
    /* computed, owned */
    struct histogram *total, *corrected;
    struct figures totals;
    struct corrected totals_corrected;
    struct figures *requests;
    struct corrected *requests_corrected;
    struct condition_result conditions[CONDITIONS_MAX];
    size_t condition_count;
};

/* Fills the figures from what is given. False without memory. Pairs with results_deinit(). */
MUST_CHECK bool results_compute(struct results *results);
void results_deinit(struct results *results);

struct figures results_window(const struct results *results, const struct window *window);

/* Whether a condition's request is that one: by its name, or as "folder / name". */
bool request_label_is(const struct request_label *label, struct str name);
/*
 * Judges a condition and keeps the outcome; requests of one name count together. Errors:
 * error_usage when it names a request that is not there; error_out_of_memory.
 */
MUST_CHECK bool results_judge(struct results *results, const struct condition *condition,
                              struct aws_error *err);
/* Whether any condition is violated; of a run that goes on, by what is known. */
bool results_violated(const struct results *results);
bool results_violated_so_far(const struct results *results);
/* error_usage where no request has the condition's name, with those that there are. */
MUST_CHECK bool condition_request_known(const struct condition *condition,
                                        const struct request_label *labels, size_t count,
                                        struct aws_error *err);

#endif
