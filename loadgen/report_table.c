#include "loadgen/report.h"

enum { NAME_COLUMNS_MIN = 12, NAME_COLUMNS_MAX = 40 };

/* Digits as the size asks for: 0.123, 12.34, 1234. */
static const char *ms_text(double ms, char ret[24])
{
    (void)snprintf(ret, 24, ms < 10 ? "%.2f" : ms < 1000 ? "%.1f" : "%.0f", ms);
    return ret;
}

/* Cut at a whole character, with an ellipsis, and padded by characters rather than bytes. */
static void print_name(FILE *out, struct str name, size_t width)
{
    size_t columns = 0, bytes = 0, fits = 0;

    while (bytes < name.len) {
        if (((unsigned char)name.ptr[bytes] & 0xC0) != 0x80) {
            if (columns == width)
                break;
            if (columns == width - 1)
                fits = bytes;
            columns++;
        }
        bytes++;
    }
    if (bytes < name.len) {
        bytes = fits;
        columns = width;
    }
    for (size_t i = 0; i < bytes; i++)
        (void)fputc((unsigned char)name.ptr[i] < 0x20 ? ' ' : name.ptr[i], out);
    if (bytes < name.len)
        (void)fputs("…", out);
    (void)fprintf(out, "%*s", (int)(width - columns), "");
}

/* As wide as the longest name, within bounds. */
static size_t name_width(const struct results *results)
{
    size_t width = NAME_COLUMNS_MIN;

    for (size_t i = 0; i < results->metrics->request_count; i++) {
        if (results->labels[i].name.len > width)
            width = results->labels[i].name.len;
    }
    return width < NAME_COLUMNS_MAX ? width : NAME_COLUMNS_MAX;
}

static void print_row(FILE *out, struct str name, size_t width, const struct figures *figures)
{
    char text[6][24];

    (void)fputs("  ", out);
    print_name(out, name, width);
    (void)fprintf(out, " %10llu %9.1f %8s %8s %8s %8s %8s %8s %7.2f%% %8llu\n",
                  (unsigned long long)figures->requests, figures->rps,
                  ms_text(figures->avg_ms, text[0]), ms_text(figures->min_ms, text[1]),
                  ms_text(figures->max_ms, text[2]), ms_text(figures->p90_ms, text[3]),
                  ms_text(figures->p95_ms, text[4]), ms_text(figures->p99_ms, text[5]),
                  figures->error_pct, (unsigned long long)figures->non_2xx);
}

static void print_conditions(FILE *out, const struct results *results)
{
    for (size_t i = 0; i < results->condition_count; i++) {
        const struct condition_result *row = &results->conditions[i];
        char value[JSON_DOUBLE_BYTES];
        (void)json_format_double((double)(int64_t)(row->measured * 1000 + 0.5) / 1000, value);
        (void)fprintf(out, "  %s  %s %.*s  (measured %s)\n", row->violated ? "FAIL" : "pass",
                      row->condition->fails ? "fail-if" : "pass-if", STR_ARG(row->condition->text),
                      value);
    }
    if (results->condition_count > 0)
        (void)fputc('\n', out);
}

static void print_errors(FILE *out, const struct results *results)
{
    const struct metrics *metrics = results->metrics;

    for (int class = 0; class < ERROR_CLASS_COUNT; class ++) {
        if (metrics->error_classes[class] > 0)
            (void)fprintf(out, "  error %-8s %10llu   first: %s\n",
                          error_class_name((enum error_class) class),
                          (unsigned long long)metrics->error_classes[class],
                          metrics->error_samples[class][0].text);
    }
    if (metrics->totals.non_2xx > 0) {
        (void)fputs("  answers", out);
        for (int status = 100; status < STATUS_COUNT; status++) {
            if (metrics->statuses[status] > 0)
                (void)fprintf(out, "  %d: %llu", status,
                              (unsigned long long)metrics->statuses[status]);
        }
        (void)fputc('\n', out);
    }
    if (metrics->totals.errors > 0 || metrics->totals.non_2xx > 0)
        (void)fputc('\n', out);
}

static void print_failed_tests(FILE *out, const struct results *results)
{
    const struct failed_tests *tests = &results->metrics->failed_tests;

    for (size_t i = 0; i < tests->count; i++) {
        const struct failed_test *row = &tests->rows[i];
        (void)fprintf(out, "  failed test %10llu   %.*s: %s: %s\n", (unsigned long long)row->count,
                      STR_ARG(results->labels[row->request].name), row->name, row->message);
    }
    if (tests->others > 0)
        (void)fprintf(out, "  failed test %10llu   of other names\n",
                      (unsigned long long)tests->others);
    if (tests->count > 0)
        (void)fputc('\n', out);
}

static void print_generator(FILE *out, const struct generator *generator)
{
    if (generator_is_busy(generator))
        (void)fprintf(out,
                      "  the generator's thread was busy for %.0f %% of the run and waited for a "
                      "core for %.0f %%: it may be the limit, not the server\n",
                      generator->busy * 100, generator->waiting * 100);
    if (generator_is_late(generator))
        (void)fprintf(out,
                      "  the generator's loop came up to %.0f ms late (1 in 100 turns): so much of "
                      "the times may be its own\n",
                      generator->lag_p99_ms);
    if (generator->socket_failures > 0)
        (void)fprintf(out,
                      "  %llu connections failed for want of sockets or ports on this machine, not "
                      "for the server's sake\n",
                      (unsigned long long)generator->socket_failures);
}

static void print_notes(FILE *out, const struct results *results)
{
    const struct run_facts *facts = &results->facts;

    if (facts->aborted)
        (void)fputs("  the run was ended early: a condition was violated\n", out);
    if (facts->iterations_dropped > 0)
        (void)fprintf(out, "  %llu iterations were cut short when their user or the run ended\n",
                      (unsigned long long)facts->iterations_dropped);
    if (facts->generator.unsent > 0)
        (void)fprintf(out,
                      "  %llu requests of the rate were not sent: all users were busy; give more "
                      "--vus\n",
                      (unsigned long long)facts->generator.unsent);
    print_generator(out, &facts->generator);
}

/* Both views side by side, so that neither is taken for the other. */
static void print_views(FILE *out, const struct results *results)
{
    const struct figures *m = &results->totals;
    const struct corrected *c = &results->totals_corrected;
    char text[5][24];

    (void)fprintf(out, "  %-22s P50 %8s   P90 %8s   P95 %8s   P99 %8s   max %8s ms\n",
                  results->facts.open_model ? "from when it was due" : "measured",
                  ms_text(m->p50_ms, text[0]), ms_text(m->p90_ms, text[1]),
                  ms_text(m->p95_ms, text[2]), ms_text(m->p99_ms, text[3]),
                  ms_text(m->max_ms, text[4]));
    if (!results->facts.open_model)
        (void)fprintf(out, "  %-22s P50 %8s   P90 %8s   P95 %8s   P99 %8s   max %8s ms\n",
                      "corrected", ms_text(c->p50_ms, text[0]), ms_text(c->p90_ms, text[1]),
                      ms_text(c->p95_ms, text[2]), ms_text(c->p99_ms, text[3]),
                      ms_text(c->max_ms, text[4]));
    (void)fputc('\n', out);
}

void report_table(FILE *out, const struct results *results)
{
    const struct figures *totals = &results->totals;
    char avg[24], p90[24], p95[24], p99[24];
    size_t width = name_width(results);

    (void)fprintf(out, "\n  %.*s: %zu users, %.*s, %.1f s\n\n", STR_ARG(results->facts.collection),
                  results->facts.users, STR_ARG(results->facts.profile), totals->duration_s);
    (void)fprintf(out,
                  "  Total requests %llu   Requests/s %.2f   Avg %s ms   P90 %s ms   P95 %s ms   "
                  "P99 %s ms   Error %.2f %%\n\n",
                  (unsigned long long)totals->requests, totals->rps, ms_text(totals->avg_ms, avg),
                  ms_text(totals->p90_ms, p90), ms_text(totals->p95_ms, p95),
                  ms_text(totals->p99_ms, p99), totals->error_pct);
    print_views(out, results);
    (void)fprintf(out, "  %-*s %10s %9s %8s %8s %8s %8s %8s %8s %8s %8s\n", (int)width, "Request",
                  "Total", "Req/s", "Avg ms", "Min", "Max", "P90", "P95", "P99", "Error %",
                  "non-2xx");
    for (size_t i = 0; i < results->metrics->request_count; i++)
        print_row(out, results->labels[i].name, width, &results->requests[i]);
    print_row(out, STR("All"), width, totals);
    (void)fputc('\n', out);
    print_conditions(out, results);
    print_errors(out, results);
    print_failed_tests(out, results);
    print_notes(out, results);
}
