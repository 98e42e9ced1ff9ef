#include "guard.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"

enum { EXIT_STUCK = 3 };

struct script_guard {
    /* given */
    int64_t patience_ms;
    uint64_t pages_max;
    struct str (*name)(const void *context, size_t request);
    const void *context;
    /* of the engine's thread: odd while a call is under way */
    atomic_uint_fast64_t turns;
    atomic_size_t request;
    /* of the guard's */
    atomic_bool full;
    pthread_t thread;
    pthread_mutex_t lock; /* guards `over` */
    pthread_cond_t ended;
    bool over;
};

uint64_t script_resident_pages(void)
{
    unsigned long long size = 0, resident = 0;
    FILE *file = fopen("/proc/self/statm", "re");

    if (file != NULL && fscanf(file, "%llu %llu", &size, &resident) != 2)
        resident = 0;
    if (file != NULL)
        (void)fclose(file);
    return resident;
}

static void give_up(const struct script_guard *guard, const char *what)
{
    struct str name =
        guard->name(guard->context, atomic_load_explicit(&guard->request, memory_order_relaxed));

    log_error("the scripts of '%.*s' %s and cannot be stopped; the run ends here", STR_ARG(name),
              what);
    _exit(EXIT_STUCK);
}

/* Waits a tick; false when the engine is over. */
static bool wait_tick(struct script_guard *guard)
{
    struct timespec until;
    bool over = false;

    (void)clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_nsec += GUARD_TICK_MS * 1000000L;
    until.tv_sec += until.tv_nsec / 1000000000;
    until.tv_nsec %= 1000000000;
    (void)pthread_mutex_lock(&guard->lock);
    if (!guard->over)
        (void)pthread_cond_timedwait(&guard->ended, &guard->lock, &until);
    over = guard->over;
    (void)pthread_mutex_unlock(&guard->lock);
    return !over;
}

static void *watch_calls(void *data)
{
    struct script_guard *guard = data;
    uint_fast64_t last = 0;
    int64_t since_ns = 0;

    while (wait_tick(guard)) {
        uint_fast64_t turns = atomic_load_explicit(&guard->turns, memory_order_relaxed);
        bool stays = turns == last && turns % 2 == 1;
        int64_t now_ns = clock_monotonic_ns(clock_system());
        uint64_t pages = script_resident_pages();

        if (!stays)
            since_ns = now_ns;
        else if (pages > 2 * guard->pages_max)
            give_up(guard, "take more memory than they may");
        else if (now_ns - since_ns > guard->patience_ms * NS_PER_MS)
            give_up(guard, "run without an end");
        last = turns;
        atomic_store_explicit(&guard->full, pages > guard->pages_max, memory_order_relaxed);
    }
    return NULL;
}

static void release(struct script_guard *guard)
{
    (void)pthread_cond_destroy(&guard->ended);
    (void)pthread_mutex_destroy(&guard->lock);
    free(guard);
}

struct script_guard *script_guard_new(int64_t timeout_ms, uint64_t pages_max,
                                      struct str (*name)(const void *context, size_t request),
                                      const void *context)
{
    struct script_guard *guard = calloc(1, sizeof(*guard));
    pthread_condattr_t attributes;

    if (guard == NULL)
        return NULL;
    guard->patience_ms = timeout_ms + GUARD_GRACE_MS;
    guard->pages_max = pages_max;
    guard->name = name;
    guard->context = context;
    (void)pthread_condattr_init(&attributes);
    (void)pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    (void)pthread_mutex_init(&guard->lock, NULL);
    (void)pthread_cond_init(&guard->ended, &attributes);
    (void)pthread_condattr_destroy(&attributes);
    if (pthread_create(&guard->thread, NULL, watch_calls, guard) == 0)
        return guard;
    release(guard);
    return NULL;
}

void script_guard_free(struct script_guard *guard)
{
    if (guard == NULL)
        return;
    (void)pthread_mutex_lock(&guard->lock);
    guard->over = true;
    (void)pthread_cond_signal(&guard->ended);
    (void)pthread_mutex_unlock(&guard->lock);
    (void)pthread_join(guard->thread, NULL);
    release(guard);
}

/* One writer, so that adding one needs no locked instruction. */
static void turn(struct script_guard *guard)
{
    uint_fast64_t turns = atomic_load_explicit(&guard->turns, memory_order_relaxed);

    atomic_store_explicit(&guard->turns, turns + 1, memory_order_relaxed);
}

void script_guard_enter(struct script_guard *guard, size_t request)
{
    atomic_store_explicit(&guard->request, request, memory_order_relaxed);
    turn(guard);
}

void script_guard_leave(struct script_guard *guard)
{
    turn(guard);
}

bool script_guard_is_full(const struct script_guard *guard)
{
    return atomic_load_explicit(&guard->full, memory_order_relaxed);
}
