/*
 * One tuning run, in the steps of the published tool's state machine: Initializer, Publisher,
 * Executor for every size at once, Cleaner, Analyzer, Optimizer. Source: the published tool,
 * version 4.4.0.
 */
#ifndef TUNING_TUNING_RUN_H
#define TUNING_TUNING_RUN_H

#include "executor.h"
#include "lambda_api.h"
#include "tuning_input.h"

enum tuning_end {
    TUNING_SUCCEEDED,
    /* A step failed and was cleaned up behind: the state machine ends SUCCEEDED, with `{}`. */
    TUNING_CLEANED_UP,
    /* The state machine ends FAILED, without an output. */
    TUNING_FAILED,
};

struct tuning_result {
    enum tuning_end end;
    struct size_statistics *rows; /* in the order of powerValues */
    size_t row_count;
    bool analysed; /* false for a dry run */
    struct size_statistics optimal;
    double execution_cost;
    double lambda_cost;
    struct str visualization;
};

struct tuning_listener {
    struct run_listener runs;
    /* A step begins: one line for people. */
    void (*step)(void *state, const char *text);
};

/*
 * api->stop is what an interrupt sets, and also what a failed size sets to end the others.
 * tool_region: prices the state machine. `ret` is always filled, its texts in `arena`.
 * False with `err` when the run did not succeed; by then what it made is deleted again, and the
 * function has its memory size back.
 */
MUST_CHECK bool tuning_run(const struct lambda_api *api, atomic_bool *stop,
                           const struct tuning_input *input, struct str tool_region,
                           const struct tuning_listener *listener, struct arena *arena,
                           struct tuning_result *ret, struct aws_error *err);

/* The state machine's output as JSON: the answer, `null` for a dry run, `{}` for a failed run. */
MUST_CHECK bool tuning_output(const struct tuning_input *input, const struct tuning_result *result,
                              struct arena *arena, struct str *ret);

#endif
