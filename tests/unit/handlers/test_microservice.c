/* The sample's function against a recorded DynamoDB: what it sends, what it answers. */
/* Before cmocka, whose macro fail() would hide a member of that name. */
#include "squall/lambda.h"

#include "../test.h"

#include "base/json.h"

struct fake_host {
    struct lambda_context context;
    struct arena *arena;
    char operation[32];
    struct str sent;
    struct str answer;
    const char *error_type;
    struct dynamodb_response response;
};

static struct fake_host *fake_of(struct lambda_context *context)
{
    return (struct fake_host *)(void *)context;
}

static void keep_answer(struct lambda_context *context, const char *json, size_t length)
{
    assert_true(
        str_copy(fake_of(context)->arena, (struct str){json, length}, &fake_of(context)->answer));
}

static void keep_error(struct lambda_context *context, const char *json, size_t length,
                       const char *type)
{
    keep_answer(context, json, length);
    fake_of(context)->error_type = str_to_c(fake_of(context)->arena, str_from_c(type));
}

static void answer_call(struct lambda_context *context, const char *operation, const char *request,
                        size_t length, struct dynamodb_response *ret)
{
    struct fake_host *fake = fake_of(context);

    (void)snprintf(fake->operation, sizeof(fake->operation), "%s", operation);
    assert_true(str_copy(fake->arena, (struct str){request, length}, &fake->sent));
    *ret = fake->response;
}

static const struct lambda_host host = {
    .respond = keep_answer, .fail = keep_error, .dynamodb = answer_call};

struct row {
    const char *event;
    const char *response; /* DynamoDB's; NULL: no call is expected */
    const char *operation;
    const char *sent;
    const char *answer;
    const char *error_type;
};

static void run_row(const struct row *row)
{
    struct fake_host fake = {
        .context = {.host = &host, .aws_request_id = "id-1"},
        .arena = arena_new(1 << 20),
        .response = {.http_status = 200, .request_id = "R", .crc32 = 7, .date_ms = 784111777000},
    };
    void *state = NULL;

    if (row->response != NULL) {
        fake.response.body = row->response;
        fake.response.body_length = strlen(row->response);
    }
    assert_true(squall_lambda_handler.init(&fake.context, &state));
    squall_lambda_handler.handle(state, row->event, strlen(row->event), &fake.context);
    squall_lambda_handler.shutdown(state);
    if (row->response != NULL) {
        assert_string_equal(fake.operation, row->operation);
        assert_str_equal(fake.sent, str_from_c(row->sent));
    } else {
        assert_int_equal(fake.sent.len, 0);
    }
    assert_str_equal(fake.answer, str_from_c(row->answer));
    if (row->error_type == NULL)
        assert_null(fake.error_type);
    else
        assert_string_equal(fake.error_type, row->error_type);
    arena_free(fake.arena);
}

#define METADATA(length)                                                                           \
    "\"ResponseMetadata\": {\"RequestId\": \"R\", \"HTTPStatusCode\": 200, \"HTTPHeaders\": "      \
    "{\"server\": \"Server\", \"date\": \"Sun, 06 Nov 1994 08:49:37 GMT\", "                       \
    "\"content-type\": \"application/x-amz-json-1.0\", \"content-length\": \"" length "\", "       \
    "\"connection\": \"keep-alive\", \"x-amzn-requestid\": \"R\", \"x-amz-crc32\": \"7\"}, "       \
    "\"RetryAttempts\": 0}}"

static void each_operation_becomes_its_request_and_native_answer(void **unused)
{
    static const struct row rows[] = {
        {"{\"operation\":\"create\",\"tableName\":\"t\",\"payload\":{\"Item\":{\"id\":\"1\",\"n\":"
         "1.50,"
         "\"l\":[true,null],\"m\":{\"x\":\"\\u00e9\"}}}}",
         "{}", "PutItem",
         "{\"TableName\":\"t\",\"Item\":{\"id\":{\"S\":\"1\"},\"n\":{\"N\":\"1.50\"},"
         "\"l\":{\"L\":[{\"BOOL\":true},{\"NULL\":true}]},\"m\":{\"M\":{\"x\":{\"S\":\"\\u00e9\"}}"
         "}}}",
         "{" METADATA("2"), NULL},
        {"{\"operation\":\"read\",\"tableName\":\"t\",\"payload\":{\"Key\":{\"id\":\"1\"}}}",
         "{\"Item\":{\"n\":{\"N\":\"7\"},\"s\":{\"NS\":[\"1\",\"2\"]},\"t\":{\"SS\":[\"a\"]},"
         "\"z\":{\"NULL\":true}}}",
         "GetItem", "{\"TableName\":\"t\",\"Key\":{\"id\":{\"S\":\"1\"}}}",
         "{\"Item\": {\"n\": 7, \"s\": [1, 2], \"t\": [\"a\"], \"z\": null}, " METADATA("80"),
         NULL},
        {"{\"operation\":\"update\",\"tableName\":\"t\",\"payload\":{\"Key\":{\"id\":\"1\"},"
         "\"AttributeUpdates\":{\"a\":{\"Value\":5,\"Action\":\"PUT\"}}}}",
         "{}", "UpdateItem",
         "{\"TableName\":\"t\",\"Key\":{\"id\":{\"S\":\"1\"}},"
         "\"AttributeUpdates\":{\"a\":{\"Value\":{\"N\":\"5\"},\"Action\":\"PUT\"}}}",
         "{" METADATA("2"), NULL},
        {"{\"operation\":\"list\",\"tableName\":\"t\",\"payload\":{\"TableName\":\"u\",\"Limit\":"
         "true}}",
         "{}", "Scan", "{\"TableName\":\"u\",\"Limit\":true}", "{" METADATA("2"), NULL},
        {"{\"operation\":\"delete\",\"tableName\":\"t\",\"payload\":{\"Key\":{\"id\":\"1\"},"
         "\"Expected\":{\"a\":"
         "{\"AttributeValueList\":[1,\"x\"],\"ComparisonOperator\":\"BETWEEN\"}}}}",
         "{}", "DeleteItem",
         "{\"TableName\":\"t\",\"Key\":{\"id\":{\"S\":\"1\"}},\"Expected\":{\"a\":{"
         "\"AttributeValueList\":"
         "[{\"N\":\"1\"},{\"S\":\"x\"}],\"ComparisonOperator\":\"BETWEEN\"}}}",
         "{" METADATA("2"), NULL},
        {"{\"operation\":\"list\",\"tableName\":\"t\",\"payload\":{}}",
         "{\"Items\":[{\"id\":{\"S\":\"1\"}}],\"Count\":1,\"ScannedCount\":1}", "Scan",
         "{\"TableName\":\"t\"}",
         "{\"Items\": [{\"id\": \"1\"}], \"Count\": 1, \"ScannedCount\": 1, " METADATA("55"), NULL},
        {"{\"operation\":\"echo\",\"payload\":{\"a\":1.0}}", NULL, NULL, NULL, "{\"a\":1.0}", NULL},
        {"{\"operation\":\"echo\"}", NULL, NULL, NULL, "null", NULL},
        {"{\"operation\":\"ping\"}", NULL, NULL, NULL, "\"pong\"", NULL},
    };

    (void)unused;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        run_row(&rows[i]);
}

#define ERROR(message, type)                                                                       \
    "{\"errorMessage\": \"" message "\", \"errorType\": \"" type                                   \
    "\", \"requestId\": \"id-1\", \"stackTrace\": []}",                                            \
        type

static void mistakes_are_errors_in_pythons_words(void **unused)
{
    static const struct row rows[] = {
        {"{\"operation\":\"X\"}", NULL, NULL, NULL,
         ERROR("Unrecognized operation \\\"X\\\"", "ValueError")},
        {"{}", NULL, NULL, NULL, ERROR("'operation'", "KeyError")},
        {"[]", NULL, NULL, NULL,
         ERROR("list indices must be integers or slices, not str", "TypeError")},
        {"null", NULL, NULL, NULL, ERROR("'NoneType' object is not subscriptable", "TypeError")},
        {"{\"operation\":{}}", NULL, NULL, NULL, ERROR("unhashable type: 'dict'", "TypeError")},
        {"{\"operation\":\"create\",\"payload\":{}}", NULL, NULL, NULL,
         ERROR("cannot access free variable 'dynamo' where it is not associated with a value in "
               "enclosing scope",
               "NameError")},
        {"{\"operation\":\"read\",\"tableName\":\"t\"}", NULL, NULL, NULL,
         ERROR(
             "boto3.resources.factory.ResourceFactory._create_action.<locals>.do_action() argument "
             "after ** must be a mapping, not NoneType",
             "TypeError")},
        {"{\"operation\":\"ping\",\"tableName\":null}", NULL, NULL, NULL,
         ERROR("Required parameter name not set", "ValueError")},
        {"{\"operation\":\"list\",\"tableName\":1,\"payload\":{}}", NULL, NULL, NULL,
         ERROR("Value (ResourceArn) is the wrong type. Must be <class 'str'>.",
               "EndpointResolutionError")},
        {"{\"operation\":true}", NULL, NULL, NULL,
         ERROR("Unrecognized operation \\\"True\\\"", "ValueError")},
        {"1.5", NULL, NULL, NULL, ERROR("'float' object is not subscriptable", "TypeError")},
        {"{", NULL, NULL, NULL,
         ERROR("Unable to unmarshal input: unexpected end at byte 1", "Runtime.UnmarshalError")},
        {"{\"operation\":\"read\",\"tableName\":\"t\",\"payload\":{\"ConsistentRead\":1}}", NULL,
         NULL, NULL,
         ERROR("Parameter validation failed:\\nMissing required parameter in input: \\\"Key\\\"\\n"
               "Invalid type for parameter ConsistentRead, value: 1, type: <class 'int'>, valid "
               "types: <class 'bool'>",
               "ParamValidationError")},
    };

    (void)unused;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        run_row(&rows[i]);
}

/* The messages are what boto3 1.43 answers to the same parameters. */
static void parameters_are_checked_as_botocore_checks_them(void **unused)
{
#define EVENT(operation, table, payload)                                                           \
    "{\"operation\":\"" operation "\",\"tableName\":\"" table "\",\"payload\":" payload "}", NULL, \
        NULL, NULL
#define INVALID(message) ERROR("Parameter validation failed:\\n" message, "ParamValidationError")
    static const struct row rows[] = {
        {EVENT("read", "t", "{\"Kex\":1}"),
         INVALID("Missing required parameter in input: \\\"Key\\\"\\nUnknown parameter in input: "
                 "\\\"Kex\\\", must be one of: TableName, Key, AttributesToGet, ConsistentRead, "
                 "ReturnConsumedCapacity, ProjectionExpression, ExpressionAttributeNames")},
        {EVENT("read", "t", "{\"Key\":{\"id\":\"1\"},\"AttributesToGet\":[\"a\",1]}"),
         INVALID("Invalid type for parameter AttributesToGet[1], value: 1, type: <class 'int'>, "
                 "valid types: <class 'str'>")},
        {EVENT("read", "t", "{\"Key\":{\"id\":\"1\"},\"AttributesToGet\":[]}"),
         INVALID("Invalid length for parameter AttributesToGet, value: 0, valid min length: 1")},
        {EVENT("list", "t", "{\"Segment\":-1,\"TotalSegments\":0}"),
         INVALID("Invalid value for parameter Segment, value: -1, valid min value: 0\\n"
                 "Invalid value for parameter TotalSegments, value: 0, valid min value: 1")},
        {EVENT("list", "t", "{\"FilterExpression\":{\"a\":[1,\"b\",null]}}"),
         INVALID("Invalid type for parameter FilterExpression, value: {'a': [1, 'b', None]}, type: "
                 "<class 'dict'>, valid types: <class 'str'>")},
        {EVENT("list", "t", "{\"ScanFilter\":{\"a\":{\"AttributeValueList\":[1]}}}"),
         INVALID("Missing required parameter in ScanFilter.a: \\\"ComparisonOperator\\\"")},
        {EVENT("update", "t", "{\"Key\":{\"id\":\"1\"},\"AttributeUpdates\":{\"a\":{\"Valu\":5}}}"),
         INVALID("Unknown parameter in AttributeUpdates.a: \\\"Valu\\\", must be one of: Value, "
                 "Action")},
        {EVENT("delete", "t",
               "{\"Key\":{\"id\":\"1\"},\"Expected\":{\"a\":{\"Exists\":\"x\","
               "\"AttributeValueList\":5}}}"),
         INVALID("Invalid type for parameter Expected.a.Exists, value: x, type: <class 'str'>, "
                 "valid types: <class 'bool'>\\nInvalid type for parameter "
                 "Expected.a.AttributeValueList, value: 5, type: <class 'int'>, valid types: "
                 "<class 'list'>, <class 'tuple'>")},
        {EVENT("list", "", "{}"),
         INVALID("Invalid length for parameter TableName, value: 0, valid min length: 1")},
    };

    (void)unused;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        run_row(&rows[i]);
}

static void an_error_of_dynamodb_is_told_as_boto3_tells_it(void **unused)
{
    static const struct {
        struct dynamodb_response response;
        const char *message;
        const char *type;
    } rows[] = {
        {{.http_status = 400,
          .error_type = "ResourceNotFoundException",
          .error_message = "Requested resource not found"},
         "An error occurred (ResourceNotFoundException) when calling the Scan operation: "
         "Requested resource not found",
         "ResourceNotFoundException"},
        /* A code that botocore's model does not name. */
        {{.http_status = 400, .error_type = "ValidationException", .error_message = "no"},
         "An error occurred (ValidationException) when calling the Scan operation: no",
         "ClientError"},
        {{.http_status = 500,
          .error_type = "InternalServerError",
          .error_message = "oh",
          .retry_attempts = 2,
          .retries_exhausted = true},
         "An error occurred (InternalServerError) when calling the Scan operation (reached max "
         "retries: 2): oh",
         "InternalServerError"},
        {{.http_status = 0, .error_type = "EndpointConnectionError", .error_message = "gone"},
         "gone",
         "EndpointConnectionError"},
    };
    const char *event = "{\"operation\":\"list\",\"tableName\":\"t\",\"payload\":{}}";

    (void)unused;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct fake_host fake = {.context = {.host = &host, .aws_request_id = "id-1"},
                                 .arena = arena_new(1 << 16),
                                 .response = rows[i].response};
        void *state = NULL;
        assert_true(squall_lambda_handler.init(&fake.context, &state));
        squall_lambda_handler.handle(state, event, strlen(event), &fake.context);
        squall_lambda_handler.shutdown(state);
        assert_string_equal(fake.error_type, rows[i].type);
        assert_str_equal(fake.answer,
                         str_printf(fake.arena,
                                    "{\"errorMessage\": \"%s\", \"errorType\": \"%s\", "
                                    "\"requestId\": \"id-1\", \"stackTrace\": []}",
                                    rows[i].message, rows[i].type));
        arena_free(fake.arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_operation_becomes_its_request_and_native_answer),
        cmocka_unit_test(mistakes_are_errors_in_pythons_words),
        cmocka_unit_test(parameters_are_checked_as_botocore_checks_them),
        cmocka_unit_test(an_error_of_dynamodb_is_told_as_boto3_tells_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
