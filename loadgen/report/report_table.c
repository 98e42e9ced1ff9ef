#include "loadgen/report.h"

#include <stdarg.h>

#include "loadgen/figure_text.h"
#include "loadgen/terminal.h"
#include "loadgen/text_columns.h"

enum {
    NAME_COLUMNS_MIN = 16,
    NAME_COLUMNS_MAX = 40,
    NAME_COLUMNS_WHOLE = 72, /* in a file or a pipe */
    INDENT = 2,
    VIEW_NAME_COLUMNS = 20,
    FAILED_TESTS_SHOWN = 20,
};

/* --- lines that are broken between their parts ---------------------------------------------- */

struct flow {
    FILE *out;
    size_t width; /* 0: unbounded */
    size_t column;
    size_t hang; /* where a line goes on that was broken */
};

PRINTF_LIKE(2, 3)
static void flow_add(struct flow *flow, const char *format, ...)
{
    char text[160];
    size_t length = 0, before = flow->column == 0 ? INDENT : 3;
    va_list arguments;

    va_start(arguments, format);
    (void)vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    length = strlen(text);
    if (flow->column > 0 && flow->width > 0 && flow->column + before + length > flow->width) {
        (void)fputc('\n', flow->out);
        flow->column = 0;
        before = INDENT + flow->hang;
    }
    (void)fprintf(flow->out, "%*s%s", (int)before, "", text);
    flow->column += before + length;
}

static void flow_end(struct flow *flow)
{
    (void)fputs("\n", flow->out);
    flow->column = 0;
}

/* --- the table's columns -------------------------------------------------------------------- */

static const char *total_text(const struct figures *f, char ret[FIGURE_TEXT_BYTES])
{
    (void)snprintf(ret, FIGURE_TEXT_BYTES, "%llu", (unsigned long long)f->requests);
    return ret;
}

static const char *rps_text(const struct figures *f, char ret[FIGURE_TEXT_BYTES])
{
    return figure_text(f->rps, 1, ret);
}

static const char *avg_text(const struct figures *f, char ret[FIGURE_TEXT_BYTES])
{
    return figure_text_ms(f->avg_ms, ret);
}

static const char *min_text(const struct figures *f, char ret[FIGURE_TEXT_BYTES])
{
    return figure_text_ms(f->min_ms, ret);
}

static const char *max_text(const struct figures *f, char ret[FIGURE_TEXT_BYTES])
{
    return figure_text_ms(f->max_ms, ret);
}

static const char *p90_text(const struct figures *f, char ret[FIGURE_TEXT_BYTES])
{
    return figure_text_ms(f->p90_ms, ret);
}

static const char *p95_text(const struct figures *f, char ret[FIGURE_TEXT_BYTES])
{
    return figure_text_ms(f->p95_ms, ret);
}

static const char *p99_text(const struct figures *f, char ret[FIGURE_TEXT_BYTES])
{
    return figure_text_ms(f->p99_ms, ret);
}

static const char *error_text(const struct figures *f, char ret[FIGURE_TEXT_BYTES])
{
    (void)figure_text(f->error_pct, 2, ret);
    (void)snprintf(ret + strlen(ret), 2, "%%");
    return ret;
}

static const char *non_2xx_text(const struct figures *f, char ret[FIGURE_TEXT_BYTES])
{
    (void)snprintf(ret, FIGURE_TEXT_BYTES, "%llu", (unsigned long long)f->non_2xx);
    return ret;
}

static const char *failed_text(const struct figures *f, char ret[FIGURE_TEXT_BYTES])
{
    (void)snprintf(ret, FIGURE_TEXT_BYTES, "%llu", (unsigned long long)f->failed_tests);
    return ret;
}

static const struct column {
    const char *heading;
    int width;
    int rank; /* a narrow terminal goes without the highest first; 0 always stays */
    const char *(*text)(const struct figures *f, char ret[FIGURE_TEXT_BYTES]);
    bool of_tests; /* shown only where there are any */
    bool is_time;  /* of answers: without any there is none */
} columns[] = {
    {"Total", 10, 0, total_text, false, false},  {"Req/s", 9, 0, rps_text, false, false},
    {"Avg ms", 8, 0, avg_text, false, true},     {"Min", 8, 7, min_text, false, true},
    {"Max", 8, 4, max_text, false, true},        {"P90", 8, 6, p90_text, false, true},
    {"P95", 8, 1, p95_text, false, true},        {"P99", 8, 3, p99_text, false, true},
    {"Error %", 8, 0, error_text, false, false}, {"non-2xx", 8, 2, non_2xx_text, false, false},
    {"failed", 8, 5, failed_text, true, false},
};

struct layout {
    size_t name; /* its columns */
    bool shown[ARRAY_LEN(columns)];
    bool folders; /* requests stand under their folders' names */
};

static size_t layout_width(const struct layout *layout)
{
    size_t width = INDENT + layout->name;

    for (size_t i = 0; i < ARRAY_LEN(columns); i++)
        width += layout->shown[i] ? 1 + (size_t)columns[i].width : 0;
    return width;
}

static void drop_highest(struct layout *layout)
{
    size_t highest = 0;

    for (size_t i = 0; i < ARRAY_LEN(columns); i++) {
        if (layout->shown[i] &&
            (!layout->shown[highest] || columns[i].rank > columns[highest].rank))
            highest = i;
    }
    if (columns[highest].rank > 0)
        layout->shown[highest] = false;
}

/* As wide as the longest name, within bounds; a terminal's width takes from the name first. */
static struct layout layout_of(const struct results *results, size_t width)
{
    struct layout layout = {.name = NAME_COLUMNS_MIN};
    size_t name_max = width == 0 ? NAME_COLUMNS_WHOLE : NAME_COLUMNS_MAX;

    for (size_t i = 0; i < results->metrics->request_count; i++)
        layout.folders = layout.folders || results->labels[i].folder.len > 0;
    for (size_t i = 0; i < results->metrics->request_count; i++) {
        size_t name = text_columns(results->labels[i].name) + (layout.folders ? INDENT : 0);
        layout.name = name > layout.name ? name : layout.name;
    }
    layout.name = layout.name < name_max ? layout.name : name_max;
    for (size_t i = 0; i < ARRAY_LEN(columns); i++)
        layout.shown[i] = !columns[i].of_tests || results->totals.failed_tests > 0;
    for (size_t i = 0; width > 0 && i < ARRAY_LEN(columns); i++) {
        size_t all = layout_width(&layout);
        size_t spare = layout.name - NAME_COLUMNS_MIN;
        if (all <= width)
            break;
        if (all - spare <= width)
            layout.name -= all - width;
        else
            drop_highest(&layout);
    }
    return layout;
}

/* --- the table ------------------------------------------------------------------------------ */

static void print_row(FILE *out, struct str name, size_t indent, const struct layout *layout,
                      const struct figures *figures)
{
    bool answered = figures->requests > figures->errors;
    char text[FIGURE_TEXT_BYTES];

    (void)fprintf(out, "%*s", (int)(INDENT + indent), "");
    text_print(out, name, layout->name - indent);
    for (size_t i = 0; i < ARRAY_LEN(columns); i++) {
        if (layout->shown[i])
            (void)fprintf(out, " %*s", columns[i].width,
                          columns[i].is_time && !answered ? "-" : columns[i].text(figures, text));
    }
    (void)fputc('\n', out);
}

static void print_heading(FILE *out, const struct layout *layout)
{
    (void)fprintf(out, "%*s%-*s", INDENT, "", (int)layout->name, "Request");
    for (size_t i = 0; i < ARRAY_LEN(columns); i++) {
        if (layout->shown[i])
            (void)fprintf(out, " %*s", columns[i].width, columns[i].heading);
    }
    (void)fputc('\n', out);
}

static void print_folder(FILE *out, struct str folder, size_t width)
{
    size_t wanted = text_columns(folder);

    (void)fprintf(out, "%*s", INDENT, "");
    text_print(out, folder, width == 0 || wanted < width - INDENT ? wanted : width - INDENT);
    (void)fputc('\n', out);
}

static void print_requests(FILE *out, const struct results *results, size_t width)
{
    struct layout layout = layout_of(results, width);
    struct str folder = {0};

    print_heading(out, &layout);
    for (size_t i = 0; i < results->metrics->request_count; i++) {
        const struct request_label *label = &results->labels[i];
        if (label->folder.len > 0 && !str_eq(label->folder, folder))
            print_folder(out, label->folder, width);
        folder = label->folder;
        print_row(out, label->name, folder.len > 0 ? INDENT : 0, &layout, &results->requests[i]);
    }
    print_row(out, STR("All"), 0, &layout, &results->totals);
    (void)fputc('\n', out);
}

/* --- above the table ------------------------------------------------------------------------ */

static void print_summary(struct flow *flow, const struct results *results)
{
    const struct figures *totals = &results->totals;
    char text[FIGURE_TEXT_BYTES];

    flow_add(flow, "Total requests %llu", (unsigned long long)totals->requests);
    flow_add(flow, "Requests/s %s", rps_text(totals, text));
    if (totals->requests > totals->errors) {
        flow_add(flow, "Avg %s ms", avg_text(totals, text));
        flow_add(flow, "P90 %s ms", p90_text(totals, text));
        flow_add(flow, "P95 %s ms", p95_text(totals, text));
        flow_add(flow, "P99 %s ms", p99_text(totals, text));
    }
    flow_add(flow, "Error %s %%", figure_text(totals->error_pct, 2, text));
    if (totals->non_2xx > 0)
        flow_add(flow, "Non-2xx %s %%",
                 figure_text(100.0 * (double)totals->non_2xx / (double)totals->requests, 2, text));
    if (totals->tests > 0)
        flow_add(flow, "Failed tests %s %%", figure_text(totals->failure_pct, 2, text));
    flow_end(flow);
    (void)fputc('\n', flow->out);
}

static void print_view(struct flow *flow, const char *name, const double ms[5])
{
    static const char *const names[] = {"P50", "P90", "P95", "P99", "max"};
    char text[FIGURE_TEXT_BYTES];

    flow->hang = VIEW_NAME_COLUMNS + 3;
    flow_add(flow, "%-*s", VIEW_NAME_COLUMNS, name);
    for (size_t i = 0; i < ARRAY_LEN(names); i++)
        flow_add(flow, "%s %8s%s", names[i], figure_text_ms(ms[i], text),
                 i + 1 == ARRAY_LEN(names) ? " ms" : "");
    flow_end(flow);
    flow->hang = 0;
}

/* Both views side by side, so that neither is taken for the other. */
static void print_views(struct flow *flow, const struct results *results)
{
    const struct figures *m = &results->totals;
    const struct corrected *c = &results->totals_corrected;

    if (m->requests == m->errors)
        return;
    print_view(flow, results->facts.open_model ? "from when it was due" : "measured",
               (const double[]){m->p50_ms, m->p90_ms, m->p95_ms, m->p99_ms, m->max_ms});
    if (!results->facts.open_model)
        print_view(flow, "corrected",
                   (const double[]){c->p50_ms, c->p90_ms, c->p95_ms, c->p99_ms, c->max_ms});
    (void)fputc('\n', flow->out);
}

/* --- below the table ------------------------------------------------------------------------ */

static void print_conditions(FILE *out, const struct results *results)
{
    for (size_t i = 0; i < results->condition_count; i++) {
        const struct condition_result *row = &results->conditions[i];
        const char *unit = row->unknown ? "" : condition_unit(row->condition);
        char value[JSON_DOUBLE_BYTES];
        (void)json_format_double(row->measured, value);
        (void)fprintf(out, "  %s  %s %.*s  (%s%s%s%s)\n", row->violated ? "FAIL" : "pass",
                      row->condition->fails ? "fail-if" : "pass-if", STR_ARG(row->condition->text),
                      row->unknown ? "no answer to measure" : "measured ",
                      row->unknown ? "" : value, unit[0] == '\0' ? "" : " ", unit);
    }
    if (results->condition_count > 0)
        (void)fputc('\n', out);
}

/* What to do about TLS's commonest refusals, by OpenSSL's words for them. */
static const char *tls_hint(const char *text)
{
    static const struct {
        const char *word, *hint;
    } rows[] = {
        {"certificate required", "the server asks for a certificate: --cert, --key"},
        {"handshake failure", "does the server ask for a certificate? --cert, --key"},
        {"mismatch", "the certificate is another host's; --insecure takes it"},
        {"expired", "--insecure takes it nevertheless"},
        {"certificate", "--cacert FILE.pem names an authority to trust, --insecure takes any "
                        "certificate"},
        {"wrong version number", "the server speaks no TLS at this port: is it http://?"},
    };

    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        if (strstr(text, rows[i].word) != NULL)
            return rows[i].hint;
    }
    return NULL;
}

static void print_tls_hint(FILE *out, const struct metrics *metrics)
{
    const char *hint = tls_hint(metrics->error_samples[ERROR_TLS][0].text);

    if (metrics->error_classes[ERROR_TLS] > 0 && hint != NULL)
        (void)fprintf(out, "  %*s%s\n", 27, "", hint);
}

static void print_errors(struct flow *flow, const struct results *results)
{
    const struct metrics *metrics = results->metrics;

    for (int class = 0; class < ERROR_CLASS_COUNT; class ++) {
        if (metrics->error_classes[class] > 0)
            (void)fprintf(flow->out, "  error %-8s %10llu   first: %s\n",
                          error_class_name((enum error_class) class),
                          (unsigned long long)metrics->error_classes[class],
                          metrics->error_samples[class][0].text);
        if (class == ERROR_TLS)
            print_tls_hint(flow->out, metrics);
    }
    if (metrics->totals.non_2xx > 0) {
        flow_add(flow, "answers");
        for (int status = 100; status < STATUS_COUNT; status++) {
            if (metrics->statuses[status] > 0)
                flow_add(flow, "%d: %llu", status, (unsigned long long)metrics->statuses[status]);
        }
        flow_end(flow);
    }
    if (metrics->totals.errors > 0 || metrics->totals.non_2xx > 0)
        (void)fputc('\n', flow->out);
}

/* Those that failed most come first. */
static int by_count(const void *a, const void *b)
{
    const struct failed_test *left = *(const struct failed_test *const *)a;
    const struct failed_test *right = *(const struct failed_test *const *)b;

    return left->count < right->count ? 1 : left->count > right->count ? -1 : 0;
}

static void print_failed_tests(FILE *out, const struct results *results)
{
    const struct failed_tests *tests = &results->metrics->failed_tests;
    const struct failed_test *rows[FAILED_TESTS_KEPT] = {NULL};
    size_t shown = tests->count < FAILED_TESTS_SHOWN ? tests->count : FAILED_TESTS_SHOWN;
    uint64_t others = tests->others;

    for (size_t i = 0; i < tests->count; i++)
        rows[i] = &tests->rows[i];
    qsort(rows, tests->count, sizeof(const struct failed_test *), by_count);
    for (size_t i = 0; i < shown; i++)
        (void)fprintf(
            out, "  failed test %10llu   %.*s: %s: %s\n", (unsigned long long)rows[i]->count,
            STR_ARG(results->labels[rows[i]->request].name), rows[i]->name, rows[i]->message);
    for (size_t i = shown; i < tests->count; i++)
        others += rows[i]->count;
    if (others > 0)
        (void)fprintf(out, "  failed test %10llu   of other names\n", (unsigned long long)others);
    if (tests->count > 0)
        (void)fputc('\n', out);
}

/* "10 users, ramp-up", or "rate 50/s, up to 10 users". */
static void print_shape(FILE *out, const struct run_facts *facts)
{
    const char *users = facts->users == 1 ? "user" : "users";

    if (facts->open_model)
        (void)fprintf(out, "rate %.*s, up to %zu %s", STR_ARG(facts->rate), facts->users, users);
    else
        (void)fprintf(out, "%zu %s, %.*s", facts->users, users, STR_ARG(facts->profile));
}

/* ", HTTP/2", or both; nothing where no connection was opened, or an older result does not say. */
static void print_protocols(FILE *out, const struct generator *generator)
{
    const char *before = ", ";

    for (int i = HTTP_PROTOCOL_COUNT - 1; i >= 0; i--) {
        if (generator->connections[i] == 0)
            continue;
        (void)fprintf(out, "%s%s", before, http_protocol_name((enum http_protocol)i));
        before = " and ";
    }
}

static void print_generator(FILE *out, const struct generator *generator)
{
    if (generator_is_busy(generator))
        (void)fprintf(out,
                      "  %s was busy for %.0f %% of the run and waited for a core for %.0f %%: it "
                      "may be the limit, not the server\n",
                      generator->threads > 1 ? "the busiest of the generator's threads"
                                             : "the generator's thread",
                      generator->busy * 100, generator->waiting * 100);
    if (generator_wants_threads(generator))
        (void)fprintf(out,
                      "  the generator had %zu thread%s for %zu cores: more --threads let it use "
                      "them all\n",
                      generator->threads, generator->threads > 1 ? "s" : "", generator->cores);
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

    if (facts->interrupted)
        (void)fputs("  the run was interrupted before its end\n", out);
    if (facts->aborted)
        (void)fputs("  the run was ended early: a condition was violated\n", out);
    if (facts->iterations_dropped > 0)
        (void)fprintf(out, "  %llu iterations were cut short when their user or the run ended\n",
                      (unsigned long long)facts->iterations_dropped);
    if (facts->http2 && facts->generator.connections[HTTP_PROTOCOL_1_1] > 0)
        (void)fprintf(out,
                      "  HTTP/2 was asked for, and %llu connections spoke HTTP/1.1: the server "
                      "chose it, or their address is http://\n",
                      (unsigned long long)facts->generator.connections[HTTP_PROTOCOL_1_1]);
    if (facts->generator.unsent > 0)
        (void)fprintf(out,
                      "  %llu requests of the rate were not sent: all users were busy; give more "
                      "--vus\n",
                      (unsigned long long)facts->generator.unsent);
    print_generator(out, &facts->generator);
}

void report_table(FILE *out, const struct results *results)
{
    struct flow flow = {.out = out, .width = terminal_columns(fileno(out))};
    char duration[FIGURE_TEXT_BYTES];

    (void)fprintf(out, "\n  %.*s: ", STR_ARG(results->facts.collection));
    print_shape(out, &results->facts);
    (void)fprintf(out, ", %s s", figure_text(results->totals.duration_s, 1, duration));
    print_protocols(out, &results->facts.generator);
    (void)fputs("\n\n", out);
    print_summary(&flow, results);
    print_views(&flow, results);
    print_requests(out, results, flow.width);
    print_conditions(out, results);
    print_errors(&flow, results);
    print_failed_tests(out, results);
    print_notes(out, results);
}
