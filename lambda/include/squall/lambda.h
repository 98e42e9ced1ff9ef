/*
 * What a function's author sees: the handler interface of Squall's C functions.
 *
 * A handler is one source file that defines `squall_lambda_handler`. Built as a shared object it
 * runs in-process in the emulator; linked with the runtime it is a `bootstrap` that runs on AWS
 * Lambda (provided.al2023). The same code, since everything that the host gives comes through the
 * context's function table.
 *
 * An execution environment is one thread with one `state`, what init() returned: it serves one
 * invocation at a time, and keeps its state from one to the next. A shared object loaded for many
 * environments shares its static variables, so state belongs into what init() returns.
 *
 * Source: Lambda Developer Guide, "Lambda execution environment".
 */
#ifndef SQUALL_LAMBDA_H
#define SQUALL_LAMBDA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "squall/dynamodb.h"

enum { SQUALL_LAMBDA_ABI = 1 };

struct lambda_context;

/* The host's side, called through the functions below. */
struct lambda_host {
    void *(*alloc)(struct lambda_context *context, size_t bytes);
    void (*respond)(struct lambda_context *context, const char *json, size_t length);
    void (*fail)(struct lambda_context *context, const char *json, size_t length, const char *type);
    void (*log)(struct lambda_context *context, const char *text, size_t length);
    void (*sleep_ms)(struct lambda_context *context, int64_t ms);
    int64_t (*remaining_ms)(struct lambda_context *context);
    void (*dynamodb)(struct lambda_context *context, const char *operation, const char *request,
                     size_t length, struct dynamodb_response *ret);
    const char *(*environment)(struct lambda_context *context, const char *name);
};

/* All text is NUL-terminated and valid during the call. The host's own members lie behind these. */
struct lambda_context {
    const struct lambda_host *host;
    const char *aws_request_id; /* "" during init and shutdown */
    const char *function_name;
    const char *function_version; /* "$LATEST" or a number */
    const char *invoked_function_arn;
    const char *log_group_name;
    const char *log_stream_name;
    int64_t memory_limit_mb;
};

/*
 * init:     once an environment; answers its state through *state (may stay NULL). False: the init
 * failed; what was logged says why. NULL: no init. handle:   once an invocation. `event` is the
 * JSON text as received (not NUL-terminated). Exactly one of lambda_respond() and lambda_fail() is
 * called; a handler that calls neither answers `null`. shutdown: once, when the environment goes;
 * NULL: none.
 */
struct lambda_handler {
    uint32_t abi; /* SQUALL_LAMBDA_ABI */
    bool (*init)(struct lambda_context *context, void **state);
    void (*handle)(void *state, const char *event, size_t event_length,
                   struct lambda_context *context);
    void (*shutdown)(void *state);
};

/* The symbol that a handler defines and its host looks up. */
extern const struct lambda_handler squall_lambda_handler;

/* Zeroed memory that lives until this invocation ends; NULL when the invocation has had 64 MB. */
static inline void *lambda_alloc(struct lambda_context *context, size_t bytes)
{
    return context->host->alloc(context, bytes);
}

/* The answer, JSON text; copied. */
static inline void lambda_respond(struct lambda_context *context, const char *json, size_t length)
{
    context->host->respond(context, json, length);
}

/*
 * The function's error: `json` is the object that the caller gets, {"errorMessage": ...,
 * "errorType": ...}; `type` is the error type for the log and the Runtime API's
 * Lambda-Runtime-Function-Error-Type. Copied.
 */
static inline void lambda_fail(struct lambda_context *context, const char *json, size_t length,
                               const char *type)
{
    context->host->fail(context, json, length, type);
}

/* A line of the function's log; a line break is added where the text has none. */
static inline void lambda_log(struct lambda_context *context, const char *text, size_t length)
{
    context->host->log(context, text, length);
}

/* Waits. Known to the host as waiting, which costs no CPU; a handler that sleeps by itself looks
 * busy to the CPU model. */
static inline void lambda_sleep_ms(struct lambda_context *context, int64_t ms)
{
    context->host->sleep_ms(context, ms);
}

/* Milliseconds until the time-out. */
static inline int64_t lambda_remaining_ms(struct lambda_context *context)
{
    return context->host->remaining_ms(context);
}

/* A configured environment variable, or NULL. */
static inline const char *lambda_environment(struct lambda_context *context, const char *name)
{
    return context->host->environment(context, name);
}

/* One DynamoDB call in the low-level JSON protocol; see squall/dynamodb.h. */
static inline void dynamodb_call(struct lambda_context *context, const char *operation,
                                 const char *request, size_t length, struct dynamodb_response *ret)
{
    context->host->dynamodb(context, operation, request, length, ret);
}

#endif
