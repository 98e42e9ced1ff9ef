#include "record.h"

#include <math.h>

#include "loadgen/follow.h"
#include "loadgen/node_error.h"
#include "loadgen/script_sendings.h"
#include "loadgen/virtual_user.h"

const struct request_definition *execution_item(const struct run_record *record,
                                                const struct execution *execution)
{
    return &record->collection->requests[execution->step];
}

struct str item_full_name(struct arena *arena, const struct request_definition *item)
{
    struct str name = item->nameless ? item->id : item->name;

    return item->folder.len == 0
               ? name
               : str_printf(arena, "%.*s / %.*s", STR_ARG(item->folder), STR_ARG(name));
}

/* --- telling -------------------------------------------------------------------------------- */

static void tell(struct run_record *record, struct run_event event)
{
    event.record = record;
    if (event.execution == NULL)
        event.execution = record->now;
    for (size_t i = 0; i < record->reporter_count; i++)
        record->reporters[i].tell(record->reporters[i].context, &event);
}

static struct str keep(struct run_record *record, struct str text)
{
    struct str copy = {0};

    if (!str_copy(record->arena, text, &copy))
        record->out_of_memory = true;
    return copy;
}

static void *take(struct run_record *record, size_t bytes)
{
    void *memory = arena_alloc(record->arena, bytes);

    record->out_of_memory = record->out_of_memory || memory == NULL;
    return memory;
}

static void count(struct run_record *record, enum run_stat stat, bool failed)
{
    record->stats[stat].total++;
    record->stats[stat].failed += failed ? 1 : 0;
}

/* Scripts that say nothing run as well as others. */
static void count_blank(struct run_record *record, enum script_phase phase, enum run_stat stat)
{
    uint64_t blank = execution_item(record, record->now)->blank_scripts[phase];

    record->stats[stat].total += blank;
    record->stats[STAT_SCRIPTS].total += blank;
}

static void add_failure(struct run_record *record, struct failure failure)
{
    struct failure *row = take(record, sizeof(*row));

    if (row == NULL)
        return;
    *row = failure;
    row->step = record->now->step;
    row->iteration = record->now->iteration;
    *record->failure_end = row;
    record->failure_end = &row->next;
    record->failure_count++;
}

static struct str now_source(struct run_record *record)
{
    return item_full_name(record->arena, execution_item(record, record->now));
}

/* --- steps ---------------------------------------------------------------------------------- */

static void on_iteration(void *context, uint64_t index)
{
    struct run_record *record = context;

    record->iteration = index;
    count(record, STAT_ITERATIONS, false);
    tell(record, (struct run_event){.kind = EVENT_ITERATION});
}

static void on_item(void *context, struct virtual_user *user)
{
    struct run_record *record = context;
    struct execution *execution = take(record, sizeof(*execution));

    if (execution == NULL) {
        run_abort(record->run);
        return;
    }
    execution->step = user->step;
    execution->iteration = record->iteration;
    record->now = execution;
    record->assertion_end = &execution->assertions;
    record->script_end = &execution->script_errors;
    record->failures_before = record->failure_count;
    count(record, STAT_PREREQUESTS, false);
    count_blank(record, SCRIPT_PREREQUEST, STAT_PREREQUEST_SCRIPTS);
    tell(record, (struct run_event){.kind = EVENT_ITEM});
}

/* The item is in the report from its first request on, be it a script's. */
static void list_execution(struct run_record *record)
{
    struct execution *execution = record->now;

    if (execution->times++ > 0)
        return;
    *record->execution_end = execution;
    record->execution_end = &execution->next;
}

static void begin_request(struct run_record *record, struct str method, struct str url)
{
    struct execution *execution = record->now;

    execution->requested = true;
    execution->method = keep(record, method);
    execution->url = keep(record, url);
    list_execution(record);
    tell(record, (struct run_event){.kind = EVENT_REQUEST_BEGUN});
}

/* A text as the console shows it: in the quotes that need no escape, where there are such. */
static struct str quoted(struct arena *arena, struct str text)
{
    const char *marks = "'\"`";
    struct buffer out;
    char mark = '\'';

    for (size_t i = 3; i > 0; i--)
        mark = str_find_char(text, marks[i - 1]) == text.len ? marks[i - 1] : mark;
    buffer_init(&out, arena);
    buffer_add_char(&out, mark);
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == mark || text.ptr[i] == '\\')
            buffer_add_char(&out, '\\');
        buffer_add_char(&out, text.ptr[i]);
    }
    buffer_add_char(&out, mark);
    return buffer_str(&out);
}

static void on_warned(void *context, struct virtual_user *user, struct str text)
{
    struct run_record *record = context;

    (void)user;
    tell(record, (struct run_event){.kind = EVENT_CONSOLE,
                                    .level = STR("warn"),
                                    .text = quoted(record->arena, text)});
}

static void on_sending(void *context, struct virtual_user *user)
{
    struct run_record *record = context;
    struct str head = user->bytes.head;

    if (record->keep_bodies && !script_sent_json(user, record->arena, &record->now->request))
        record->out_of_memory = true;
    begin_request(record, str_split(&head, ' '), user->plan->address);
}

/* Welford's algorithm, as newman's summary has it: the deviation is that of the population. */
static void average(struct moving_average *row, double value)
{
    double before = row->average, variance = row->deviation * row->deviation;

    row->count++;
    row->average = (before * (double)(row->count - 1) + value) / (double)row->count;
    variance = (variance * (double)(row->count - 1) + (value - before) * (value - row->average)) /
               (double)row->count;
    row->deviation = sqrt(variance > 0 ? variance : 0);
    row->min = row->count == 1 || value < row->min ? value : row->min;
    row->max = value > row->max ? value : row->max;
}

/* Of "Name: value" lines with their line ends, as newman counts them. */
static uint64_t header_bytes(const struct http_response *response)
{
    uint64_t bytes = 0;
    size_t at = 0;
    struct str name = {0}, value = {0};

    while (http_response_kept_next(response, &at, &name, &value))
        bytes += name.len + value.len + 4;
    return bytes;
}

/* Where the time went, and what was sent. */
static void keep_phases(struct run_record *record, const struct client_exchange *exchange,
                        int64_t taken_ns, struct execution *execution)
{
    struct request_bytes sent = exchange->sent.head.len > 0 ? exchange->sent : exchange->bytes;
    size_t head = head_bytes(sent.head);

    execution->phases = phases_of(exchange, taken_ns, (int64_t)uv_hrtime());
    execution->sent_bytes = sent.head.len + sent.body.len;
    execution->sent_headers = head_lines(str_slice(sent.head, 0, head)) - 1;
    if (execution->phases.ms[PHASE_LOOKUP] >= PHASE_LEAST_MS)
        average(&record->lookup, execution->phases.ms[PHASE_LOOKUP]);
    average(&record->first_byte, execution->phases.ms[PHASE_FIRST_BYTE]);
}

static void keep_answer(struct run_record *record, const struct client_exchange *exchange,
                        int64_t taken_ns, struct execution *execution)
{
    const struct http_response *response = &exchange->response;

    execution->status = response->status;
    execution->reason = keep(record, (struct str){response->reason.ptr, response->reason.len});
    execution->header_bytes =
        (uint64_t)strlen("HTTP/X.X 000 \r\n\r\n") + execution->reason.len + header_bytes(response);
    execution->head = keep(record, (struct str){response->head.ptr, response->head.len});
    execution->body_bytes = response->body.len; /* as it came, coded or not */
    if (record->keep_bodies)
        execution->body = keep(record, script_body_text(response, record->arena));
    if (record->keep_phases)
        keep_phases(record, exchange, taken_ns, execution);
}

static void count_answer(struct run_record *record, const struct execution *execution)
{
    count(record, STAT_REQUESTS, false);
    record->received_bytes += execution->body_bytes;
    average(&record->response, (double)execution->time_ms);
}

static void on_answered(void *context, struct virtual_user *user, int64_t time_ms)
{
    struct run_record *record = context;

    record->now->answered = true;
    record->now->time_ms = time_ms;
    keep_answer(record, &user->exchange, user->taken_ns, record->now);
    count_answer(record, record->now);
    tell(record, (struct run_event){.kind = EVENT_REQUEST_ENDED});
}

static struct run_error request_error(struct run_record *record, const struct node_error *error)
{
    return (struct run_error){str_from_c(error->name), keep(record, error->message),
                              keep(record, error->members)};
}

static struct node_error error_of(struct run_record *record, const struct virtual_user *user,
                                  enum error_class class, const char *detail)
{
    if (class == ERROR_REQUEST)
        return node_error_unmade(user->unmade, detail, record->arena);
    return node_error_of(class, detail, &user->exchange, record->arena);
}

static void on_failed(void *context, struct virtual_user *user, enum error_class class,
                      const char *detail)
{
    struct run_record *record = context;
    struct execution *execution = record->now;

    if (!execution->requested) {
        const struct request_definition *item = execution_item(record, execution);
        begin_request(record, item->method, user->unmade.len > 0 ? user->unmade : item->url);
    }
    struct node_error error = error_of(record, user, class, detail);
    execution->request_error = request_error(record, &error);
    count(record, STAT_REQUESTS, true);
    add_failure(record, (struct failure){
                            .error = execution->request_error, .at = STR("request"), .index = -1});
    tell(record, (struct run_event){.kind = EVENT_REQUEST_ENDED});
}

static void on_next(void *context, struct virtual_user *user, struct str name)
{
    (void)user;
    tell(context, (struct run_event){.kind = EVENT_NEXT_REQUEST, .text = name});
}

static void on_ended(void *context, struct virtual_user *user, bool skipped)
{
    struct run_record *record = context;

    (void)user;
    count(record, STAT_ITEMS, false);
    if (!skipped) {
        count(record, STAT_TESTS, false);
        count_blank(record, SCRIPT_TEST, STAT_TEST_SCRIPTS);
    }
    tell(record, (struct run_event){.kind = EVENT_ITEM_ENDED});
    if (record->out_of_memory || (record->bail && record->failure_count > record->failures_before))
        run_abort(record->run);
}

/* --- requests of scripts -------------------------------------------------------------------- */

static void on_script_sending(void *context, struct str method, struct str url)
{
    struct run_record *record = context;

    record->scripted = (struct execution){
        .step = record->now->step,
        .iteration = record->now->iteration,
        .requested = true,
        .method = keep(record, method),
        .url = keep(record, url),
    };
    tell(record, (struct run_event){.kind = EVENT_REQUEST_BEGUN, .execution = &record->scripted});
}

static void on_script_answered(void *context, const struct client_exchange *exchange,
                               int64_t begun_ns, int64_t time_ms, const struct node_error *error)
{
    struct run_record *record = context;
    struct execution *execution = &record->scripted;

    list_execution(record);
    execution->answered = error == NULL;
    execution->time_ms = time_ms;
    if (execution->answered) {
        keep_answer(record, exchange, begun_ns, execution);
        count_answer(record, execution);
    } else {
        execution->request_error = request_error(record, error);
        count(record, STAT_REQUESTS, true);
        add_failure(record, (struct failure){.error = execution->request_error,
                                             .at = STR("request"),
                                             .method = execution->method,
                                             .url = execution->url,
                                             .index = -1});
    }
    tell(record, (struct run_event){.kind = EVENT_REQUEST_ENDED, .execution = execution});
}

/* --- scripts -------------------------------------------------------------------------------- */

static struct run_error read_error(struct run_record *record, const struct json_value *error)
{
    return (struct run_error){
        .name = keep(record, json_string_or(json_member(error, "name"), STR("Error"))),
        .message = keep(record, json_text(error, "message")),
    };
}

static void on_test(void *context, struct virtual_user *user, struct str test, bool failed)
{
    struct run_record *record = context;
    struct assertion *row = take(record, sizeof(*row));
    struct json_value *root = NULL;

    (void)user;
    if (row == NULL || !json_parse(keep(record, test), record->arena, &root, NULL))
        return;
    row->name = json_text(root, "name");
    row->skipped = json_flag(root, "skipped");
    row->failed = failed;
    (void)!json_int64(json_member(root, "index"), 0, INT32_MAX, &row->index);
    if (failed)
        row->error = read_error(record, json_member(root, "error"));
    *record->assertion_end = row;
    record->assertion_end = &row->next;
    count(record, STAT_ASSERTIONS, failed);
    if (failed)
        record->failed_names = record->failed_names.len == 0
                                   ? row->name
                                   : str_printf(record->arena, "%.*s, %.*s",
                                                STR_ARG(record->failed_names), STR_ARG(row->name));
    if (failed)
        add_failure(record, (struct failure){
                                .error = row->error,
                                .test = row->name,
                                .at = str_printf(record->arena, "assertion:%lld in test-script",
                                                 (long long)row->index),
                                .source = now_source(record),
                                .index = row->index,
                            });
    tell(record, (struct run_event){.kind = EVENT_ASSERTION, .assertion = row});
}

static void add_script_error(struct run_record *record, enum script_phase phase,
                             struct run_error error)
{
    struct script_error *row = take(record, sizeof(*row));

    if (row == NULL)
        return;
    row->phase = phase;
    row->error = error;
    *record->script_end = row;
    record->script_end = &row->next;
    add_failure(record,
                (struct failure){
                    .error = row->error,
                    .at = phase == SCRIPT_TEST ? STR("test-script") : STR("prerequest-script"),
                    .source = now_source(record),
                    .index = -1,
                });
    tell(record, (struct run_event){.kind = EVENT_SCRIPT_FAILED, .script = row});
}

/* With --bail a script whose tests failed has failed itself. */
static void on_script(void *context, struct virtual_user *user, size_t script, struct str error)
{
    struct run_record *record = context;
    enum script_phase phase = record->collection->scripts[script].phase;
    bool bails = record->bail && error.len == 0 && record->failed_names.len > 0;
    struct json_value *root = NULL;

    (void)user;
    count(record, STAT_SCRIPTS, error.len > 0 || bails);
    count(record, phase == SCRIPT_TEST ? STAT_TEST_SCRIPTS : STAT_PREREQUEST_SCRIPTS,
          error.len > 0 || bails);
    if (bails)
        add_script_error(
            record, phase,
            (struct run_error){.name = STR("AssertionFailure"), .message = record->failed_names});
    else if (error.len > 0 && json_parse(keep(record, error), record->arena, &root, NULL))
        add_script_error(record, phase, read_error(record, root));
    record->failed_names = (struct str){0};
}

static void on_console(void *context, struct virtual_user *user, struct str level, struct str text)
{
    (void)user;
    tell(context, (struct run_event){.kind = EVENT_CONSOLE, .level = level, .text = text});
}

/* --- the whole ------------------------------------------------------------------------------ */

void run_record_init(struct run_record *record)
{
    record->execution_end = &record->first;
    record->failure_end = &record->failures;
    record->steps = (struct step_listener){
        record,    on_iteration, on_item,  on_warned,         on_sending,        on_answered,
        on_failed, on_next,      on_ended, on_script_sending, on_script_answered};
    record->scripts = (struct script_listener){record, on_test, on_script, on_console};
    record->run->steps = &record->steps;
    if (record->run->scripts != NULL)
        record->run->scripts->listener = &record->scripts;
}

void run_record_begin(struct run_record *record)
{
    record->started_wall_ms = clock_wall_ms(clock_system());
    tell(record, (struct run_event){.kind = EVENT_START});
}

void run_record_end(struct run_record *record)
{
    record->completed_wall_ms = clock_wall_ms(clock_system());
    record->now = NULL;
    tell(record, (struct run_event){.kind = EVENT_DONE});
}
