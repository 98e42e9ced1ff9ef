/*
 * newman's JUnit report: a suite a request, a case an assertion's name.
 *
 * Source: newman 6.2, observed (tests/data/postman/newman-junit.xml): a case's time is the
 * request's time, a name that passes in a later iteration passes, errors of requests and scripts
 * stand in system-err.
 */
#include "loadgen/report_file.h"
#include "class_name.h"
#include "reporters.h"

enum { REPORT_ARENA_BYTES = 1 << 30, TIME_BYTES = 32 };

/* A test's name within a suite; newman keeps them in a map. */
struct test_case {
    struct str name;
    size_t failures; /* since it last passed */
    struct run_error first;
    int64_t first_index;
};

struct suite {
    size_t step;
    struct test_case *cases;
    size_t case_count;
    uint64_t tests, failures, errors;
    double time_s, last_s;
    size_t executions;
    struct str errors_text;
};

struct junit {
    const struct run_record *record;
    struct arena *arena;
    struct buffer out;
    struct suite *suites;
    size_t suite_count;
    struct str class_name; /* of the collection */
};

/* --- text ----------------------------------------------------------------------------------- */

static void add_attribute(struct buffer *out, const char *name, struct str value)
{
    buffer_printf(out, " %s=\"", name);
    for (size_t i = 0; i < value.len; i++) {
        switch (value.ptr[i]) {
        case '&':
            buffer_add_literal(out, "&amp;");
            break;
        case '<':
            buffer_add_literal(out, "&lt;");
            break;
        case '"':
            buffer_add_literal(out, "&quot;");
            break;
        case '\t':
            buffer_add_literal(out, "&#x9;");
            break;
        case '\n':
            buffer_add_literal(out, "&#xA;");
            break;
        case '\r':
            buffer_add_literal(out, "&#xD;");
            break;
        default:
            /* XML has no other control characters at all. */
            buffer_add_char(out, (unsigned char)value.ptr[i] < 0x20 ? ' ' : value.ptr[i]);
        }
    }
    buffer_add_char(out, '"');
}

static void add_cdata(struct buffer *out, struct str text)
{
    buffer_add_literal(out, "<![CDATA[");
    while (text.len > 0) {
        size_t end = str_find(text, STR("]]>"));
        buffer_add(out, str_slice(text, 0, end));
        if (end < text.len)
            buffer_add_literal(out, "]]]]><![CDATA[>");
        text = str_slice(text, end + 3, text.len);
    }
    buffer_add_literal(out, "]]>");
}

/* --- gathering ------------------------------------------------------------------------------ */

static struct suite *suite_of(struct junit *junit, size_t step)
{
    struct suite *suite = NULL;

    for (size_t i = 0; i < junit->suite_count; i++) {
        if (junit->suites[i].step == step)
            return &junit->suites[i];
    }
    suite = &junit->suites[junit->suite_count++];
    suite->step = step;
    return suite;
}

static struct test_case *case_of(struct junit *junit, struct suite *suite, struct str name)
{
    size_t count = suite->case_count;

    for (size_t i = 0; i < count; i++) {
        if (str_eq(suite->cases[i].name, name))
            return &suite->cases[i];
    }
    if ((count & (count - 1)) == 0) {
        size_t capacity = count == 0 ? 1 : count * 2;
        char *grown = arena_grow(junit->arena, (char *)suite->cases, count * sizeof(*suite->cases),
                                 capacity * sizeof(*suite->cases));
        if (grown == NULL)
            return NULL;
        suite->cases = (struct test_case *)(void *)grown;
    }
    suite->cases[suite->case_count] = (struct test_case){.name = name};
    return &suite->cases[suite->case_count++];
}

static void gather_assertion(struct junit *junit, struct suite *suite, const struct assertion *one)
{
    struct test_case *row = case_of(junit, suite, one->name);

    suite->tests++;
    suite->failures += one->failed ? 1 : 0;
    if (row == NULL)
        return;
    if (!one->failed) {
        row->failures = 0;
    } else if (row->failures++ == 0) {
        row->first = one->error;
        row->first_index = one->index;
    }
}

/* The first line of Node's stack: with the code of errors that are Node's own. */
static void add_request_error(struct buffer *out, const struct run_error *error)
{
    struct json_value *members = NULL;
    struct str code = {0};

    if (error->members.len > 0 && json_parse(error->members, out->arena, &members, NULL))
        code = json_text(members, "code");
    buffer_printf(out, "RequestError: %.*s", STR_ARG(error->name));
    if (str_starts_with(code, STR("ERR_")))
        buffer_printf(out, " [%.*s]", STR_ARG(code));
    buffer_printf(out, ": %.*s\n", STR_ARG(error->message));
}

static void gather_errors(struct junit *junit, struct suite *suite,
                          const struct execution *execution)
{
    static const enum script_phase order[] = {SCRIPT_TEST, SCRIPT_PREREQUEST};
    struct buffer text;
    uint64_t errors = 0;

    buffer_init(&text, junit->arena);
    buffer_printf(&text, "Iteration: %llu\n", (unsigned long long)execution->iteration);
    if (!execution->answered) {
        errors++;
        add_request_error(&text, &execution->request_error);
    }
    buffer_add_literal(&text, "\n---\n");
    for (size_t i = 0; i < ARRAY_LEN(order); i++) {
        for (const struct script_error *one = execution->script_errors; one != NULL;
             one = one->next) {
            if (one->phase != order[i])
                continue;
            errors++;
            buffer_printf(&text, "%sError: %.*s\n---\n",
                          order[i] == SCRIPT_TEST ? "testScript" : "prerequestScript",
                          STR_ARG(one->error.message));
        }
    }
    suite->errors += errors;
    if (errors > 0)
        suite->errors_text = str_printf(junit->arena, "%.*s%.*s", STR_ARG(suite->errors_text),
                                        STR_ARG(buffer_str(&text)));
}

static void gather(struct junit *junit)
{
    for (const struct execution *one = junit->record->first; one != NULL; one = one->next) {
        struct suite *suite = suite_of(junit, one->step);
        suite->tests = 0; /* the last iteration's, as newman has it */
        for (const struct assertion *row = one->assertions; row != NULL; row = row->next)
            gather_assertion(junit, suite, row);
        gather_errors(junit, suite, one);
        suite->last_s = (double)one->time_ms / 1000;
        suite->time_s += suite->last_s;
        suite->executions++;
    }
}

/* --- writing -------------------------------------------------------------------------------- */

static void add_failure(struct junit *junit, const struct suite *suite, const struct test_case *row,
                        struct str full_name)
{
    const struct collection *collection = junit->record->collection;
    struct run_error error = row->first;
    struct arena *arena = junit->arena;
    const struct str lines[] = {
        str_printf(arena, "Failed %zu times.", row->failures),
        str_printf(arena, "Collection JSON ID: %.*s.", STR_ARG(collection->id)),
        str_printf(arena, "Collection name: %.*s.", STR_ARG(collection->name)),
        str_printf(arena, "Request name: %.*s.", STR_ARG(full_name)),
        str_printf(arena, "Test description: %.*s.", STR_ARG(row->name)),
        str_printf(arena, "Error message: %.*s.", STR_ARG(error.message)),
        str_printf(arena, "Stacktrace: %.*s: %.*s\n   at Object.eval sandbox-script.js:%lld:%zu).",
                   STR_ARG(error.name), STR_ARG(error.message), (long long)row->first_index + 1,
                   suite->step + 1),
    };

    buffer_add_literal(&junit->out, "      <failure type=\"AssertionFailure\"");
    add_attribute(&junit->out, "message", error.message);
    buffer_add_literal(&junit->out, ">\n");
    for (size_t i = 0; i < ARRAY_LEN(lines); i++) {
        buffer_add_literal(&junit->out, "        ");
        add_cdata(&junit->out, lines[i]);
        buffer_add_char(&junit->out, '\n');
    }
    buffer_add_literal(&junit->out, "      </failure>\n");
}

static void add_case(struct junit *junit, const struct suite *suite, const struct test_case *row,
                     struct str full_name)
{
    struct str class = class_name(junit->arena, full_name);
    char time[TIME_BYTES];

    (void)snprintf(time, sizeof(time), "%.3f", suite->last_s);
    buffer_add_literal(&junit->out, "    <testcase");
    add_attribute(&junit->out, "name", row->name);
    add_attribute(&junit->out, "time", str_from_c(time));
    add_attribute(&junit->out, "classname", class.len > 0 ? class : junit->class_name);
    if (row->failures == 0) {
        buffer_add_literal(&junit->out, "/>\n");
        return;
    }
    buffer_add_literal(&junit->out, ">\n");
    add_failure(junit, suite, row, full_name);
    buffer_add_literal(&junit->out, "    </testcase>\n");
}

static void add_suite(struct junit *junit, const struct suite *suite)
{
    const struct request_definition *item = &junit->record->collection->requests[suite->step];
    struct str full_name = item_full_name(junit->arena, item);
    char timestamp[CLOCK_TEXT_BYTES], text[TIME_BYTES];
    struct buffer *out = &junit->out;

    clock_format_iso(junit->record->started_wall_ms, timestamp);
    buffer_add_literal(out, "  <testsuite");
    add_attribute(out, "name", full_name);
    add_attribute(out, "id", item->id);
    add_attribute(out, "timestamp", str_from_c(timestamp));
    buffer_printf(out, " tests=\"%llu\" failures=\"%llu\" errors=\"%llu\"",
                  (unsigned long long)suite->tests, (unsigned long long)suite->failures,
                  (unsigned long long)suite->errors);
    (void)snprintf(text, sizeof(text), "%.3f", suite->time_s / (double)suite->executions);
    add_attribute(out, "time", str_from_c(text));
    if (suite->case_count == 0 && suite->errors == 0) {
        buffer_add_literal(out, "/>\n");
        return;
    }
    buffer_add_literal(out, ">\n");
    if (suite->errors > 0) {
        buffer_add_literal(out, "    <system-err>");
        add_cdata(out, suite->errors_text);
        buffer_add_literal(out, "</system-err>\n");
    }
    for (size_t i = 0; i < suite->case_count; i++)
        add_case(junit, suite, &suite->cases[i], full_name);
    buffer_add_literal(out, "  </testsuite>\n");
}

static void add_all(struct junit *junit)
{
    struct buffer *out = &junit->out;
    double time_s = 0;

    for (size_t i = 0; i < junit->suite_count; i++)
        time_s += junit->suites[i].time_s;
    buffer_add_literal(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites");
    if (!junit->record->collection->nameless)
        add_attribute(out, "name", junit->record->collection->name);
    buffer_printf(out, " tests=\"%llu\" time=\"%.3f\"",
                  (unsigned long long)junit->record->stats[STAT_TESTS].total, time_s);
    if (junit->suite_count == 0) {
        buffer_add_literal(out, "/>");
        return;
    }
    buffer_add_literal(out, ">\n");
    for (size_t i = 0; i < junit->suite_count; i++)
        add_suite(junit, &junit->suites[i]);
    buffer_add_literal(out, "</testsuites>");
}

bool reporter_junit_write(const struct run_record *record, const char *path, struct aws_error *err)
{
    struct junit junit = {.record = record, .arena = arena_new(REPORT_ARENA_BYTES)};
    bool ok = false;

    if (junit.arena != NULL)
        junit.suites =
            arena_alloc_array(junit.arena, record->run->plan_count + 1, sizeof(*junit.suites));
    if (junit.suites == NULL) {
        (void)aws_fail(err, &error_out_of_memory, "out of memory for the report");
    } else {
        junit.class_name = class_name(junit.arena, record->collection->name);
        buffer_init(&junit.out, junit.arena);
        gather(&junit);
        add_all(&junit);
        ok = report_file_write_buffer(path, &junit.out, err);
    }
    arena_free(junit.arena);
    return ok;
}
