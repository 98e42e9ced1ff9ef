#include "loadgen/report.h"

#include "base/clock.h"
#include "loadgen/histogram_text.h"

#include <math.h>

enum { COUNTS_ARENA_BYTES = 8 << 20, FAILURE_NAME_BYTES = 16 };

/* Microseconds of a millisecond are all that was measured. */
static double thousandths(double value)
{
    return round(value * 1000) / 1000;
}

static void field(struct json_writer *writer, struct str name, double value)
{
    json_field_double(writer, name, thousandths(value));
}

/* --- figures -------------------------------------------------------------------------------- */

static void write_times(struct json_writer *writer, const struct figures *figures)
{
    field(writer, STR("avg_ms"), figures->avg_ms);
    field(writer, STR("min_ms"), figures->min_ms);
    field(writer, STR("max_ms"), figures->max_ms);
    field(writer, STR("p50_ms"), figures->p50_ms);
    field(writer, STR("p90_ms"), figures->p90_ms);
    field(writer, STR("p95_ms"), figures->p95_ms);
    field(writer, STR("p99_ms"), figures->p99_ms);
}

static void write_figures(struct json_writer *writer, const struct figures *figures)
{
    json_field_int(writer, STR("requests"), (int64_t)figures->requests);
    field(writer, STR("duration_s"), figures->duration_s);
    field(writer, STR("rps"), figures->rps);
    write_times(writer, figures);
    json_field_int(writer, STR("errors"), (int64_t)figures->errors);
    json_field_int(writer, STR("non_2xx"), (int64_t)figures->non_2xx);
    json_field_int(writer, STR("tests"), (int64_t)figures->tests);
    json_field_int(writer, STR("failed_tests"), (int64_t)figures->failed_tests);
    field(writer, STR("error_pct"), figures->error_pct);
    field(writer, STR("failure_pct"), figures->failure_pct);
    json_field_int(writer, STR("bytes_in"), (int64_t)figures->bytes_in);
    json_field_int(writer, STR("bytes_out"), (int64_t)figures->bytes_out);
}

static void write_corrected(struct json_writer *writer, const struct corrected *corrected)
{
    json_field_int(writer, STR("requests"), (int64_t)corrected->requests);
    field(writer, STR("avg_ms"), corrected->avg_ms);
    field(writer, STR("min_ms"), corrected->min_ms);
    field(writer, STR("max_ms"), corrected->max_ms);
    field(writer, STR("p50_ms"), corrected->p50_ms);
    field(writer, STR("p90_ms"), corrected->p90_ms);
    field(writer, STR("p95_ms"), corrected->p95_ms);
    field(writer, STR("p99_ms"), corrected->p99_ms);
}

/* What adding up with another machine's needs, exactly: the average's sum, and all counts. */
static void write_counts(struct json_writer *writer, const struct counters *counters,
                         struct str payload)
{
    struct arena *arena = arena_new(COUNTS_ARENA_BYTES);
    struct str text = {0};

    json_field_int(writer, STR("sum_us"), (int64_t)counters->sum_us);
    if (arena != NULL && histogram_text_write(payload, arena, &text))
        json_field_string(writer, STR("histogram"), text);
    else
        writer->out->failed = true;
    arena_free(arena);
}

/* What an answer's status or an error's class is called. */
static struct str failure_name(uint32_t kind, char text[FAILURE_NAME_BYTES])
{
    int length = 0;

    if (kind == FAILURE_OTHER)
        return STR("other");
    if (kind >= FAILURE_ERRORS)
        return str_from_c(error_class_name((enum error_class)(kind - FAILURE_ERRORS)));
    length = snprintf(text, FAILURE_NAME_BYTES, "%u", kind);
    return (struct str){text, (size_t)length};
}

static void write_failures(struct json_writer *writer, const struct failures *failures)
{
    char text[FAILURE_NAME_BYTES];

    json_object_begin(writer);
    for (size_t i = 0; i < failures->count; i++)
        json_field_int(writer, failure_name(failures->rows[i].kind, text),
                       (int64_t)failures->rows[i].count);
    json_object_end(writer);
}

static void write_failures_if_any(struct json_writer *writer, const struct failures *failures)
{
    if (failures->count == 0)
        return;
    json_write_name(writer, STR("failures"));
    write_failures(writer, failures);
}

/* In one line: there are thousands. */
static void write_window(struct json_writer *writer, const struct results *results,
                         const struct window *window)
{
    struct figures figures = results_window(results, window);
    enum json_style style = writer->style;

    json_object_begin(writer);
    writer->style = JSON_SPACED;
    field(writer, STR("t_s"), (double)window->begin_ms / 1000);
    field(writer, STR("vus"), window->users);
    write_figures(writer, &figures);
    write_failures_if_any(writer, &window->counters.failures);
    write_counts(writer, &window->counters, (struct str){window->payload, window->payload_bytes});
    json_object_end(writer);
    writer->style = style;
}

static const char *const window_columns[] = {
    "t_s",    "duration_s", "vus",    "requests",     "rps",      "avg_ms",
    "min_ms", "max_ms",     "p50_ms", "p90_ms",       "p95_ms",   "p99_ms",
    "errors", "non_2xx",    "tests",  "failed_tests", "error_pct"};

/* In the order of window_columns, and then the failures where there are any. */
static void write_window_row(struct json_writer *writer, const struct results *results,
                             const struct window *window)
{
    const struct figures f = results_window(results, window);
    const double values[ARRAY_LEN(window_columns)] = {(double)window->begin_ms / 1000,
                                                      f.duration_s,
                                                      window->users,
                                                      (double)f.requests,
                                                      f.rps,
                                                      f.avg_ms,
                                                      f.min_ms,
                                                      f.max_ms,
                                                      f.p50_ms,
                                                      f.p90_ms,
                                                      f.p95_ms,
                                                      f.p99_ms,
                                                      (double)f.errors,
                                                      (double)f.non_2xx,
                                                      (double)f.tests,
                                                      (double)f.failed_tests,
                                                      f.error_pct};

    json_array_begin(writer);
    for (size_t i = 0; i < ARRAY_LEN(values); i++)
        json_write_double(writer, thousandths(values[i]));
    if (window->counters.failures.count > 0)
        write_failures(writer, &window->counters.failures);
    json_array_end(writer);
}

static void write_window_list(struct json_writer *writer, struct str name,
                              const struct results *results, const struct timeline *timeline,
                              void (*write)(struct json_writer *writer,
                                            const struct results *results,
                                            const struct window *window))
{
    json_write_name(writer, name);
    json_array_begin(writer);
    for (size_t i = 0; i < timeline->count; i++)
        write(writer, results, &timeline->windows[i]);
    json_array_end(writer);
}

static void write_windows(struct json_writer *writer, const struct results *results,
                          const struct timeline *timeline, bool counts)
{
    json_field_int(writer, STR("window_ms"), timeline->width_ms);
    write_window_list(writer, STR("windows"), results, timeline,
                      counts ? write_window : write_window_row);
}

static void write_intervals(struct json_writer *writer, const struct results *results,
                            const struct timeline *intervals)
{
    json_write_name(writer, STR("window_columns"));
    json_array_begin(writer);
    for (size_t i = 0; i < ARRAY_LEN(window_columns); i++)
        json_write_string(writer, str_from_c(window_columns[i]));
    json_array_end(writer);
    json_field_int(writer, STR("interval_ms"), intervals->width_ms);
    write_window_list(writer, STR("intervals"), results, intervals, write_window_row);
}

/* --- requests ------------------------------------------------------------------------------- */

static void write_request_counts(struct json_writer *writer, const struct series *series)
{
    struct arena *arena = arena_new(COUNTS_ARENA_BYTES);
    struct buffer payload;

    if (arena == NULL) {
        writer->out->failed = true;
        return;
    }
    buffer_init(&payload, arena);
    histogram_encode(series->histogram, &payload);
    writer->out->failed = writer->out->failed || payload.failed;
    write_counts(writer, &series->counters, buffer_str(&payload));
    arena_free(arena);
}

static void write_request(struct json_writer *writer, const struct results *results, size_t request,
                          bool counts)
{
    const struct request_label *label = &results->labels[request];
    const struct request_metrics *row = &results->metrics->requests[request];

    json_object_begin(writer);
    json_field_string(writer, STR("name"), label->name);
    json_field_string(writer, STR("folder"), label->folder);
    json_field_string(writer, STR("method"), label->method);
    write_figures(writer, &results->requests[request]);
    json_write_name(writer, STR("corrected"));
    json_object_begin(writer);
    write_corrected(writer, &results->requests_corrected[request]);
    json_object_end(writer);
    write_failures_if_any(writer, &row->total.counters.failures);
    if (counts)
        write_request_counts(writer, &row->total);
    write_windows(writer, results, &row->windows, counts);
    json_object_end(writer);
}

static void write_requests(struct json_writer *writer, const struct results *results, bool counts)
{
    json_write_name(writer, STR("requests"));
    json_array_begin(writer);
    for (size_t i = 0; i < results->metrics->request_count; i++)
        write_request(writer, results, i, counts);
    json_array_end(writer);
}

/* --- conditions, errors, samples ------------------------------------------------------------ */

static void write_conditions(struct json_writer *writer, const struct results *results)
{
    json_write_name(writer, STR("conditions"));
    json_array_begin(writer);
    for (size_t i = 0; i < results->condition_count; i++) {
        const struct condition_result *row = &results->conditions[i];
        json_object_begin(writer);
        json_field_string(writer, STR("kind"),
                          row->condition->fails ? STR("fail-if") : STR("pass-if"));
        json_field_string(writer, STR("text"), row->condition->text);
        if (row->unknown)
            json_field_raw(writer, STR("measured"), STR("null"));
        else
            field(writer, STR("measured"), row->measured);
        json_field_string(writer, STR("unit"), str_from_c(condition_unit(row->condition)));
        json_field_bool(writer, STR("passed"), !row->violated);
        json_object_end(writer);
    }
    json_array_end(writer);
}

/* `request` is the row of "requests". */
static void write_sample(struct json_writer *writer, const struct sample *sample)
{
    json_object_begin(writer);
    field(writer, STR("t_s"), (double)sample->at_ms / 1000);
    json_field_int(writer, STR("request"), (int64_t)sample->request);
    if (sample->status > 0)
        json_field_int(writer, STR("status"), sample->status);
    if (sample->time_us > 0)
        field(writer, STR("ms"), (double)sample->time_us / 1000);
    if (sample->text[0] != '\0')
        json_field_string(writer, STR("text"), str_from_c(sample->text));
    if (sample->sent[0] != '\0')
        json_field_string(writer, STR("sent"), str_from_c(sample->sent));
    json_object_end(writer);
}

static void write_samples(struct json_writer *writer, struct str name, const struct sample *rows,
                          size_t count)
{
    json_write_name(writer, name);
    json_array_begin(writer);
    for (size_t i = 0; i < count; i++)
        write_sample(writer, &rows[i]);
    json_array_end(writer);
}

static void write_error_class(struct json_writer *writer, const struct metrics *metrics,
                              enum error_class class)
{
    uint64_t count = metrics->error_classes[class];

    if (count == 0)
        return;
    json_object_begin(writer);
    json_field_string(writer, STR("class"), str_from_c(error_class_name(class)));
    json_field_int(writer, STR("count"), (int64_t)count);
    json_field_string(writer, STR("first"), str_from_c(metrics->error_samples[class][0].text));
    write_samples(writer, STR("samples"), metrics->error_samples[class],
                  count < ERROR_SAMPLES_MAX ? count : ERROR_SAMPLES_MAX);
    json_object_end(writer);
}

static void write_status_codes(struct json_writer *writer, const struct metrics *metrics)
{
    json_write_name(writer, STR("status_codes"));
    json_object_begin(writer);
    for (int status = 0; status < STATUS_COUNT; status++) {
        char text[8];
        int length = snprintf(text, sizeof(text), "%d", status);
        if (metrics->statuses[status] > 0)
            json_field_int(writer, (struct str){text, (size_t)length},
                           (int64_t)metrics->statuses[status]);
    }
    json_object_end(writer);
}

static void write_errors(struct json_writer *writer, const struct metrics *metrics)
{
    json_write_name(writer, STR("error_classes"));
    json_array_begin(writer);
    for (int class = 0; class < ERROR_CLASS_COUNT; class ++)
        write_error_class(writer, metrics, (enum error_class) class);
    json_array_end(writer);
    write_status_codes(writer, metrics);
    write_samples(writer, STR("answers"), metrics->answers, metrics->answer_count);
    write_samples(writer, STR("slowest"), metrics->slowest, metrics->slowest_count);
}

static void write_failed_tests(struct json_writer *writer, const struct failed_tests *tests)
{
    json_write_name(writer, STR("failed_tests"));
    json_array_begin(writer);
    for (size_t i = 0; i < tests->count; i++) {
        json_object_begin(writer);
        json_field_int(writer, STR("request"), (int64_t)tests->rows[i].request);
        json_field_string(writer, STR("name"), str_from_c(tests->rows[i].name));
        json_field_string(writer, STR("message"), str_from_c(tests->rows[i].message));
        json_field_int(writer, STR("count"), (int64_t)tests->rows[i].count);
        json_object_end(writer);
    }
    json_array_end(writer);
    json_field_int(writer, STR("other_failed_tests"), (int64_t)tests->others);
}

/* --- the run -------------------------------------------------------------------------------- */

/* Percentile, measured and corrected time, in one line. */
static void write_percentile(struct json_writer *writer, const struct results *results,
                             double percentile)
{
    enum json_style style = writer->style;

    json_array_begin(writer);
    writer->style = style == JSON_PRETTY ? JSON_SPACED : style;
    json_write_double(writer, percentile);
    json_write_double(writer, (double)histogram_percentile(results->total, percentile) / 1000);
    json_write_double(writer, (double)histogram_percentile(results->corrected, percentile) / 1000);
    json_array_end(writer);
    writer->style = style;
}

/* In steps that halve what is left, as HdrHistogram. */
static void write_spectrum(struct json_writer *writer, const struct results *results)
{
    enum { STEPS_A_HALVING = 5 };
    double least = results->total->total > 0 ? 100.0 / (double)results->total->total : 100;
    double left = 100, half = 100;

    json_write_name(writer, STR("spectrum"));
    json_array_begin(writer);
    while (results->total->total > 0 && left >= least && left > 1e-7) {
        write_percentile(writer, results, round((100 - left) * 1e7) / 1e7);
        left -= half / 2 / STEPS_A_HALVING;
        if (left <= half / 2 + 1e-12)
            half = left;
    }
    json_array_end(writer);
}

/* The same for those that people ask for, as far as there are answers enough to know. */
static void write_percentiles(struct json_writer *writer, const struct results *results)
{
    static const struct {
        double percentile;
        uint64_t answers; /* at least */
    } rows[] = {{50, 1}, {75, 1}, {90, 1}, {95, 1}, {99, 1}, {99.9, 1000}, {99.99, 10000}};

    json_write_name(writer, STR("percentiles"));
    json_array_begin(writer);
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        if (results->total->total >= rows[i].answers)
            write_percentile(writer, results, rows[i].percentile);
    }
    json_array_end(writer);
}

static void write_generator(struct json_writer *writer, const struct run_facts *facts)
{
    const struct generator *generator = &facts->generator;

    json_write_name(writer, STR("generator"));
    json_object_begin(writer);
    json_field_string(writer, STR("version"), STR(SQUALL_VERSION));
    json_field_int(writer, STR("machines"), (int64_t)generator->machines);
    json_field_int(writer, STR("threads"), (int64_t)generator->threads);
    json_field_int(writer, STR("cores"), (int64_t)generator->cores);
    field(writer, STR("cpu_s"), generator->cpu_s);
    field(writer, STR("wait_s"), generator->wait_s);
    field(writer, STR("busy_pct"), generator->busy * 100);
    field(writer, STR("waiting_pct"), generator->waiting * 100);
    field(writer, STR("lag_p99_ms"), generator->lag_p99_ms);
    field(writer, STR("lag_max_ms"), generator->lag_max_ms);
    json_field_int(writer, STR("socket_failures"), (int64_t)generator->socket_failures);
    json_write_name(writer, STR("connections"));
    json_object_begin(writer);
    for (int i = 0; i < HTTP_PROTOCOL_COUNT; i++)
        json_field_int(writer, str_from_c(http_protocol_name((enum http_protocol)i)),
                       (int64_t)generator->connections[i]);
    json_object_end(writer);
    json_field_bool(writer, STR("may_be_the_limit"), generator_may_be_the_limit(generator));
    json_field_int(writer, STR("unsent"), (int64_t)generator->unsent);
    json_field_int(writer, STR("scripts_left_out"), (int64_t)facts->scripts_left_out);
    json_object_end(writer);
}

static void write_run(struct json_writer *writer, const struct results *results)
{
    const struct run_facts *facts = &results->facts;
    char started[CLOCK_TEXT_BYTES];

    clock_format_iso(facts->started_wall_ms, started);
    json_field_string(writer, STR("name"), facts->collection);
    json_field_string(writer, STR("target"), facts->target);
    json_field_string(writer, STR("started_at"), str_from_c(started));
    json_field_int(writer, STR("started_ms"), facts->started_wall_ms);
    json_field_bool(writer, STR("aborted"), facts->aborted);
    json_field_bool(writer, STR("interrupted"), facts->interrupted);
    json_write_name(writer, STR("iterations"));
    json_object_begin(writer);
    json_field_int(writer, STR("done"), (int64_t)facts->iterations_done);
    json_field_int(writer, STR("dropped"), (int64_t)facts->iterations_dropped);
    json_object_end(writer);
    write_generator(writer, facts);
}

void report_json(const struct results *results, const struct timeline *intervals,
                 struct json_writer *writer)
{
    bool counts = intervals == NULL;

    json_object_begin(writer);
    json_write_name(writer, STR("totals"));
    json_object_begin(writer);
    write_figures(writer, &results->totals);
    json_object_end(writer);
    json_write_name(writer, STR("corrected"));
    json_object_begin(writer);
    write_corrected(writer, &results->totals_corrected);
    /* As exact as it is: the correction's intervals come from it. */
    json_field_double(writer, STR("user_s"), results->metrics->user_ms / 1000);
    json_object_end(writer);
    write_requests(writer, results, counts);
    write_windows(writer, results, &results->metrics->windows, counts);
    if (!counts)
        write_intervals(writer, results, intervals);
    json_field_raw(writer, STR("options"), results->facts.options);
    write_conditions(writer, results);
    write_errors(writer, results->metrics);
    write_failed_tests(writer, &results->metrics->failed_tests);
    write_spectrum(writer, results);
    write_percentiles(writer, results);
    write_run(writer, results);
    json_object_end(writer);
}
