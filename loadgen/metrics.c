#include "loadgen/metrics.h"

#include "base/arena.h"

enum { WINDOW_ARENA_BYTES = 1 << 20 };

const char *error_class_name(enum error_class class)
{
    static const char *const names[ERROR_CLASS_COUNT] = {
        [ERROR_CONNECT] = "connect", [ERROR_RESOLVE] = "resolve", [ERROR_TIMEOUT] = "timeout",
        [ERROR_RESET] = "reset",     [ERROR_CLOSED] = "closed",   [ERROR_PARSE] = "parse",
        [ERROR_REQUEST] = "request",
    };

    return names[class];
}

bool metrics_init(struct metrics *metrics, size_t request_count, int64_t window_ms)
{
    bool ok = true;

    memset(metrics, 0, sizeof(*metrics));
    metrics->window_ms = window_ms;
    metrics->requests = calloc(request_count, sizeof(*metrics->requests));
    metrics->windows = calloc(WINDOWS_MAX, sizeof(*metrics->windows));
    metrics->now.histogram = histogram_new();
    ok = metrics->requests != NULL && metrics->windows != NULL && metrics->now.histogram != NULL;
    while (ok && metrics->request_count < request_count) {
        struct series *row = &metrics->requests[metrics->request_count++];
        row->histogram = histogram_new();
        ok = row->histogram != NULL;
    }
    if (!ok)
        metrics_deinit(metrics);
    return ok;
}

void metrics_deinit(struct metrics *metrics)
{
    for (size_t i = 0; metrics->requests != NULL && i < metrics->request_count; i++)
        histogram_free(metrics->requests[i].histogram);
    for (size_t i = 0; metrics->windows != NULL && i < metrics->window_count; i++)
        free(metrics->windows[i].payload);
    free(metrics->requests);
    free(metrics->windows);
    histogram_free(metrics->now.histogram);
    memset(metrics, 0, sizeof(*metrics));
}

/* --- recording ------------------------------------------------------------------------------ */

static void count_answer(struct counters *counters, bool non_2xx, int64_t time_us,
                         uint64_t bytes_in, uint64_t bytes_out)
{
    if (counters->requests == counters->errors || time_us < counters->min_us)
        counters->min_us = time_us;
    if (time_us > counters->max_us)
        counters->max_us = time_us;
    counters->requests++;
    counters->non_2xx += non_2xx ? 1 : 0;
    counters->sum_us += (uint64_t)time_us;
    counters->bytes_in += bytes_in;
    counters->bytes_out += bytes_out;
}

void metrics_answer(struct metrics *metrics, size_t request, int status, int64_t time_us,
                    uint64_t bytes_in, uint64_t bytes_out)
{
    struct series *row = &metrics->requests[request];
    bool non_2xx = status < 200 || status > 299;

    histogram_record(row->histogram, time_us);
    histogram_record(metrics->now.histogram, time_us);
    count_answer(&row->counters, non_2xx, time_us, bytes_in, bytes_out);
    count_answer(&metrics->now.counters, non_2xx, time_us, bytes_in, bytes_out);
    metrics->statuses[status]++;
}

static void count_error(struct counters *counters, uint64_t bytes_in, uint64_t bytes_out)
{
    counters->requests++;
    counters->errors++;
    counters->bytes_in += bytes_in;
    counters->bytes_out += bytes_out;
}

void metrics_error(struct metrics *metrics, size_t request, enum error_class class,
                   const char *detail, uint64_t bytes_in, uint64_t bytes_out)
{
    count_error(&metrics->requests[request].counters, bytes_in, bytes_out);
    count_error(&metrics->now.counters, bytes_in, bytes_out);
    if (metrics->error_classes[class]++ == 0)
        (void)snprintf(metrics->error_samples[class], ERROR_SAMPLE_BYTES, "%s", detail);
}

void metrics_users(struct metrics *metrics, double users, double ms)
{
    metrics->now_user_ms += users * ms;
    metrics->user_ms += users * ms;
}

/* --- windows -------------------------------------------------------------------------------- */

static void add_counters(struct counters *to, const struct counters *from)
{
    bool to_empty = to->requests == to->errors, from_empty = from->requests == from->errors;

    if (!from_empty && (to_empty || from->min_us < to->min_us))
        to->min_us = from->min_us;
    if (!from_empty && from->max_us > to->max_us)
        to->max_us = from->max_us;
    to->requests += from->requests;
    to->errors += from->errors;
    to->non_2xx += from->non_2xx;
    to->failed_tests += from->failed_tests;
    to->bytes_in += from->bytes_in;
    to->bytes_out += from->bytes_out;
    to->sum_us += from->sum_us;
}

/* Percentiles and the compact form of `histogram` into the window. */
static bool window_keep(struct window *window, const struct histogram *histogram)
{
    struct arena *arena = arena_new(WINDOW_ARENA_BYTES);
    struct buffer out;
    struct str payload = {0};
    bool ok = false;

    if (arena == NULL)
        return false;
    buffer_init(&out, arena);
    histogram_encode(histogram, &out);
    if (buffer_done(&out, &payload)) {
        window->payload = malloc(payload.len + 1);
        ok = window->payload != NULL;
    }
    if (ok && payload.len > 0)
        memcpy(window->payload, payload.ptr, payload.len);
    window->payload_bytes = ok ? payload.len : 0;
    window->p50_us = histogram_percentile(histogram, 50);
    window->p90_us = histogram_percentile(histogram, 90);
    window->p95_us = histogram_percentile(histogram, 95);
    window->p99_us = histogram_percentile(histogram, 99);
    arena_free(arena);
    return ok;
}

static bool merge_pair(struct window *to, struct window *first, struct window *second,
                       struct histogram *scratch)
{
    int64_t first_ms = first->end_ms - first->begin_ms,
            second_ms = second->end_ms - second->begin_ms;
    struct window merged = *first;
    bool ok = histogram_decode(scratch, (struct str){first->payload, first->payload_bytes}) &&
              histogram_decode(scratch, (struct str){second->payload, second->payload_bytes});

    merged.end_ms = second->end_ms;
    merged.users = (first->users * (double)first_ms + second->users * (double)second_ms) /
                   (double)(first_ms + second_ms > 0 ? first_ms + second_ms : 1);
    add_counters(&merged.counters, &second->counters);
    free(first->payload);
    free(second->payload);
    first->payload = second->payload = NULL;
    ok = window_keep(&merged, scratch) && ok;
    histogram_reset(scratch);
    *to = merged;
    return ok;
}

/* Two windows become one, throughout; from now on each is twice as wide. */
static bool double_width(struct metrics *metrics)
{
    struct histogram *scratch = histogram_new();
    bool ok = scratch != NULL;

    for (size_t i = 0; ok && i + 1 < metrics->window_count; i += 2)
        ok = merge_pair(&metrics->windows[i / 2], &metrics->windows[i], &metrics->windows[i + 1],
                        scratch);
    if (ok) {
        metrics->window_count /= 2;
        metrics->window_ms *= 2;
    }
    histogram_free(scratch);
    return ok;
}

bool metrics_window_due(const struct metrics *metrics, int64_t at_ms)
{
    return at_ms / metrics->window_ms > metrics->now_begin_ms / metrics->window_ms;
}

bool metrics_close_window(struct metrics *metrics, int64_t at_ms)
{
    if (at_ms < metrics->now_begin_ms)
        at_ms = metrics->now_begin_ms; /* the last answer came before the last window's end */
    int64_t width_ms = at_ms - metrics->now_begin_ms;
    struct window window = {.begin_ms = metrics->now_begin_ms, .end_ms = at_ms};

    window.users = metrics->now_user_ms / (double)(width_ms > 0 ? width_ms : 1);
    window.counters = metrics->now.counters;
    if (!window_keep(&window, metrics->now.histogram))
        return false;
    add_counters(&metrics->totals, &metrics->now.counters);
    metrics->windows[metrics->window_count++] = window;
    histogram_reset(metrics->now.histogram);
    memset(&metrics->now.counters, 0, sizeof(metrics->now.counters));
    metrics->now_user_ms = 0;
    metrics->now_begin_ms = at_ms;
    return metrics->window_count < WINDOWS_MAX || double_width(metrics);
}

bool metrics_finish(struct metrics *metrics, int64_t at_ms)
{
    bool is_sliver = at_ms - metrics->now_begin_ms < metrics->window_ms / 2;
    struct histogram *scratch = NULL;
    size_t last = 0;
    bool ok = false;

    if (!metrics_close_window(metrics, at_ms))
        return false;
    last = metrics->window_count - 1;
    if (!is_sliver || last == 0)
        return true;
    scratch = histogram_new();
    ok = scratch != NULL && merge_pair(&metrics->windows[last - 1], &metrics->windows[last - 1],
                                       &metrics->windows[last], scratch);
    metrics->window_count = last;
    histogram_free(scratch);
    return ok;
}

/* --- sums ----------------------------------------------------------------------------------- */

void metrics_total(const struct metrics *metrics, struct histogram *ret)
{
    for (size_t i = 0; i < metrics->request_count; i++)
        histogram_add(ret, metrics->requests[i].histogram);
}

void metrics_corrected(const struct metrics *metrics, struct histogram *ret)
{
    for (size_t i = 0; i < metrics->request_count; i++) {
        const struct series *row = &metrics->requests[i];
        double interval_us = row->counters.requests == 0
                                 ? 0
                                 : metrics->user_ms * 1000 / (double)row->counters.requests;
        histogram_add_corrected(ret, row->histogram, (int64_t)interval_us);
    }
}

double counters_average_ms(const struct counters *counters)
{
    uint64_t answers = counters->requests - counters->errors;

    return answers == 0 ? 0 : (double)counters->sum_us / (double)answers / 1000;
}

double counters_error_percent(const struct counters *counters, bool non_2xx)
{
    uint64_t errors = counters->errors + (non_2xx ? counters->non_2xx : 0);

    return counters->requests == 0 ? 0 : 100 * (double)errors / (double)counters->requests;
}
