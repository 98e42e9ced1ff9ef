/*
 * Which calls may run in place, on the event thread that received them: a route earns it by many
 * short calls in a row, and one that holds the thread up loses it for a long time.
 *
 * A history is one word that many threads use without a lock: an update that is lost costs a call
 * more or less, nothing else.
 */
#ifndef LAMBDA_ROUTE_H
#define LAMBDA_ROUTE_H

#include "base/base.h"

#define ROUTE_SHORT_NS   INT64_C(200000)  /* a short call */
#define ROUTE_OVERRUN_NS INT64_C(1000000) /* what a neighbour would notice */

enum {
    ROUTE_SHORT_CALLS = 100,     /* in a row, before a route runs in place */
    ROUTE_PENALTY_CALLS = 10000, /* on threads, after an overrun */
};

bool route_may_run_in_place(const uint32_t *history);
/* After a call on an environment's own thread. */
void route_note_call(uint32_t *history, int64_t duration_ns);
void route_note_overrun(uint32_t *history);

/*
 * Whether an in-place call that lasted `duration_ns`, of that `queued_ns` behind other callers of
 * DynamoDB, was itself the cause, or the kernel ran something else meanwhile. Knows it from this
 * thread's CPU time and voluntary switches, which are read at most every half millisecond:
 * route_sample() before each call. The switches of a call that queued are the queue's.
 */
void route_sample(int64_t now_ns);
bool route_is_overrun(int64_t duration_ns, int64_t queued_ns);

#endif
