/* Two runs for the terminal: what each request did then and now. */
#include "loadgen/report.h"

#include "loadgen/figure_text.h"

static const struct {
    const char *name;
    size_t offset; /* into struct figures; a double */
    bool is_time;  /* of answers: without any there is none */
} columns[] = {
    {"Req/s", offsetof(struct figures, rps), false},
    {"Avg ms", offsetof(struct figures, avg_ms), true},
    {"P90", offsetof(struct figures, p90_ms), true},
    {"P95", offsetof(struct figures, p95_ms), true},
    {"P99", offsetof(struct figures, p99_ms), true},
    {"Max", offsetof(struct figures, max_ms), true},
    {"Error %", offsetof(struct figures, error_pct), false},
};

static double figure(const struct figures *figures, size_t column)
{
    double value = 0;

    memcpy(&value, (const char *)figures + columns[column].offset, sizeof(value));
    return value;
}

static bool is_there(const struct figures *figures, size_t column)
{
    return !columns[column].is_time || figures->requests > figures->errors;
}

static void print_figures(FILE *out, const char *label, const struct figures *figures)
{
    char text[FIGURE_TEXT_BYTES];

    (void)fprintf(out, "    %-8s %10llu", label, (unsigned long long)figures->requests);
    for (size_t i = 0; i < ARRAY_LEN(columns); i++)
        (void)fprintf(out, " %11s",
                      is_there(figures, i) ? figure_text_ms(figure(figures, i), text) : "-");
    (void)fputc('\n', out);
}

/* In percent of what it was; of nothing there is no percentage. */
static void print_change(FILE *out, const struct figures *before, const struct figures *after)
{
    (void)fprintf(out, "    %-8s %10s", "change", "");
    for (size_t i = 0; i < ARRAY_LEN(columns); i++) {
        double was = figure(before, i), is = figure(after, i);
        if (!is_there(before, i) || !is_there(after, i))
            (void)fprintf(out, " %11s", "");
        else if (was == is)
            (void)fprintf(out, " %11s", "=");
        else if (was == 0)
            (void)fprintf(out, " %11s", "new");
        else
            (void)fprintf(out, " %+10.1f%%", 100 * (is - was) / was);
    }
    (void)fputs("\n\n", out);
}

static void print_pair(FILE *out, const struct request_label *label, const struct figures *before,
                       const struct figures *after)
{
    (void)fprintf(out, "  %.*s%s%.*s\n", STR_ARG(label->folder), label->folder.len > 0 ? " / " : "",
                  STR_ARG(label->name));
    if (before != NULL)
        print_figures(out, "before", before);
    if (after != NULL)
        print_figures(out, "after", after);
    if (before != NULL && after != NULL)
        print_change(out, before, after);
    else
        (void)fputc('\n', out);
}

static bool same_label(const struct request_label *a, const struct request_label *b)
{
    return str_eq(a->name, b->name) && str_eq(a->folder, b->folder) && str_eq(a->method, b->method);
}

/* The row of that request in another run, or NULL. */
static const struct figures *find(const struct results *results, const struct request_label *label)
{
    for (size_t i = 0; i < results->metrics->request_count; i++) {
        if (same_label(&results->labels[i], label))
            return &results->requests[i];
    }
    return NULL;
}

void report_comparison(FILE *out, const struct results *baseline, const struct results *results)
{
    const struct request_label all = {STR_INIT("All requests"), {NULL, 0}, {NULL, 0}};

    (void)fprintf(out, "\n  before: %.*s, %zu users, %.1f s\n  after:  %.*s, %zu users, %.1f s\n\n",
                  STR_ARG(baseline->facts.collection), baseline->facts.users,
                  baseline->totals.duration_s, STR_ARG(results->facts.collection),
                  results->facts.users, results->totals.duration_s);
    (void)fprintf(out, "    %-8s %10s", "", "Total");
    for (size_t i = 0; i < ARRAY_LEN(columns); i++)
        (void)fprintf(out, " %11s", columns[i].name);
    (void)fputc('\n', out);
    print_pair(out, &all, &baseline->totals, &results->totals);
    for (size_t i = 0; i < results->metrics->request_count; i++)
        print_pair(out, &results->labels[i], find(baseline, &results->labels[i]),
                   &results->requests[i]);
    for (size_t i = 0; i < baseline->metrics->request_count; i++) {
        if (find(results, &baseline->labels[i]) == NULL)
            print_pair(out, &baseline->labels[i], &baseline->requests[i], NULL);
    }
}
