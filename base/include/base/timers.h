/*
 * Moments in the future on one thread: deadlines, the ends of modelled waits, retries. A timer is
 * the caller's struct; it is armed at most once at a time.
 */
#ifndef BASE_TIMERS_H
#define BASE_TIMERS_H

#include "base/clock.h"

struct timers;

/* `fire` runs on the timers' thread and must not block for long. */
struct timer {
    void (*fire)(struct timer *timer);
    int64_t due_ns; /* monotonic; the timers' lock guards this and `slot` */
    size_t slot;    /* place in the heap, from 1; 0: not armed */
};

/* NULL when there is no memory or no thread. The thread begins with the first timer. */
struct timers *timers_new(struct clock *clock);
/* Ends the thread; what is still armed never fires, unless it hurries. NULL is accepted. */
void timers_free(struct timers *timers);

/* From now on nothing waits: what is armed, and what will be, is due at once. */
void timers_hurry(struct timers *timers);

/* False when there is no memory. Arming an armed timer moves it. */
MUST_CHECK bool timers_arm(struct timers *timers, struct timer *timer, int64_t due_ns);
/*
 * True when the timer was armed and now never fires. After this call `fire` is not running either,
 * unless it is itself the caller.
 */
bool timers_cancel(struct timers *timers, struct timer *timer);

#endif
