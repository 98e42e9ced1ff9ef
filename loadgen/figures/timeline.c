#include "loadgen/timeline.h"

#include "base/arena.h"

enum { WINDOW_ARENA_BYTES = 1 << 20, FIRST_WINDOWS = 4 };

/* --- counters ------------------------------------------------------------------------------- */

static uint64_t answers(const struct counters *counters)
{
    return counters->requests - counters->errors;
}

void counters_add(struct counters *to, const struct counters *from)
{
    if (answers(from) > 0 && (answers(to) == 0 || from->min_us < to->min_us))
        to->min_us = from->min_us;
    if (from->max_us > to->max_us)
        to->max_us = from->max_us;
    to->requests += from->requests;
    to->errors += from->errors;
    to->non_2xx += from->non_2xx;
    to->tests += from->tests;
    to->failed_tests += from->failed_tests;
    to->bytes_in += from->bytes_in;
    to->bytes_out += from->bytes_out;
    to->sum_us += from->sum_us;
    failures_add(&to->failures, &from->failures);
}

double counters_average_ms(const struct counters *counters)
{
    return answers(counters) == 0 ? 0 : (double)counters->sum_us / (double)answers(counters) / 1000;
}

double counters_error_percent(const struct counters *counters, bool non_2xx)
{
    uint64_t errors = counters->errors + (non_2xx ? counters->non_2xx : 0);

    return counters->requests == 0 ? 0 : 100 * (double)errors / (double)counters->requests;
}

double counters_failure_percent(const struct counters *counters)
{
    return counters->tests == 0 ? 0
                                : 100 * (double)counters->failed_tests / (double)counters->tests;
}

/* --- one window ----------------------------------------------------------------------------- */

/* The counts as text no longer know the exact maximum; the window does. */
static int64_t percentile_us(const struct window *window, const struct histogram *histogram,
                             double percentile)
{
    int64_t us = histogram_percentile(histogram, percentile);

    return us > window->counters.max_us ? window->counters.max_us : us;
}

/* The window takes its percentiles and the counts as text. */
static bool window_keep(struct window *window, const struct histogram *histogram)
{
    struct arena *arena = arena_new(WINDOW_ARENA_BYTES);
    struct buffer text;
    bool ok = false;

    if (arena == NULL)
        return false;
    buffer_init(&text, arena);
    histogram_encode(histogram, &text);
    window->payload_bytes = text.len;
    window->payload = text.len > 0 ? malloc(text.len) : NULL;
    ok = !text.failed && (text.len == 0 || window->payload != NULL);
    if (ok && text.len > 0) {
        memcpy(window->payload, text.ptr, text.len);
    } else {
        free(window->payload);
        window->payload = NULL;
        window->payload_bytes = 0;
    }
    window->p50_us = percentile_us(window, histogram, 50);
    window->p90_us = percentile_us(window, histogram, 90);
    window->p95_us = percentile_us(window, histogram, 95);
    window->p99_us = percentile_us(window, histogram, 99);
    arena_free(arena);
    return ok;
}

static bool window_decode(const struct window *window, struct histogram *to)
{
    return histogram_decode(to, (struct str){window->payload, window->payload_bytes});
}

/* Side by side or at once: the users' time adds up, over what both cover. */
static void add_time(struct window *to, const struct window *from)
{
    double user_ms = to->users * (double)(to->end_ms - to->begin_ms) +
                     from->users * (double)(from->end_ms - from->begin_ms);

    if (from->begin_ms < to->begin_ms)
        to->begin_ms = from->begin_ms;
    if (from->end_ms > to->end_ms)
        to->end_ms = from->end_ms;
    to->users = to->end_ms > to->begin_ms ? user_ms / (double)(to->end_ms - to->begin_ms) : 0;
}

/* `to` becomes both; `scratch` is empty before and after. */
static bool window_join(struct window *to, const struct window *from,
                        const struct histogram *histogram, struct histogram *scratch)
{
    char *old = to->payload;
    bool ok = window_decode(to, scratch);

    histogram_add(scratch, histogram);
    add_time(to, from);
    counters_add(&to->counters, &from->counters);
    ok = window_keep(to, scratch) && ok;
    free(old);
    histogram_reset(scratch);
    return ok;
}

/* --- the timeline --------------------------------------------------------------------------- */

void timeline_init(struct timeline *timeline, size_t count_max, int64_t width_ms)
{
    *timeline = (struct timeline){.count_max = count_max, .width_ms = width_ms};
}

void timeline_deinit(struct timeline *timeline)
{
    for (size_t i = 0; i < timeline->count; i++)
        free(timeline->windows[i].payload);
    free(timeline->windows);
    timeline->windows = NULL;
    timeline->count = timeline->capacity = 0;
}

static int64_t place(const struct timeline *timeline, const struct window *window)
{
    return window->begin_ms / timeline->width_ms;
}

/* Windows whose places have become one are joined. */
static bool join_places(struct timeline *timeline)
{
    struct histogram *scratch = histogram_new(), *second = histogram_new();
    size_t kept = 0;
    bool ok = scratch != NULL && second != NULL;

    for (size_t i = 1; ok && i < timeline->count; i++) {
        struct window *last = &timeline->windows[kept], *window = &timeline->windows[i];
        if (place(timeline, last) != place(timeline, window)) {
            timeline->windows[++kept] = *window;
            continue;
        }
        ok = window_decode(window, second) && window_join(last, window, second, scratch);
        histogram_reset(second);
        free(window->payload);
    }
    if (ok && timeline->count > 0)
        timeline->count = kept + 1;
    histogram_free(scratch);
    histogram_free(second);
    return ok;
}

bool timeline_widen(struct timeline *timeline, int64_t width_ms)
{
    if (timeline->width_ms >= width_ms)
        return true;
    while (timeline->width_ms < width_ms)
        timeline->width_ms *= 2;
    return join_places(timeline);
}

static bool grow(struct timeline *timeline)
{
    size_t capacity = timeline->capacity == 0 ? FIRST_WINDOWS : timeline->capacity * 2;
    struct window *windows = NULL;

    if (timeline->count < timeline->capacity)
        return true;
    windows = realloc(timeline->windows, capacity * sizeof(*windows));
    if (windows == NULL)
        return false;
    timeline->windows = windows;
    timeline->capacity = capacity;
    return true;
}

static bool join_window(struct window *to, const struct window *from,
                        const struct histogram *histogram)
{
    struct histogram *scratch = histogram_new();
    bool ok = scratch != NULL && window_join(to, from, histogram, scratch);

    histogram_free(scratch);
    return ok;
}

/* Where a window of that place is, or belongs. */
static size_t find_place(const struct timeline *timeline, int64_t wanted)
{
    size_t at = timeline->count;

    while (at > 0 && place(timeline, &timeline->windows[at - 1]) >= wanted)
        at--;
    return at;
}

static bool insert(struct timeline *timeline, size_t at, const struct window *window,
                   const struct histogram *histogram)
{
    struct window kept = *window;

    if (!grow(timeline) || !window_keep(&kept, histogram))
        return false;
    memmove(&timeline->windows[at + 1], &timeline->windows[at],
            (timeline->count - at) * sizeof(kept));
    timeline->windows[at] = kept;
    timeline->count++;
    return true;
}

/* By place rather than by number: timelines that are as long have the same width, even where one
 * has nothing to show for some of its time. */
static bool bound(struct timeline *timeline)
{
    int64_t width_ms = timeline->width_ms;

    if (timeline->count == 0)
        return true;
    while (timeline->windows[timeline->count - 1].begin_ms / width_ms >=
           (int64_t)timeline->count_max)
        width_ms *= 2;
    return timeline_widen(timeline, width_ms);
}

bool timeline_add(struct timeline *timeline, const struct window *window,
                  const struct histogram *histogram, bool join)
{
    int64_t wanted = place(timeline, window);
    size_t at = join && timeline->count > 0 ? timeline->count - 1 : find_place(timeline, wanted);
    bool found =
        at < timeline->count && (join || place(timeline, &timeline->windows[at]) == wanted);

    return (found ? join_window(&timeline->windows[at], window, histogram)
                  : insert(timeline, at, window, histogram)) &&
           bound(timeline);
}

/* Another machine's window, put into the place where its beginning mostly lies. */
static void move_to_place(const struct timeline *timeline, int64_t offset_ms, struct window *window)
{
    int64_t length_ms = window->end_ms - window->begin_ms;
    int64_t half_ms = (length_ms < timeline->width_ms ? length_ms : timeline->width_ms) / 2;

    window->begin_ms += offset_ms + half_ms;
    window->begin_ms -= window->begin_ms % timeline->width_ms;
    window->end_ms = window->begin_ms + length_ms;
}

bool timeline_merge(struct timeline *to, const struct timeline *from, int64_t offset_ms)
{
    struct histogram *histogram = histogram_new();
    bool ok = histogram != NULL && timeline_widen(to, from->width_ms);

    for (size_t i = 0; ok && i < from->count; i++) {
        struct window window = from->windows[i];
        histogram_reset(histogram);
        ok = window_decode(&window, histogram);
        window.payload = NULL;
        if (offset_ms != 0)
            move_to_place(to, offset_ms, &window);
        ok = ok && timeline_add(to, &window, histogram, false);
    }
    histogram_free(histogram);
    return ok;
}
