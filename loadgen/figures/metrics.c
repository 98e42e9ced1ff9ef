#include "loadgen/metrics.h"

_Static_assert((int)FAILURE_ERRORS >= (int)STATUS_COUNT, "a status is no class of errors");

const char *error_class_name(enum error_class class)
{
    static const char *const names[ERROR_CLASS_COUNT] = {
        [ERROR_CONNECT] = "connect", [ERROR_RESOLVE] = "resolve", [ERROR_TLS] = "tls",
        [ERROR_TIMEOUT] = "timeout", [ERROR_RESET] = "reset",     [ERROR_CLOSED] = "closed",
        [ERROR_PARSE] = "parse",     [ERROR_REQUEST] = "request",
    };

    return names[class];
}

bool error_class_find(struct str name, enum error_class *ret)
{
    for (int class = 0; class < ERROR_CLASS_COUNT; class ++) {
        if (str_eq(name, str_from_c(error_class_name((enum error_class) class)))) {
            *ret = (enum error_class) class;
            return true;
        }
    }
    return false;
}

static size_t windows_a_request(size_t request_count)
{
    size_t share = REQUEST_WINDOWS_MAX / (request_count > 0 ? request_count : 1);

    return share > WINDOWS_MAX           ? WINDOWS_MAX
           : share < REQUEST_WINDOWS_MIN ? REQUEST_WINDOWS_MIN
                                         : share;
}

bool metrics_init_open(struct metrics *metrics, size_t request_count)
{
    bool ok = true;

    memset(metrics, 0, sizeof(*metrics));
    timeline_init(&metrics->windows, WINDOWS_MAX, WINDOW_MS);
    metrics->requests = calloc(request_count, sizeof(*metrics->requests));
    ok = metrics->requests != NULL;
    while (ok && metrics->request_count < request_count) {
        struct request_metrics *row = &metrics->requests[metrics->request_count++];
        timeline_init(&row->windows, windows_a_request(request_count), WINDOW_MS);
        row->now.histogram = histogram_new();
        ok = row->now.histogram != NULL;
    }
    if (!ok)
        metrics_deinit(metrics);
    return ok;
}

bool metrics_init(struct metrics *metrics, size_t request_count)
{
    bool ok = metrics_init_open(metrics, request_count);

    if (!ok)
        return false;
    metrics->scratch = histogram_new();
    ok = metrics->scratch != NULL;
    for (size_t i = 0; ok && i < request_count; i++) {
        metrics->requests[i].total.histogram = histogram_new();
        ok = metrics->requests[i].total.histogram != NULL;
    }
    if (!ok)
        metrics_deinit(metrics);
    return ok;
}

void metrics_deinit(struct metrics *metrics)
{
    for (size_t i = 0; metrics->requests != NULL && i < metrics->request_count; i++) {
        histogram_free(metrics->requests[i].now.histogram);
        histogram_free(metrics->requests[i].total.histogram);
        timeline_deinit(&metrics->requests[i].windows);
    }
    free(metrics->requests);
    timeline_deinit(&metrics->windows);
    histogram_free(metrics->scratch);
    memset(metrics, 0, sizeof(*metrics));
}

/* --- recording ------------------------------------------------------------------------------ */

/* One histogram and one set of counters an answer: all sums are made from them, once a window. */
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

static void keep_slowest(struct metrics *metrics, const struct sample *sample)
{
    size_t at = metrics->slowest_count;

    if (at < SLOWEST_MAX)
        metrics->slowest_count++;
    else
        at--;
    for (; at > 0 && metrics->slowest[at - 1].time_us < sample->time_us; at--)
        metrics->slowest[at] = metrics->slowest[at - 1];
    metrics->slowest[at] = *sample;
}

static bool is_slow(const struct metrics *metrics, int64_t time_us)
{
    return metrics->slowest_count < SLOWEST_MAX ||
           time_us > metrics->slowest[SLOWEST_MAX - 1].time_us;
}

void metrics_answer(struct metrics *metrics, size_t request, int status, int64_t time_us,
                    uint64_t bytes_in, uint64_t bytes_out)
{
    struct series *now = &metrics->requests[request].now;
    bool non_2xx = status < 200 || status > 299;

    histogram_record(now->histogram, time_us);
    count_answer(&now->counters, non_2xx, time_us, bytes_in, bytes_out);
    if (non_2xx)
        failures_count(&now->counters.failures, (uint32_t)status, 1);
    metrics->statuses[status]++;
    if (is_slow(metrics, time_us)) {
        struct sample sample = {(int64_t)metrics->at_ms, time_us, request, status, "", ""};
        keep_slowest(metrics, &sample);
    }
}

/* --- samples -------------------------------------------------------------------------------- */

struct sample *metrics_error(struct metrics *metrics, size_t request, enum error_class class,
                             const char *detail, uint64_t bytes_in, uint64_t bytes_out)
{
    struct counters *counters = &metrics->requests[request].now.counters;
    uint64_t number = metrics->error_classes[class]++;
    struct sample *sample = NULL;

    counters->requests++;
    counters->errors++;
    failures_count(&counters->failures, FAILURE_ERRORS + (uint32_t) class, 1);
    counters->bytes_in += bytes_in;
    counters->bytes_out += bytes_out;
    if (number >= ERROR_SAMPLES_MAX)
        return NULL;
    sample = &metrics->error_samples[class][number];
    *sample = (struct sample){.at_ms = (int64_t)metrics->at_ms, .request = request};
    sample_text(str_from_c(detail), sample->text);
    return sample;
}

static bool wants_answer(const struct metrics *metrics, int status)
{
    size_t same = 0;

    for (size_t i = 0; i < metrics->answer_count; i++)
        same += metrics->answers[i].status == status ? 1 : 0;
    return same < SAMPLES_A_STATUS && metrics->answer_count < ANSWER_SAMPLES_MAX;
}

struct sample *metrics_sample_answer(struct metrics *metrics, size_t request, int status,
                                     struct str bytes)
{
    struct sample *sample = &metrics->answers[metrics->answer_count];

    if (!wants_answer(metrics, status))
        return NULL;
    metrics->answer_count++;
    *sample =
        (struct sample){.at_ms = (int64_t)metrics->at_ms, .request = request, .status = status};
    sample_text_answer(status, bytes, sample->text);
    return sample;
}

void metrics_tests(struct metrics *metrics, size_t request, uint64_t count, uint64_t failed)
{
    struct counters *counters = &metrics->requests[request].now.counters;

    counters->tests += count;
    counters->failed_tests += failed;
}

void metrics_users(struct metrics *metrics, double users, double ms)
{
    metrics->now_user_ms += users * ms;
    metrics->now_most = users > metrics->now_most ? users : metrics->now_most;
    metrics->user_ms += users * ms;
    metrics->at_ms += ms;
}

/* --- windows -------------------------------------------------------------------------------- */

bool metrics_window_due(const struct metrics *metrics, int64_t at_ms)
{
    return at_ms / WINDOW_MS > metrics->now_begin_ms / WINDOW_MS;
}

/* What a request did in the open window goes to its total, its windows and the sum of all. */
static bool close_request(struct request_metrics *row, const struct window *frame, bool join,
                          struct counters *sum, struct histogram *sum_histogram)
{
    struct window window = *frame;
    bool ok = true;

    /* A test may end after its answer's window. */
    if (row->now.counters.requests == 0 && row->now.counters.tests == 0)
        return true;
    window.counters = row->now.counters;
    counters_add(&row->total.counters, &window.counters);
    counters_add(sum, &window.counters);
    histogram_add(row->total.histogram, row->now.histogram);
    histogram_add(sum_histogram, row->now.histogram);
    ok = timeline_add(&row->windows, &window, row->now.histogram, join && row->windows.count > 0);
    histogram_reset(row->now.histogram);
    memset(&row->now.counters, 0, sizeof(row->now.counters));
    return ok;
}

/* A window's ends are whole milliseconds, its users' time is not: no more than there were. The last
 * one is over with its last user. */
static double users_until(const struct metrics *metrics, int64_t at_ms)
{
    double end_ms =
        metrics->end_ms > 0 && metrics->end_ms < (double)at_ms ? metrics->end_ms : (double)at_ms;
    double span_ms = end_ms - (double)metrics->now_begin_ms;
    double users = span_ms > 0 ? metrics->now_user_ms / span_ms : metrics->now_most;

    return users < metrics->now_most ? users : metrics->now_most;
}

static bool close_window(struct metrics *metrics, int64_t at_ms, bool join)
{
    struct window frame = {
        .begin_ms = metrics->now_begin_ms, .end_ms = at_ms, .users = users_until(metrics, at_ms)};
    struct counters sum = {0};
    bool ok = true;

    histogram_reset(metrics->scratch);
    for (size_t i = 0; i < metrics->request_count; i++)
        ok = close_request(&metrics->requests[i], &frame, join, &sum, metrics->scratch) && ok;
    counters_add(&metrics->totals, &sum);
    frame.counters = sum;
    ok = timeline_add(&metrics->windows, &frame, metrics->scratch, join) && ok;
    metrics->now_user_ms = metrics->now_most = 0;
    metrics->now_begin_ms = at_ms;
    return ok;
}

/* The last answer may have come before the last window's end. */
static int64_t not_before(const struct metrics *metrics, int64_t at_ms)
{
    return at_ms < metrics->now_begin_ms ? metrics->now_begin_ms : at_ms;
}

bool metrics_close_window(struct metrics *metrics, int64_t at_ms)
{
    return close_window(metrics, not_before(metrics, at_ms), false);
}

bool metrics_finish(struct metrics *metrics, int64_t at_ms)
{
    at_ms = not_before(metrics, at_ms);
    return close_window(metrics, at_ms, at_ms - metrics->now_begin_ms < WINDOW_MS / 2);
}

/* --- sums ----------------------------------------------------------------------------------- */

struct counters metrics_so_far(const struct metrics *metrics)
{
    struct counters sum = metrics->totals;

    for (size_t i = 0; i < metrics->request_count; i++)
        counters_add(&sum, &metrics->requests[i].now.counters);
    return sum;
}

void metrics_total(const struct metrics *metrics, struct histogram *ret)
{
    for (size_t i = 0; i < metrics->request_count; i++)
        histogram_add(ret, metrics->requests[i].total.histogram);
}

void metrics_corrected_request(const struct metrics *metrics, size_t request, struct histogram *ret)
{
    const struct series *row = &metrics->requests[request].total;
    double interval_us =
        row->counters.requests == 0 ? 0 : metrics->user_ms * 1000 / (double)row->counters.requests;

    histogram_add_corrected(ret, row->histogram, (int64_t)interval_us);
}

void metrics_corrected(const struct metrics *metrics, struct histogram *ret)
{
    for (size_t i = 0; i < metrics->request_count; i++)
        metrics_corrected_request(metrics, i, ret);
}

/* --- another part of the run: a machine's or a thread's ------------------------------------- */

static void merge_samples(struct metrics *to, const struct metrics *from, int64_t offset_ms)
{
    for (size_t i = 0; i < from->slowest_count; i++) {
        struct sample sample = from->slowest[i];
        sample.at_ms += offset_ms;
        if (is_slow(to, sample.time_us))
            keep_slowest(to, &sample);
    }
    for (size_t i = 0; i < from->answer_count; i++) {
        if (!wants_answer(to, from->answers[i].status))
            continue;
        to->answers[to->answer_count] = from->answers[i];
        to->answers[to->answer_count++].at_ms += offset_ms;
    }
}

static uint64_t sample_count(const struct metrics *metrics, int class)
{
    return metrics->error_classes[class] < ERROR_SAMPLES_MAX ? metrics->error_classes[class]
                                                             : ERROR_SAMPLES_MAX;
}

static void merge_errors(struct metrics *to, const struct metrics *from, int64_t offset_ms)
{
    for (int class = 0; class < ERROR_CLASS_COUNT; class ++) {
        uint64_t count = sample_count(to, class), more = sample_count(from, class);
        for (uint64_t i = 0; i < more && count + i < ERROR_SAMPLES_MAX; i++) {
            to->error_samples[class][count + i] = from->error_samples[class][i];
            to->error_samples[class][count + i].at_ms += offset_ms;
        }
        to->error_classes[class] += from->error_classes[class];
    }
    for (int status = 0; status < STATUS_COUNT; status++)
        to->statuses[status] += from->statuses[status];
}

bool metrics_merge(struct metrics *to, const struct metrics *from, int64_t offset_ms)
{
    bool ok = to->request_count == from->request_count &&
              timeline_merge(&to->windows, &from->windows, offset_ms);

    for (size_t i = 0; ok && i < from->request_count; i++) {
        counters_add(&to->requests[i].total.counters, &from->requests[i].total.counters);
        histogram_add(to->requests[i].total.histogram, from->requests[i].total.histogram);
        ok = timeline_merge(&to->requests[i].windows, &from->requests[i].windows, offset_ms);
    }
    counters_add(&to->totals, &from->totals);
    to->user_ms += from->user_ms;
    merge_errors(to, from, offset_ms);
    merge_samples(to, from, offset_ms);
    failed_tests_merge(&to->failed_tests, &from->failed_tests);
    return ok;
}

static void take_series(struct series *to, struct series *from)
{
    if (from->counters.requests == 0 && from->counters.tests == 0)
        return;
    counters_add(&to->counters, &from->counters);
    histogram_add(to->histogram, from->histogram);
    histogram_reset(from->histogram);
    memset(&from->counters, 0, sizeof(from->counters));
}

/* So that what is recorded from now on is told by the next metrics_take() alone. */
static void forget_told(struct metrics *metrics)
{
    metrics->now_user_ms = metrics->now_most = 0;
    memset(metrics->error_classes, 0, sizeof(metrics->error_classes));
    memset(metrics->statuses, 0, sizeof(metrics->statuses));
    metrics->slowest_count = metrics->answer_count = 0;
    metrics->failed_tests.count = 0;
    metrics->failed_tests.others = 0;
}

void metrics_take(struct metrics *to, struct metrics *from)
{
    for (size_t i = 0; i < from->request_count; i++)
        take_series(&to->requests[i].now, &from->requests[i].now);
    to->now_user_ms += from->now_user_ms;
    to->now_most += from->now_most;
    to->user_ms += from->now_user_ms;
    merge_errors(to, from, 0);
    merge_samples(to, from, 0);
    failed_tests_merge(&to->failed_tests, &from->failed_tests);
    forget_told(from);
}
