/*
 * Users who wait for a moment, and the alarm that wakes the loop then: to some ten microseconds on
 * Linux (a timerfd), to the next millisecond elsewhere. A binary heap by moment; each user knows
 * its place in it.
 *
 * Belongs to the run's loop and thread.
 */
#ifndef LOADGEN_PACER_H
#define LOADGEN_PACER_H

#include <uv.h>

#include "base/base.h"

struct virtual_user;

struct pacer {
    struct virtual_user **heap;
    size_t count;
    int64_t armed_ns; /* what the alarm is set to; INT64_MAX: nothing */
    int fd;           /* timerfd, or -1 */
    union {
        uv_poll_t poll;
        uv_timer_t timer;
    } handle;
    void (*wake)(struct virtual_user *user, int64_t now_ns);
};

/* `wake` is called for each user whose moment (resume_ns) has come, after it has left the pacer.
 * False without memory or alarm. */
MUST_CHECK bool pacer_init(struct pacer *pacer, uv_loop_t *loop, size_t users,
                           void (*wake)(struct virtual_user *user, int64_t now_ns));
/* Stops the alarm; the loop must run once more. Then pacer_deinit(). */
void pacer_close(struct pacer *pacer);
void pacer_deinit(struct pacer *pacer); /* zeroed memory is fine, too */

void pacer_add(struct pacer *pacer, struct virtual_user *user);
/* No effect for a user that does not wait. */
void pacer_remove(struct pacer *pacer, struct virtual_user *user);
/* Wakes everybody now: the run ends. */
void pacer_wake_all(struct pacer *pacer);

#endif
