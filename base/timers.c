/* A binary heap by due time, under one lock; the thread sleeps until the earliest. */
#include "base/timers.h"

#include <pthread.h>
#include <signal.h>

struct timers {
    struct clock *clock;
    pthread_mutex_t lock; /* guards all below */
    pthread_cond_t changed;
    pthread_cond_t fired;
    pthread_t thread;
    bool has_thread;
    bool hurries;
    bool stopping;
    struct timer *running;
    struct timer **heap; /* heap[1..count] */
    size_t count;
    size_t capacity;
};

static void put(struct timers *timers, size_t slot, struct timer *timer)
{
    timers->heap[slot] = timer;
    timer->slot = slot;
}

/* Moves the timer towards the root while it is due earlier than its parent. */
static void rise(struct timers *timers, struct timer *timer)
{
    size_t slot = timer->slot;

    while (slot > 1 && timers->heap[slot / 2]->due_ns > timer->due_ns) {
        put(timers, slot, timers->heap[slot / 2]);
        slot /= 2;
    }
    put(timers, slot, timer);
}

static void sink(struct timers *timers, struct timer *timer)
{
    size_t slot = timer->slot;

    while (2 * slot <= timers->count) {
        size_t child = 2 * slot;
        if (child < timers->count && timers->heap[child + 1]->due_ns < timers->heap[child]->due_ns)
            child++;
        if (timers->heap[child]->due_ns >= timer->due_ns)
            break;
        put(timers, slot, timers->heap[child]);
        slot = child;
    }
    put(timers, slot, timer);
}

static void remove_locked(struct timers *timers, struct timer *timer)
{
    struct timer *last = timers->heap[timers->count--];
    size_t slot = timer->slot;

    timer->slot = 0;
    if (last == timer)
        return;
    put(timers, slot, last);
    rise(timers, last);
    sink(timers, last);
}

static void wait_until_locked(struct timers *timers, int64_t due_ns)
{
    struct timespec until = {.tv_sec = (time_t)(due_ns / NS_PER_S),
                             .tv_nsec = (long)(due_ns % NS_PER_S)};

    (void)pthread_cond_timedwait(&timers->changed, &timers->lock, &until);
}

static void fire_locked(struct timers *timers, struct timer *timer)
{
    remove_locked(timers, timer);
    timers->running = timer;
    (void)pthread_mutex_unlock(&timers->lock);
    timer->fire(timer);
    (void)pthread_mutex_lock(&timers->lock);
    timers->running = NULL;
    (void)pthread_cond_broadcast(&timers->fired);
}

static void *run(void *argument)
{
    struct timers *timers = argument;

    (void)pthread_mutex_lock(&timers->lock);
    while (!timers->stopping || (timers->hurries && timers->count > 0)) {
        struct timer *first = timers->count > 0 ? timers->heap[1] : NULL;
        if (first == NULL)
            (void)pthread_cond_wait(&timers->changed, &timers->lock);
        else if (!timers->hurries && first->due_ns > clock_monotonic_ns(timers->clock))
            wait_until_locked(timers, first->due_ns);
        else
            fire_locked(timers, first);
    }
    (void)pthread_mutex_unlock(&timers->lock);
    return NULL;
}

struct timers *timers_new(struct clock *clock)
{
    struct timers *timers = calloc(1, sizeof(*timers));
    pthread_condattr_t attributes;

    if (timers == NULL)
        return NULL;
    timers->clock = clock;
    (void)pthread_condattr_init(&attributes);
    (void)pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    (void)pthread_mutex_init(&timers->lock, NULL);
    (void)pthread_cond_init(&timers->changed, &attributes);
    (void)pthread_cond_init(&timers->fired, NULL);
    (void)pthread_condattr_destroy(&attributes);
    return timers;
}

void timers_free(struct timers *timers)
{
    if (timers == NULL)
        return;
    (void)pthread_mutex_lock(&timers->lock);
    timers->stopping = true;
    bool has_thread = timers->has_thread;
    (void)pthread_cond_broadcast(&timers->changed);
    (void)pthread_mutex_unlock(&timers->lock);
    if (has_thread)
        (void)pthread_join(timers->thread, NULL);
    (void)pthread_cond_destroy(&timers->fired);
    (void)pthread_cond_destroy(&timers->changed);
    (void)pthread_mutex_destroy(&timers->lock);
    free(timers->heap);
    free(timers);
}

void timers_hurry(struct timers *timers)
{
    (void)pthread_mutex_lock(&timers->lock);
    timers->hurries = true;
    (void)pthread_cond_broadcast(&timers->changed);
    (void)pthread_mutex_unlock(&timers->lock);
}

static bool make_room_locked(struct timers *timers)
{
    if (timers->count + 2 <= timers->capacity)
        return true;
    size_t capacity = timers->capacity == 0 ? 64 : timers->capacity * 2;
    struct timer **heap = realloc(timers->heap, capacity * sizeof(struct timer *));
    if (heap == NULL)
        return false;
    timers->heap = heap;
    timers->capacity = capacity;
    return true;
}

/* Signals belong to the main thread: it decides when the process ends. */
static bool start_thread_locked(struct timers *timers)
{
    sigset_t all, before;

    if (timers->has_thread)
        return true;
    (void)sigfillset(&all);
    (void)pthread_sigmask(SIG_SETMASK, &all, &before);
    timers->has_thread = pthread_create(&timers->thread, NULL, run, timers) == 0;
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    return timers->has_thread;
}

bool timers_arm(struct timers *timers, struct timer *timer, int64_t due_ns)
{
    (void)pthread_mutex_lock(&timers->lock);
    bool ok = start_thread_locked(timers) && make_room_locked(timers);
    if (ok) {
        if (timer->slot == 0)
            put(timers, ++timers->count, timer);
        timer->due_ns = due_ns;
        rise(timers, timer);
        sink(timers, timer);
        if (timer->slot == 1)
            (void)pthread_cond_signal(&timers->changed);
    }
    (void)pthread_mutex_unlock(&timers->lock);
    return ok;
}

bool timers_cancel(struct timers *timers, struct timer *timer)
{
    (void)pthread_mutex_lock(&timers->lock);
    bool was_armed = timer->slot != 0;
    if (was_armed)
        remove_locked(timers, timer);
    while (timers->running == timer && !pthread_equal(pthread_self(), timers->thread))
        (void)pthread_cond_wait(&timers->fired, &timers->lock);
    (void)pthread_mutex_unlock(&timers->lock);
    return was_armed;
}
