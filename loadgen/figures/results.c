#include "loadgen/results.h"

#include <math.h>

/* Microseconds of a millisecond are all that was measured. */
static double thousandths(double value)
{
    return round(value * 1000) / 1000;
}

static struct figures figures_of(const struct counters *counters, double duration_s, bool non_2xx)
{
    struct figures figures = {
        .requests = counters->requests,
        .duration_s = duration_s,
        .rps = thousandths(duration_s > 0 ? (double)counters->requests / duration_s : 0),
        .avg_ms = thousandths(counters_average_ms(counters)),
        .min_ms = (double)counters->min_us / 1000,
        .max_ms = (double)counters->max_us / 1000,
        .errors = counters->errors,
        .non_2xx = counters->non_2xx,
        .tests = counters->tests,
        .failed_tests = counters->failed_tests,
        .error_pct = thousandths(counters_error_percent(counters, non_2xx)),
        .failure_pct = thousandths(counters_failure_percent(counters)),
        .bytes_in = counters->bytes_in,
        .bytes_out = counters->bytes_out,
    };

    return figures;
}

static void add_percentiles(struct figures *figures, const struct histogram *histogram)
{
    figures->p50_ms = (double)histogram_percentile(histogram, 50) / 1000;
    figures->p90_ms = (double)histogram_percentile(histogram, 90) / 1000;
    figures->p95_ms = (double)histogram_percentile(histogram, 95) / 1000;
    figures->p99_ms = (double)histogram_percentile(histogram, 99) / 1000;
}

static struct corrected corrected_of(const struct histogram *histogram)
{
    return (struct corrected){
        .requests = histogram->total,
        .avg_ms = thousandths(histogram_mean(histogram) / 1000),
        .min_ms = (double)histogram->min_us / 1000,
        .max_ms = (double)histogram->max_us / 1000,
        .p50_ms = (double)histogram_percentile(histogram, 50) / 1000,
        .p90_ms = (double)histogram_percentile(histogram, 90) / 1000,
        .p95_ms = (double)histogram_percentile(histogram, 95) / 1000,
        .p99_ms = (double)histogram_percentile(histogram, 99) / 1000,
    };
}

static double duration_s(const struct results *results)
{
    return (double)results->facts.elapsed_ms / 1000;
}

static void compute_request(struct results *results, size_t request, struct histogram *scratch)
{
    const struct series *row = &results->metrics->requests[request].total;
    struct figures *figures = &results->requests[request];

    *figures = figures_of(&row->counters, duration_s(results), results->facts.errors_non_2xx);
    add_percentiles(figures, row->histogram);
    histogram_reset(scratch);
    if (results->facts.open_model)
        histogram_add(scratch, row->histogram);
    else
        metrics_corrected_request(results->metrics, request, scratch);
    results->requests_corrected[request] = corrected_of(scratch);
    histogram_add(results->total, row->histogram);
    histogram_add(results->corrected, scratch);
}

bool results_compute(struct results *results)
{
    const struct metrics *metrics = results->metrics;
    struct histogram *scratch = histogram_new();

    results->total = histogram_new();
    results->corrected = histogram_new();
    results->requests = calloc(metrics->request_count, sizeof(*results->requests));
    results->requests_corrected =
        calloc(metrics->request_count, sizeof(*results->requests_corrected));
    if (scratch == NULL || results->total == NULL || results->corrected == NULL ||
        results->requests == NULL || results->requests_corrected == NULL) {
        histogram_free(scratch);
        results_deinit(results);
        return false;
    }
    for (size_t i = 0; i < metrics->request_count; i++)
        compute_request(results, i, scratch);
    results->totals =
        figures_of(&metrics->totals, duration_s(results), results->facts.errors_non_2xx);
    add_percentiles(&results->totals, results->total);
    results->totals_corrected = corrected_of(results->corrected);
    histogram_free(scratch);
    return true;
}

void results_deinit(struct results *results)
{
    histogram_free(results->total);
    histogram_free(results->corrected);
    free(results->requests);
    free(results->requests_corrected);
    results->total = results->corrected = NULL;
    results->requests = NULL;
    results->requests_corrected = NULL;
}

struct figures results_window(const struct results *results, const struct window *window)
{
    struct figures figures =
        figures_of(&window->counters, (double)(window->end_ms - window->begin_ms) / 1000,
                   results->facts.errors_non_2xx);

    figures.p50_ms = (double)window->p50_us / 1000;
    figures.p90_ms = (double)window->p90_us / 1000;
    figures.p95_ms = (double)window->p95_us / 1000;
    figures.p99_ms = (double)window->p99_us / 1000;
    return figures;
}

/* --- conditions ----------------------------------------------------------------------------- */

static double measure(const struct condition *condition, const struct figures *figures,
                      const struct histogram *histogram)
{
    switch (condition->metric) {
    case METRIC_AVG:
        return condition->corrected ? thousandths(histogram_mean(histogram) / 1000)
                                    : figures->avg_ms;
    case METRIC_MIN:
        return figures->min_ms; /* what was kept back does not change the extremes */
    case METRIC_MAX:
        return figures->max_ms;
    case METRIC_PERCENTILE:
        return (double)histogram_percentile(histogram, condition->percentile) / 1000;
    case METRIC_RPS:
        return figures->rps;
    case METRIC_ERROR_PCT:
        return figures->error_pct;
    case METRIC_ERRORS:
        return (double)figures->errors;
    case METRIC_NON_2XX:
        return (double)figures->non_2xx;
    case METRIC_FAILED_TESTS:
        return (double)figures->failed_tests;
    case METRIC_FAILURE_PCT:
        return figures->failure_pct;
    case METRIC_TESTS:
        return (double)figures->tests;
    case METRIC_REQUESTS:
        return (double)figures->requests;
    case METRIC_COUNT:
        break;
    }
    return 0;
}

bool request_label_is(const struct request_label *label, struct str name)
{
    struct str rest = name;

    if (str_eq(label->name, name))
        return true;
    if (label->folder.len == 0 || !str_starts_with(rest, label->folder))
        return false;
    rest = str_slice(rest, label->folder.len, rest.len);
    return str_starts_with(rest, STR(" / ")) && str_eq(str_slice(rest, 3, rest.len), label->name);
}

static void add_times(const struct results *results, size_t request, bool corrected,
                      struct histogram *ret)
{
    if (corrected && !results->facts.open_model)
        metrics_corrected_request(results->metrics, request, ret);
    else
        histogram_add(ret, results->metrics->requests[request].total.histogram);
}

bool condition_request_known(const struct condition *condition, const struct request_label *labels,
                             size_t count, struct aws_error *err)
{
    enum { NAMES_TOLD = 6, NAMES_BYTES = 400 };
    char names[NAMES_BYTES] = "";
    size_t length = 0;

    if (condition->request.len == 0)
        return true;
    for (size_t i = 0; i < count; i++) {
        if (request_label_is(&labels[i], condition->request))
            return true;
    }
    for (size_t i = 0; i < count && i < NAMES_TOLD && length < sizeof(names); i++)
        length += (size_t)snprintf(names + length, sizeof(names) - length, "%s'%.*s'",
                                   i > 0 ? ", " : "", STR_ARG(labels[i].name));
    return aws_fail(err, &error_usage,
                    "condition '%.*s': there is no request '%.*s'; there is %s%s",
                    STR_ARG(condition->text), STR_ARG(condition->request), names,
                    count > NAMES_TOLD || length >= sizeof(names) ? ", ..." : "");
}

/* All requests of the condition's name together. */
static void add_requests(const struct results *results, const struct condition *condition,
                         struct counters *counters, struct histogram *histogram)
{
    for (size_t i = 0; i < results->metrics->request_count; i++) {
        if (!request_label_is(&results->labels[i], condition->request))
            continue;
        counters_add(counters, &results->metrics->requests[i].total.counters);
        add_times(results, i, condition->corrected, histogram);
    }
}

static void keep_result(struct results *results, const struct condition *condition,
                        const struct figures *figures, double measured)
{
    struct condition_result *result = &results->conditions[results->condition_count++];

    result->condition = condition;
    result->measured = measured;
    result->unknown = condition_is_of_times(condition) && figures->requests == figures->errors;
    result->violated = result->unknown || condition_is_violated(condition, measured);
}

static bool judge_request(struct results *results, const struct condition *condition,
                          struct histogram *scratch, struct aws_error *err)
{
    struct counters counters = {0};
    struct figures figures = {0};

    if (!condition_request_known(condition, results->labels, results->metrics->request_count, err))
        return false;
    add_requests(results, condition, &counters, scratch);
    figures = figures_of(&counters, duration_s(results), results->facts.errors_non_2xx);
    keep_result(results, condition, &figures, measure(condition, &figures, scratch));
    return true;
}

bool results_judge(struct results *results, const struct condition *condition,
                   struct aws_error *err)
{
    struct histogram *scratch = NULL;
    bool ok = true;

    if (results->condition_count == CONDITIONS_MAX)
        return aws_fail(err, &error_usage, "more than %d conditions", (int)CONDITIONS_MAX);
    if (condition->request.len == 0) {
        keep_result(results, condition, &results->totals,
                    measure(condition, &results->totals,
                            condition->corrected ? results->corrected : results->total));
        return true;
    }
    scratch = histogram_new();
    if (scratch == NULL)
        return aws_fail(err, &error_out_of_memory, "out of memory");
    ok = judge_request(results, condition, scratch, err);
    histogram_free(scratch);
    return ok;
}

bool results_violated(const struct results *results)
{
    for (size_t i = 0; i < results->condition_count; i++) {
        if (results->conditions[i].violated)
            return true;
    }
    return false;
}

bool results_violated_so_far(const struct results *results)
{
    for (size_t i = 0; i < results->condition_count; i++) {
        if (results->conditions[i].violated && !results->conditions[i].unknown)
            return true;
    }
    return false;
}
