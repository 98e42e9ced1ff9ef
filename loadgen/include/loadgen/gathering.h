/*
 * How the figures of several lanes become the windows of one run.
 *
 * Each lane records into an open window of its own. When a window is due the first lane asks all
 * for theirs; each hands over at its next tick what it has recorded since the last time, and the
 * first lane closes the run's window when all have. What is recorded while some still owe their
 * part belongs to the next time: a lane that is held up only makes that window wider.
 *
 * The lock is held for as long as figures are added, at a tick, never within a request.
 */
#ifndef LOADGEN_GATHERING_H
#define LOADGEN_GATHERING_H

#include <stdatomic.h>
#include <uv.h>

#include "loadgen/metrics.h"

struct gathering {
    uv_mutex_t lock;
    /* under the lock */
    struct metrics figures; /* handed over and not collected yet: an open window */
    size_t lanes;           /* that hand over */
    size_t missing;         /* of them, who owe the round's */
    /* written by the first lane, under the lock */
    atomic_uint_fast64_t round; /* asked for */
    /* the first lane's own */
    bool asking;
    int64_t asked_ns;
};

/* False without memory. Pairs with gathering_deinit(). */
MUST_CHECK bool gathering_init(struct gathering *gathering, size_t lanes, size_t request_count);
/* Zeroed memory is fine, too. */
void gathering_deinit(struct gathering *gathering);

/* The first lane asks, and later takes what has come, when that is all of it. */
void gathering_ask(struct gathering *gathering, int64_t now_ns);
bool gathering_collect(struct gathering *gathering, struct metrics *to);

/* At a lane's tick: hands `open` over where it is asked for; `round` is what the lane last heard.
 */
void gathering_hand_over(struct gathering *gathering, struct metrics *open, uint64_t *round);
/* The same a last time, asked or not: the lane has ended. */
void gathering_leave(struct gathering *gathering, struct metrics *open, uint64_t round);
/* Whether all have left. */
bool gathering_is_alone(struct gathering *gathering);

#endif
