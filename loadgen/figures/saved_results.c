/* What report_json.c wrote, read back to the counts that it was written from. */
#include "loadgen/saved_results.h"

#include "base/json.h"
#include "loadgen/histogram_text.h"
#include "loadgen/segment.h"
#include "loadgen/text_file.h"

enum {
    SAVED_BYTES_MAX = 1 << 30,
    SAVED_REQUESTS_MAX = 100000,
    SCRATCH_BYTES = 8 << 20,
};
#define SAVED_ARENA_BYTES ((size_t)8 << 30)
#define COUNT_MAX         (INT64_C(1) << 53)
#define MS_MAX            (INT64_C(1000) * 86400 * 3660)

/* What reading needs beside the tree. */
struct reader {
    struct saved_results *saved;
    struct arena *scratch; /* for one histogram's text */
    struct histogram *histogram;
    struct aws_error *err;
};

static bool damaged(struct reader *r, const char *what)
{
    return aws_fail(r->err, &error_usage,
                    "this is no result that 'squall load --json' wrote: %s is missing or wrong",
                    what);
}

/* --- numbers -------------------------------------------------------------------------------- */

static uint64_t count_of(const struct json_value *object, const char *name)
{
    int64_t value = 0;

    return json_int64(json_get(object, str_from_c(name)), 0, COUNT_MAX, &value) ? (uint64_t)value
                                                                                : 0;
}

static double number_of(const struct json_value *object, const char *name)
{
    double value = 0;

    return json_double(json_get(object, str_from_c(name)), &value) ? value : 0;
}

/* A time in seconds or milliseconds, in thousandths of that. */
static int64_t thousandths_of(const struct json_value *object, const char *name)
{
    double value = number_of(object, name) * 1000;

    return value > 0 && value < (double)MS_MAX ? (int64_t)(value + 0.5) : 0;
}

static bool flag_of(const struct json_value *object, const char *name)
{
    return json_is(json_get(object, str_from_c(name)), JSON_TRUE);
}

static struct str text_of(const struct json_value *object, const char *name)
{
    return json_string_or(json_get(object, str_from_c(name)), (struct str){NULL, 0});
}

static struct counters counters_of(const struct json_value *row)
{
    return (struct counters){
        .requests = count_of(row, "requests"),
        .errors = count_of(row, "errors"),
        .non_2xx = count_of(row, "non_2xx"),
        .tests = count_of(row, "tests"),
        .failed_tests = count_of(row, "failed_tests"),
        .bytes_in = count_of(row, "bytes_in"),
        .bytes_out = count_of(row, "bytes_out"),
        .sum_us = count_of(row, "sum_us"),
        .min_us = thousandths_of(row, "min_ms"),
        .max_us = thousandths_of(row, "max_ms"),
    };
}

/* The kind that report_json() wrote so; false for no such name. */
static bool failure_kind(struct str name, uint32_t *ret)
{
    enum error_class class = ERROR_CONNECT;
    int64_t status = 0;

    if (error_class_find(name, &class)) {
        *ret = FAILURE_ERRORS + (uint32_t) class;
        return true;
    }
    if (!str_eq(name, STR("other")) && !str_to_int64(name, 1, STATUS_COUNT - 1, &status))
        return false;
    *ret = (uint32_t)status;
    return true;
}

static bool read_failures(struct reader *r, const struct json_value *row, struct failures *ret)
{
    const struct json_value *list = json_member(row, "failures");

    for (const struct json_value *one = list == NULL ? NULL : list->child; one != NULL;
         one = one->next) {
        uint32_t kind = 0;
        int64_t count = 0;
        if (!failure_kind(one->name, &kind) || !json_int64(one, 0, COUNT_MAX, &count))
            return damaged(r, "a row's \"failures\"");
        failures_count(ret, kind, (uint64_t)count);
    }
    return true;
}

/* Counters and histogram of a row, which must tell the same number of answers. */
static bool read_series(struct reader *r, const struct json_value *row, struct counters *counters,
                        struct histogram *histogram)
{
    *counters = counters_of(row);
    arena_reset(r->scratch);
    if (counters->errors > counters->requests ||
        !histogram_text_read(text_of(row, "histogram"), r->scratch, histogram) ||
        histogram->total != counters->requests - counters->errors)
        return damaged(r, "a row's \"histogram\"");
    if (!read_failures(r, row, &counters->failures))
        return false;
    if (histogram->total > 0) {
        /* The text knows them to three digits, the row exactly. */
        histogram->min_us = counters->min_us;
        histogram->max_us = counters->max_us;
    }
    return true;
}

/* --- windows and requests ------------------------------------------------------------------- */

static bool read_windows(struct reader *r, const struct json_value *owner,
                         struct timeline *timeline)
{
    const struct json_value *list = json_member(owner, "windows");
    int64_t width_ms = 0;

    if (!json_is(list, JSON_ARRAY) ||
        !json_int64(json_member(owner, "window_ms"), WINDOW_MS, INT64_C(1) << 40, &width_ms))
        return damaged(r, "\"windows\"");
    if (!timeline_widen(timeline, width_ms))
        return aws_fail(r->err, &error_out_of_memory, "out of memory");
    for (const struct json_value *row = list->child; row != NULL; row = row->next) {
        struct window window = {.begin_ms = thousandths_of(row, "t_s"),
                                .users = number_of(row, "vus")};
        window.end_ms = window.begin_ms + thousandths_of(row, "duration_s");
        histogram_reset(r->histogram);
        if (!read_series(r, row, &window.counters, r->histogram))
            return false;
        if (!timeline_add(timeline, &window, r->histogram, false))
            return aws_fail(r->err, &error_out_of_memory, "out of memory");
    }
    return true;
}

static bool read_request(struct reader *r, const struct json_value *row, size_t at)
{
    struct request_metrics *metrics = &r->saved->metrics.requests[at];

    r->saved->labels[at] = (struct request_label){text_of(row, "name"), text_of(row, "folder"),
                                                  text_of(row, "method")};
    if (!read_series(r, row, &metrics->total.counters, metrics->total.histogram) ||
        !read_windows(r, row, &metrics->windows))
        return false;
    counters_add(&r->saved->metrics.totals, &metrics->total.counters);
    return true;
}

static bool read_requests(struct reader *r, const struct json_value *root)
{
    const struct json_value *list = json_member(root, "requests");
    size_t at = 0;

    if (!json_is(list, JSON_ARRAY) || list->count < 1 || list->count > SAVED_REQUESTS_MAX)
        return damaged(r, "\"requests\"");
    r->saved->labels = arena_alloc_array(r->saved->arena, list->count, sizeof(*r->saved->labels));
    if (r->saved->labels == NULL || !metrics_init(&r->saved->metrics, list->count))
        return aws_fail(r->err, &error_out_of_memory, "out of memory");
    for (const struct json_value *row = list->child; row != NULL; row = row->next) {
        if (!read_request(r, row, at++))
            return false;
    }
    return true;
}

/* --- errors and samples --------------------------------------------------------------------- */

static bool read_sample(struct reader *r, const struct json_value *row, struct sample *ret)
{
    struct str text = text_of(row, "text"), sent = text_of(row, "sent");

    *ret = (struct sample){
        .at_ms = thousandths_of(row, "t_s"),
        .time_us = thousandths_of(row, "ms"),
        .request = (size_t)count_of(row, "request"),
        .status = (int)count_of(row, "status"),
    };
    if (ret->request >= r->saved->metrics.request_count || count_of(row, "status") >= STATUS_COUNT)
        return damaged(r, "a sample's request");
    (void)snprintf(ret->text, sizeof(ret->text), "%.*s", STR_ARG(text));
    (void)snprintf(ret->sent, sizeof(ret->sent), "%.*s", STR_ARG(sent));
    return true;
}

static bool read_samples(struct reader *r, const struct json_value *list, struct sample *rows,
                         size_t rows_max, size_t *ret_count)
{
    *ret_count = 0;
    for (const struct json_value *row = list == NULL ? NULL : list->child;
         row != NULL && *ret_count < rows_max; row = row->next) {
        if (!read_sample(r, row, &rows[(*ret_count)++]))
            return false;
    }
    return true;
}

static bool read_error_class(struct reader *r, const struct json_value *row)
{
    struct metrics *metrics = &r->saved->metrics;
    enum error_class class = ERROR_CONNECT;
    size_t samples = 0;

    if (!error_class_find(text_of(row, "class"), &class))
        return damaged(r, "an error's class");
    metrics->error_classes[class] = count_of(row, "count");
    return read_samples(r, json_member(row, "samples"), metrics->error_samples[class],
                        ERROR_SAMPLES_MAX, &samples);
}

static bool read_errors(struct reader *r, const struct json_value *root)
{
    struct metrics *metrics = &r->saved->metrics;
    const struct json_value *classes = json_member(root, "error_classes");
    const struct json_value *codes = json_member(root, "status_codes");

    for (const struct json_value *row = classes == NULL ? NULL : classes->child; row != NULL;
         row = row->next) {
        if (!read_error_class(r, row))
            return false;
    }
    for (const struct json_value *row = codes == NULL ? NULL : codes->child; row != NULL;
         row = row->next) {
        int64_t status = 0, count = 0;
        if (!str_to_int64(row->name, 0, STATUS_COUNT - 1, &status) ||
            !json_int64(row, 0, COUNT_MAX, &count))
            return damaged(r, "\"status_codes\"");
        metrics->statuses[status] = (uint64_t)count;
    }
    return read_samples(r, json_member(root, "answers"), metrics->answers, ANSWER_SAMPLES_MAX,
                        &metrics->answer_count) &&
           read_samples(r, json_member(root, "slowest"), metrics->slowest, SLOWEST_MAX,
                        &metrics->slowest_count);
}

static bool read_failed_tests(struct reader *r, const struct json_value *root)
{
    struct failed_tests *tests = &r->saved->metrics.failed_tests;
    const struct json_value *list = json_member(root, "failed_tests");

    for (const struct json_value *row = list == NULL ? NULL : list->child; row != NULL;
         row = row->next) {
        uint64_t request = count_of(row, "request");
        if (request >= r->saved->metrics.request_count)
            return damaged(r, "a failed test's request");
        failed_tests_add_count(tests, (size_t)request, text_of(row, "name"),
                               text_of(row, "message"), count_of(row, "count"));
    }
    tests->others += count_of(root, "other_failed_tests");
    return true;
}

/* --- what was run --------------------------------------------------------------------------- */

static void read_generator(const struct json_value *row, struct generator *ret)
{
    *ret = (struct generator){
        .machines = (size_t)count_of(row, "machines"),
        .threads = (size_t)count_of(row, "threads"),
        .cores = (size_t)count_of(row, "cores"),
        .cpu_s = number_of(row, "cpu_s"),
        .wait_s = number_of(row, "wait_s"),
        .busy = number_of(row, "busy_pct") / 100,
        .waiting = number_of(row, "waiting_pct") / 100,
        .lag_p99_ms = number_of(row, "lag_p99_ms"),
        .lag_max_ms = number_of(row, "lag_max_ms"),
        .socket_failures = count_of(row, "socket_failures"),
        .unsent = count_of(row, "unsent"),
    };
    for (int i = 0; i < HTTP_PROTOCOL_COUNT; i++)
        ret->connections[i] =
            count_of(json_member(row, "connections"), http_protocol_name((enum http_protocol)i));
}

/* The users that this machine had, of all that the options name. */
static size_t own_users(const struct json_value *options)
{
    size_t segment = 0, segments = 1;
    struct str text = text_of(options, "segment");

    if (text.len > 0 && !segment_parse(text, &segment, &segments))
        segments = 1;
    return segment_share(count_of(options, "vus"), segment, segments);
}

static void read_facts(const struct json_value *root, struct run_facts *ret)
{
    const struct json_value *options = json_member(root, "options");
    const struct json_value *generator = json_member(root, "generator");
    const struct json_value *iterations = json_member(root, "iterations");

    *ret = (struct run_facts){
        .collection = text_of(root, "name"),
        .target = text_of(root, "target"),
        .profile = text_of(options, "profile"),
        .rate = text_of(options, "rate"),
        .options = options == NULL ? STR("{}") : options->raw,
        .users = own_users(options),
        .open_model = str_eq(text_of(options, "model"), STR("open")),
        .http2 = str_starts_with(text_of(options, "http"), STR("2")),
        .errors_non_2xx = str_eq(text_of(options, "errors"), STR("non-2xx")),
        .started_wall_ms = (int64_t)count_of(root, "started_ms"),
        .elapsed_ms = thousandths_of(json_member(root, "totals"), "duration_s"),
        .iterations_done = count_of(iterations, "done"),
        .iterations_dropped = count_of(iterations, "dropped"),
        .interrupted = flag_of(root, "interrupted"),
        .aborted = flag_of(root, "aborted"),
        .scripts_left_out = (size_t)count_of(generator, "scripts_left_out"),
    };
    read_generator(generator, &ret->generator);
}

static bool read_conditions(struct reader *r, const struct json_value *root)
{
    struct condition_list *conditions = &r->saved->conditions;
    const struct json_value *list = json_member(root, "conditions");

    for (const struct json_value *row = list == NULL ? NULL : list->child;
         row != NULL && conditions->count < CONDITIONS_MAX; row = row->next) {
        struct condition *condition = &conditions->rows[conditions->count++];
        bool fails = str_eq(text_of(row, "kind"), STR("fail-if"));
        if (!(fails ? condition_parse_fail_if(text_of(row, "text"), condition, r->err)
                    : condition_parse_pass_if(text_of(row, "text"), condition, r->err)))
            return false;
    }
    return true;
}

static bool read_root(struct reader *r, const struct json_value *root)
{
    struct saved_results *saved = r->saved;

    if (!json_is(json_member(root, "totals"), JSON_OBJECT))
        return damaged(r, "\"totals\"");
    if (!read_requests(r, root) || !read_windows(r, root, &saved->metrics.windows) ||
        !read_errors(r, root) || !read_failed_tests(r, root) || !read_conditions(r, root))
        return false;
    saved->metrics.user_ms = number_of(json_member(root, "corrected"), "user_s") * 1000;
    saved->results.metrics = &saved->metrics;
    saved->results.labels = saved->labels;
    read_facts(root, &saved->results.facts);
    return true;
}

bool saved_results_parse(struct str text, struct saved_results *ret, struct aws_error *err)
{
    struct reader r = {ret, arena_new(SCRATCH_BYTES), histogram_new(), err};
    struct json_value *root = NULL;
    struct json_error why;
    bool ok = false;

    memset(ret, 0, sizeof(*ret));
    ret->arena = arena_new(SAVED_ARENA_BYTES);
    if (ret->arena == NULL || r.scratch == NULL || r.histogram == NULL)
        (void)aws_fail(err, &error_out_of_memory, "out of memory");
    else if (!json_parse(text, ret->arena, &root, &why))
        (void)aws_fail(err, &error_usage, "this is no JSON: %s at byte %zu", why.reason,
                       why.offset);
    else
        ok = read_root(&r, root);
    arena_free(r.scratch);
    histogram_free(r.histogram);
    return ok;
}

bool saved_results_read(const char *path, struct saved_results *ret, struct aws_error *err)
{
    struct arena *arena = arena_new(SAVED_ARENA_BYTES);
    struct aws_error inner = {0};
    struct str text = {0};

    memset(ret, 0, sizeof(*ret));
    if (arena == NULL)
        return aws_fail(err, &error_out_of_memory, "out of memory");
    if (!text_file_read(arena, path, SAVED_BYTES_MAX, &text, err)) {
        arena_free(arena);
        return false;
    }
    if (!saved_results_parse(text, ret, &inner)) {
        arena_free(arena);
        return aws_fail(err, inner.kind, "%s: %s", path, inner.message);
    }
    ret->text = arena;
    ret->path = path;
    return true;
}

void saved_results_deinit(struct saved_results *saved)
{
    results_deinit(&saved->results);
    metrics_deinit(&saved->metrics);
    arena_free(saved->arena);
    arena_free(saved->text);
    saved->arena = saved->text = NULL;
}
