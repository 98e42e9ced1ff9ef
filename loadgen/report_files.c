/* The reports that are text files: JSON, HTML, JUnit. */
#include "loadgen/report.h"

#include "loadgen/report_file.h"
#include "report_page.h"

static bool write_done(const char *path, const struct buffer *out, struct aws_error *err)
{
    struct str text = {0};

    if (!buffer_done(out, &text))
        return aws_fail(err, &error_out_of_memory, "%s: the report does not fit in memory", path);
    return report_file_write(path, text, err);
}

bool report_json_file(const struct results *results, const char *path, struct aws_error *err)
{
    struct arena *arena = arena_new(REPORT_BYTES_MAX);
    struct buffer out;
    struct json_writer writer;
    bool ok = false;

    if (arena == NULL)
        return aws_fail(err, &error_out_of_memory, "out of memory");
    buffer_init(&out, arena);
    json_writer_init(&writer, &out, JSON_PRETTY);
    report_json(results, true, &writer);
    buffer_add_char(&out, '\n');
    ok = write_done(path, &out, err);
    arena_free(arena);
    return ok;
}

/* --- HTML ----------------------------------------------------------------------------------- */

/* JSON whose '<' are escaped cannot end the script element. */
static void add_script_safe(struct buffer *out, struct str json)
{
    for (size_t i = 0; i < json.len; i++) {
        if (json.ptr[i] == '<')
            buffer_add_literal(out, "\\u003c");
        else
            buffer_add_char(out, json.ptr[i]);
    }
}

/* A row of windows for all, as wide as the requests' own: a click in the page is one moment. */
static bool align_windows(const struct metrics *metrics, struct timeline *ret)
{
    int64_t width_ms = metrics->windows.width_ms;

    for (size_t i = 0; i < metrics->request_count; i++) {
        if (metrics->requests[i].windows.width_ms > width_ms)
            width_ms = metrics->requests[i].windows.width_ms;
    }
    timeline_init(ret, WINDOWS_MAX, width_ms);
    return timeline_merge(ret, &metrics->windows, 0);
}

static void add_results(struct buffer *out, const struct results *results)
{
    struct arena *arena = arena_new(REPORT_BYTES_MAX);
    struct results shown = *results;
    struct metrics metrics = *results->metrics;
    struct buffer json;
    struct json_writer writer;

    if (arena == NULL || !align_windows(results->metrics, &metrics.windows)) {
        out->failed = true;
        goto done;
    }
    shown.metrics = &metrics;
    buffer_init(&json, arena);
    json_writer_init(&writer, &json, JSON_COMPACT);
    report_json(&shown, false, &writer);
    add_script_safe(out, buffer_str(&json));
    out->failed = out->failed || json.failed;
done:
    timeline_deinit(&metrics.windows);
    arena_free(arena);
}

/* The page up to a mark, and the results instead of the mark. */
static struct str add_page_until(struct buffer *out, struct str page, struct str mark,
                                 const struct results *results)
{
    size_t at = str_find(page, mark);

    buffer_add(out, str_slice(page, 0, at));
    if (results != NULL)
        add_results(out, results);
    else
        buffer_add_literal(out, "null");
    return str_slice(page, at + mark.len, page.len);
}

bool report_html_file(const struct results *results, const struct results *baseline,
                      const char *path, struct aws_error *err)
{
    struct arena *arena = arena_new(REPORT_BYTES_MAX);
    struct buffer out;
    struct str page = {(const char *)report_page, sizeof(report_page)};
    bool ok = false;

    if (arena == NULL)
        return aws_fail(err, &error_out_of_memory, "out of memory");
    buffer_init(&out, arena);
    page = add_page_until(&out, page, STR("/*RESULTS*/null"), results);
    page = add_page_until(&out, page, STR("/*BASELINE*/null"), baseline);
    buffer_add(&out, page);
    ok = write_done(path, &out, err);
    arena_free(arena);
    return ok;
}

/* --- JUnit ---------------------------------------------------------------------------------- */

static void add_xml(struct buffer *out, struct str text)
{
    for (size_t i = 0; i < text.len; i++) {
        char byte = text.ptr[i];
        if (byte == '<')
            buffer_add_literal(out, "&lt;");
        else if (byte == '>')
            buffer_add_literal(out, "&gt;");
        else if (byte == '&')
            buffer_add_literal(out, "&amp;");
        else if (byte == '"')
            buffer_add_literal(out, "&quot;");
        else if ((unsigned char)byte < 0x20)
            buffer_add_char(out, ' ');
        else
            buffer_add_char(out, byte);
    }
}

static void junit_case(struct buffer *out, struct str name, bool passed, struct str message)
{
    buffer_add_literal(out, "    <testcase classname=\"squall load\" name=\"");
    add_xml(out, name);
    if (passed) {
        buffer_add_literal(out, "\"/>\n");
        return;
    }
    buffer_add_literal(out, "\">\n      <failure message=\"");
    add_xml(out, message);
    buffer_add_literal(out, "\"/>\n    </testcase>\n");
}

bool report_junit_file(const struct results *results, const char *path, struct aws_error *err)
{
    struct arena *arena = arena_new(REPORT_BYTES_MAX);
    struct buffer out;
    const struct figures *totals = &results->totals;
    bool answered = totals->requests > totals->errors;
    size_t failures = answered ? 0 : 1;
    bool ok = false;

    if (arena == NULL)
        return aws_fail(err, &error_out_of_memory, "out of memory");
    for (size_t i = 0; i < results->condition_count; i++)
        failures += results->conditions[i].violated ? 1 : 0;
    buffer_init(&out, arena);
    buffer_add_literal(&out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n"
                             "  <testsuite name=\"");
    add_xml(&out, results->facts.collection);
    buffer_printf(&out, "\" tests=\"%zu\" failures=\"%zu\" errors=\"0\" time=\"%.3f\">\n",
                  results->condition_count + 1, failures, totals->duration_s);
    junit_case(&out, STR("the target answers"), answered, STR("no request was answered"));
    for (size_t i = 0; i < results->condition_count; i++) {
        const struct condition_result *row = &results->conditions[i];
        junit_case(&out,
                   str_printf(arena, "%s %.*s", row->condition->fails ? "fail-if" : "pass-if",
                              STR_ARG(row->condition->text)),
                   !row->violated, str_printf(arena, "measured %.3f", row->measured));
    }
    buffer_add_literal(&out, "  </testsuite>\n</testsuites>\n");
    ok = write_done(path, &out, err);
    arena_free(arena);
    return ok;
}
