/* How a run's load is shaped: from the command line's words to run_options. */
#ifndef LOADGEN_LOAD_SHAPE_H
#define LOADGEN_LOAD_SHAPE_H

#include "loadgen/run.h"

enum {
    DEFAULT_DURATION_MS = 60000,
    THINK_MS_MAX = 86400000,
    THREADS_MAX = 1024,
    THREAD_USERS_MIN = 64, /* of a loop, unless it is asked for */
};

/* As given; NULL, 0 or -1 (percentages): not given. */
struct load_shape {
    int64_t users, duration_ms, iterations, threads;
    size_t cores; /* that may be used */
    const char *profile, *rate, *rate_trace, *think_time, *segment;
    int64_t low, rise_from, rise_to, fall_from, fall_to; /* percent */
};

/*
 * Sets what these words say of `ret`, and the profile's name. The schedule is in `arena`.
 * Errors: error_usage, error_environment for a trace that cannot be read, error_out_of_memory.
 */
MUST_CHECK bool load_shape_read(const struct load_shape *shape, struct arena *arena,
                                struct run_options *ret, struct str *ret_profile,
                                struct aws_error *err);

#endif
