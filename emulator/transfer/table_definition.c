#include "table_definition.h"

#include <time.h>

enum { ACTIVE_WAITS_MAX = 600, WAIT_MS = 1000 };

/* --- out of a description ------------------------------------------------------------------- */

/* A member that the description has and CreateTable takes as it is. */
static void copy_member(struct json_writer *out, const struct json_value *from, struct str name)
{
    const struct json_value *value = json_get(from, name);

    if (value == NULL || value->type == JSON_NULL)
        return;
    json_write_name(out, name);
    json_write_value(out, value);
}

static bool is_provisioned(const struct json_value *table)
{
    struct str mode = json_string_or(
        json_member(json_member(table, "BillingModeSummary"), "BillingMode"), STR("PROVISIONED"));

    return str_eq(mode, STR("PROVISIONED"));
}

static void write_throughput(struct json_writer *out, const struct json_value *from)
{
    const struct json_value *throughput = json_member(from, "ProvisionedThroughput");

    if (throughput == NULL)
        return;
    json_write_name(out, STR("ProvisionedThroughput"));
    json_object_begin(out);
    copy_member(out, throughput, STR("ReadCapacityUnits"));
    copy_member(out, throughput, STR("WriteCapacityUnits"));
    json_object_end(out);
}

static void write_indexes(struct json_writer *out, const struct json_value *table, struct str name,
                          bool with_throughput)
{
    const struct json_value *indexes = json_get(table, name);

    if (!json_is(indexes, JSON_ARRAY) || indexes->count == 0)
        return;
    json_write_name(out, name);
    json_array_begin(out);
    for (const struct json_value *at = indexes->child; at != NULL; at = at->next) {
        json_object_begin(out);
        copy_member(out, at, STR("IndexName"));
        copy_member(out, at, STR("KeySchema"));
        copy_member(out, at, STR("Projection"));
        copy_member(out, at, STR("OnDemandThroughput"));
        if (with_throughput)
            write_throughput(out, at);
        json_object_end(out);
    }
    json_array_end(out);
}

bool table_definition_of(const struct json_value *table, struct arena *arena, struct str *ret)
{
    bool provisioned = is_provisioned(table);
    struct json_writer out;
    struct buffer text;

    buffer_init(&text, arena);
    json_writer_init(&out, &text, JSON_PRETTY);
    json_object_begin(&out);
    copy_member(&out, table, STR("TableName"));
    copy_member(&out, table, STR("AttributeDefinitions"));
    copy_member(&out, table, STR("KeySchema"));
    write_indexes(&out, table, STR("LocalSecondaryIndexes"), false);
    write_indexes(&out, table, STR("GlobalSecondaryIndexes"), provisioned);
    json_field_string(&out, STR("BillingMode"),
                      provisioned ? STR("PROVISIONED") : STR("PAY_PER_REQUEST"));
    if (provisioned)
        write_throughput(&out, table);
    copy_member(&out, table, STR("OnDemandThroughput"));
    copy_member(&out, table, STR("StreamSpecification"));
    copy_member(&out, json_member(table, "TableClassSummary"), STR("TableClass"));
    if (json_flag(table, "DeletionProtectionEnabled"))
        json_field_bool(&out, STR("DeletionProtectionEnabled"), true);
    json_object_end(&out);
    buffer_add_char(&text, '\n');
    return buffer_done(&text, ret);
}

/* --- out of names --------------------------------------------------------------------------- */

struct key_text {
    struct str name;
    struct str type;
};

static bool read_key(const char *option, const char *given, struct key_text *ret,
                     struct aws_error *err)
{
    struct str text = str_from_c(given);
    size_t colon = text.len;

    while (colon > 0 && text.ptr[colon - 1] != ':') /* a name may hold one */
        colon--;
    struct key_text key = {str_slice(text, 0, colon == 0 ? 0 : colon - 1),
                           str_slice(text, colon, text.len)};
    if (key.name.len == 0 ||
        (!str_eq(key.type, STR("S")) && !str_eq(key.type, STR("N")) && !str_eq(key.type, STR("B"))))
        return aws_fail(err, &error_usage, "--%s %s: write it as NAME:S, NAME:N or NAME:B", option,
                        given);
    *ret = key;
    return true;
}

static void write_pairs(struct json_writer *out, struct str list, struct str value_name,
                        const struct key_text *keys, const struct str *values, size_t count)
{
    json_write_name(out, list);
    json_array_begin(out);
    for (size_t i = 0; i < count; i++) {
        json_object_begin(out);
        json_field_string(out, STR("AttributeName"), keys[i].name);
        json_field_string(out, value_name, values[i]);
        json_object_end(out);
    }
    json_array_end(out);
}

bool table_definition_of_keys(const char *partition_key, const char *sort_key, struct arena *arena,
                              struct str *ret, struct aws_error *err)
{
    const struct str roles[] = {STR("HASH"), STR("RANGE")};
    struct key_text keys[2] = {0};
    size_t count = sort_key == NULL ? 1 : 2;
    struct json_writer out;
    struct buffer text;

    if (!read_key("partition-key", partition_key, &keys[0], err) ||
        (count == 2 && !read_key("sort-key", sort_key, &keys[1], err)))
        return false;
    const struct str types[] = {keys[0].type, keys[count - 1].type};
    buffer_init(&text, arena);
    json_writer_init(&out, &text, JSON_COMPACT);
    json_object_begin(&out);
    write_pairs(&out, STR("AttributeDefinitions"), STR("AttributeType"), keys, types, count);
    write_pairs(&out, STR("KeySchema"), STR("KeyType"), keys, roles, count);
    json_field_string(&out, STR("BillingMode"), STR("PAY_PER_REQUEST"));
    json_object_end(&out);
    return buffer_done(&text, ret) ||
           aws_fail(err, &error_out_of_memory, "no memory for a table's definition");
}

/* --- into a table --------------------------------------------------------------------------- */

bool table_definition_rename(struct str definition, struct str name, struct arena *arena,
                             struct str *ret, struct aws_error *err)
{
    struct json_value *old = NULL;
    struct json_writer out;
    struct buffer text;

    if (!json_parse(definition, arena, &old, NULL) ||
        !json_is(json_member(old, "KeySchema"), JSON_ARRAY))
        return aws_fail(err, &error_usage,
                        "the table's definition is no CreateTable request with a KeySchema");
    buffer_init(&text, arena);
    json_writer_init(&out, &text, JSON_COMPACT);
    json_object_begin(&out);
    json_field_string(&out, STR("TableName"), name);
    for (const struct json_value *at = old->child; at != NULL; at = at->next) {
        if (str_eq(at->name, STR("TableName")))
            continue;
        json_write_name(&out, at->name);
        json_write_value(&out, at);
    }
    json_object_end(&out);
    return buffer_done(&text, ret) ||
           aws_fail(err, &error_out_of_memory, "no memory for a table's definition");
}

struct str table_request(struct str name, struct arena *arena)
{
    struct json_writer out;
    struct buffer text;

    buffer_init(&text, arena);
    json_writer_init(&out, &text, JSON_COMPACT);
    json_object_begin(&out);
    json_field_string(&out, STR("TableName"), name);
    json_object_end(&out);
    return buffer_str(&text);
}

static bool wait_until_active(const struct engine *engine, struct str name, struct arena *arena,
                              struct aws_error *err)
{
    const struct timespec pause = {.tv_sec = WAIT_MS / 1000};
    struct str request = table_request(name, arena);

    for (int i = 0; i < ACTIVE_WAITS_MAX; i++) {
        struct json_value *answer = NULL;
        if (!engine_ask(engine, STR("DescribeTable"), request, arena, &answer, err))
            return false;
        struct str status =
            json_string_or(json_member(json_member(answer, "Table"), "TableStatus"), STR("ACTIVE"));
        if (str_eq(status, STR("ACTIVE")))
            return true;
        (void)nanosleep(&pause, NULL);
    }
    return aws_fail(err, &error_environment, "table '%.*s' on %s does not become ACTIVE",
                    STR_ARG(name), engine->where);
}

bool table_create(const struct engine *engine, struct str definition, struct str name,
                  struct arena *arena, struct aws_error *err)
{
    struct str request = {NULL, 0};
    struct json_value *answer = NULL;

    return table_definition_rename(definition, name, arena, &request, err) &&
           engine_ask(engine, STR("CreateTable"), request, arena, &answer, err) &&
           wait_until_active(engine, name, arena, err);
}
