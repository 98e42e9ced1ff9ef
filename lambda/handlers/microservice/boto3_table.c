#include "boto3_table.h"

#include "base/clock.h"

enum parameter_kind {
    PARAMETER_TEXT,
    PARAMETER_BOOLEAN,
    PARAMETER_INTEGER,
    PARAMETER_TEXT_LIST,
    PARAMETER_TEXT_MAP,
    PARAMETER_VALUES,     /* a map of native values: Key, Item, ExpressionAttributeValues */
    PARAMETER_CONDITIONS, /* Expected, AttributeUpdates, ScanFilter: structures with values within
                           */
};

/* botocore's names for what was given and what is wanted. */
static const struct {
    enum json_type json;
    const char *wanted;
} kinds[] = {
    [PARAMETER_TEXT] = {JSON_STRING, "<class 'str'>"},
    [PARAMETER_BOOLEAN] = {JSON_TRUE, "<class 'bool'>"},
    [PARAMETER_INTEGER] = {JSON_NUMBER, "<class 'int'>"},
    [PARAMETER_TEXT_LIST] = {JSON_ARRAY, "<class 'list'>, <class 'tuple'>"},
    [PARAMETER_TEXT_MAP] = {JSON_OBJECT, "<class 'dict'>"},
    [PARAMETER_VALUES] = {JSON_OBJECT, "<class 'dict'>"},
    [PARAMETER_CONDITIONS] = {JSON_OBJECT, "<class 'dict'>"},
};

struct parameter {
    struct str name;
    enum parameter_kind kind;
    bool required;
};

/* In the order of the service's model, which the messages show. */
#define TEXT(name)                                                                                 \
    {                                                                                              \
        STR_INIT(name), PARAMETER_TEXT, false                                                      \
    }
#define CONDITIONS(name)                                                                           \
    {                                                                                              \
        STR_INIT(name), PARAMETER_CONDITIONS, false                                                \
    }
#define VALUES(name)                                                                               \
    {                                                                                              \
        STR_INIT(name), PARAMETER_VALUES, false                                                    \
    }
#define REQUIRED(name)                                                                             \
    {                                                                                              \
        STR_INIT(name), PARAMETER_VALUES, true                                                     \
    }
#define TABLE_NAME                                                                                 \
    {                                                                                              \
        STR_INIT("TableName"), PARAMETER_TEXT, false                                               \
    }
#define NAMES                                                                                      \
    {                                                                                              \
        STR_INIT("ExpressionAttributeNames"), PARAMETER_TEXT_MAP, false                            \
    }
#define CONSISTENT_READ                                                                            \
    {                                                                                              \
        STR_INIT("ConsistentRead"), PARAMETER_BOOLEAN, false                                       \
    }
#define ATTRIBUTES_TO_GET                                                                          \
    {                                                                                              \
        STR_INIT("AttributesToGet"), PARAMETER_TEXT_LIST, false                                    \
    }
#define INTEGER(name)                                                                              \
    {                                                                                              \
        STR_INIT(name), PARAMETER_INTEGER, false                                                   \
    }

static const struct parameter put_item[] = {
    TABLE_NAME,
    REQUIRED("Item"),
    CONDITIONS("Expected"),
    TEXT("ReturnValues"),
    TEXT("ReturnConsumedCapacity"),
    TEXT("ReturnItemCollectionMetrics"),
    TEXT("ConditionalOperator"),
    TEXT("ConditionExpression"),
    NAMES,
    VALUES("ExpressionAttributeValues"),
    TEXT("ReturnValuesOnConditionCheckFailure"),
};
static const struct parameter get_item[] = {
    TABLE_NAME,
    REQUIRED("Key"),
    ATTRIBUTES_TO_GET,
    CONSISTENT_READ,
    TEXT("ReturnConsumedCapacity"),
    TEXT("ProjectionExpression"),
    NAMES,
};
static const struct parameter update_item[] = {
    TABLE_NAME,
    REQUIRED("Key"),
    CONDITIONS("AttributeUpdates"),
    CONDITIONS("Expected"),
    TEXT("ConditionalOperator"),
    TEXT("ReturnValues"),
    TEXT("ReturnConsumedCapacity"),
    TEXT("ReturnItemCollectionMetrics"),
    TEXT("UpdateExpression"),
    TEXT("ConditionExpression"),
    NAMES,
    VALUES("ExpressionAttributeValues"),
    TEXT("ReturnValuesOnConditionCheckFailure"),
};
static const struct parameter delete_item[] = {
    TABLE_NAME,
    REQUIRED("Key"),
    CONDITIONS("Expected"),
    TEXT("ConditionalOperator"),
    TEXT("ReturnValues"),
    TEXT("ReturnConsumedCapacity"),
    TEXT("ReturnItemCollectionMetrics"),
    TEXT("ConditionExpression"),
    NAMES,
    VALUES("ExpressionAttributeValues"),
    TEXT("ReturnValuesOnConditionCheckFailure"),
};
static const struct parameter scan[] = {
    TABLE_NAME,
    TEXT("IndexName"),
    ATTRIBUTES_TO_GET,
    INTEGER("Limit"),
    TEXT("Select"),
    CONDITIONS("ScanFilter"),
    TEXT("ConditionalOperator"),
    VALUES("ExclusiveStartKey"),
    TEXT("ReturnConsumedCapacity"),
    INTEGER("TotalSegments"),
    INTEGER("Segment"),
    TEXT("ProjectionExpression"),
    TEXT("FilterExpression"),
    NAMES,
    VALUES("ExpressionAttributeValues"),
    CONSISTENT_READ,
};

struct table_operation {
    struct str name;
    const struct parameter *parameters;
    size_t count;
};

static const struct table_operation operations[] = {
    {STR_INIT("PutItem"), put_item, ARRAY_LEN(put_item)},
    {STR_INIT("GetItem"), get_item, ARRAY_LEN(get_item)},
    {STR_INIT("UpdateItem"), update_item, ARRAY_LEN(update_item)},
    {STR_INIT("DeleteItem"), delete_item, ARRAY_LEN(delete_item)},
    {STR_INIT("Scan"), scan, ARRAY_LEN(scan)},
};

const struct table_operation *table_operation_find(struct str name)
{
    for (size_t i = 0; i < ARRAY_LEN(operations); i++) {
        if (str_eq(operations[i].name, name))
            return &operations[i];
    }
    return NULL;
}

/* --- native to typed: boto3's TypeSerializer ------------------------------------------------ */

static void write_typed(struct json_writer *w, const struct json_value *value);

static void write_typed_map(struct json_writer *w, const struct json_value *object)
{
    json_object_begin(w);
    for (const struct json_value *member = object->child; member != NULL; member = member->next) {
        json_write_name(w, member->name);
        write_typed(w, member);
    }
    json_object_end(w);
}

static void write_typed(struct json_writer *w, const struct json_value *value)
{
    json_object_begin(w);
    switch (value->type) {
    case JSON_NULL:
        json_field_bool(w, STR("NULL"), true);
        break;
    case JSON_FALSE:
    case JSON_TRUE:
        json_field_bool(w, STR("BOOL"), value->type == JSON_TRUE);
        break;
    case JSON_NUMBER:
        json_field_string(w, STR("N"), value->text);
        break;
    case JSON_STRING:
        json_field_string(w, STR("S"), value->text);
        break;
    case JSON_ARRAY:
        json_write_name(w, STR("L"));
        json_array_begin(w);
        for (const struct json_value *element = value->child; element != NULL;
             element = element->next)
            write_typed(w, element);
        json_array_end(w);
        break;
    case JSON_OBJECT:
        json_write_name(w, STR("M"));
        write_typed_map(w, value);
        break;
    }
    json_object_end(w);
}

/* {"a": {"Value": v, "Action": "PUT"}} or {"a": {"AttributeValueList": [v], "ComparisonOperator":
 * "EQ"}} */
static void write_condition(struct json_writer *w, const struct json_value *condition)
{
    if (condition->type != JSON_OBJECT) {
        json_write_value(w, condition);
        return;
    }
    json_object_begin(w);
    for (const struct json_value *m = condition->child; m != NULL; m = m->next) {
        json_write_name(w, m->name);
        if (str_eq(m->name, STR("Value"))) {
            write_typed(w, m);
        } else if (str_eq(m->name, STR("AttributeValueList")) && m->type == JSON_ARRAY) {
            json_array_begin(w);
            for (const struct json_value *element = m->child; element != NULL;
                 element = element->next)
                write_typed(w, element);
            json_array_end(w);
        } else {
            json_write_value(w, m);
        }
    }
    json_object_end(w);
}

static void write_parameter(struct json_writer *w, const struct parameter *parameter,
                            const struct json_value *value)
{
    switch (parameter->kind) {
    case PARAMETER_VALUES:
        write_typed_map(w, value);
        break;
    case PARAMETER_CONDITIONS:
        json_object_begin(w);
        for (const struct json_value *member = value->child; member != NULL;
             member = member->next) {
            json_write_name(w, member->name);
            write_condition(w, member);
        }
        json_object_end(w);
        break;
    case PARAMETER_TEXT:
    case PARAMETER_BOOLEAN:
    case PARAMETER_INTEGER:
    case PARAMETER_TEXT_LIST:
    case PARAMETER_TEXT_MAP:
        json_write_raw(w, value->raw);
        break;
    }
}

/* --- botocore's check of parameters ---------------------------------------------------------- */

static const struct parameter *find_parameter(const struct table_operation *operation,
                                              struct str name)
{
    for (size_t i = 0; i < operation->count; i++) {
        if (str_eq(operation->parameters[i].name, name))
            return &operation->parameters[i];
    }
    return NULL;
}

static const char *python_class(const struct json_value *value)
{
    switch (value->type) {
    case JSON_NULL:
        return "<class 'NoneType'>";
    case JSON_FALSE:
    case JSON_TRUE:
        return "<class 'bool'>";
    case JSON_NUMBER:
        return str_find_char(value->text, '.') < value->text.len ? "<class 'float'>"
                                                                 : "<class 'int'>";
    case JSON_STRING:
        return "<class 'str'>";
    case JSON_ARRAY:
        return "<class 'list'>";
    case JSON_OBJECT:
        return "<class 'dict'>";
    }
    return "";
}

static bool has_kind(const struct parameter *parameter, const struct json_value *value)
{
    return value->type == kinds[parameter->kind].json ||
           (parameter->kind == PARAMETER_BOOLEAN && value->type == JSON_FALSE);
}

static void report_unknown(const struct table_operation *operation, struct str name,
                           struct buffer *out)
{
    buffer_printf(out, "\nUnknown parameter in input: \"%.*s\", must be one of: ", STR_ARG(name));
    for (size_t i = 0; i < operation->count; i++)
        buffer_printf(out, "%s%.*s", i > 0 ? ", " : "", STR_ARG(operation->parameters[i].name));
}

static void report_kind(const struct parameter *parameter, const struct json_value *value,
                        struct buffer *out)
{
    struct str shown = value->type == JSON_STRING  ? value->text
                       : value->type == JSON_NULL  ? STR("None")
                       : value->type == JSON_TRUE  ? STR("True")
                       : value->type == JSON_FALSE ? STR("False")
                                                   : value->raw;

    buffer_printf(out, "\nInvalid type for parameter %.*s, value: %.*s, type: %s, valid types: %s",
                  STR_ARG(parameter->name), STR_ARG(shown), python_class(value),
                  kinds[parameter->kind].wanted);
}

/* Missing ones first, then unknown ones, then those of a wrong type, as botocore reports them. */
static void check_parameters(const struct table_operation *operation,
                             const struct json_value *parameters, struct buffer *out)
{
    for (size_t i = 0; i < operation->count; i++) {
        const struct parameter *parameter = &operation->parameters[i];
        if (parameter->required && json_get(parameters, parameter->name) == NULL)
            buffer_printf(out, "\nMissing required parameter in input: \"%.*s\"",
                          STR_ARG(parameter->name));
    }
    for (const struct json_value *m = parameters->child; m != NULL; m = m->next) {
        if (find_parameter(operation, m->name) == NULL)
            report_unknown(operation, m->name, out);
    }
    for (const struct json_value *m = parameters->child; m != NULL; m = m->next) {
        const struct parameter *parameter = find_parameter(operation, m->name);
        if (parameter != NULL && !has_kind(parameter, m))
            report_kind(parameter, m, out);
    }
}

static bool is_acceptable(const struct table_operation *operation,
                          const struct json_value *parameters)
{
    for (const struct json_value *m = parameters->child; m != NULL; m = m->next) {
        const struct parameter *parameter = find_parameter(operation, m->name);
        if (parameter == NULL || !has_kind(parameter, m))
            return false;
    }
    for (size_t i = 0; i < operation->count; i++) {
        if (operation->parameters[i].required &&
            json_get(parameters, operation->parameters[i].name) == NULL)
            return false;
    }
    return true;
}

bool table_request(const struct table_operation *operation, struct str table_name,
                   const struct json_value *parameters, struct arena *arena, struct str *ret,
                   struct str *problems)
{
    struct buffer out;
    struct json_writer writer;

    *problems = (struct str){NULL, 0};
    buffer_init(&out, arena);
    if (!is_acceptable(operation, parameters)) {
        buffer_add_literal(&out, "Parameter validation failed:");
        check_parameters(operation, parameters, &out);
        *problems = out.failed ? STR("") : buffer_str(&out);
        return false;
    }
    json_writer_init(&writer, &out, JSON_COMPACT);
    json_object_begin(&writer);
    json_field_string(&writer, STR("TableName"), table_name);
    for (const struct json_value *m = parameters->child; m != NULL; m = m->next) {
        /* The resource's own table wins over a parameter of that name. */
        if (str_eq(m->name, STR("TableName")))
            continue;
        json_write_name(&writer, m->name);
        write_parameter(&writer, find_parameter(operation, m->name), m);
    }
    json_object_end(&writer);
    return buffer_done(&out, ret);
}

/* --- typed to native: boto3's TypeDeserializer ------------------------------------------------ */

static void write_native(struct json_writer *w, const struct json_value *typed);

static void write_native_map(struct json_writer *w, const struct json_value *object)
{
    json_object_begin(w);
    for (const struct json_value *m = object->child; m != NULL; m = m->next) {
        json_write_name(w, m->name);
        write_native(w, m);
    }
    json_object_end(w);
}

static void write_native_list(struct json_writer *w, const struct json_value *array, bool numbers)
{
    json_array_begin(w);
    for (const struct json_value *e = array->child; e != NULL; e = e->next) {
        if (numbers)
            json_write_raw(w, e->text);
        else if (e->type == JSON_STRING)
            json_write_raw(w, e->raw);
        else
            write_native(w, e);
    }
    json_array_end(w);
}

static void write_native(struct json_writer *w, const struct json_value *typed)
{
    const struct json_value *value = typed->child;

    if (value == NULL) {
        json_write_null(w);
    } else if (str_eq(value->name, STR("N"))) {
        json_write_raw(w, value->text);
    } else if (str_eq(value->name, STR("NULL"))) {
        json_write_null(w);
    } else if (str_eq(value->name, STR("M"))) {
        write_native_map(w, value);
    } else if (value->type == JSON_ARRAY) {
        write_native_list(w, value, str_eq(value->name, STR("NS")));
    } else {
        json_write_raw(w, value->raw); /* S, BOOL, B as its Base64 text */
    }
}

static bool is_value_map(struct str name)
{
    return str_eq(name, STR("Item")) || str_eq(name, STR("Attributes")) ||
           str_eq(name, STR("LastEvaluatedKey"));
}

static void write_answer_member(struct json_writer *w, const struct json_value *member)
{
    json_write_name(w, member->name);
    if (is_value_map(member->name)) {
        write_native_map(w, member);
    } else if (str_eq(member->name, STR("Items"))) {
        json_array_begin(w);
        for (const struct json_value *item = member->child; item != NULL; item = item->next)
            write_native_map(w, item);
        json_array_end(w);
    } else {
        json_write_value(w, member); /* Count, ConsumedCapacity, ... */
    }
}

/* What botocore adds; header names in lower case. */
static void write_metadata(struct json_writer *w, const struct dynamodb_response *response)
{
    char number[24];
    char date[CLOCK_TEXT_BYTES];
    struct str request_id = str_from_c(response->request_id);

    clock_format_http(response->date_ms, date);
    json_write_name(w, STR("ResponseMetadata"));
    json_object_begin(w);
    json_field_string(w, STR("RequestId"), request_id);
    json_field_int(w, STR("HTTPStatusCode"), response->http_status);
    json_write_name(w, STR("HTTPHeaders"));
    json_object_begin(w);
    json_field_raw(w, STR("server"), STR("\"Server\""));
    json_field_string(w, STR("date"), str_from_c(date));
    json_field_raw(w, STR("content-type"), STR("\"application/x-amz-json-1.0\""));
    (void)snprintf(number, sizeof(number), "\"%zu\"", response->body_length);
    json_field_raw(w, STR("content-length"), str_from_c(number));
    json_field_raw(w, STR("connection"), STR("\"keep-alive\""));
    json_field_string(w, STR("x-amzn-requestid"), request_id);
    (void)snprintf(number, sizeof(number), "\"%lu\"", (unsigned long)response->crc32);
    json_field_raw(w, STR("x-amz-crc32"), str_from_c(number));
    json_object_end(w);
    json_field_int(w, STR("RetryAttempts"), response->retry_attempts);
    json_object_end(w);
}

bool table_answer(const struct dynamodb_response *response, struct arena *arena, struct str *ret)
{
    struct buffer out;
    struct json_writer writer;
    struct json_value *body = NULL;

    if (!json_parse((struct str){response->body, response->body_length}, arena, &body, NULL))
        return false;
    buffer_init(&out, arena);
    json_writer_init(&writer, &out, JSON_SPACED);
    json_object_begin(&writer);
    for (const struct json_value *member = body->child; member != NULL; member = member->next)
        write_answer_member(&writer, member);
    write_metadata(&writer, response);
    json_object_end(&writer);
    return buffer_done(&out, ret);
}
