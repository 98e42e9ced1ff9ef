/*
 * The tutorial's function: one event, one operation on one table.
 *
 *     {"operation": "create", "tableName": "lambda-apigateway", "payload": {"Item": {"id": "1",
 * "n": 7}}}
 *
 * It behaves as the tutorial's Python function on boto3's Table resource does, errors included:
 * what Python raises is the function's error here, in Python's words. Source: API Gateway Developer
 * Guide, tutorial "Using Lambda with API Gateway".
 */
#include "../answer.h"
#include "boto3_table.h"

enum { MICROSERVICE_ARENA_BYTES = 64 * 1024 * 1024 };

/* An environment's own: one arena, emptied before each event. */
struct microservice {
    struct arena *arena;
};

struct request {
    struct lambda_context *context;
    struct arena *arena;
    struct str operation;
    const struct json_value *table_name;
    const struct json_value *payload; /* NULL: absent, which Python reads as None */
};

static void fail(struct request *request, struct str type, struct str message)
{
    answer_error(request->context, type, message, request->arena);
}

/* --- operations --------------------------------------------------------------------------------
 */

static const char *method_name(struct str operation)
{
    static const struct {
        struct str operation;
        const char *method;
    } rows[] = {{STR_INIT("PutItem"), "put_item"},
                {STR_INIT("GetItem"), "get_item"},
                {STR_INIT("UpdateItem"), "update_item"},
                {STR_INIT("DeleteItem"), "delete_item"},
                {STR_INIT("Scan"), "scan"}};

    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        if (str_eq(rows[i].operation, operation))
            return rows[i].method;
    }
    return "";
}

static const char *python_type(const struct json_value *value)
{
    switch (value == NULL ? JSON_NULL : value->type) {
    case JSON_NULL:
        return "NoneType";
    case JSON_FALSE:
    case JSON_TRUE:
        return "bool";
    case JSON_NUMBER:
        return "int";
    case JSON_STRING:
        return "str";
    case JSON_ARRAY:
        return "list";
    case JSON_OBJECT:
        return "dict";
    }
    return "";
}

/* What `dynamo.put_item(**payload)` raises before anything is sent; true when it raises nothing. */
static bool can_call(struct request *request, struct str operation)
{
    if (request->table_name == NULL) {
        fail(request, STR("NameError"),
             STR("cannot access free variable 'dynamo' where it is not associated with a value in "
                 "enclosing scope"));
        return false;
    }
    if (!json_is(request->table_name, JSON_STRING)) {
        fail(request, STR("ValueError"), STR("Required parameter name not set"));
        return false;
    }
    if (!json_is(request->payload, JSON_OBJECT)) {
        fail(request, STR("TypeError"),
             str_printf(request->arena,
                        "boto3.resources.factory.dynamodb.Table.%s() argument after ** must be a "
                        "mapping, not %s",
                        method_name(operation), python_type(request->payload)));
        return false;
    }
    return true;
}

static void answer_dynamodb_error(struct request *request, struct str operation,
                                  const struct dynamodb_response *response)
{
    struct str type = str_from_c(response->error_type);
    struct str message = str_from_c(response->error_message);

    if (response->http_status != 0)
        message = str_printf(request->arena,
                             "An error occurred (%.*s) when calling the %.*s operation: %.*s",
                             STR_ARG(type), STR_ARG(operation), STR_ARG(message));
    fail(request, type, message);
}

static void call_table(struct request *request, struct str operation)
{
    struct str body, problems, answer;
    struct dynamodb_response response = {0};
    char name[16];

    if (!can_call(request, operation))
        return;
    if (!table_request(table_operation_find(operation), request->table_name->text, request->payload,
                       request->arena, &body, &problems)) {
        bool memory = problems.len == 0;
        fail(request, memory ? STR("MemoryError") : STR("ParamValidationError"), problems);
        return;
    }
    (void)snprintf(name, sizeof(name), "%.*s", STR_ARG(operation));
    dynamodb_call(request->context, name, body.ptr, body.len, &response);
    if (response.error_type != NULL)
        answer_dynamodb_error(request, operation, &response);
    else if (table_answer(&response, request->arena, &answer))
        lambda_respond(request->context, answer.ptr, answer.len);
    else
        fail(request, STR("ResponseParserError"),
             STR("Unable to parse response, invalid JSON received"));
}

static void answer_payload(struct request *request, struct str operation)
{
    struct str payload = request->payload == NULL ? STR("null") : request->payload->raw;

    (void)operation;
    lambda_respond(request->context, payload.ptr, payload.len);
}

static void answer_pong(struct request *request, struct str operation)
{
    (void)operation;
    lambda_respond(request->context, "\"pong\"", 6);
}

static const struct {
    struct str name;
    struct str operation; /* DynamoDB's */
    void (*run)(struct request *request, struct str operation);
} operations[] = {
    {STR_INIT("create"), STR_INIT("PutItem"), call_table},
    {STR_INIT("read"), STR_INIT("GetItem"), call_table},
    {STR_INIT("update"), STR_INIT("UpdateItem"), call_table},
    {STR_INIT("delete"), STR_INIT("DeleteItem"), call_table},
    {STR_INIT("list"), STR_INIT("Scan"), call_table},
    {STR_INIT("echo"), STR_INIT(""), answer_payload},
    {STR_INIT("ping"), STR_INIT(""), answer_pong},
};

/* --- the event ----------------------------------------------------------------------------------
 */

/* What event['operation'] raises when the event is no object. */
static void fail_subscript(struct request *request, const struct json_value *event)
{
    struct str message;

    if (event->type == JSON_ARRAY)
        message = STR("list indices must be integers or slices, not str");
    else if (event->type == JSON_STRING)
        message = STR("string indices must be integers, not 'str'");
    else
        message = str_printf(request->arena, "'%s' object is not subscriptable",
                             event->type == JSON_NUMBER &&
                                     str_find_char(event->text, '.') < event->text.len
                                 ? "float"
                                 : python_type(event));
    fail(request, STR("TypeError"), message);
}

/* str() of a value that is no operation. */
static struct str python_text(const struct json_value *value)
{
    switch (value->type) {
    case JSON_NULL:
        return STR("None");
    case JSON_TRUE:
        return STR("True");
    case JSON_FALSE:
        return STR("False");
    case JSON_STRING:
        return value->text;
    case JSON_NUMBER:
    case JSON_ARRAY:
    case JSON_OBJECT:
        break;
    }
    return value->raw;
}

static void run(struct request *request, const struct json_value *event)
{
    const struct json_value *operation = json_member(event, "operation");

    if (!json_is(event, JSON_OBJECT)) {
        fail_subscript(request, event);
        return;
    }
    if (operation == NULL) {
        fail(request, STR("KeyError"), STR("'operation'"));
        return;
    }
    if (operation->type == JSON_ARRAY || operation->type == JSON_OBJECT) {
        fail(request, STR("TypeError"),
             str_printf(request->arena, "unhashable type: '%s'", python_type(operation)));
        return;
    }
    request->table_name = json_member(event, "tableName");
    request->payload = json_member(event, "payload");
    for (size_t i = 0; i < ARRAY_LEN(operations); i++) {
        if (operation->type == JSON_STRING && str_eq(operations[i].name, operation->text)) {
            operations[i].run(request, operations[i].operation);
            return;
        }
    }
    fail(request, STR("ValueError"),
         str_printf(request->arena, "Unrecognized operation \"%.*s\"",
                    STR_ARG(python_text(operation))));
}

static bool init(struct lambda_context *context, void **state)
{
    struct microservice *own = calloc(1, sizeof(*own));

    (void)context;
    if (own == NULL)
        return false;
    own->arena = arena_new(MICROSERVICE_ARENA_BYTES);
    *state = own;
    return own->arena != NULL;
}

static void handle(void *state, const char *event, size_t event_length,
                   struct lambda_context *context)
{
    struct microservice *own = state;
    struct request request = {.context = context, .arena = own->arena};
    struct json_value *value = NULL;
    struct json_error why = {0, NULL};

    arena_reset(own->arena);
    if (json_parse((struct str){event, event_length}, own->arena, &value, &why))
        run(&request, value);
    else
        fail(&request, STR("Runtime.UnmarshalError"),
             str_printf(own->arena, "Unable to unmarshal input: %s at byte %zu", why.reason,
                        why.offset));
}

static void shutdown(void *state)
{
    struct microservice *own = state;

    if (own != NULL)
        arena_free(own->arena);
    free(own);
}

const struct lambda_handler squall_lambda_handler = {SQUALL_LAMBDA_ABI, init, handle, shutdown};
