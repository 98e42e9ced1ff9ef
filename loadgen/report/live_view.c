#include "loadgen/live_view.h"

#include "base/arena.h"
#include "loadgen/figure_text.h"
#include "loadgen/text_columns.h"

enum { SPARKLINE_COLUMN = 36 };

/* Lines are built in an arena and cut by columns: a line that wraps could not be rewritten. */
struct painter {
    const struct live_style *style;
    char *out;
    size_t len;
    int column; /* of the line */
};

static void put_byte(struct painter *p, char byte)
{
    if (p->len < LIVE_TEXT_BYTES - 16) /* room for what ends a line */
        p->out[p->len++] = byte;
}

/* What does not fit before the last column is left out, to the line's end. */
static void put(struct painter *p, struct str text)
{
    size_t room = p->column < p->style->columns ? (size_t)(p->style->columns - p->column) : 0;
    struct str shown = text_fit(text, room);

    for (size_t i = 0; i < shown.len; i++) {
        unsigned char byte = (unsigned char)shown.ptr[i];
        put_byte(p, byte < ' ' || byte == 0x7f ? ' ' : (char)byte);
    }
    p->column = shown.len < text.len ? p->style->columns : p->column + (int)text_columns(shown);
}

static void put_code(struct painter *p, const char *code)
{
    for (size_t i = 0; p->style->color && code[i] != '\0'; i++)
        put_byte(p, code[i]);
}

static void put_text(struct painter *p, const char *text)
{
    put(p, str_from_c(text));
}

/* So that what follows is in line with other lines, wherever they are this short. */
static void put_blanks(struct painter *p, int column)
{
    while (p->column < column && p->column < p->style->columns)
        put_text(p, " ");
}

static void put_name(struct painter *p, const char *name)
{
    put_code(p, "\033[2m");
    put_text(p, name);
    put_code(p, "\033[0m");
}

static void end_line(struct painter *p)
{
    p->out[p->len++] = '\n';
    p->column = 0;
}

/* --- numbers -------------------------------------------------------------------------------- */

/* A window without an answer has no times. */
static void put_ms(struct painter *p, const struct window *window, int64_t us)
{
    char text[FIGURE_TEXT_BYTES];

    if (window->counters.requests == window->counters.errors)
        put_text(p, "-");
    else
        put_text(p, figure_text_ms((double)us / 1000, text));
}

static void put_count(struct painter *p, const char *name, uint64_t count, bool bad)
{
    char text[32];

    put_name(p, name);
    if (bad && count > 0)
        put_code(p, "\033[31m");
    (void)snprintf(text, sizeof(text), " %llu   ", (unsigned long long)count);
    put_text(p, text);
    if (bad && count > 0)
        put_code(p, "\033[0m");
}

/* 0:42, 1:02:03 */
static void put_clock(struct painter *p, int64_t ms)
{
    int64_t s = ms / 1000;
    char text[32];

    if (s < 3600)
        (void)snprintf(text, sizeof(text), "%lld:%02lld", (long long)(s / 60), (long long)(s % 60));
    else
        (void)snprintf(text, sizeof(text), "%lld:%02lld:%02lld", (long long)(s / 3600),
                       (long long)(s / 60 % 60), (long long)(s % 60));
    put_text(p, text);
}

/* --- bars ----------------------------------------------------------------------------------- */

enum { LEVELS = 8 };

static void put_level(struct painter *p, int level)
{
    static const char *const bars[LEVELS] = {"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
    static const char *const ascii[LEVELS] = {"_", ".", ":", "-", "=", "+", "*", "#"};

    put_text(p, p->style->unicode ? bars[level] : ascii[level]);
}

static double rate_of(const struct window *window)
{
    int64_t ms = window->end_ms - window->begin_ms;

    return ms > 0 ? (double)window->counters.requests * 1000 / (double)ms : 0;
}

static double p95_of(const struct window *window)
{
    return (double)window->p95_us / 1000;
}

/* The last windows, each in eighths of the largest. */
static void put_sparkline(struct painter *p, const struct timeline *windows,
                          double (*value)(const struct window *window))
{
    size_t room = p->style->columns > p->column ? (size_t)(p->style->columns - p->column) : 0;
    size_t wanted = room < LIVE_WINDOWS ? room : LIVE_WINDOWS;
    size_t from = windows->count > wanted ? windows->count - wanted : 0;
    double most = 0;

    for (size_t i = from; i < windows->count; i++) {
        double one = value(&windows->windows[i]);
        most = one > most ? one : most;
    }
    for (size_t i = from; i < windows->count; i++) {
        double share = most > 0 ? value(&windows->windows[i]) / most : 0;
        int level = (int)(share * LEVELS);
        put_level(p, level >= LEVELS ? LEVELS - 1 : level);
    }
}

static void put_bar(struct painter *p, double share)
{
    enum { BAR = 20 };
    int full = (int)(share * BAR + 0.5);

    put_text(p, "  ");
    for (int i = 0; i < BAR; i++)
        put_text(p, p->style->unicode ? (i < full ? "━" : "─") : (i < full ? "=" : "-"));
}

/* --- lines ---------------------------------------------------------------------------------- */

static double share_done(const struct live_view *view)
{
    double share = 0;

    if (view->length_ms > 0)
        share = (double)view->at_ms / (double)view->length_ms;
    else if (view->iterations > 0)
        share = (double)view->iterations_begun / (double)view->iterations;
    return share > 1 ? 1 : share;
}

static void head_line(struct painter *p, const struct live_view *view)
{
    char text[64];

    put(p, view->name);
    put_text(p, "  ");
    put_clock(p, view->at_ms);
    if (view->length_ms > 0) {
        put_text(p, " of ");
        put_clock(p, view->length_ms);
    } else if (view->iterations > 0) {
        (void)snprintf(text, sizeof(text), ", iteration %llu of %llu",
                       (unsigned long long)view->iterations_begun,
                       (unsigned long long)view->iterations);
        put_text(p, text);
    }
    if (view->ending)
        put_text(p, "  finishing requests in flight");
    else if (view->length_ms > 0 || view->iterations > 0)
        put_bar(p, share_done(view));
    end_line(p);
}

static void speed_line(struct painter *p, const struct live_view *view, const struct window *last)
{
    char text[64];

    put_name(p, "users ");
    (void)snprintf(text, sizeof(text), "%-7zu ", view->users);
    put_text(p, text);
    put_name(p, "requests/s ");
    (void)snprintf(text, sizeof(text), "%.1f ", rate_of(last));
    put_text(p, text);
    put_blanks(p, SPARKLINE_COLUMN);
    put_sparkline(p, view->windows, rate_of);
    end_line(p);
}

static void time_line(struct painter *p, const struct live_view *view, const struct window *last)
{
    const struct {
        const char *name;
        int64_t us;
    } rows[] = {{"P50 ", last->p50_us},
                {"P90 ", last->p90_us},
                {"P95 ", last->p95_us},
                {"P99 ", last->p99_us},
                {"max ", last->counters.max_us}};

    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        put_name(p, rows[i].name);
        put_ms(p, last, rows[i].us);
        put_text(p, "  ");
    }
    put_text(p, "ms");
    end_line(p);
    put_name(p, "P95");
    put_blanks(p, SPARKLINE_COLUMN);
    put_sparkline(p, view->windows, p95_of);
    end_line(p);
}

static void count_line(struct painter *p, const struct live_view *view)
{
    put_count(p, "requests", view->all.requests, false);
    put_count(p, "errors", view->all.errors, true);
    put_count(p, "non-2xx", view->all.non_2xx, true);
    put_count(p, "failed tests", view->all.failed_tests, true);
    end_line(p);
}

void live_view_lines(const struct live_view *view, const struct live_style *style,
                     char ret[LIVE_TEXT_BYTES])
{
    static const struct window none;
    const struct window *last =
        view->windows->count > 0 ? &view->windows->windows[view->windows->count - 1] : &none;
    struct painter painter = {style, ret, 0, 0};

    head_line(&painter, view);
    speed_line(&painter, view, last);
    time_line(&painter, view, last);
    count_line(&painter, view);
    ret[painter.len] = '\0';
}

void live_view_plain(const struct live_view *view, const struct counters *seen, double seconds,
                     char ret[LIVE_TEXT_BYTES])
{
    static const struct window none;
    const struct window *last =
        view->windows->count > 0 ? &view->windows->windows[view->windows->count - 1] : &none;
    struct counters step = view->all;
    char limit[32] = "";

    step.requests -= seen->requests;
    step.errors -= seen->errors;
    step.sum_us -= seen->sum_us;
    if (view->length_ms > 0)
        (void)snprintf(limit, sizeof(limit), " of %.0f", (double)view->length_ms / 1000);
    (void)snprintf(ret, LIVE_TEXT_BYTES,
                   "%6.1f%s s %5zu users %9llu requests %9.1f/s avg %.2f p95 %.2f p99 %.2f ms, "
                   "%llu errors, %llu non-2xx",
                   (double)view->at_ms / 1000, limit, view->users,
                   (unsigned long long)view->all.requests,
                   seconds > 0 ? (double)step.requests / seconds : 0, counters_average_ms(&step),
                   (double)last->p95_us / 1000, (double)last->p99_us / 1000,
                   (unsigned long long)view->all.errors, (unsigned long long)view->all.non_2xx);
}
