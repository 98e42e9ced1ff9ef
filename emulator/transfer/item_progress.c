#include "item_progress.h"

#include <unistd.h>

/* A terminal is read by a person, a file of lines by nobody until something is wrong. */
static const int64_t terminal_pause_ns = 100 * NS_PER_MS, file_pause_ns = 2 * NS_PER_S;

void item_progress_init(struct item_progress *progress, const char *verb, const char *name,
                        bool quiet, struct clock *clock)
{
    const char *kind = getenv("TERM");

    *progress = (struct item_progress){
        .verb = verb,
        .name = name,
        .clock = clock,
        .quiet = quiet,
        .terminal = isatty(STDERR_FILENO) != 0 && (kind == NULL || strcmp(kind, "dumb") != 0),
        .started_ns = clock_monotonic_ns(clock),
    };
    progress->last_ns = progress->started_ns;
}

void item_progress_tell(struct item_progress *progress, uint64_t items)
{
    int64_t now_ns = progress->quiet ? 0 : clock_monotonic_ns(progress->clock);
    int64_t pause_ns = progress->terminal ? terminal_pause_ns : file_pause_ns;

    if (progress->quiet || now_ns - progress->last_ns < pause_ns)
        return;
    progress->last_ns = now_ns;
    (void)fprintf(stderr, "%s%s %llu items, %s, %.0f s%s", progress->terminal ? "\r\033[K" : "",
                  progress->verb, (unsigned long long)items, progress->name,
                  (double)(now_ns - progress->started_ns) / (double)NS_PER_S,
                  progress->terminal ? "" : "\n");
    (void)fflush(stderr);
    progress->open_line = progress->terminal;
}

double item_progress_end(struct item_progress *progress)
{
    int64_t spent_ns = clock_monotonic_ns(progress->clock) - progress->started_ns;

    if (progress->open_line)
        (void)fprintf(stderr, "\r\033[K");
    progress->open_line = false;
    return (double)spent_ns / (double)NS_PER_S;
}
