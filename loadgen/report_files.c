/* The reports for programs: JSON, JUnit. */
#include "loadgen/report.h"

#include "loadgen/report_file.h"

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
    report_json(results, NULL, &writer);
    buffer_add_char(&out, '\n');
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
                   !row->violated,
                   row->unknown ? STR("no answer to measure")
                                : str_printf(arena, "measured %.3f", row->measured));
    }
    buffer_add_literal(&out, "  </testsuite>\n</testsuites>\n");
    ok = write_done(path, &out, err);
    arena_free(arena);
    return ok;
}
