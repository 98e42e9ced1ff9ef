#include "loadgen/progress.h"

#include <sys/ioctl.h>
#include <unistd.h>

void progress_init(struct progress *progress, bool quiet)
{
    const char *terminal = getenv("TERM");

    memset(progress, 0, sizeof(*progress));
    progress->quiet = quiet;
    progress->live =
        isatty(STDERR_FILENO) != 0 && (terminal == NULL || strcmp(terminal, "dumb") != 0);
}

/* A live line that wraps could not be rewritten. */
static int columns(const struct progress *progress)
{
    struct winsize size;

    if (!progress->live || ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col < 20)
        return 200;
    return size.ws_col - 1;
}

static void print_line(struct progress *progress, const struct run *run, int64_t now_ms)
{
    struct counters all = metrics_so_far(&run->metrics), step = all;
    double seconds = (double)(now_ms - progress->last_ms) / 1000;
    char limit[32] = "", line[256];

    step.requests -= progress->seen.requests;
    step.errors -= progress->seen.errors;
    step.sum_us -= progress->seen.sum_us;
    if (run->options.duration_ms > 0)
        (void)snprintf(limit, sizeof(limit), " of %.0f", (double)run->options.duration_ms / 1000);
    (void)snprintf(line, sizeof(line),
                   "%6.1f%s s %5zu users %9llu requests %9.1f/s avg %.2f ms, %llu errors, "
                   "%llu non-2xx",
                   (double)now_ms / 1000, limit, run->running, (unsigned long long)all.requests,
                   seconds > 0 ? (double)step.requests / seconds : 0, counters_average_ms(&step),
                   (unsigned long long)all.errors, (unsigned long long)all.non_2xx);
    (void)fprintf(stderr, "%s%.*s%s", progress->live ? "\r\033[K" : "", columns(progress), line,
                  progress->live ? "" : "\n");
    (void)fflush(stderr);
    progress->open_line = progress->live;
    progress->last_ms = now_ms;
    progress->seen = all;
}

void progress_tick(struct run *run, void *context)
{
    struct progress *progress = context;
    int64_t now_ms = run_elapsed_ms(run);
    int64_t every_ms = progress->live ? PROGRESS_LIVE_MS : PROGRESS_PLAIN_MS;

    if (!progress->quiet && now_ms - progress->last_ms >= every_ms)
        print_line(progress, run, now_ms);
}

void progress_end(struct progress *progress)
{
    if (progress->open_line)
        (void)fputs("\r\033[K", stderr);
    progress->open_line = false;
}
