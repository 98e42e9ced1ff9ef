#include "tune_progress.h"

#include "base/clock.h"
#include "base/log.h"

#include <unistd.h>

enum { LIVE_MS = 100, PLAIN_MS = 5000 };

static void clear_line_locked(struct tune_progress *progress)
{
    if (progress->open_line)
        (void)fputs("\r\033[K", stderr);
    progress->open_line = false;
}

static void show_locked(struct tune_progress *progress, bool at_once)
{
    int64_t now_ms = clock_monotonic_ns(clock_system()) / NS_PER_MS;

    if (progress->quiet ||
        (!at_once && now_ms - progress->last_ms < (progress->live ? LIVE_MS : PLAIN_MS)))
        return;
    progress->last_ms = now_ms;
    clear_line_locked(progress);
    (void)fprintf(stderr, "%s: %lld of %lld runs%s", progress->step, (long long)progress->done,
                  (long long)progress->total, progress->live ? "" : "\n");
    progress->open_line = progress->live;
    (void)fflush(stderr);
}

static void run_done(void *state)
{
    struct tune_progress *progress = state;

    (void)pthread_mutex_lock(&progress->lock);
    progress->done++;
    show_locked(progress, false);
    (void)pthread_mutex_unlock(&progress->lock);
}

static void size_retried(void *state, int64_t memory_mb, const char *reason)
{
    struct tune_progress *progress = state;

    (void)pthread_mutex_lock(&progress->lock);
    clear_line_locked(progress);
    /* Often all sizes fail alike, and again: once is enough. */
    if (strcmp(progress->reason, reason) != 0)
        log_notice("%lld MB failed and is tried again: %s", (long long)memory_mb, reason);
    (void)snprintf(progress->reason, sizeof(progress->reason), "%s", reason);
    (void)pthread_mutex_unlock(&progress->lock);
}

static void step(void *state, const char *text)
{
    struct tune_progress *progress = state;

    (void)pthread_mutex_lock(&progress->lock);
    progress->step = text;
    show_locked(progress, progress->live);
    (void)pthread_mutex_unlock(&progress->lock);
}

bool tune_progress_begin(struct tune_progress *progress, bool quiet, int64_t total)
{
    *progress = (struct tune_progress){
        .quiet = quiet,
        .live = isatty(STDERR_FILENO) == 1,
        .step = "starting",
        .total = total,
        .last_ms = clock_monotonic_ns(clock_system()) / NS_PER_MS,
    };
    return pthread_mutex_init(&progress->lock, NULL) == 0;
}

void tune_progress_end(struct tune_progress *progress)
{
    (void)pthread_mutex_lock(&progress->lock);
    clear_line_locked(progress);
    (void)fflush(stderr);
    (void)pthread_mutex_unlock(&progress->lock);
    (void)pthread_mutex_destroy(&progress->lock);
}

struct tuning_listener tune_progress_listener(struct tune_progress *progress)
{
    return (struct tuning_listener){
        .runs = {.state = progress, .run_done = run_done, .size_retried = size_retried},
        .step = step,
    };
}
