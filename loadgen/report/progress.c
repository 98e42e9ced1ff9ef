#include "loadgen/progress.h"

#include <unistd.h>

#include "loadgen/terminal.h"

static bool mentions_utf8(const char *locale)
{
    return locale != NULL && (strstr(locale, "UTF-8") != NULL || strstr(locale, "utf8") != NULL ||
                              strstr(locale, "UTF8") != NULL || strstr(locale, "utf-8") != NULL);
}

/* The first of these that is set decides, as for setlocale(). */
static bool is_utf8(void)
{
    static const char *const names[] = {"LC_ALL", "LC_CTYPE", "LANG"};

    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        const char *value = getenv(names[i]);
        if (value != NULL && value[0] != '\0')
            return mentions_utf8(value);
    }
    return false;
}

void progress_init(struct progress *progress, struct str name, bool quiet)
{
    const char *terminal = getenv("TERM"), *no_color = getenv("NO_COLOR");

    memset(progress, 0, sizeof(*progress));
    progress->name = name;
    progress->quiet = quiet;
    progress->live =
        isatty(STDERR_FILENO) != 0 && (terminal == NULL || strcmp(terminal, "dumb") != 0);
    progress->style.color = no_color == NULL || no_color[0] == '\0';
    progress->style.unicode = is_utf8();
}

static struct live_view view_of(const struct progress *progress, const struct run *run,
                                int64_t now_ms)
{
    return (struct live_view){
        .name = progress->name,
        .at_ms = now_ms,
        .length_ms = run->options.duration_ms > 0 || run->options.schedule == NULL
                         ? run->options.duration_ms
                         : schedule_length_ms(run->options.schedule),
        .iterations_begun = run_iterations_begun(run),
        .iterations = run->options.iterations,
        .users = run_users(run),
        .ending = run_is_stopping(run),
        .all = run_so_far(run),
        .windows = &run->metrics.windows,
    };
}

/* Back to the first of its lines, and over them. */
static void lift_view(struct progress *progress)
{
    if (progress->open_view)
        (void)fprintf(stderr, "\033[%dA\r", (int)LIVE_LINES);
    progress->open_view = false;
}

static void show_lines(struct progress *progress, const struct live_view *view)
{
    char text[LIVE_TEXT_BYTES];
    struct str rest;

    progress->style.columns = (int)terminal_columns(STDERR_FILENO) - 1;
    live_view_lines(view, &progress->style, text);
    lift_view(progress);
    rest = str_from_c(text);
    while (rest.len > 0) {
        struct str line = str_split(&rest, '\n');
        (void)fprintf(stderr, "%.*s\033[K\n", STR_ARG(line));
    }
    (void)fflush(stderr);
    progress->open_view = true;
}

static void show_line(struct progress *progress, const struct live_view *view)
{
    char text[LIVE_TEXT_BYTES];

    live_view_plain(view, &progress->seen, (double)(view->at_ms - progress->last_ms) / 1000, text);
    (void)fprintf(stderr, "%s\n", text);
    (void)fflush(stderr);
    progress->seen = view->all;
}

void progress_tick(struct run *run, void *context)
{
    struct progress *progress = context;
    int64_t now_ms = run_known_ms(run);
    struct live_view view;

    if (progress->quiet ||
        now_ms - progress->last_ms < (progress->live ? PROGRESS_LIVE_MS : PROGRESS_PLAIN_MS))
        return;
    view = view_of(progress, run, now_ms);
    if (progress->live)
        show_lines(progress, &view);
    else
        show_line(progress, &view);
    progress->last_ms = now_ms;
}

void progress_end(struct progress *progress)
{
    lift_view(progress);
    if (progress->live && !progress->quiet)
        (void)fputs("\033[J", stderr);
}
