/* A service with one function, `fn`, and callers that wait for its answers. */
#ifndef TESTS_SERVICE_BENCH_H
#define TESTS_SERVICE_BENCH_H

/* First: cmocka's macro fail() would take the name of a member in squall/lambda.h. */
#include "service_state.h"

#include "../test.h"

#include <pthread.h>

#include "lambda/service.h"

struct bench {
    struct lambda_service_options options; /* both as a test wants them, until bench_begin() */
    struct function_spec spec;
    struct lambda_service *service;
    struct arena *arena;
    uint32_t history;
};

/* The test's handler, in this process, with a second of time; the machine's clock. */
struct bench bench_default(void);
void bench_begin(struct bench *bench);
void bench_end(struct bench *bench);

struct waiting {
    struct invocation invocation;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    bool waits; /* the invocation has told that it will wait */
    bool done;
};

/* An invocation's will_wait and done, for a caller that is a struct waiting. */
void bench_on_wait(struct invocation *invocation);
void bench_on_done(struct invocation *invocation);

/* The invocation has an arena of its own, which the test frees; the rest is the bench's. */
struct waiting *call_begin(struct bench *bench, struct str event);
struct invocation *call_end(struct waiting *waiting);
struct invocation *call(struct bench *bench, struct str event);

/* Whether the handler's event "b" returns at once, also one that is in it already. */
void bench_unblock(bool unblocked);

/* `text` is within the log's tail. */
void assert_tail(struct bench *bench, const struct invocation *invocation, const char *text);

#endif
