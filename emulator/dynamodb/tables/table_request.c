/* A table from the members that CreateTable and UpdateTable share. */
#include "table_request.h"

#include "shape.h"
#include "table_rules.h"

static bool copy_schema(const struct table *table, const struct json_value *elements,
                        struct key_schema *ret)
{
    *ret = (struct key_schema){0};
    for (const struct json_value *element = elements->child; element != NULL;
         element = element->next) {
        struct str name = request_string(element, STR("AttributeName"));
        size_t place = ret->hash_count + ret->range_count;

        if (str_eq(request_string(element, STR("KeyType")), STR("HASH")))
            ret->hash_count++;
        else
            ret->range_count++;
        for (size_t i = 0; i < table->definition_count; i++) {
            if (str_eq(table->definitions[i].name, name))
                ret->keys[place] = table->definitions[i];
        }
    }
    return true;
}

static bool copy_definitions(struct table *table, const struct json_value *elements)
{
    struct key_attribute *next = NULL;

    table->definitions = arena_alloc_array(table->arena, elements->count, sizeof(*next));
    if (table->definitions == NULL)
        return false;
    for (const struct json_value *element = elements->child; element != NULL;
         element = element->next) {
        next = &table->definitions[table->definition_count++];
        next->type = request_string(element, STR("AttributeType")).ptr[0];
        if (!str_copy(table->arena, request_string(element, STR("AttributeName")), &next->name))
            return false;
    }
    return true;
}

struct throughput table_read_throughput(const struct json_value *owner)
{
    const struct json_value *value = request_get(owner, "ProvisionedThroughput");

    return (struct throughput){.read_units = request_int(value, STR("ReadCapacityUnits"), 0),
                               .write_units = request_int(value, STR("WriteCapacityUnits"), 0)};
}

static struct unit_pair read_pair(const struct json_value *owner, struct str member,
                                  struct str read, struct str write)
{
    const struct json_value *value = request_member(owner, member);
    int64_t reads = request_int(value, read, 0), writes = request_int(value, write, 0);

    return (struct unit_pair){reads > 0 ? reads : 0, writes > 0 ? writes : 0};
}

struct unit_pair table_read_on_demand_limit(const struct json_value *owner)
{
    return read_pair(owner, STR("OnDemandThroughput"), STR("MaxReadRequestUnits"),
                     STR("MaxWriteRequestUnits"));
}

struct unit_pair table_read_warm(const struct json_value *owner)
{
    return read_pair(owner, STR("WarmThroughput"), STR("ReadUnitsPerSecond"),
                     STR("WriteUnitsPerSecond"));
}

static bool copy_projection(struct table *table, const struct json_value *projection,
                            struct table_index *index)
{
    struct str type = request_string(projection, STR("ProjectionType"));
    const struct json_value *names = request_get(projection, "NonKeyAttributes");

    index->projection = str_eq(type, STR("ALL"))       ? PROJECTION_ALL
                        : str_eq(type, STR("INCLUDE")) ? PROJECTION_INCLUDE
                                                       : PROJECTION_KEYS_ONLY;
    if (names == NULL)
        return true;
    index->non_key_attributes =
        arena_alloc_array(table->arena, names->count, sizeof(*index->non_key_attributes));
    if (index->non_key_attributes == NULL)
        return false;
    for (const struct json_value *name = names->child; name != NULL; name = name->next) {
        if (!str_copy(table->arena, name->text, &index->non_key_attributes[index->non_key_count++]))
            return false;
    }
    return true;
}

bool table_add_index(struct table *table, const struct json_value *element, enum index_kind kind,
                     int64_t collection)
{
    struct table_index *index = &table->indexes[table->index_count++];

    *index = (struct table_index){.kind = kind,
                                  .collection = collection,
                                  .throughput = table_read_throughput(element),
                                  .on_demand_limit = table_read_on_demand_limit(element),
                                  .warm = table_read_warm(element)};
    return str_copy(table->arena, request_string(element, STR("IndexName")), &index->name) &&
           copy_schema(table, request_get(element, "KeySchema"), &index->schema) &&
           copy_projection(table, request_get(element, "Projection"), index);
}

static bool add_indexes(struct table *table, const struct json_value *elements,
                        enum index_kind kind, int64_t *collection)
{
    for (const struct json_value *element = elements == NULL ? NULL : elements->child;
         element != NULL; element = element->next) {
        if (!table_add_index(table, element, kind, ++*collection))
            return false;
    }
    return true;
}

bool table_add_stream(struct table *table, struct str view_type, int64_t created_ms,
                      int64_t collection)
{
    struct table_stream *streams =
        arena_alloc_array(table->arena, table->stream_count + 1, sizeof(*streams));

    if (streams == NULL)
        return false;
    if (table->stream_count > 0)
        memcpy(streams, table->streams, table->stream_count * sizeof(*streams));
    if (table->stream_count > 0 && created_ms <= streams[table->stream_count - 1].created_ms)
        created_ms = streams[table->stream_count - 1].created_ms + 1; /* labels differ */
    table->streams = streams;
    streams[table->stream_count] =
        (struct table_stream){.enabled = true, .created_ms = created_ms, .collection = collection};
    return str_copy(table->arena, view_type, &streams[table->stream_count++].view_type);
}

bool table_add_tag(struct table *table, struct str key, struct str value)
{
    struct table_tag *tags = arena_alloc_array(table->arena, table->tag_count + 1, sizeof(*tags));

    if (tags == NULL)
        return false;
    if (table->tag_count > 0)
        memcpy(tags, table->tags, table->tag_count * sizeof(*tags));
    table->tags = tags;
    return str_copy(table->arena, key, &tags[table->tag_count].key) &&
           str_copy(table->arena, value, &tags[table->tag_count++].value);
}

static bool add_tags(struct table *table, const struct json_value *tags)
{
    for (const struct json_value *tag = tags == NULL ? NULL : tags->child; tag != NULL;
         tag = tag->next) {
        if (!table_add_tag(table, request_string(tag, STR("Key")),
                           request_string(tag, STR("Value"))))
            return false;
    }
    return true;
}

/* A customer's key: named, or AWS's own for DynamoDB. */
bool table_set_encryption(struct table *table, const struct json_value *specification)
{
    struct str key = request_string(specification, STR("KMSMasterKeyId"));

    table->sse_key_arn = (struct str){0};
    if (!request_bool(specification, STR("Enabled"), false))
        return true;
    if (key.len == 0)
        key = STR("alias/aws/dynamodb");
    return str_copy(table->arena, key, &table->sse_key_arn);
}

static bool copy_names(struct table *table, const struct json_value *request)
{
    return str_copy(table->arena, request_string(request, STR("TableName")), &table->name) &&
           str_copy(table->arena, request_string(request, STR("TableClass")),
                    &table->table_class) &&
           copy_definitions(table, request_get(request, "AttributeDefinitions")) &&
           copy_schema(table, request_get(request, "KeySchema"), &table->schema);
}

static bool copy_request(struct table *table, const struct json_value *request)
{
    const struct json_value *local = request_get(request, "LocalSecondaryIndexes");
    const struct json_value *global = request_get(request, "GlobalSecondaryIndexes");
    const struct json_value *stream = request_get(request, "StreamSpecification");
    size_t count =
        (local == NULL ? 0 : (size_t)local->count) + (global == NULL ? 0 : (size_t)global->count);
    int64_t collection = table->collection;

    table->indexes = arena_alloc_array(table->arena, count, sizeof(*table->indexes));
    table->on_demand = str_eq(request_string(request, STR("BillingMode")), STR("PAY_PER_REQUEST"));
    table->on_demand_ms = table->on_demand ? table->created_ms : 0;
    table->throughput = table_read_throughput(request);
    table->on_demand_limit = table_read_on_demand_limit(request);
    table->warm = table_read_warm(request);
    table->deletion_protection = request_bool(request, STR("DeletionProtectionEnabled"), false);
    if (table->indexes == NULL || !copy_names(table, request) ||
        !add_indexes(table, local, INDEX_LOCAL, &collection) ||
        !add_indexes(table, global, INDEX_GLOBAL, &collection) ||
        !add_tags(table, request_get(request, "Tags")) ||
        !table_set_encryption(table, request_get(request, "SSESpecification")))
        return false;
    if (table->table_class.len > 0)
        table->table_class_ms = table->created_ms;
    table_tidy_definitions(table);
    return !request_bool(stream, STR("StreamEnabled"), false) ||
           table_add_stream(table, request_string(stream, STR("StreamViewType")), table->created_ms,
                            ++collection);
}

bool table_new(const struct json_value *request, const struct table_birth *birth,
               struct table **ret, struct aws_error *err)
{
    if (!table_rules_check(request, err))
        return false;
    struct table *table = table_empty();
    if (table == NULL)
        return aws_fail(err, &error_out_of_memory, "no memory for the table");
    table->collection = birth->collection;
    table->created_ms = birth->created_ms;
    (void)snprintf(table->id, sizeof(table->id), "%.*s", STR_ARG(birth->id));
    if (!copy_request(table, request)) {
        table_release(table);
        return aws_fail(err, &error_out_of_memory, "the table's definition is too long");
    }
    *ret = table;
    return true;
}
