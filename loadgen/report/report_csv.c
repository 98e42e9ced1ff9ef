/* The reports that spreadsheets read: a file of windows, and beside it one of requests. */
#include "loadgen/report.h"

#include <limits.h>

#include "loadgen/report_file.h"

static const char figure_names[] =
    "requests,rps,avg_ms,min_ms,max_ms,p50_ms,p90_ms,p95_ms,p99_ms,errors,non_2xx,tests,"
    "failed_tests,error_pct,failure_pct,bytes_in,bytes_out";

static void add_figures(struct buffer *out, const struct figures *f)
{
    buffer_printf(out, "%llu,%.3f,%.3f,%.3f,%.3f,%.3f,%.3f,%.3f,%.3f,",
                  (unsigned long long)f->requests, f->rps, f->avg_ms, f->min_ms, f->max_ms,
                  f->p50_ms, f->p90_ms, f->p95_ms, f->p99_ms);
    buffer_printf(out, "%llu,%llu,%llu,%llu,%.3f,%.3f,%llu,%llu", (unsigned long long)f->errors,
                  (unsigned long long)f->non_2xx, (unsigned long long)f->tests,
                  (unsigned long long)f->failed_tests, f->error_pct, f->failure_pct,
                  (unsigned long long)f->bytes_in, (unsigned long long)f->bytes_out);
}

/* RFC 4180: quoted, with quotes doubled. What begins with = + - @, a tab or a line's end would be a
 * formula to a spreadsheet (OWASP, "CSV Injection"). */
static void add_text(struct buffer *out, struct str text)
{
    buffer_add_char(out, '"');
    if (text.len > 0 && strchr("=+-@\t\r\n", text.ptr[0]) != NULL)
        buffer_add_char(out, '\'');
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == '"')
            buffer_add_char(out, '"');
        buffer_add_char(out, text.ptr[i]);
    }
    buffer_add_char(out, '"');
}

static void add_windows(struct buffer *out, const struct results *results)
{
    const struct timeline *windows = &results->metrics->windows;

    buffer_printf(out, "t_s,duration_s,vus,%s\n", figure_names);
    for (size_t i = 0; i < windows->count; i++) {
        struct figures figures = results_window(results, &windows->windows[i]);
        buffer_printf(out, "%.3f,%.3f,%.2f,", (double)windows->windows[i].begin_ms / 1000,
                      figures.duration_s, windows->windows[i].users);
        add_figures(out, &figures);
        buffer_add_char(out, '\n');
    }
}

/* Excel takes a file for the system's own letters unless it begins with this mark; other readers
 * may take the mark for a letter, so only who needs it has it. */
static void add_mark(struct buffer *out, const struct results *results)
{
    for (size_t i = 0; i < results->metrics->request_count; i++) {
        const struct request_label *label = &results->labels[i];
        for (size_t at = 0; at < label->name.len + label->folder.len; at++) {
            char byte = at < label->name.len ? label->name.ptr[at]
                                             : label->folder.ptr[at - label->name.len];
            if ((unsigned char)byte < 0x80)
                continue;
            buffer_add_literal(out, "\xEF\xBB\xBF");
            return;
        }
    }
}

static void add_requests(struct buffer *out, const struct results *results)
{
    add_mark(out, results);
    buffer_printf(out,
                  "folder,name,method,%s,corrected_p50_ms,corrected_p90_ms,corrected_p95_ms,"
                  "corrected_p99_ms\n",
                  figure_names);
    for (size_t i = 0; i < results->metrics->request_count; i++) {
        const struct request_label *label = &results->labels[i];
        const struct corrected *corrected = &results->requests_corrected[i];
        add_text(out, label->folder);
        buffer_add_char(out, ',');
        add_text(out, label->name);
        buffer_add_char(out, ',');
        add_text(out, label->method);
        buffer_add_char(out, ',');
        add_figures(out, &results->requests[i]);
        buffer_printf(out, ",%.3f,%.3f,%.3f,%.3f\n", corrected->p50_ms, corrected->p90_ms,
                      corrected->p95_ms, corrected->p99_ms);
    }
}

static bool write_file(const struct results *results, const char *path,
                       void (*add)(struct buffer *out, const struct results *results),
                       struct aws_error *err)
{
    struct arena *arena = arena_new(REPORT_BYTES_MAX);
    struct buffer out;
    bool ok = false;

    if (arena == NULL)
        return aws_fail(err, &error_out_of_memory, "out of memory");
    buffer_init(&out, arena);
    add(&out, results);
    ok = report_file_write_buffer(path, &out, err);
    arena_free(arena);
    return ok;
}

/* "run.csv": "run.requests.csv" */
static bool requests_path(const char *path, char ret[PATH_MAX])
{
    struct str stem = str_from_c(path);
    bool has_suffix = str_ends_with(stem, STR(".csv"));

    if (has_suffix)
        stem.len -= 4;
    return snprintf(ret, PATH_MAX, "%.*s.requests%s", STR_ARG(stem), has_suffix ? ".csv" : "") <
           PATH_MAX;
}

bool report_csv_file(const struct results *results, const char *path, struct aws_error *err)
{
    char requests[PATH_MAX];

    if (!requests_path(path, requests))
        return aws_fail(err, &error_environment, "%s is too long a name", path);
    return write_file(results, path, add_windows, err) &&
           (!report_file_is_plain(path) || write_file(results, requests, add_requests, err));
}
