/*
 * Integration time-outs: a call that waits for its function longer than timeoutInMillis is answered
 * 504, while the function goes on.
 *
 * One thread looks at the waiting calls every few milliseconds; there are at most as many as
 * connections. While nothing waits, it sleeps.
 */
#ifndef APIGATEWAY_TIMEOUTS_H
#define APIGATEWAY_TIMEOUTS_H

#include <pthread.h>

#include "base/clock.h"
#include "base/error.h"

/* A waiting call; a member of it. */
struct timeout {
    struct timeout *next;
    struct timeout *previous;
    int64_t deadline_ns; /* monotonic */
    bool expired;
};

struct timeouts {
    struct clock *clock;
    /* Called with the lock held, once, for a call past its deadline; it answers the call. */
    void (*expire)(struct timeout *timeout);
    pthread_mutex_t lock;
    pthread_cond_t wake;
    pthread_t thread;
    bool started;
    /* `lock` guards these, and the members of what is linked. */
    struct timeout *first;
    bool asleep;
    bool ending;
};

MUST_CHECK bool timeouts_start(struct timeouts *timeouts, struct clock *clock,
                               void (*expire)(struct timeout *timeout), struct aws_error *err);
void timeouts_stop(struct timeouts *timeouts);

/* The call begins to wait. */
void timeouts_add(struct timeouts *timeouts, struct timeout *timeout, int64_t timeout_ms);
/* The call is through. False when it has expired: it is answered already. */
bool timeouts_remove(struct timeouts *timeouts, struct timeout *timeout);

#endif
