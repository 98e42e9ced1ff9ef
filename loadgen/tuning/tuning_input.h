/*
 * The input of a tuning run: the published tool's, with its defaults, its leniency and its words
 * (version 4.4.0). What that tool finds out late (a strategy that is none, a payload in S3, weights
 * that do not fit) is found here, before anything is touched.
 */
#ifndef TUNING_TUNING_INPUT_H
#define TUNING_TUNING_INPUT_H

#include "base/error.h"
#include "base/json.h"
#include "strategy.h"

enum {
    TUNING_SIZES_MAX = 256,  /* memory sizes of one run */
    TUNING_NUM_MAX = 100000, /* runs of one size */
};

struct power_value {
    struct str text; /* as the alias names it: RAM{text} */
    int64_t memory_mb;
};

struct tuning_input {
    struct str lambda_arn;
    struct str region; /* the ARN's */
    int64_t num;       /* of every size: runs, and aliases with only_cold_starts */
    struct power_value *powers;
    size_t power_count;
    const struct json_value *payload; /* NULL: none */
    bool parallel_invocation;
    enum strategy strategy;
    double balanced_weight;
    bool auto_optimize;
    struct str auto_optimize_alias; /* empty: none */
    bool dry_run;                   /* no analysis */
    bool run_once;                  /* dryRun is exactly true: one run a size */
    struct str pre_processor;
    struct str post_processor;
    double discard; /* share of the runs that is left out on each side */
    bool only_cold_starts;
    int64_t sleep_ms; /* behind each run in series */
    bool disable_payload_logs;
    bool include_output_results;
    const struct json_value *allowed_exceptions; /* a list, or NULL */
};

/*
 * text: JSON, which must live as long as `ret`; the rest of it is in `arena`.
 * Errors: error_usage.
 */
MUST_CHECK bool tuning_input_read(struct str text, struct arena *arena, struct tuning_input *ret,
                                  struct aws_error *err);

/* The region of an ARN with seven parts. Errors: error_usage, `Invalid ARN: X`. */
MUST_CHECK bool arn_region(struct str arn, struct str *ret, struct aws_error *err);

/* The runs of one size as the Executor counts them. */
int64_t tuning_input_runs(const struct tuning_input *input);

#endif
