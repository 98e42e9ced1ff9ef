/*
 * newman's JSON report: the collection, variables as they ended, and the run: stats, timings,
 * executions, failures. Members that newman makes up by chance (ids of cursors and responses) are
 * made up here, too; those of Node's own error objects (stack traces, checksums) are left out.
 */
#include "base/rng.h"
#include "base/uuid.h"
#include "loadgen/report_file.h"
#include "loadgen/virtual_user.h"
#include "reporters.h"
#include "scope_export.h"

enum { REPORT_ARENA_BYTES = 1 << 30 };

struct json_report {
    const struct run_record *record;
    struct json_writer writer;
    struct rng rng;
};

static void field_id(struct json_report *report, struct str name)
{
    char id[UUID_TEXT_BYTES];

    uuid_v4(&report->rng, id);
    json_field_string(&report->writer, name, str_from_c(id));
}

/* --- requests ------------------------------------------------------------------------------- */

/* A list of the parts that `separator` divides. */
static void write_parts(struct json_writer *w, struct str name, struct str text, char separator)
{
    json_write_name(w, name);
    json_array_begin(w);
    while (text.len > 0)
        json_write_string(w, str_split(&text, separator));
    json_array_end(w);
}

static void write_query(struct json_writer *w, struct str query)
{
    json_write_name(w, STR("query"));
    json_array_begin(w);
    while (query.len > 0) {
        struct str value = str_split(&query, '&');
        bool has_value = str_find_char(value, '=') < value.len;
        struct str key = str_split(&value, '=');
        json_object_begin(w);
        json_field_string(w, STR("key"), key);
        json_write_name(w, STR("value"));
        if (has_value)
            json_write_string(w, value);
        else
            json_write_null(w);
        json_object_end(w);
    }
    json_array_end(w);
}

static void write_url(struct json_writer *w, struct str text)
{
    struct url url = {0};
    struct aws_error err = {0};
    struct str port = {0};

    json_write_name(w, STR("url"));
    if (!url_read(text, &url, &err)) {
        json_write_string(w, text);
        return;
    }
    port = str_slice(url.authority, url.host.len + 1, url.authority.len);
    json_object_begin(w);
    json_field_string(w, STR("protocol"), url.tls ? STR("https") : STR("http"));
    if (port.len > 0)
        json_field_string(w, STR("port"), port);
    write_parts(w, STR("path"), str_slice(url.path, 1, url.path.len), '/');
    write_parts(w, STR("host"), url.host, '.');
    write_query(w, url.query);
    json_write_name(w, STR("variable"));
    json_array_begin(w);
    json_array_end(w);
    json_object_end(w);
}

static void write_request(struct json_report *report, const struct execution *execution)
{
    struct json_writer *w = &report->writer;
    struct json_value *sent = NULL;
    const struct json_value *header = NULL, *body = NULL;

    if (json_parse(execution->request, w->out->arena, &sent, NULL)) {
        header = json_member(sent, "header");
        body = json_member(sent, "body");
    }
    json_write_name(w, STR("request"));
    json_object_begin(w);
    write_url(w, execution->url);
    if (header != NULL) {
        json_write_name(w, STR("header"));
        json_write_value(w, header);
    }
    json_field_string(w, STR("method"), execution->method);
    if (body != NULL) {
        json_write_name(w, STR("body"));
        json_write_value(w, body);
    }
    json_object_end(w);
}

/* --- answers -------------------------------------------------------------------------------- */

static void write_stream(struct json_writer *w, struct str body)
{
    json_write_name(w, STR("stream"));
    json_object_begin(w);
    json_field_string(w, STR("type"), STR("Buffer"));
    json_write_name(w, STR("data"));
    json_array_begin(w);
    for (size_t i = 0; i < body.len; i++)
        json_write_int(w, (unsigned char)body.ptr[i]);
    json_array_end(w);
    json_object_end(w);
}

static void write_headers(struct json_writer *w, struct str head)
{
    json_write_name(w, STR("header"));
    json_array_begin(w);
    while (head.len > 0) {
        struct str value = str_split(&head, '\n');
        struct str name = str_split(&value, ':');
        if (name.len == 0)
            continue;
        json_object_begin(w);
        json_field_string(w, STR("key"), name);
        json_field_string(w, STR("value"), str_trim(value));
        json_object_end(w);
    }
    json_array_end(w);
}

static void write_answer(struct json_report *report, const struct execution *execution)
{
    struct json_writer *w = &report->writer;

    json_write_name(w, STR("response"));
    json_object_begin(w);
    field_id(report, STR("id"));
    json_field_string(w, STR("status"), execution->reason);
    json_field_int(w, STR("code"), execution->status);
    write_headers(w, execution->head);
    write_stream(w, execution->body);
    json_write_name(w, STR("cookie"));
    json_array_begin(w);
    json_array_end(w);
    json_field_int(w, STR("responseTime"), execution->time_ms);
    json_field_int(w, STR("responseSize"), (int64_t)execution->body.len);
    json_object_end(w);
}

/* --- what scripts said ---------------------------------------------------------------------- */

static struct str stack_of(struct arena *arena, struct run_error error, int64_t index, size_t step)
{
    return str_printf(arena, "%.*s: %.*s\n   at Object.eval sandbox-script.js:%lld:%zu)",
                      STR_ARG(error.name), STR_ARG(error.message), (long long)index + 1, step + 1);
}

/* What an error of Node's has beside name and message: code, errno, syscall, ... */
static void write_members(struct json_writer *w, struct str members)
{
    struct json_value *root = NULL;

    if (members.len == 0 || !json_parse(members, w->out->arena, &root, NULL))
        return;
    for (const struct json_value *one = json_members(root); one != NULL; one = one->next)
        json_field_raw(w, one->name, one->raw);
}

static void write_error(struct json_writer *w, struct run_error error, struct str test,
                        int64_t index, size_t step)
{
    json_object_begin(w);
    write_members(w, error.members);
    json_field_string(w, STR("name"), error.name);
    if (index >= 0) {
        json_field_int(w, STR("index"), index);
        json_field_string(w, STR("test"), test);
    }
    json_field_string(w, STR("message"), error.message);
    if (index >= 0)
        json_field_string(w, STR("stack"), stack_of(w->out->arena, error, index, step));
    json_object_end(w);
}

static void write_assertions(struct json_writer *w, const struct execution *execution)
{
    if (execution->assertions == NULL)
        return;
    json_write_name(w, STR("assertions"));
    json_array_begin(w);
    for (const struct assertion *one = execution->assertions; one != NULL; one = one->next) {
        json_object_begin(w);
        json_field_string(w, STR("assertion"), one->name);
        json_field_bool(w, STR("skipped"), one->skipped);
        if (one->failed) {
            json_write_name(w, STR("error"));
            write_error(w, one->error, one->name, one->index, execution->step);
        }
        json_object_end(w);
    }
    json_array_end(w);
}

static void write_script_errors(struct json_writer *w, const struct execution *execution,
                                enum script_phase phase)
{
    bool any = false;

    for (const struct script_error *one = execution->script_errors; one != NULL; one = one->next) {
        if (one->phase != phase)
            continue;
        if (!any) {
            json_write_name(w, phase == SCRIPT_TEST ? STR("testScript") : STR("prerequestScript"));
            json_array_begin(w);
        }
        any = true;
        json_object_begin(w);
        json_write_name(w, STR("error"));
        json_object_begin(w);
        json_field_string(w, STR("type"), STR("Error"));
        json_field_string(w, STR("name"), one->error.name);
        json_field_string(w, STR("message"), one->error.message);
        json_object_end(w);
        json_object_end(w);
    }
    if (any)
        json_array_end(w);
}

/* --- executions ----------------------------------------------------------------------------- */

static void write_cursor(struct json_report *report, size_t step, uint64_t iteration)
{
    struct json_writer *w = &report->writer;

    json_write_name(w, STR("cursor"));
    json_object_begin(w);
    json_field_int(w, STR("position"), (int64_t)step);
    json_field_int(w, STR("iteration"), (int64_t)iteration);
    json_field_int(w, STR("length"), (int64_t)report->record->run->plan_count);
    json_field_int(w, STR("cycles"), (int64_t)report->record->iterations);
    field_id(report, STR("ref"));
    json_object_end(w);
}

static void write_item(struct json_report *report, struct str name, size_t step)
{
    const struct request_definition *item = &report->record->collection->requests[step];
    struct json_writer *w = &report->writer;

    json_write_name(w, name);
    json_object_begin(w);
    json_field_string(w, STR("id"), item->id);
    if (!item->nameless)
        json_field_string(w, STR("name"), item->name);
    json_field_raw(w, STR("request"), item->source);
    json_field_raw(w, STR("event"), item->events.len > 0 ? item->events : STR("[]"));
    json_object_end(w);
}

static void write_execution(struct json_report *report, const struct execution *execution)
{
    struct json_writer *w = &report->writer;
    const struct request_definition *item = execution_item(report->record, execution);

    json_object_begin(w);
    write_cursor(report, execution->step, execution->iteration);
    write_item(report, STR("item"), execution->step);
    write_request(report, execution);
    if (execution->answered) {
        write_answer(report, execution);
    } else {
        json_write_name(w, STR("requestError"));
        json_write_raw(w, execution->request_error.members.len > 0
                              ? execution->request_error.members
                              : STR("{}"));
    }
    json_field_string(w, STR("id"), item->id);
    write_assertions(w, execution);
    write_script_errors(w, execution, SCRIPT_PREREQUEST);
    write_script_errors(w, execution, SCRIPT_TEST);
    json_object_end(w);
}

/* --- the run -------------------------------------------------------------------------------- */

static void write_stats(struct json_writer *w, const struct run_record *record)
{
    static const char *const names[STAT_COUNT] = {
        [STAT_ITERATIONS] = "iterations",
        [STAT_ITEMS] = "items",
        [STAT_SCRIPTS] = "scripts",
        [STAT_PREREQUESTS] = "prerequests",
        [STAT_REQUESTS] = "requests",
        [STAT_TESTS] = "tests",
        [STAT_ASSERTIONS] = "assertions",
        [STAT_TEST_SCRIPTS] = "testScripts",
        [STAT_PREREQUEST_SCRIPTS] = "prerequestScripts",
    };

    json_write_name(w, STR("stats"));
    json_object_begin(w);
    for (size_t i = 0; i < STAT_COUNT; i++) {
        json_write_name(w, str_from_c(names[i]));
        json_object_begin(w);
        json_field_int(w, STR("total"), (int64_t)record->stats[i].total);
        json_field_int(w, STR("pending"), 0);
        json_field_int(w, STR("failed"), (int64_t)record->stats[i].failed);
        json_object_end(w);
    }
    json_object_end(w);
}

static void write_average(struct json_writer *w, const char *what, const struct moving_average *row)
{
    const struct {
        const char *end;
        double value;
    } fields[] = {
        {"Average", row->average}, {"Min", row->min}, {"Max", row->max}, {"Sd", row->deviation}};
    char name[32];

    for (size_t i = 0; i < ARRAY_LEN(fields); i++) {
        (void)snprintf(name, sizeof(name), "%s%s", what, fields[i].end);
        json_field_double(w, str_from_c(name), fields[i].value);
    }
}

static void write_timings(struct json_writer *w, const struct run_record *record)
{
    json_write_name(w, STR("timings"));
    json_object_begin(w);
    write_average(w, "response", &record->response);
    write_average(w, "dns", &record->lookup); /* 0 without --verbose, as newman's */
    write_average(w, "firstByte", &record->first_byte);
    json_field_int(w, STR("started"), record->started_wall_ms);
    json_field_int(w, STR("completed"), record->completed_wall_ms);
    json_object_end(w);
}

static void write_source(struct json_report *report, const struct failure *failure)
{
    struct json_writer *w = &report->writer;

    if (failure->method.len == 0) {
        write_item(report, STR("source"), failure->step);
        return;
    }
    json_write_name(w, STR("source"));
    json_object_begin(w);
    field_id(report, STR("id"));
    json_write_name(w, STR("request"));
    json_object_begin(w);
    json_field_string(w, STR("method"), failure->method);
    json_field_string(w, STR("url"), failure->url);
    json_object_end(w);
    json_object_end(w);
}

static void write_failures(struct json_report *report)
{
    struct json_writer *w = &report->writer;

    json_write_name(w, STR("failures"));
    json_array_begin(w);
    for (const struct failure *one = report->record->failures; one != NULL; one = one->next) {
        json_object_begin(w);
        json_write_name(w, STR("error"));
        write_error(w, one->error, one->test, one->index, one->step);
        json_field_string(w, STR("at"), one->at);
        write_source(report, one);
        write_cursor(report, one->step, one->iteration);
        json_object_end(w);
    }
    json_array_end(w);
}

static void write_run(struct json_report *report)
{
    struct json_writer *w = &report->writer;

    json_write_name(w, STR("run"));
    json_object_begin(w);
    write_stats(w, report->record);
    write_timings(w, report->record);
    json_write_name(w, STR("executions"));
    json_array_begin(w);
    for (const struct execution *one = report->record->first; one != NULL; one = one->next) {
        for (uint32_t i = 0; i < one->times; i++)
            write_execution(report, one);
    }
    json_array_end(w);
    json_write_name(w, STR("transfers"));
    json_object_begin(w);
    json_field_int(w, STR("responseTotal"), (int64_t)report->record->received_bytes);
    json_object_end(w);
    write_failures(report);
    json_write_name(w, STR("error"));
    json_write_null(w);
    json_object_end(w);
}

static void write_scope(struct json_report *report, struct str name, enum variable_scope scope)
{
    struct json_writer *w = &report->writer;

    json_write_name(w, name);
    json_object_begin(w);
    scope_write_members(w, report->record, scope);
    json_object_end(w);
}

bool reporter_json_write(const struct run_record *record, const char *path, struct aws_error *err)
{
    struct arena *arena = arena_new(REPORT_ARENA_BYTES);
    struct json_report report = {.record = record};
    struct buffer out;
    bool ok = false;

    if (arena == NULL)
        return aws_fail(err, &error_out_of_memory, "out of memory for the report");
    rng_init_random(&report.rng);
    buffer_init(&out, arena);
    json_writer_init(&report.writer, &out, JSON_PRETTY);
    json_object_begin(&report.writer);
    json_field_raw(&report.writer, STR("collection"), record->collection->source);
    write_scope(&report, STR("environment"), SCOPE_ENVIRONMENT);
    write_scope(&report, STR("globals"), SCOPE_GLOBAL);
    write_run(&report);
    json_object_end(&report.writer);
    ok = report_file_write_buffer(path, &out, err);
    arena_free(arena);
    return ok;
}
