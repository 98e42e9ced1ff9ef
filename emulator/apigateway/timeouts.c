#include "timeouts.h"

#include <signal.h>

enum { LOOK_EVERY_MS = 20, IDLE_LOOKS = 50 };

static void unlink_timeout(struct timeouts *timeouts, struct timeout *timeout)
{
    if (timeout->previous != NULL)
        timeout->previous->next = timeout->next;
    else
        timeouts->first = timeout->next;
    if (timeout->next != NULL)
        timeout->next->previous = timeout->previous;
}

static void expire_due_locked(struct timeouts *timeouts)
{
    int64_t now_ns = clock_monotonic_ns(timeouts->clock);
    struct timeout *next = NULL;

    for (struct timeout *timeout = timeouts->first; timeout != NULL; timeout = next) {
        next = timeout->next;
        if (timeout->deadline_ns > now_ns)
            continue;
        unlink_timeout(timeouts, timeout);
        timeout->expired = true;
        timeouts->expire(timeout);
    }
}

static void wait_a_moment_locked(struct timeouts *timeouts)
{
    struct timespec until;

    if (clock_gettime(CLOCK_MONOTONIC, &until) != 0)
        return;
    until.tv_nsec += LOOK_EVERY_MS * NS_PER_MS;
    if (until.tv_nsec >= NS_PER_S) {
        until.tv_nsec -= NS_PER_S;
        until.tv_sec++;
    }
    (void)pthread_cond_timedwait(&timeouts->wake, &timeouts->lock, &until);
}

static void *look(void *context)
{
    struct timeouts *timeouts = context;
    int idle_looks = IDLE_LOOKS;

    (void)pthread_mutex_lock(&timeouts->lock);
    while (!timeouts->ending) {
        idle_looks = timeouts->first == NULL ? idle_looks + 1 : 0;
        if (idle_looks > IDLE_LOOKS) {
            /* Only then does a call that begins to wait have to wake this thread. */
            timeouts->asleep = true;
            while (timeouts->first == NULL && !timeouts->ending)
                (void)pthread_cond_wait(&timeouts->wake, &timeouts->lock);
            timeouts->asleep = false;
            idle_looks = 0;
        }
        expire_due_locked(timeouts);
        if (!timeouts->ending)
            wait_a_moment_locked(timeouts);
    }
    (void)pthread_mutex_unlock(&timeouts->lock);
    return NULL;
}

bool timeouts_start(struct timeouts *timeouts, struct clock *clock,
                    void (*expire)(struct timeout *timeout), struct aws_error *err)
{
    pthread_condattr_t monotonic;
    sigset_t all, before;

    timeouts->clock = clock;
    timeouts->expire = expire;
    (void)pthread_mutex_init(&timeouts->lock, NULL);
    (void)pthread_condattr_init(&monotonic);
    (void)pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    (void)pthread_cond_init(&timeouts->wake, &monotonic);
    (void)pthread_condattr_destroy(&monotonic);
    (void)sigfillset(&all);
    (void)pthread_sigmask(SIG_SETMASK, &all, &before);
    timeouts->started = pthread_create(&timeouts->thread, NULL, look, timeouts) == 0;
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    return timeouts->started ||
           aws_fail(err, &error_environment, "no thread for integration time-outs");
}

void timeouts_stop(struct timeouts *timeouts)
{
    if (timeouts->started) {
        (void)pthread_mutex_lock(&timeouts->lock);
        timeouts->ending = true;
        (void)pthread_cond_broadcast(&timeouts->wake);
        (void)pthread_mutex_unlock(&timeouts->lock);
        (void)pthread_join(timeouts->thread, NULL);
    }
    (void)pthread_cond_destroy(&timeouts->wake);
    (void)pthread_mutex_destroy(&timeouts->lock);
}

void timeouts_add(struct timeouts *timeouts, struct timeout *timeout, int64_t timeout_ms)
{
    timeout->deadline_ns = clock_monotonic_ns(timeouts->clock) + timeout_ms * NS_PER_MS;
    timeout->expired = false;
    (void)pthread_mutex_lock(&timeouts->lock);
    timeout->previous = NULL;
    timeout->next = timeouts->first;
    if (timeout->next != NULL)
        timeout->next->previous = timeout;
    timeouts->first = timeout;
    if (timeouts->asleep)
        (void)pthread_cond_signal(&timeouts->wake);
    (void)pthread_mutex_unlock(&timeouts->lock);
}

bool timeouts_remove(struct timeouts *timeouts, struct timeout *timeout)
{
    (void)pthread_mutex_lock(&timeouts->lock);
    bool expired = timeout->expired;
    if (!expired)
        unlink_timeout(timeouts, timeout);
    (void)pthread_mutex_unlock(&timeouts->lock);
    return !expired;
}
