#include "table.h"

#include "errors.h"
#include "shape.h"
#include "table_rules.h"

enum { TABLE_BYTES_MAX = 1024 * 1024 };

static bool copy_schema(struct table *table, const struct json_value *elements,
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

/* With indexes the service shows the definitions by name. */
static void sort_definitions(struct table *table)
{
    for (size_t i = 1; i < table->definition_count; i++) {
        struct key_attribute moved = table->definitions[i];
        size_t place = i;

        for (; place > 0 && str_compare(table->definitions[place - 1].name, moved.name) > 0;
             place--)
            table->definitions[place] = table->definitions[place - 1];
        table->definitions[place] = moved;
    }
}

static struct throughput read_throughput(const struct json_value *owner)
{
    const struct json_value *value = request_get(owner, "ProvisionedThroughput");

    return (struct throughput){request_int(value, STR("ReadCapacityUnits"), 0),
                               request_int(value, STR("WriteCapacityUnits"), 0)};
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

static bool copy_indexes(struct table *table, const struct json_value *elements, bool global)
{
    for (const struct json_value *element = elements == NULL ? NULL : elements->child;
         element != NULL; element = element->next) {
        struct table_index *index = &table->indexes[table->index_count++];

        index->global = global;
        index->collection = table->collection + (int64_t)table->index_count;
        index->throughput = read_throughput(element);
        if (!str_copy(table->arena, request_string(element, STR("IndexName")), &index->name) ||
            !copy_schema(table, request_get(element, "KeySchema"), &index->schema) ||
            !copy_projection(table, request_get(element, "Projection"), index))
            return false;
    }
    return true;
}

static bool copy_request(struct table *table, const struct json_value *request)
{
    const struct json_value *local = request_get(request, "LocalSecondaryIndexes");
    const struct json_value *global = request_get(request, "GlobalSecondaryIndexes");
    const struct json_value *stream = request_get(request, "StreamSpecification");
    size_t count =
        (local == NULL ? 0 : (size_t)local->count) + (global == NULL ? 0 : (size_t)global->count);

    table->indexes = arena_alloc_array(table->arena, count, sizeof(*table->indexes));
    table->on_demand = str_eq(request_string(request, STR("BillingMode")), STR("PAY_PER_REQUEST"));
    table->throughput = read_throughput(request);
    table->deletion_protection = request_bool(request, STR("DeletionProtectionEnabled"), false);
    if (table->indexes == NULL ||
        !str_copy(table->arena, request_string(request, STR("TableName")), &table->name) ||
        !str_copy(table->arena, request_string(stream, STR("StreamViewType")),
                  &table->stream_view_type) ||
        !str_copy(table->arena, request_string(request, STR("TableClass")), &table->table_class) ||
        !copy_definitions(table, request_get(request, "AttributeDefinitions")) ||
        !copy_schema(table, request_get(request, "KeySchema"), &table->schema) ||
        !copy_indexes(table, local, false) || !copy_indexes(table, global, true))
        return false;
    if (table->index_count > 0)
        sort_definitions(table);
    return true;
}

bool table_new(const struct json_value *request, const struct table_birth *birth,
               struct table **ret, struct aws_error *err)
{
    if (!table_rules_check(request, err))
        return false;
    struct table *table = calloc(1, sizeof(*table));
    if (table != NULL)
        table->arena = arena_new(TABLE_BYTES_MAX);
    if (table == NULL || table->arena == NULL) {
        free(table);
        return aws_fail(err, &error_out_of_memory, "no memory for the table");
    }
    atomic_store(&table->references, 1);
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

struct table *table_hold(struct table *table)
{
    atomic_fetch_add(&table->references, 1);
    return table;
}

void table_release(struct table *table)
{
    if (table == NULL || atomic_fetch_sub(&table->references, 1) != 1)
        return;
    arena_free(table->arena);
    free(table);
}

void table_write(struct json_writer *out, const struct json_value *request,
                 const struct table_birth *birth)
{
    json_object_begin(out);
    json_field_int(out, STR("Collection"), birth->collection);
    json_field_int(out, STR("CreatedMs"), birth->created_ms);
    json_field_string(out, STR("TableId"), birth->id);
    json_write_name(out, STR("Request"));
    json_write_value(out, request);
    json_object_end(out);
}

bool table_read(struct str definition, struct arena *arena, struct table **ret,
                struct aws_error *err)
{
    struct json_value *root = NULL;
    struct table_birth birth = {0};

    if (json_parse(definition, arena, &root, NULL) && root->type == JSON_OBJECT &&
        json_int64(json_member(root, "Collection"), 1, INT32_MAX, &birth.collection) &&
        json_int64(json_member(root, "CreatedMs"), 0, INT64_MAX, &birth.created_ms) &&
        json_string(json_member(root, "TableId"), &birth.id) &&
        shape_check_types(&shape_create_table, json_member(root, "Request"), err) &&
        shape_check_constraints(&shape_create_table, json_member(root, "Request"), arena, err) &&
        table_new(json_member(root, "Request"), &birth, ret, err))
        return true;
    return aws_fail(err, &error_environment, "a table's definition cannot be read: %.*s",
                    STR_ARG(definition));
}

const struct table_index *table_index_find(const struct table *table, struct str name)
{
    for (size_t i = 0; i < table->index_count; i++) {
        if (str_eq(table->indexes[i].name, name))
            return &table->indexes[i];
    }
    return NULL;
}

int64_t table_collection_count(const struct table *table)
{
    return 1 + (int64_t)table->index_count;
}
