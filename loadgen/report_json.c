#include "loadgen/report.h"

#include <math.h>

/* Microseconds of a millisecond are all that was measured. */
static double thousandths(double value)
{
    return round(value * 1000) / 1000;
}

static void field(struct json_writer *writer, struct str name, double value)
{
    json_field_double(writer, name, thousandths(value));
}

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
    json_field_int(writer, STR("failed_tests"), (int64_t)figures->failed_tests);
    field(writer, STR("error_pct"), figures->error_pct);
    json_field_int(writer, STR("bytes_in"), (int64_t)figures->bytes_in);
    json_field_int(writer, STR("bytes_out"), (int64_t)figures->bytes_out);
}

static void write_requests(struct json_writer *writer, const struct results *results)
{
    json_write_name(writer, STR("requests"));
    json_array_begin(writer);
    for (size_t i = 0; i < results->run->plan_count; i++) {
        const struct request_definition *definition = &results->run->definitions[i];
        json_object_begin(writer);
        json_field_string(writer, STR("name"), definition->name);
        json_field_string(writer, STR("folder"), definition->folder);
        json_field_string(writer, STR("method"), definition->method);
        write_figures(writer, &results->requests[i]);
        json_object_end(writer);
    }
    json_array_end(writer);
}

static void write_windows(struct json_writer *writer, const struct results *results)
{
    json_write_name(writer, STR("windows"));
    json_array_begin(writer);
    for (size_t i = 0; i < results->run->metrics.window_count; i++) {
        struct figures figures = results_window(results, i);
        json_object_begin(writer);
        field(writer, STR("t_s"), (double)results->run->metrics.windows[i].begin_ms / 1000);
        field(writer, STR("vus"), results->run->metrics.windows[i].users);
        write_figures(writer, &figures);
        json_object_end(writer);
    }
    json_array_end(writer);
}

static void write_options(struct json_writer *writer, const struct results *results)
{
    const struct run_options *options = &results->run->options;

    json_write_name(writer, STR("options"));
    json_object_begin(writer);
    json_field_string(writer, STR("collection"), results->source);
    if (results->environment.len > 0)
        json_field_string(writer, STR("environment"), results->environment);
    if (results->data.len > 0) {
        json_field_string(writer, STR("data"), results->data);
        json_field_string(writer, STR("data_order"),
                          options->random_rows ? STR("randomized") : STR("ordered"));
    }
    json_field_int(writer, STR("vus"), (int64_t)options->all_users);
    json_field_string(writer, STR("profile"), results->profile);
    if (options->duration_ms > 0)
        field(writer, STR("duration_s"), (double)options->duration_ms / 1000);
    if (options->iterations > 0)
        json_field_int(writer, STR("iterations"), (int64_t)options->iterations);
    json_field_string(writer, STR("model"),
                      options->schedule != NULL ? STR("open") : STR("closed"));
    if (results->rate.len > 0)
        json_field_string(writer, STR("rate"), results->rate);
    if (options->think_to_ms > 0)
        json_field_string(writer, STR("think_time"), results->think_time);
    if (results->segment.len > 0)
        json_field_string(writer, STR("segment"), results->segment);
    json_field_int(writer, STR("timeout_request_ms"), options->timeout_ms);
    json_field_string(writer, STR("errors"), results->errors);
    if (options->seeded)
        json_field_int(writer, STR("seed"), (int64_t)options->seed);
    json_object_end(writer);
}

static void write_corrected(struct json_writer *writer, const struct results *results)
{
    json_write_name(writer, STR("corrected"));
    json_object_begin(writer);
    json_field_int(writer, STR("requests"), (int64_t)results->corrected_figures.requests);
    write_times(writer, &results->corrected_figures);
    json_object_end(writer);
}

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
        field(writer, STR("measured"), row->measured);
        json_field_bool(writer, STR("passed"), !row->violated);
        json_object_end(writer);
    }
    json_array_end(writer);
}

static void write_errors(struct json_writer *writer, const struct metrics *metrics)
{
    json_write_name(writer, STR("error_classes"));
    json_array_begin(writer);
    for (int class = 0; class < ERROR_CLASS_COUNT; class ++) {
        if (metrics->error_classes[class] == 0)
            continue;
        json_object_begin(writer);
        json_field_string(writer, STR("class"),
                          str_from_c(error_class_name((enum error_class) class)));
        json_field_int(writer, STR("count"), (int64_t)metrics->error_classes[class]);
        json_field_string(writer, STR("first"), str_from_c(metrics->error_samples[class]));
        json_object_end(writer);
    }
    json_array_end(writer);
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

/* Percentile and time, raw and corrected, in steps that halve what is left, as HdrHistogram. */
static void write_spectrum(struct json_writer *writer, const struct results *results)
{
    enum { STEPS_A_HALVING = 5 };
    double least = results->total->total > 0 ? 100.0 / (double)results->total->total : 100;
    double left = 100, half = 100;

    json_write_name(writer, STR("spectrum"));
    json_array_begin(writer);
    while (results->total->total > 0 && left >= least && left > 1e-7) {
        json_array_begin(writer);
        json_write_double(writer, round((100 - left) * 1e7) / 1e7);
        json_write_double(writer, (double)histogram_percentile(results->total, 100 - left) / 1000);
        json_write_double(writer,
                          (double)histogram_percentile(results->corrected, 100 - left) / 1000);
        json_array_end(writer);
        left -= half / 2 / STEPS_A_HALVING;
        if (left <= half / 2 + 1e-12)
            half = left;
    }
    json_array_end(writer);
}

static void write_run(struct json_writer *writer, const struct results *results)
{
    char started[CLOCK_TEXT_BYTES];

    clock_format_iso(results->started_wall_ms, started);
    json_field_string(writer, STR("name"), results->collection);
    json_field_string(writer, STR("target"), results->target);
    json_field_string(writer, STR("started_at"), str_from_c(started));
    json_field_bool(writer, STR("aborted"), results->run->aborted);
    json_field_bool(writer, STR("interrupted"), results->run->interrupted);
    json_write_name(writer, STR("iterations"));
    json_object_begin(writer);
    json_field_int(writer, STR("done"), (int64_t)results->run->iterations_done);
    json_field_int(writer, STR("dropped"), (int64_t)results->run->iterations_dropped);
    json_object_end(writer);
    json_write_name(writer, STR("generator"));
    json_object_begin(writer);
    json_field_string(writer, STR("version"), STR(SQUALL_VERSION));
    field(writer, STR("cpu_s"), results->run->cpu_s);
    field(writer, STR("busy_pct"), results->generator_busy * 100);
    json_field_bool(writer, STR("may_be_the_limit"),
                    results->generator_busy >= GENERATOR_BUSY_LIMIT);
    json_field_int(writer, STR("unsent"), (int64_t)results->run->slots_unsent);
    json_field_int(writer, STR("scripts_left_out"), (int64_t)results->scripts_left_out);
    json_object_end(writer);
}

void report_json(const struct results *results, struct json_writer *writer)
{
    json_object_begin(writer);
    json_write_name(writer, STR("totals"));
    json_object_begin(writer);
    write_figures(writer, &results->totals);
    json_object_end(writer);
    write_requests(writer, results);
    write_windows(writer, results);
    write_corrected(writer, results);
    write_options(writer, results);
    write_conditions(writer, results);
    write_errors(writer, &results->run->metrics);
    write_spectrum(writer, results);
    write_run(writer, results);
    json_object_end(writer);
}
