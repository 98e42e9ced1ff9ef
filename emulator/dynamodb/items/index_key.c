#include "index_key.h"

#include "errors.h"
#include "key.h"

static bool fail_memory(struct aws_error *err)
{
    return aws_fail(err, &error_out_of_memory, "the request needs too much memory");
}

static void add_escaped(struct buffer *out, struct str bytes)
{
    while (bytes.len > 0) {
        size_t plain = str_find_char(bytes, '\0');

        buffer_add(out, str_slice(bytes, 0, plain));
        if (plain >= bytes.len)
            return;
        buffer_add(out, (struct str){"\0\xff", 2});
        bytes = str_slice(bytes, plain + 1, bytes.len);
    }
}

void index_key_add_open(struct buffer *out, const struct attribute_value *value)
{
    char number[NUMBER_KEY_BYTES_MAX];

    assert(value != NULL);
    if (value->type == VALUE_N)
        add_escaped(out, (struct str){number, number_key(value->number, number)});
    else
        add_escaped(out, value->text);
}

void index_key_add(struct buffer *out, const struct attribute_value *value)
{
    index_key_add_open(out, value);
    buffer_add(out, (struct str){"\0\1", 2});
}

void index_key_pass(struct buffer *closed)
{
    if (!closed->failed && closed->len > 0)
        closed->ptr[closed->len - 1] = 2;
}

bool index_key_partition(const struct key_schema *schema,
                         const struct attribute_value *const *values, struct arena *arena,
                         struct str *ret)
{
    struct buffer parts;

    if (schema->hash_count == 1)
        return key_bytes(values[0], arena, ret);
    buffer_init(&parts, arena);
    for (size_t i = 0; i < schema->hash_count; i++) {
        assert(values[i] != NULL);
        index_key_add(&parts, values[i]);
    }
    if (schema->hash_count == 0)
        buffer_add_char(&parts, 1); /* time to live: all in one */
    return buffer_done(&parts, ret);
}

static size_t part_bytes(const struct attribute_value *value)
{
    return value->type == VALUE_N ? 0 : value->text.len;
}

/* Of the bytes of the item's own key. */
static bool add_hash(struct buffer *sort, const struct table *table,
                     const struct attribute_value *item, struct arena *arena)
{
    struct buffer key;
    struct str bytes;

    buffer_init(&key, arena);
    for (size_t i = 0; i < table->schema.hash_count + table->schema.range_count; i++) {
        const struct attribute_value *value = item_find(item, table->schema.keys[i].name);

        assert(value != NULL);
        if (!key_bytes(value, arena, &bytes))
            return false;
        buffer_add(&key, bytes);
    }
    if (!buffer_done(&key, &bytes))
        return false;
    uint32_t hash = store_hash(bytes);
    for (int shift = 24; shift >= 0; shift -= 8)
        buffer_add_char(sort, (char)(hash >> shift));
    return true;
}

bool index_key_of_item(const struct table *table, const struct table_index *index,
                       const struct attribute_value *item, struct arena *arena, bool *ret_present,
                       struct store_key *ret, struct aws_error *err)
{
    const struct attribute_value *values[INDEX_HASH_KEYS_MAX + INDEX_RANGE_KEYS_MAX] = {NULL};
    const struct key_schema *schema = &index->schema;
    size_t bytes[2] = {0}; /* of HASH attributes, of RANGE attributes */
    struct buffer sort;

    *ret_present = false;
    for (size_t i = 0; i < schema->hash_count + schema->range_count; i++) {
        values[i] = item_find(item, schema->keys[i].name);
        if (values[i] == NULL || key_type_of(values[i]) != schema->keys[i].type ||
            (values[i]->type != VALUE_N && values[i]->text.len == 0))
            return true;
        bytes[i >= schema->hash_count] += part_bytes(values[i]);
    }
    if (bytes[0] > PARTITION_KEY_BYTES_MAX || bytes[1] > SORT_KEY_BYTES_MAX)
        return true;
    buffer_init(&sort, arena);
    for (size_t i = 0; i < schema->range_count; i++)
        index_key_add(&sort, values[schema->hash_count + i]);
    if (!add_hash(&sort, table, item, arena))
        return fail_memory(err);
    for (size_t i = 0; i < table->schema.hash_count + table->schema.range_count; i++) {
        const struct attribute_value *value = item_find(item, table->schema.keys[i].name);

        assert(value != NULL);
        index_key_add(&sort, value);
    }
    if (!index_key_partition(schema, values, arena, &ret->partition) ||
        !buffer_done(&sort, &ret->sort))
        return fail_memory(err);
    *ret_present = true;
    return true;
}

/* Whose words an error has. */
enum words { WORDS_OF_PUT, WORDS_OF_UPDATE, WORDS_OF_TRANSACTED_UPDATE };

static bool fail_type(const struct table_index *index, const struct key_attribute *key,
                      const struct attribute_value *value, enum words words, struct aws_error *err)
{
    if (words == WORDS_OF_UPDATE)
        return aws_fail(err, &ddb_validation_exception,
                        "The update expression attempted to update the secondary index key to "
                        "unsupported type");
    return aws_fail(err, &ddb_validation_exception,
                    OMPV "Type mismatch for Index Key %.*s Expected: %c Actual: %s IndexName: %.*s",
                    STR_ARG(key->name), key->type, value_type_names[value->type],
                    STR_ARG(index->name));
}

static bool fail_empty(const struct table_index *index, const struct key_attribute *key,
                       enum words words, struct aws_error *err)
{
    const char *kind = key->type == 'S' ? "string" : "binary";

    if (words != WORDS_OF_PUT)
        return aws_fail(err, &ddb_validation_exception,
                        "One or more parameter values are not valid. The update expression "
                        "attempted to update a secondary index key to a value that is not "
                        "supported. The AttributeValue for a key attribute cannot contain an "
                        "empty %s value.",
                        kind);
    return aws_fail(err, &ddb_validation_exception,
                    "One or more parameter values are not valid. A value specified for a secondary "
                    "index key is not supported. The AttributeValue for a key attribute cannot "
                    "contain an empty %s value. IndexName: %.*s, IndexKey: %.*s",
                    kind, STR_ARG(index->name), STR_ARG(key->name));
}

static size_t found_bytes(const struct attribute_value *item, struct str name)
{
    const struct attribute_value *value = item_find(item, name);

    return value == NULL ? 0 : part_bytes(value);
}

static bool check_sizes(const struct table_index *index, const struct attribute_value *item,
                        struct aws_error *err)
{
    const struct key_schema *schema = &index->schema;
    size_t hash_bytes = 0, range_bytes = 0;

    for (size_t i = 0; i < schema->hash_count; i++)
        hash_bytes += found_bytes(item, schema->keys[i].name);
    for (size_t i = 0; i < schema->range_count; i++)
        range_bytes += found_bytes(item, schema->keys[schema->hash_count + i].name);
    if (hash_bytes > PARTITION_KEY_BYTES_MAX)
        return aws_fail(err, &ddb_validation_exception,
                        OMPV "Size of hashkey has exceeded the maximum size limit of2048 bytes");
    if (range_bytes > SORT_KEY_BYTES_MAX)
        return aws_fail(err, &ddb_validation_exception,
                        OMPV "Aggregated size of all range keys has exceeded the size limit of "
                             "1024 bytes");
    return true;
}

static bool check_index(const struct table_index *index, const struct attribute_value *item,
                        enum words words, struct aws_error *err)
{
    for (size_t i = 0; i < index->schema.hash_count + index->schema.range_count; i++) {
        const struct key_attribute *key = &index->schema.keys[i];
        const struct attribute_value *value = item_find(item, key->name);

        if (value == NULL)
            continue;
        if (key_type_of(value) != key->type)
            return fail_type(index, key, value, words, err);
        if (value->type != VALUE_N && value->text.len == 0)
            return fail_empty(index, key, words, err);
    }
    return check_sizes(index, item, err);
}

static bool check(const struct table *table, const struct attribute_value *item, enum words words,
                  struct aws_error *err)
{
    for (size_t i = 0; i < table->index_count; i++) {
        if (table->indexes[i].kind != INDEX_TIME_TO_LIVE &&
            !check_index(&table->indexes[i], item, words, err))
            return false;
    }
    return true;
}

bool index_key_check_item(const struct table *table, const struct attribute_value *item,
                          struct aws_error *err)
{
    return check(table, item, WORDS_OF_PUT, err);
}

bool index_key_check_update(const struct table *table, const struct attribute_value *item,
                            bool in_transaction, struct aws_error *err)
{
    return check(table, item, in_transaction ? WORDS_OF_TRANSACTED_UPDATE : WORDS_OF_UPDATE, err);
}
