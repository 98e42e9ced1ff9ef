/*
 * The conditions as JUnit test cases, for what shows those.
 *
 * Source: the JUnit.xsd that validators take for the form (Ant's, written down by Windy Road),
 * which asks for more than Jenkins' junit-10.xsd: properties, system-out and system-err, a type of
 * each failure, a time without a zone.
 */
#include "loadgen/report.h"

#include <unistd.h>

#include "base/clock.h"
#include "loadgen/report_file.h"

enum { HOST_BYTES = 256, SECONDS_OF_ISO = 19 };

/* Invalid UTF-8 does not come here: names are JSON's. */
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

static void add_case(struct buffer *out, struct str name, double time_s, bool passed,
                     struct str message)
{
    buffer_add_literal(out, "    <testcase classname=\"squall load\" name=\"");
    add_xml(out, name);
    buffer_printf(out, "\" time=\"%.3f\"", time_s);
    if (passed) {
        buffer_add_literal(out, "/>\n");
        return;
    }
    buffer_add_literal(out, ">\n      <failure type=\"condition\" message=\"");
    add_xml(out, message);
    buffer_add_literal(out, "\">");
    add_xml(out, name);
    buffer_add_literal(out, ": ");
    add_xml(out, message);
    buffer_add_literal(out, "</failure>\n    </testcase>\n");
}

static void add_condition(struct buffer *out, const struct condition_result *row,
                          struct arena *arena)
{
    const char *unit = condition_unit(row->condition);

    add_case(out,
             str_printf(arena, "%s %.*s", row->condition->fails ? "fail-if" : "pass-if",
                        STR_ARG(row->condition->text)),
             0, !row->violated,
             row->unknown ? STR("no answer to measure")
                          : str_printf(arena, "measured %.3f%s%s", row->measured,
                                       unit[0] == '\0' ? "" : " ", unit));
}

static void add_property(struct buffer *out, const char *name, double value)
{
    buffer_printf(out, "      <property name=\"%s\" value=\"%.3f\"/>\n", name, value);
}

static void add_properties(struct buffer *out, const struct figures *totals)
{
    buffer_add_literal(out, "    <properties>\n");
    add_property(out, "requests", (double)totals->requests);
    add_property(out, "rps", totals->rps);
    add_property(out, "avg_ms", totals->avg_ms);
    add_property(out, "p90_ms", totals->p90_ms);
    add_property(out, "p95_ms", totals->p95_ms);
    add_property(out, "p99_ms", totals->p99_ms);
    add_property(out, "error_pct", totals->error_pct);
    add_property(out, "failure_pct", totals->failure_pct);
    buffer_add_literal(out, "    </properties>\n");
}

static void add_heading(struct buffer *out, const struct results *results, bool answered)
{
    const struct run_facts *facts = &results->facts;
    size_t failures = answered ? 0 : 1;
    char started[CLOCK_TEXT_BYTES], host[HOST_BYTES] = "";

    for (size_t i = 0; i < results->condition_count; i++)
        failures += results->conditions[i].violated ? 1 : 0;
    if (gethostname(host, sizeof(host) - 1) != 0 || host[0] == '\0')
        (void)snprintf(host, sizeof(host), "localhost");
    clock_format_iso(facts->started_wall_ms, started);
    buffer_add_literal(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n"
                            "  <testsuite id=\"0\" package=\"squall\" name=\"");
    add_xml(out, facts->collection.len > 0 ? facts->collection : STR("squall load"));
    buffer_add_literal(out, "\" hostname=\"");
    add_xml(out, str_from_c(host));
    buffer_printf(out,
                  "\" timestamp=\"%.*s\" tests=\"%zu\" failures=\"%zu\" errors=\"0\" "
                  "skipped=\"0\" time=\"%.3f\">\n",
                  (int)SECONDS_OF_ISO, started, results->condition_count + 1, failures,
                  results->totals.duration_s);
}

bool report_junit_file(const struct results *results, const char *path, struct aws_error *err)
{
    struct arena *arena = arena_new(REPORT_BYTES_MAX);
    const struct figures *totals = &results->totals;
    bool answered = totals->requests > totals->errors, ok = false;
    struct buffer out;

    if (arena == NULL)
        return aws_fail(err, &error_out_of_memory, "out of memory");
    buffer_init(&out, arena);
    add_heading(&out, results, answered);
    add_properties(&out, totals);
    add_case(&out, STR("the target answers"), totals->duration_s, answered,
             STR("no request was answered"));
    for (size_t i = 0; i < results->condition_count; i++)
        add_condition(&out, &results->conditions[i], arena);
    buffer_add_literal(&out, "    <system-out></system-out>\n    <system-err></system-err>\n"
                             "  </testsuite>\n</testsuites>\n");
    ok = report_file_write_buffer(path, &out, err);
    arena_free(arena);
    return ok;
}
