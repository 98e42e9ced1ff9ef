/*
 * The calls of the Lambda API that tuning and invoking need, over HTTP to any endpoint that speaks
 * it. Source: Lambda API Reference, version 2015-03-31.
 *
 * A call that Lambda throttles is repeated as the SDKs do it, up to 20 attempts; a server error up
 * to 4. Where nothing answers, the call fails at once.
 * Errors of all calls: error_environment (no answer), error_resource_not_found, error_execution
 * (Lambda's own error, `Code: message`), error_interrupted.
 */
#ifndef TUNING_LAMBDA_API_H
#define TUNING_LAMBDA_API_H

#include "base/error.h"
#include "base/str.h"

#include <stdatomic.h>

struct aws_http;

/* Used by many threads at once; all borrowed. */
struct lambda_api {
    struct aws_http *http;
    struct str endpoint;     /* "http://127.0.0.1:4566", without a slash at its end */
    struct str region;       /* of functions that are no ARN */
    const atomic_bool *stop; /* NULL, or ends calls and waits once it is true */
};

enum update_status { UPDATE_SUCCESSFUL, UPDATE_IN_PROGRESS, UPDATE_FAILED };

struct function_configuration {
    int64_t memory_mb;
    bool has_description;
    struct str description;
    struct str architecture; /* "x86_64" where none is told */
    bool pending;            /* State */
    enum update_status update;
    struct str update_reason; /* of UPDATE_FAILED */
};

struct function_answer {
    struct str payload;
    struct str function_error; /* empty: none */
    struct str log_tail;       /* decoded; empty: none */
};

/* `function` is a name or an ARN; an empty qualifier is left out. Results are in `arena`. */
MUST_CHECK bool lambda_get_configuration(const struct lambda_api *api, struct str function,
                                         struct str qualifier, struct arena *arena,
                                         struct function_configuration *ret, struct aws_error *err);
/* description: NULL leaves it as it is. */
MUST_CHECK bool lambda_update_configuration(const struct lambda_api *api, struct str function,
                                            int64_t memory_mb, const struct str *description,
                                            struct arena *arena, struct aws_error *err);
MUST_CHECK bool lambda_publish_version(const struct lambda_api *api, struct str function,
                                       struct arena *arena, struct str *ret, struct aws_error *err);
/* ret: the alias's version. */
MUST_CHECK bool lambda_get_alias(const struct lambda_api *api, struct str function,
                                 struct str alias, struct arena *arena, struct str *ret,
                                 struct aws_error *err);
MUST_CHECK bool lambda_create_alias(const struct lambda_api *api, struct str function,
                                    struct str alias, struct str version, struct arena *arena,
                                    struct aws_error *err);
MUST_CHECK bool lambda_update_alias(const struct lambda_api *api, struct str function,
                                    struct str alias, struct str version, struct arena *arena,
                                    struct aws_error *err);
MUST_CHECK bool lambda_delete_alias(const struct lambda_api *api, struct str function,
                                    struct str alias, struct arena *arena, struct aws_error *err);
MUST_CHECK bool lambda_delete_version(const struct lambda_api *api, struct str function,
                                      struct str version, struct arena *arena,
                                      struct aws_error *err);
/* A synchronous invocation with its log tail. */
MUST_CHECK bool lambda_call_function(const struct lambda_api *api, struct str function,
                                     struct str qualifier, struct str payload, struct arena *arena,
                                     struct function_answer *ret, struct aws_error *err);

/*
 * Whether the endpoint is an emulator of ours that runs without a CPU model. Any other endpoint
 * answers something else, which is "no". Errors: error_environment.
 */
MUST_CHECK bool lambda_cpu_is_off(const struct lambda_api *api, struct arena *arena, bool *ret,
                                  struct aws_error *err);

/* Waits; false with error_interrupted when `stop` came. */
MUST_CHECK bool lambda_api_sleep(const struct lambda_api *api, int64_t ms, struct aws_error *err);

#endif
