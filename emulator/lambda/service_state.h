/* The service's own state, shared by the files of this room. */
#ifndef LAMBDA_SERVICE_STATE_H
#define LAMBDA_SERVICE_STATE_H

#include <pthread.h>

#include "cpu_model.h"
#include "function.h"
#include "lambda/service.h"
#include "lambda/latency_profile.h"
#include "limits.h"
#include "base/timers.h"

enum { ROUTE_HISTORIES = 64 };

/*
 * `lock` guards the store, the environments' states and lists, the counts and the rng. It is held
 * for moments only: never while a handler runs, a thread starts or a caller is told. Where a
 * thread needs an environment's lock too, it takes that one second.
 */
struct lambda_service {
    pthread_mutex_t lock;
    pthread_cond_t changed; /* something ended: lambda_service_stop() waits for it */
    struct function_store store;
    struct rng rng;
    struct execution_environment *environments; /* all that have a thread */
    struct execution_environment *finished;     /* their threads wait to be joined */
    int64_t in_flight;
    int64_t lost; /* environments whose handler did not return in time */
    int64_t queued_events;
    struct async_event *events;
    bool stopping;
    struct lambda_counters counters;

    /* Set at birth, or before the first invocation. */
    struct clock *clock;
    struct timers *timers;
    struct timer reaper;
    struct dynamodb_client *dynamodb;
    struct latency_profile *latency; /* NULL: none */
    const struct cpu_model *cpu_model;
    enum cpu_mode cpu;
    bool isolate;
    uint16_t aws_port;
    char *dynamodb_endpoint; /* NULL: the AWS port */
    char *region;
    char *account_id;

    /* For calls through the Lambda API, by function name; read and written atomically. */
    uint32_t route_histories[ROUTE_HISTORIES];
};

#endif
