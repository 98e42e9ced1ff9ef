#include "route.h"

#include <sys/resource.h>

#define PENALTY         UINT32_C(0x80000000)
#define SAMPLE_EVERY_NS INT64_C(500000)
#define QUEUED_NS       INT64_C(20000) /* the least that a wait in the room takes */

bool route_may_run_in_place(const uint32_t *history)
{
    return history != NULL && __atomic_load_n(history, __ATOMIC_RELAXED) == ROUTE_SHORT_CALLS;
}

void route_note_call(uint32_t *history, int64_t duration_ns)
{
    if (history == NULL)
        return;
    uint32_t value = __atomic_load_n(history, __ATOMIC_RELAXED);
    uint32_t next = value;
    if ((value & PENALTY) != 0)
        next = value == PENALTY + 1 ? 0 : value - 1;
    else if (duration_ns >= ROUTE_OVERRUN_NS)
        next = 0;
    else if (duration_ns < ROUTE_SHORT_NS && value < ROUTE_SHORT_CALLS)
        next = value + 1; /* in between: the kernel may have run something else, no judgement */
    if (next != value)
        __atomic_store_n(history, next, __ATOMIC_RELAXED);
}

void route_note_overrun(uint32_t *history)
{
    if (history != NULL)
        __atomic_store_n(history, PENALTY + ROUTE_PENALTY_CALLS, __ATOMIC_RELAXED);
}

/* Of the calling thread. */
struct thread_use {
    int64_t sampled_ns;
    int64_t cpu_ns;
    long waits;
};

static _Thread_local struct thread_use last_use;

static struct thread_use read_use(int64_t now_ns)
{
    struct rusage usage;
    struct thread_use use = {.sampled_ns = now_ns};

    if (getrusage(RUSAGE_THREAD, &usage) != 0)
        return use;
    use.cpu_ns = (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * INT64_C(1000000000) +
                 (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) * INT64_C(1000);
    use.waits = usage.ru_nvcsw;
    return use;
}

void route_sample(int64_t now_ns)
{
    if (now_ns - last_use.sampled_ns >= SAMPLE_EVERY_NS)
        last_use = read_use(now_ns);
}

bool route_is_overrun(int64_t duration_ns, int64_t queued_ns)
{
    if (duration_ns - queued_ns < ROUTE_OVERRUN_NS)
        return false;
    struct thread_use now = read_use(last_use.sampled_ns);
    bool waited = queued_ns < QUEUED_NS && now.waits > last_use.waits;
    return waited || now.cpu_ns - last_use.cpu_ns >= ROUTE_OVERRUN_NS;
}
