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
#include "boto3_parameters.h"
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

/* What `dynamo.put_item(**payload)` raises before anything is sent; true when it raises nothing. */
static bool can_call(struct request *request)
{
    if (request->table_name == NULL) {
        fail(request, STR("NameError"),
             STR("cannot access free variable 'dynamo' where it is not associated with a value in "
                 "enclosing scope"));
        return false;
    }
    if (!json_is(request->payload, JSON_OBJECT)) {
        fail(request, STR("TypeError"),
             str_printf(request->arena,
                        "boto3.resources.factory.ResourceFactory._create_action.<locals>.do_action"
                        "() argument after ** must be a mapping, not %s",
                        python_type(request->payload)));
        return false;
    }
    if (request->table_name->type != JSON_STRING) {
        fail(request, STR("EndpointResolutionError"),
             STR("Value (ResourceArn) is the wrong type. Must be <class 'str'>."));
        return false;
    }
    return true;
}

/* The exceptions of botocore's model; a code that is none of them is raised as ClientError. */
static struct str exception_of(struct str code)
{
    static const struct str modelled[] = {
        STR_INIT("ConditionalCheckFailedException"),
        STR_INIT("InternalServerError"),
        STR_INIT("ItemCollectionSizeLimitExceededException"),
        STR_INIT("LimitExceededException"),
        STR_INIT("ProvisionedThroughputExceededException"),
        STR_INIT("ReplicatedWriteConflictException"),
        STR_INIT("RequestLimitExceeded"),
        STR_INIT("ResourceInUseException"),
        STR_INIT("ResourceNotFoundException"),
        STR_INIT("ThrottlingException"),
        STR_INIT("TransactionConflictException"),
        STR_INIT("TransactionInProgressException"),
    };

    for (size_t i = 0; i < ARRAY_LEN(modelled); i++) {
        if (str_eq(modelled[i], code))
            return code;
    }
    return STR("ClientError");
}

static void answer_dynamodb_error(struct request *request, struct str operation,
                                  const struct dynamodb_response *response)
{
    struct str code = str_from_c(response->error_type);
    struct str message = str_from_c(response->error_message);
    char retries[48] = "";

    if (response->http_status == 0) { /* no answer: an exception of botocore's own */
        fail(request, code, message);
        return;
    }
    if (response->retries_exhausted)
        (void)snprintf(retries, sizeof(retries), " (reached max retries: %d)",
                       response->retry_attempts);
    message = str_printf(request->arena,
                         "An error occurred (%.*s) when calling the %.*s operation%s: %.*s",
                         STR_ARG(code), STR_ARG(operation), retries, STR_ARG(message));
    fail(request, exception_of(code), message);
}

static void call_table(struct request *request, struct str operation)
{
    struct str body, problems, answer;
    struct dynamodb_response response = {0};

    if (!can_call(request))
        return;
    if (!table_request(operation, request->table_name->text, request->payload, request->arena,
                       &body, &problems)) {
        bool memory = problems.len == 0;
        fail(request, memory ? STR("MemoryError") : STR("ParamValidationError"), problems);
        return;
    }
    dynamodb_call(request->context, operation.ptr, body.ptr, body.len, &response);
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
    struct str operation; /* DynamoDB's; a literal, so followed by a NUL */
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
        message =
            str_printf(request->arena, "'%s' object is not subscriptable", python_type(event));
    fail(request, STR("TypeError"), message);
}

static void fail_operation(struct request *request, const struct json_value *operation)
{
    struct buffer message;

    buffer_init(&message, request->arena);
    buffer_add_literal(&message, "Unrecognized operation \"");
    python_str(operation, &message);
    buffer_add_char(&message, '"');
    fail(request, STR("ValueError"), buffer_str(&message));
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
    request->table_name = json_member(event, "tableName");
    request->payload = json_member(event, "payload");
    if (json_is(request->table_name, JSON_NULL)) { /* Table(None) */
        fail(request, STR("ValueError"), STR("Required parameter name not set"));
        return;
    }
    if (operation->type == JSON_ARRAY || operation->type == JSON_OBJECT) {
        fail(request, STR("TypeError"),
             str_printf(request->arena, "unhashable type: '%s'", python_type(operation)));
        return;
    }
    for (size_t i = 0; i < ARRAY_LEN(operations); i++) {
        if (operation->type == JSON_STRING && str_eq(operations[i].name, operation->text)) {
            operations[i].run(request, operations[i].operation);
            return;
        }
    }
    fail_operation(request, operation);
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
