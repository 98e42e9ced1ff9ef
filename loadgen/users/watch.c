#include "loadgen/watch.h"

#include <sys/resource.h>

#include "base/clock.h"

/* Of fewer, the worst in a hundred is chance; but a loop that is late has fewer in its time. */
enum { TICKS_MIN = 300 };
#define LAG_S_MIN 3.0

static double thread_cpu_s(void)
{
    struct rusage usage;

#ifdef RUSAGE_THREAD
    if (getrusage(RUSAGE_THREAD, &usage) != 0)
        return 0;
#else
    if (getrusage(RUSAGE_SELF, &usage) != 0)
        return 0;
#endif
    return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
           (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

/* 0 where the system does not tell. */
static double thread_wait_s(void)
{
    FILE *file = fopen("/proc/thread-self/schedstat", "re");
    unsigned long long waited_ns = 0;

    if (file == NULL)
        return 0;
    if (fscanf(file, "%*u %llu", &waited_ns) != 1) // NOLINT(cert-err34-c): the kernel's own number
        waited_ns = 0;
    (void)fclose(file);
    return (double)waited_ns / (double)NS_PER_S;
}

bool watch_begin(struct watch *watch)
{
    *watch =
        (struct watch){.cpu_s = thread_cpu_s(), .wait_s = thread_wait_s(), .lag = histogram_new()};
    return watch->lag != NULL;
}

void watch_tick(struct watch *watch, int64_t late_ns)
{
    histogram_record(watch->lag, late_ns / 1000);
}

void watch_stop(struct watch *watch)
{
    watch->cpu_s = thread_cpu_s() - watch->cpu_s;
    watch->wait_s = thread_wait_s() - watch->wait_s;
}

void watch_end(struct watch *watch, double elapsed_s, struct generator *ret)
{
    *ret = (struct generator){
        .machines = 1,
        .threads = 1,
        .cpu_s = watch->cpu_s,
        .wait_s = watch->wait_s,
        .lag_max_ms = (double)watch->lag->max_us / 1000,
    };
    if (elapsed_s > 0) {
        ret->busy = ret->cpu_s / elapsed_s;
        ret->waiting = ret->wait_s / elapsed_s;
    }
    if (watch->lag->total >= TICKS_MIN || elapsed_s >= LAG_S_MIN)
        ret->lag_p99_ms = (double)histogram_percentile(watch->lag, 99) / 1000;
    histogram_free(watch->lag);
    watch->lag = NULL;
}

bool generator_is_busy(const struct generator *generator)
{
    return generator->busy + generator->waiting >= WATCH_BUSY_LIMIT &&
           generator->cpu_s + generator->wait_s >= WATCH_S_MIN;
}

bool generator_is_late(const struct generator *generator)
{
    return generator->lag_p99_ms >= WATCH_LAG_LIMIT_MS;
}

bool generator_may_be_the_limit(const struct generator *generator)
{
    return generator_is_busy(generator) || generator_is_late(generator) ||
           generator->socket_failures > 0;
}

bool generator_wants_threads(const struct generator *generator)
{
    return generator_is_busy(generator) && generator->busy > generator->waiting &&
           generator->threads < generator->cores;
}

static double larger(double a, double b)
{
    return a > b ? a : b;
}

void generator_merge(struct generator *to, const struct generator *from)
{
    /* Busy and waiting belong together: those of the loop that had least left. */
    if (from->busy + from->waiting > to->busy + to->waiting) {
        to->busy = from->busy;
        to->waiting = from->waiting;
    }
    to->machines += from->machines;
    to->threads += from->threads;
    to->cores += from->cores;
    to->cpu_s += from->cpu_s;
    to->wait_s += from->wait_s;
    to->lag_p99_ms = larger(to->lag_p99_ms, from->lag_p99_ms);
    to->lag_max_ms = larger(to->lag_max_ms, from->lag_max_ms);
    to->socket_failures += from->socket_failures;
    for (size_t i = 0; i < HTTP_PROTOCOL_COUNT; i++)
        to->connections[i] += from->connections[i];
    to->unsent += from->unsent;
}
