#include "loadgen/metrics_text.h"

/* --- names and labels ----------------------------------------------------------------------- */

static void heading(struct buffer *out, const char *name, const char *type, const char *help)
{
    buffer_printf(out, "# HELP squall_load_%s %s\n# TYPE squall_load_%s %s\n", name, help, name,
                  type);
}

static void label_value(struct buffer *out, struct str text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == '\n')
            buffer_add_literal(out, "\\n");
        else if (text.ptr[i] == '\\' || text.ptr[i] == '"')
            buffer_printf(out, "\\%c", text.ptr[i]);
        else
            buffer_add_char(out, text.ptr[i]);
    }
}

/* The number tells requests of one name apart. */
static void request_labels(struct buffer *out, const struct request_label *labels, size_t request)
{
    buffer_printf(out, "{n=\"%zu\",folder=\"", request + 1);
    label_value(out, labels[request].folder);
    buffer_add_literal(out, "\",request=\"");
    label_value(out, labels[request].name);
    buffer_add_literal(out, "\",method=\"");
    label_value(out, labels[request].method);
    buffer_add_char(out, '"');
}

/* --- counters ------------------------------------------------------------------------------- */

static const struct {
    const char *name;
    const char *help;
    size_t offset; /* of a uint64_t in struct counters */
} counter_rows[] = {
    {"requests_total", "requests that ended", offsetof(struct counters, requests)},
    {"errors_total", "requests without an answer", offsetof(struct counters, errors)},
    {"non_2xx_total", "answers other than 2xx", offsetof(struct counters, non_2xx)},
    {"tests_total", "tests of scripts", offsetof(struct counters, tests)},
    {"failed_tests_total", "tests of scripts that failed", offsetof(struct counters, failed_tests)},
    {"received_bytes_total", "bytes of answers", offsetof(struct counters, bytes_in)},
    {"sent_bytes_total", "bytes of requests", offsetof(struct counters, bytes_out)},
};

static struct counters counters_of(const struct request_metrics *row)
{
    struct counters sum = row->total.counters;

    counters_add(&sum, &row->now.counters);
    return sum;
}

static void add_counters(struct buffer *out, const struct metrics *metrics,
                         const struct request_label *labels)
{
    for (size_t row = 0; row < ARRAY_LEN(counter_rows); row++) {
        heading(out, counter_rows[row].name, "counter", counter_rows[row].help);
        for (size_t i = 0; i < metrics->request_count; i++) {
            struct counters counters = counters_of(&metrics->requests[i]);
            uint64_t value = 0;
            memcpy(&value, (const char *)&counters + counter_rows[row].offset, sizeof(value));
            buffer_printf(out, "squall_load_%s", counter_rows[row].name);
            request_labels(out, labels, i);
            buffer_printf(out, "} %llu\n", (unsigned long long)value);
        }
    }
}

static void add_classes(struct buffer *out, const struct metrics *metrics)
{
    heading(out, "error_classes_total", "counter", "requests without an answer, by class");
    for (int class = 0; class < ERROR_CLASS_COUNT; class ++)
        buffer_printf(out, "squall_load_error_classes_total{class=\"%s\"} %llu\n",
                      error_class_name((enum error_class) class),
                      (unsigned long long)metrics->error_classes[class]);
    heading(out, "answers_total", "counter", "answers, by status");
    for (int status = 0; status < STATUS_COUNT; status++) {
        if (metrics->statuses[status] > 0)
            buffer_printf(out, "squall_load_answers_total{status=\"%d\"} %llu\n", status,
                          (unsigned long long)metrics->statuses[status]);
    }
}

/* --- response times ------------------------------------------------------------------------- */

static uint64_t count_until(const struct histogram *histogram, uint32_t end)
{
    uint64_t count = 0;

    for (uint32_t i = histogram->used_from; i < histogram->used_to && i < end; i++)
        count += histogram->counts[i];
    return count;
}

/* Each bucket holds those before it; a bound is met to three digits, as times are recorded. */
static void add_times(struct buffer *out, const struct request_metrics *row,
                      const struct request_label *labels, size_t request)
{
    static const struct {
        const char *text;
        int64_t us;
    } bounds[] = {{"0.001", 1000},  {"0.0025", 2500}, {"0.005", 5000},  {"0.01", 10000},
                  {"0.025", 25000}, {"0.05", 50000},  {"0.1", 100000},  {"0.25", 250000},
                  {"0.5", 500000},  {"1", 1000000},   {"2.5", 2500000}, {"5", 5000000},
                  {"10", 10000000}, {"30", 30000000}};
    struct counters counters = counters_of(row);

    for (size_t i = 0; i < ARRAY_LEN(bounds); i++) {
        uint32_t end = histogram_index(bounds[i].us) + 1;
        unsigned long long count = count_until(row->total.histogram, end);
        count += count_until(row->now.histogram, end);
        buffer_add_literal(out, "squall_load_response_seconds_bucket");
        request_labels(out, labels, request);
        buffer_printf(out, ",le=\"%s\"} %llu\n", bounds[i].text, count);
    }
    buffer_add_literal(out, "squall_load_response_seconds_bucket");
    request_labels(out, labels, request);
    buffer_printf(out, ",le=\"+Inf\"} %llu\nsquall_load_response_seconds_sum",
                  (unsigned long long)(counters.requests - counters.errors));
    request_labels(out, labels, request);
    buffer_printf(out, "} %.6f\nsquall_load_response_seconds_count", (double)counters.sum_us / 1e6);
    request_labels(out, labels, request);
    buffer_printf(out, "} %llu\n", (unsigned long long)(counters.requests - counters.errors));
}

void metrics_text(const struct metrics *metrics, const struct request_label *labels, size_t users,
                  struct buffer *out)
{
    heading(out, "users", "gauge", "virtual users active now");
    buffer_printf(out, "squall_load_users %zu\n", users);
    add_counters(out, metrics, labels);
    add_classes(out, metrics);
    heading(out, "response_seconds", "histogram", "time from request to answer");
    for (size_t i = 0; i < metrics->request_count; i++)
        add_times(out, &metrics->requests[i], labels, i);
}
