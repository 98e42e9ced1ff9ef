/*
 * The generator watches itself: whether it, and not the server, was the limit.
 *
 * Each thread is watched by itself: a loop that is busy throughout is a limit, whatever the others
 * do.
 *
 * cpu:     what the thread computed;
 * wait:    what it was ready to compute and had no core for (Linux, /proc/thread-self/schedstat,
 *          second field). Together near the whole time, it can do no more.
 * lag:     how late the loop came to its tick. An answer may have lain in the kernel as long.
 * sockets: connections that this machine refused to open: no descriptors, no ports.
 */
#ifndef LOADGEN_WATCH_H
#define LOADGEN_WATCH_H

#include "loadgen/histogram.h"
#include "loadgen/http_version.h"

/* Past these the generator says so. */
#define WATCH_BUSY_LIMIT   0.9
#define WATCH_LAG_LIMIT_MS 10.0
/* But not of a run that is over before its threads have worked and waited so long. */
#define WATCH_S_MIN 0.2

/* Of one thread. */
struct watch {
    double cpu_s, wait_s;  /* before; after watch_stop(): in between */
    struct histogram *lag; /* microseconds */
};

/* The outcome; of several threads or machines: sums, and the worst of each. */
struct generator {
    size_t machines;
    size_t threads; /* a loop each */
    size_t cores;   /* that they may use */
    double cpu_s, wait_s;
    double busy, waiting; /* shares of one core, 0 to 1: of the loop that had least left */
    double lag_p99_ms;    /* 0 for runs under some three seconds */
    double lag_max_ms;
    uint64_t socket_failures;
    uint64_t connections[HTTP_PROTOCOL_COUNT]; /* opened, by what they spoke */
    uint64_t unsent; /* open model: due, but no user was free until the end */
};

/* On the thread that will be watched. False without memory. */
MUST_CHECK bool watch_begin(struct watch *watch);
/* A tick came `late_ns` after its time. */
void watch_tick(struct watch *watch, int64_t late_ns);
/* On the thread that was watched, at its end. */
void watch_stop(struct watch *watch);
/* Sets what it can tell of one thread; cores, sockets and the unsent are the caller's to add. On
 * any thread, after watch_stop(). */
void watch_end(struct watch *watch, double elapsed_s, struct generator *ret);

bool generator_is_busy(const struct generator *generator);
bool generator_is_late(const struct generator *generator);
bool generator_may_be_the_limit(const struct generator *generator);
/* Whether more threads would help: a loop is busy, and there are cores that have none. */
bool generator_wants_threads(const struct generator *generator);
/* Adds another machine's, or another thread's. */
void generator_merge(struct generator *to, const struct generator *from);

#endif
