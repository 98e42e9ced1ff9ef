#include "boto3_table.h"

#include "base/clock.h"
#include "boto3_parameters.h"

/* --- native to typed: boto3's TypeSerializer ------------------------------------------------ */

static void write_typed(struct json_writer *w, const struct json_value *value);
static void write_typed_list(struct json_writer *w, const struct json_value *array);

static void write_typed_map(struct json_writer *w, const struct json_value *object)
{
    json_object_begin(w);
    for (const struct json_value *member = object->child; member != NULL; member = member->next) {
        json_write_name(w, member->name);
        write_typed(w, member);
    }
    json_object_end(w);
}

/* A text or number keeps its source bytes: nothing is decoded and encoded again. */
static void write_typed(struct json_writer *w, const struct json_value *value)
{
    json_object_begin(w);
    switch (value->type) {
    case JSON_NULL:
        json_field_raw(w, STR("NULL"), STR("true"));
        break;
    case JSON_FALSE:
    case JSON_TRUE:
        json_field_raw(w, STR("BOOL"), value->raw);
        break;
    case JSON_NUMBER:
        json_field_string(w, STR("N"), value->text);
        break;
    case JSON_STRING:
        json_field_raw(w, STR("S"), value->raw);
        break;
    case JSON_ARRAY:
        json_write_name(w, STR("L"));
        write_typed_list(w, value);
        break;
    case JSON_OBJECT:
        json_write_name(w, STR("M"));
        write_typed_map(w, value);
        break;
    }
    json_object_end(w);
}

static void write_typed_list(struct json_writer *w, const struct json_value *array)
{
    json_array_begin(w);
    for (const struct json_value *element = array->child; element != NULL; element = element->next)
        write_typed(w, element);
    json_array_end(w);
}

static void write_parameter(struct json_writer *w, const struct parameter *parameter,
                            const struct json_value *value);

static void write_parameters(struct json_writer *w, const struct parameter_list *list,
                             const struct json_value *object)
{
    json_object_begin(w);
    for (const struct json_value *m = object->child; m != NULL; m = m->next) {
        json_write_name(w, m->name);
        write_parameter(w, parameter_find(list, m->name), m);
    }
    json_object_end(w);
}

/* {"a": {"Value": v, "Action": "PUT"}} or {"a": {"AttributeValueList": [v], ...}} */
static void write_structures(struct json_writer *w, const struct parameter_list *members,
                             const struct json_value *map)
{
    json_object_begin(w);
    for (const struct json_value *m = map->child; m != NULL; m = m->next) {
        json_write_name(w, m->name);
        write_parameters(w, members, m);
    }
    json_object_end(w);
}

static void write_parameter(struct json_writer *w, const struct parameter *parameter,
                            const struct json_value *value)
{
    switch (parameter->kind) {
    case PARAMETER_VALUE:
        write_typed(w, value);
        break;
    case PARAMETER_VALUE_LIST:
        write_typed_list(w, value);
        break;
    case PARAMETER_VALUE_MAP:
        write_typed_map(w, value);
        break;
    case PARAMETER_STRUCTURES:
        write_structures(w, parameter->members, value);
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

bool table_request(struct str operation, struct str table_name, const struct json_value *parameters,
                   struct arena *arena, struct str *ret, struct str *problems)
{
    const struct parameter_list *list = parameters_of(operation);
    struct buffer out;
    struct json_writer writer;

    *problems = (struct str){NULL, 0};
    buffer_init(&out, arena);
    if (!parameters_check(list, table_name, parameters, &out)) {
        *problems = out.failed ? STR("") : buffer_str(&out);
        return false;
    }
    json_writer_init(&writer, &out, JSON_COMPACT);
    json_object_begin(&writer);
    /* As keyword arguments do, a TableName among the parameters replaces the resource's own. */
    json_field_string(&writer, STR("TableName"),
                      json_string_or(json_member(parameters, "TableName"), table_name));
    for (const struct json_value *m = parameters->child; m != NULL; m = m->next) {
        if (str_eq(m->name, STR("TableName")))
            continue;
        json_write_name(&writer, m->name);
        write_parameter(&writer, parameter_find(list, m->name), m);
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

    if (value == NULL || str_eq(value->name, STR("NULL"))) {
        json_write_null(w);
    } else if (str_eq(value->name, STR("N"))) {
        json_write_raw(w, value->text);
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

/* What botocore adds, with header names in lower case. Every answer ends so: written in pieces, it
 * costs a third of what the writer takes for it. */
static void write_metadata(struct json_writer *w, const struct dynamodb_response *response)
{
    char date[CLOCK_TEXT_BYTES];
    struct buffer *out = w->out;
    struct str request_id = str_from_c(response->request_id);

    clock_format_http(response->date_ms, date);
    json_field_raw(w, STR("ResponseMetadata"), STR("{\"RequestId\": "));
    json_escape(out, request_id);
    buffer_add_literal(out, ", \"HTTPStatusCode\": ");
    buffer_add_int(out, response->http_status);
    buffer_add_literal(out, ", \"HTTPHeaders\": {\"server\": \"Server\", \"date\": \"");
    buffer_add(out, str_from_c(date));
    buffer_add_literal(
        out, "\", \"content-type\": \"application/x-amz-json-1.0\", \"content-length\": \"");
    buffer_add_int(out, (int64_t)response->body_length);
    buffer_add_literal(out, "\", \"connection\": \"keep-alive\", \"x-amzn-requestid\": ");
    json_escape(out, request_id);
    buffer_add_literal(out, ", \"x-amz-crc32\": \"");
    buffer_add_int(out, response->crc32);
    buffer_add_literal(out, "\"}, \"RetryAttempts\": ");
    buffer_add_int(out, response->retry_attempts);
    buffer_add_char(out, '}');
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
