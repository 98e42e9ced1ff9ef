/*
 * The measurement of one memory size: all its runs, in series or at once, and what they come to.
 * Source: the published tool, version 4.4.0 (Executor).
 */
#ifndef TUNING_EXECUTOR_H
#define TUNING_EXECUTOR_H

#include "lambda_api.h"
#include "statistics.h"
#include "tuning_input.h"

/* Told of each run that is done; called from many threads at once. */
struct run_listener {
    void *state;
    void (*run_done)(void *state);
    void (*size_retried)(void *state, int64_t memory_mb, const char *reason);
};

/*
 * threads_max: how many runs of this size may be in flight with parallelInvocation. A failure is
 * tried again after 3 s, and after 6 s more, as the tool's state machine does.
 * Errors: error_execution in the tool's words, error_environment, error_interrupted.
 */
MUST_CHECK bool executor_run(const struct lambda_api *api, const struct tuning_input *input,
                             const struct power_value *power, size_t threads_max,
                             const struct run_listener *listener, struct size_statistics *ret,
                             struct aws_error *err);

/* RAM128, or RAM128-0 with onlyColdStarts; the empty text past the arena's limit. */
struct str alias_name(const struct tuning_input *input, const struct power_value *power,
                      int64_t index, struct arena *arena);

#endif
