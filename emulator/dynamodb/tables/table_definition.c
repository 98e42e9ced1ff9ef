/*
 * A table as the catalogue keeps it: one JSON object, which `sqlite3` shows to people, too. Members
 * that have nothing to say are left out.
 */
#include "table.h"

static const char *const kind_names[] = {
    [INDEX_LOCAL] = "LOCAL",
    [INDEX_GLOBAL] = "GLOBAL",
    [INDEX_TIME_TO_LIVE] = "TIME_TO_LIVE",
};

const char *const projection_names[PROJECTION_COUNT] = {
    [PROJECTION_ALL] = "ALL",
    [PROJECTION_INCLUDE] = "INCLUDE",
    [PROJECTION_KEYS_ONLY] = "KEYS_ONLY",
};

/* --- out ------------------------------------------------------------------------------------ */

static void field_number(struct json_writer *out, const char *name, int64_t value)
{
    if (value != 0)
        json_field_int(out, str_from_c(name), value);
}

static void field_flag(struct json_writer *out, const char *name, bool value)
{
    if (value)
        json_field_bool(out, str_from_c(name), true);
}

static void field_text(struct json_writer *out, const char *name, struct str value)
{
    if (value.len > 0)
        json_field_string(out, str_from_c(name), value);
}

static void array_begin(struct json_writer *out, const char *name)
{
    json_write_name(out, str_from_c(name));
    json_array_begin(out);
}

static void write_keys(struct json_writer *out, const char *name, const struct key_attribute *keys,
                       size_t count, size_t hash_count)
{
    array_begin(out, name);
    for (size_t i = 0; i < count; i++) {
        json_object_begin(out);
        json_field_string(out, STR("AttributeName"), keys[i].name);
        json_field_string(out, STR("AttributeType"), (struct str){&keys[i].type, 1});
        field_flag(out, "Hash", i < hash_count);
        json_object_end(out);
    }
    json_array_end(out);
}

static void write_schema(struct json_writer *out, const struct key_schema *schema)
{
    write_keys(out, "KeySchema", schema->keys, schema->hash_count + schema->range_count,
               schema->hash_count);
}

static void write_throughput(struct json_writer *out, const struct throughput *throughput)
{
    json_write_name(out, STR("Throughput"));
    json_object_begin(out);
    field_number(out, "Read", throughput->read_units);
    field_number(out, "Write", throughput->write_units);
    field_number(out, "IncreasedMs", throughput->increased_ms);
    field_number(out, "DecreasedMs", throughput->decreased_ms);
    field_number(out, "Decreases", throughput->decreases);
    json_object_end(out);
}

static void write_pair(struct json_writer *out, const char *name, struct unit_pair pair)
{
    if (pair.read_units == 0 && pair.write_units == 0)
        return;
    json_write_name(out, str_from_c(name));
    json_object_begin(out);
    field_number(out, "Read", pair.read_units);
    field_number(out, "Write", pair.write_units);
    json_object_end(out);
}

static void write_index(struct json_writer *out, const struct table_index *index)
{
    json_object_begin(out);
    field_text(out, "IndexName", index->name);
    json_field_string(out, STR("Kind"), str_from_c(kind_names[index->kind]));
    field_flag(out, "Creating", index->creating);
    json_field_int(out, STR("Collection"), index->collection);
    write_schema(out, &index->schema);
    json_field_string(out, STR("Projection"), str_from_c(projection_names[index->projection]));
    array_begin(out, "NonKeyAttributes");
    for (size_t i = 0; i < index->non_key_count; i++)
        json_write_string(out, index->non_key_attributes[i]);
    json_array_end(out);
    write_throughput(out, &index->throughput);
    write_pair(out, "OnDemandLimit", index->on_demand_limit);
    write_pair(out, "Warm", index->warm);
    json_object_end(out);
}

static void write_lists(struct json_writer *out, const struct table *table)
{
    array_begin(out, "Indexes");
    for (size_t i = 0; i < table->index_count; i++)
        write_index(out, &table->indexes[i]);
    json_array_end(out);
    array_begin(out, "Streams");
    for (size_t i = 0; i < table->stream_count; i++) {
        const struct table_stream *stream = &table->streams[i];

        json_object_begin(out);
        json_field_string(out, STR("ViewType"), stream->view_type);
        field_flag(out, "Enabled", stream->enabled);
        json_field_int(out, STR("CreatedMs"), stream->created_ms);
        field_number(out, "DisabledMs", stream->disabled_ms);
        json_field_int(out, STR("Collection"), stream->collection);
        json_object_end(out);
    }
    json_array_end(out);
    table_write_tags(out, table);
}

void table_write_tags(struct json_writer *out, const struct table *table)
{
    array_begin(out, "Tags");
    for (size_t i = 0; i < table->tag_count; i++) {
        json_object_begin(out);
        json_field_string(out, STR("Key"), table->tags[i].key);
        json_field_string(out, STR("Value"), table->tags[i].value);
        json_object_end(out);
    }
    json_array_end(out);
}

void table_write(struct json_writer *out, const struct table *table)
{
    json_object_begin(out);
    json_field_int(out, STR("Collection"), table->collection);
    json_field_string(out, STR("TableName"), table->name);
    json_field_string(out, STR("TableId"), str_from_c(table->id));
    json_field_int(out, STR("CreatedMs"), table->created_ms);
    write_keys(out, "AttributeDefinitions", table->definitions, table->definition_count, 0);
    write_schema(out, &table->schema);
    field_flag(out, "OnDemand", table->on_demand);
    field_number(out, "OnDemandMs", table->on_demand_ms);
    write_throughput(out, &table->throughput);
    write_pair(out, "OnDemandLimit", table->on_demand_limit);
    write_pair(out, "Warm", table->warm);
    field_flag(out, "DeletionProtection", table->deletion_protection);
    field_text(out, "TableClass", table->table_class);
    field_number(out, "TableClassMs", table->table_class_ms);
    field_text(out, "EncryptionKey", table->sse_key_arn);
    field_text(out, "TimeToLive", table->time_to_live_attribute);
    field_flag(out, "TimeToLiveEnabled", table->time_to_live_enabled);
    write_lists(out, table);
    json_object_end(out);
}

/* --- in ------------------------------------------------------------------------------------- */

static int64_t number_of(const struct json_value *object, const char *name)
{
    int64_t value = 0;

    (void)!json_int64(json_get(object, str_from_c(name)), 0, INT64_MAX, &value);
    return value;
}

static bool flag_of(const struct json_value *object, const char *name)
{
    return json_is(json_get(object, str_from_c(name)), JSON_TRUE);
}

static struct str text_of(const struct json_value *object, const char *name)
{
    return json_string_or(json_get(object, str_from_c(name)), (struct str){0});
}

static const struct json_value *list_of(const struct json_value *object, const char *name,
                                        size_t *ret_count)
{
    const struct json_value *list = json_get(object, str_from_c(name));

    *ret_count = json_is(list, JSON_ARRAY) ? list->count : 0;
    return *ret_count == 0 ? NULL : list->child;
}

/* Which of `names` it is; `count` when it is none. */
static size_t name_place(struct str name, const char *const *names, size_t count)
{
    size_t place = 0;

    while (place < count && !str_eq(name, str_from_c(names[place])))
        place++;
    return place;
}

static bool read_keys(struct arena *arena, const struct json_value *object, const char *name,
                      struct key_attribute *keys, size_t keys_max, size_t *ret_count,
                      size_t *ret_hash_count)
{
    const struct json_value *key = list_of(object, name, ret_count);

    *ret_hash_count = 0;
    if (*ret_count > keys_max)
        return false;
    for (size_t i = 0; key != NULL; key = key->next, i++) {
        struct str type = text_of(key, "AttributeType");

        keys[i].type = (char)(type.len == 1 ? type.ptr[0] : '\0');
        *ret_hash_count += flag_of(key, "Hash");
        if (keys[i].type == '\0' || !str_copy(arena, text_of(key, "AttributeName"), &keys[i].name))
            return false;
    }
    return true;
}

static bool read_schema(struct arena *arena, const struct json_value *object,
                        struct key_schema *ret)
{
    size_t count = 0;

    if (!read_keys(arena, object, "KeySchema", ret->keys, ARRAY_LEN(ret->keys), &count,
                   &ret->hash_count))
        return false;
    ret->range_count = count - ret->hash_count;
    return ret->hash_count <= INDEX_HASH_KEYS_MAX && ret->range_count <= INDEX_RANGE_KEYS_MAX;
}

static struct throughput read_throughput(const struct json_value *object)
{
    const struct json_value *value = json_member(object, "Throughput");

    return (struct throughput){.read_units = number_of(value, "Read"),
                               .write_units = number_of(value, "Write"),
                               .increased_ms = number_of(value, "IncreasedMs"),
                               .decreased_ms = number_of(value, "DecreasedMs"),
                               .decreases = number_of(value, "Decreases")};
}

static struct unit_pair read_pair(const struct json_value *object, const char *name)
{
    const struct json_value *value = json_get(object, str_from_c(name));

    return (struct unit_pair){number_of(value, "Read"), number_of(value, "Write")};
}

static bool read_index(struct arena *arena, const struct json_value *object,
                       struct table_index *index)
{
    size_t kind = name_place(text_of(object, "Kind"), kind_names, ARRAY_LEN(kind_names));
    size_t projection =
        name_place(text_of(object, "Projection"), projection_names, ARRAY_LEN(projection_names));
    const struct json_value *name = list_of(object, "NonKeyAttributes", &index->non_key_count);

    index->kind = (enum index_kind)kind;
    index->projection = (enum projection_type)projection;
    index->creating = flag_of(object, "Creating");
    index->collection = number_of(object, "Collection");
    index->throughput = read_throughput(object);
    index->on_demand_limit = read_pair(object, "OnDemandLimit");
    index->warm = read_pair(object, "Warm");
    index->non_key_attributes =
        arena_alloc_array(arena, index->non_key_count, sizeof(*index->non_key_attributes));
    if (kind == ARRAY_LEN(kind_names) || projection == ARRAY_LEN(projection_names) ||
        index->collection == 0 || index->non_key_attributes == NULL)
        return false;
    for (size_t i = 0; name != NULL; name = name->next, i++) {
        if (!json_is(name, JSON_STRING) ||
            !str_copy(arena, name->text, &index->non_key_attributes[i]))
            return false;
    }
    return str_copy(arena, text_of(object, "IndexName"), &index->name) &&
           read_schema(arena, object, &index->schema);
}

static bool read_indexes(struct table *table, const struct json_value *root)
{
    const struct json_value *index = list_of(root, "Indexes", &table->index_count);
    size_t i = 0;

    table->indexes = arena_alloc_array(table->arena, table->index_count, sizeof(*table->indexes));
    if (table->indexes == NULL)
        return false;
    for (; index != NULL; index = index->next, i++) {
        if (!read_index(table->arena, index, &table->indexes[i]))
            return false;
    }
    return true;
}

static bool read_streams(struct table *table, const struct json_value *root)
{
    const struct json_value *stream = list_of(root, "Streams", &table->stream_count);
    struct table_stream *next = arena_alloc_array(table->arena, table->stream_count, sizeof(*next));

    table->streams = next;
    for (; next != NULL && stream != NULL; stream = stream->next, next++) {
        next->enabled = flag_of(stream, "Enabled");
        next->created_ms = number_of(stream, "CreatedMs");
        next->disabled_ms = number_of(stream, "DisabledMs");
        next->collection = number_of(stream, "Collection");
        if (!str_copy(table->arena, text_of(stream, "ViewType"), &next->view_type))
            return false;
    }
    return next != NULL;
}

static bool read_tags(struct table *table, const struct json_value *root)
{
    const struct json_value *tag = list_of(root, "Tags", &table->tag_count);
    struct table_tag *next = arena_alloc_array(table->arena, table->tag_count, sizeof(*next));

    table->tags = next;
    for (; next != NULL && tag != NULL; tag = tag->next, next++) {
        if (!str_copy(table->arena, text_of(tag, "Key"), &next->key) ||
            !str_copy(table->arena, text_of(tag, "Value"), &next->value))
            return false;
    }
    return next != NULL;
}

static bool read_definitions(struct table *table, const struct json_value *root)
{
    size_t count = 0, hashes = 0;

    (void)list_of(root, "AttributeDefinitions", &count);
    table->definitions = arena_alloc_array(table->arena, count, sizeof(*table->definitions));
    return table->definitions != NULL &&
           read_keys(table->arena, root, "AttributeDefinitions", table->definitions, count,
                     &table->definition_count, &hashes);
}

static bool fill(struct table *table, const struct json_value *root)
{
    struct arena *arena = table->arena;

    table->collection = number_of(root, "Collection");
    table->created_ms = number_of(root, "CreatedMs");
    table->on_demand = flag_of(root, "OnDemand");
    table->on_demand_ms = number_of(root, "OnDemandMs");
    table->throughput = read_throughput(root);
    table->on_demand_limit = read_pair(root, "OnDemandLimit");
    table->warm = read_pair(root, "Warm");
    table->deletion_protection = flag_of(root, "DeletionProtection");
    table->table_class_ms = number_of(root, "TableClassMs");
    table->time_to_live_enabled = flag_of(root, "TimeToLiveEnabled");
    (void)snprintf(table->id, sizeof(table->id), "%.*s", STR_ARG(text_of(root, "TableId")));
    return table->collection > 0 && str_copy(arena, text_of(root, "TableName"), &table->name) &&
           table->name.len > 0 &&
           str_copy(arena, text_of(root, "TableClass"), &table->table_class) &&
           str_copy(arena, text_of(root, "EncryptionKey"), &table->sse_key_arn) &&
           str_copy(arena, text_of(root, "TimeToLive"), &table->time_to_live_attribute) &&
           read_definitions(table, root) && read_schema(arena, root, &table->schema) &&
           table->schema.hash_count == 1 && read_indexes(table, root) &&
           read_streams(table, root) && read_tags(table, root);
}

static bool read_table(const struct json_value *root, struct table **ret)
{
    struct table *table = table_empty();

    if (table == NULL)
        return false;
    if (!fill(table, root)) {
        table_release(table);
        return false;
    }
    *ret = table;
    return true;
}

bool table_read(struct str definition, struct arena *arena, struct table **ret,
                struct aws_error *err)
{
    struct json_value *root = NULL;

    if (json_parse(definition, arena, &root, NULL) && root->type == JSON_OBJECT &&
        read_table(root, ret))
        return true;
    return aws_fail(err, &error_environment, "a table's definition cannot be read: %.*s",
                    STR_ARG(definition));
}

bool table_copy(const struct table *table, struct arena *arena, struct table **ret,
                struct aws_error *err)
{
    struct json_writer writer;
    struct buffer buffer;
    struct str definition;

    buffer_init(&buffer, arena);
    json_writer_init(&writer, &buffer, JSON_COMPACT);
    table_write(&writer, table);
    if (!buffer_done(&buffer, &definition))
        return aws_fail(err, &error_out_of_memory, "the table's definition is too long");
    return table_read(definition, arena, ret, err);
}
