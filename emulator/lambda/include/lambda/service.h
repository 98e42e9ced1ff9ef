/*
 * The Lambda service: functions, versions, aliases, execution environments, and the one way to
 * invoke. Source: Lambda API Reference; Lambda Developer Guide.
 */
#ifndef LAMBDA_SERVICE_H
#define LAMBDA_SERVICE_H

#include "base/arena.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/rng.h"
#include "base/str.h"
#include "client/dynamodb_client.h"
#include "http/http.h"

struct lambda_service;

enum cpu_mode {
    CPU_OFF,     /* memory is a label */
    CPU_MODEL,   /* the answer is held until the modelled end */
    CPU_ENFORCE, /* the kernel's bandwidth control */
};

struct latency_profile; /* lambda/latency_profile.h */

struct lambda_service_options {
    struct str region;     /* "us-east-1" */
    struct str account_id; /* "000000000000" */
    struct clock *clock;
    uint64_t seed;
    enum cpu_mode cpu;
    bool isolate;                     /* shared objects too run in processes of their own */
    const char *latency_file;         /* NULL: none */
    struct dynamodb_client *dynamodb; /* for in-process handlers; borrowed */
    uint16_t aws_port;                /* for AWS_ENDPOINT_URL of processes; may be set later */
    const char *dynamodb_endpoint;    /* for AWS_ENDPOINT_URL_DYNAMODB; NULL: as AWS_ENDPOINT_URL */
};

MUST_CHECK bool lambda_service_new(const struct lambda_service_options *options,
                                   struct lambda_service **ret, struct aws_error *err);
/* Stops: no new invocations, lets running ones finish for at most `grace_ms`, answers those that do
 * not. */
void lambda_service_stop(struct lambda_service *service, int64_t grace_ms);
void lambda_service_free(struct lambda_service *service);
/* The port that functions' processes reach DynamoDB and Lambda at; before the first invocation. */
void lambda_service_set_aws_port(struct lambda_service *service, uint16_t port);

/* What CreateFunction takes, with the code as a folder or file on this machine. Text is copied. */
struct function_spec {
    struct str name;
    struct str code;    /* a folder with bootstrap or NAME.so, or a .so file; absolute */
    struct str handler; /* "" where the template has none */
    struct str runtime; /* "provided.al2023" */
    struct str role;
    struct str description;
    struct str architecture;               /* "x86_64", "arm64" */
    int64_t memory_mb;                     /* 128..10240; 0: 128 */
    int64_t timeout_s;                     /* 1..900; 0: 3 */
    const struct http_header *environment; /* variables */
    size_t environment_count;
    int64_t reserved_concurrency; /* -1: none */
};

/* Errors: ResourceConflictException, InvalidParameterValueException, ValidationException;
 * error_environment for code that is not there. */
MUST_CHECK bool lambda_function_create(struct lambda_service *service,
                                       const struct function_spec *spec, struct aws_error *err);

/*
 * One invocation. The caller fills the first part and keeps it, `arena` and what it points to alive
 * until `done` is called, exactly once, on any thread: within lambda_invoke() itself when the call
 * ran in place, failed at once, or was accepted as an event; later otherwise. In the latter case
 * `will_wait` is called first, on the caller's thread: there the caller suspends its exchange.
 */
struct invocation {
    struct str function;  /* name, partial ARN or ARN, decoded; may end in ":qualifier" */
    struct str qualifier; /* from the query, or empty */
    struct str event;     /* JSON text; empty is {} */
    bool asynchronous;    /* Event */
    bool dry_run;         /* DryRun */
    bool log_tail;
    struct str client_context; /* decoded JSON, or empty */
    struct str trace_id;       /* X-Amzn-Trace-Id of the caller, or empty */
    struct arena *arena;
    uint32_t *route_history; /* the caller's slot for judging short calls by route, zero at first;
                                NULL: never in place */
    void *caller;
    void (*will_wait)(struct invocation *invocation);
    void (*done)(struct invocation *invocation);

    /* The result, in `arena`. */
    struct aws_error error; /* the service's own error: kind is set, nothing ran */
    struct str payload;     /* the function's answer or its error object */
    bool function_error;    /* X-Amz-Function-Error: Unhandled */
    struct str executed_version;
    struct str log_result; /* base64 of the last 4 KB, with log_tail */
    char request_id[37];
};

void lambda_invoke(struct lambda_service *service, struct invocation *invocation);

/* The Lambda API (/2015-03-31/functions/... and its later prefixes); http_service.handle, state is
 * the service. */
void lambda_handle_http(void *state, struct http_exchange *exchange);

/*
 * The newest text of a function's log, at most 64 KB: INIT_START, START, the function's own lines,
 * END and REPORT of each invocation. Errors: ResourceNotFoundException.
 */
MUST_CHECK bool lambda_log_read(struct lambda_service *service, struct str function,
                                struct arena *arena, struct str *ret, struct aws_error *err);

/* Figures for /_squall/metrics; the names are Lambda's CloudWatch metrics. */
struct lambda_counters {
    uint64_t invocations;
    uint64_t errors;
    uint64_t throttles;
    uint64_t cold_starts;
    uint64_t in_place;
    uint64_t environments; /* alive now */
};
void lambda_count(struct lambda_service *service, struct lambda_counters *ret);

#endif
