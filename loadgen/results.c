#include "loadgen/results.h"

static struct figures figures_of(const struct counters *counters, double duration_s, bool non_2xx)
{
    struct figures figures = {
        .requests = counters->requests,
        .duration_s = duration_s,
        .rps = duration_s > 0 ? (double)counters->requests / duration_s : 0,
        .avg_ms = counters_average_ms(counters),
        .min_ms = (double)counters->min_us / 1000,
        .max_ms = (double)counters->max_us / 1000,
        .errors = counters->errors,
        .non_2xx = counters->non_2xx,
        .failed_tests = counters->failed_tests,
        .error_pct = counters_error_percent(counters, non_2xx),
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

bool results_compute(struct results *results)
{
    const struct metrics *metrics = &results->run->metrics;
    double duration_s = (double)results->run->elapsed_ms / 1000;
    struct figures *corrected = &results->corrected_figures;

    results->total = histogram_new();
    results->corrected = histogram_new();
    results->requests = calloc(metrics->request_count, sizeof(*results->requests));
    if (results->total == NULL || results->corrected == NULL || results->requests == NULL) {
        results_deinit(results);
        return false;
    }
    metrics_total(metrics, results->total);
    /* With a rate, times count from when a request was due: nothing is left to correct. */
    if (results->run->options.schedule != NULL)
        metrics_total(metrics, results->corrected);
    else
        metrics_corrected(metrics, results->corrected);
    results->totals = figures_of(&metrics->totals, duration_s, results->errors_non_2xx);
    add_percentiles(&results->totals, results->total);
    for (size_t i = 0; i < metrics->request_count; i++) {
        results->requests[i] =
            figures_of(&metrics->requests[i].counters, duration_s, results->errors_non_2xx);
        add_percentiles(&results->requests[i], metrics->requests[i].histogram);
    }
    corrected->requests = results->corrected->total;
    corrected->avg_ms = histogram_mean(results->corrected) / 1000;
    corrected->min_ms = (double)results->corrected->min_us / 1000;
    corrected->max_ms = (double)results->corrected->max_us / 1000;
    add_percentiles(corrected, results->corrected);
    results->generator_busy = duration_s > 0 ? results->run->cpu_s / duration_s : 0;
    return true;
}

void results_deinit(struct results *results)
{
    histogram_free(results->total);
    histogram_free(results->corrected);
    free(results->requests);
    results->total = results->corrected = NULL;
    results->requests = NULL;
}

struct figures results_window(const struct results *results, size_t window)
{
    const struct window *row = &results->run->metrics.windows[window];
    struct figures figures = figures_of(
        &row->counters, (double)(row->end_ms - row->begin_ms) / 1000, results->errors_non_2xx);

    figures.p50_ms = (double)row->p50_us / 1000;
    figures.p90_ms = (double)row->p90_us / 1000;
    figures.p95_ms = (double)row->p95_us / 1000;
    figures.p99_ms = (double)row->p99_us / 1000;
    return figures;
}

/* --- conditions ----------------------------------------------------------------------------- */

static double measure(const struct condition *condition, const struct figures *figures,
                      const struct histogram *histogram)
{
    switch (condition->metric) {
    case METRIC_AVG:
        return figures->avg_ms;
    case METRIC_MIN:
        return figures->min_ms;
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
    case METRIC_REQUESTS:
        return (double)figures->requests;
    case METRIC_COUNT:
        break;
    }
    return 0;
}

bool results_judge(struct results *results, const struct condition *condition,
                   struct aws_error *err)
{
    const struct run *run = results->run;
    struct condition_result *result = &results->conditions[results->condition_count];
    const struct figures *figures = &results->totals;
    const struct histogram *histogram = results->total;
    size_t at = 0;

    if (condition->request.len > 0) {
        while (at < run->plan_count && !str_eq(run->definitions[at].name, condition->request))
            at++;
        if (at == run->plan_count)
            return aws_fail(err, &error_usage, "condition '%.*s': there is no request '%.*s'",
                            STR_ARG(condition->text), STR_ARG(condition->request));
        figures = &results->requests[at];
        histogram = run->metrics.requests[at].histogram;
    }
    if (results->condition_count == CONDITIONS_MAX)
        return aws_fail(err, &error_usage, "more than %d conditions", (int)CONDITIONS_MAX);
    result->condition = condition;
    result->measured = measure(condition, figures, histogram);
    result->violated = condition_is_violated(condition, result->measured);
    results->condition_count++;
    return true;
}

bool results_violated(const struct results *results)
{
    for (size_t i = 0; i < results->condition_count; i++) {
        if (results->conditions[i].violated)
            return true;
    }
    return false;
}
