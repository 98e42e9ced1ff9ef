#include "key.h"

#include "errors.h"

static bool fail_memory(struct aws_error *err)
{
    return aws_fail(err, &error_out_of_memory, "the request needs too much memory");
}

char key_type_of(const struct attribute_value *value)
{
    return (char)(value->type == VALUE_S   ? 'S'
                  : value->type == VALUE_N ? 'N'
                  : value->type == VALUE_B ? 'B'
                                           : '\0');
}

bool key_has(const struct key_schema *schema, struct str name)
{
    for (size_t i = 0; i < schema->hash_count + schema->range_count; i++) {
        if (str_eq(schema->keys[i].name, name))
            return true;
    }
    return false;
}

bool key_bytes(const struct attribute_value *value, struct arena *arena, struct str *ret)
{
    char bytes[NUMBER_KEY_BYTES_MAX];

    assert(value != NULL);
    if (value->type != VALUE_N) {
        *ret = value->text;
        return true;
    }
    size_t length = number_key(value->number, bytes);
    return str_copy(arena, (struct str){bytes, length}, ret);
}

static bool check_value(const struct attribute_value *value, struct str name, bool partition,
                        struct aws_error *err)
{
    assert(value != NULL);
    if (value->type == VALUE_N)
        return true;
    if (value->text.len == 0)
        return aws_fail(err, &ddb_validation_exception,
                        "One or more parameter values are not valid. The AttributeValue for a key "
                        "attribute cannot contain an empty %s value. Key: %.*s",
                        value->type == VALUE_S ? "string" : "binary", STR_ARG(name));
    if (partition && value->text.len > PARTITION_KEY_BYTES_MAX)
        return aws_fail(err, &ddb_validation_exception,
                        OMPV "Size of hashkey has exceeded the maximum size limit of2048 bytes");
    if (!partition && value->text.len > SORT_KEY_BYTES_MAX)
        return aws_fail(err, &ddb_validation_exception,
                        OMPV "Aggregated size of all range keys has exceeded the size limit of "
                             "1024 bytes");
    return true;
}

/* A table's schema: one HASH, at most one RANGE. */
static bool fill(const struct key_schema *schema, const struct attribute_value *const *values,
                 struct arena *arena, struct store_key *ret, struct aws_error *err)
{
    *ret = (struct store_key){0};
    if (!check_value(values[0], schema->keys[0].name, true, err) ||
        (schema->range_count > 0 && !check_value(values[1], schema->keys[1].name, false, err)))
        return false;
    if (!key_bytes(values[0], arena, &ret->partition) ||
        (schema->range_count > 0 && !key_bytes(values[1], arena, &ret->sort)))
        return fail_memory(err);
    return true;
}

static const char *type_text(const struct attribute_value *value)
{
    return value_type_names[value->type];
}

bool key_of_item(const struct key_schema *schema, const struct attribute_value *item,
                 struct arena *arena, struct store_key *ret, struct aws_error *err)
{
    const struct attribute_value *values[2] = {NULL, NULL};

    for (size_t i = 0; i < 1 + schema->range_count; i++) {
        const struct key_attribute *key = &schema->keys[i];

        values[i] = item_find(item, key->name);
        if (values[i] == NULL)
            return aws_fail(err, &ddb_validation_exception, OMPV "Missing the key %.*s in the item",
                            STR_ARG(key->name));
        if (key_type_of(values[i]) != key->type)
            return aws_fail(err, &ddb_validation_exception,
                            OMPV "Type mismatch for key %.*s expected: %c actual: %s",
                            STR_ARG(key->name), key->type, type_text(values[i]));
    }
    return fill(schema, values, arena, ret, err);
}

bool key_of_request(const struct key_schema *schema, const struct attribute_value *key,
                    struct arena *arena, struct store_key *ret, struct aws_error *err)
{
    const struct attribute_value *values[2] = {NULL, NULL};
    bool fits = key->map.count == 1 + schema->range_count;

    for (size_t i = 0; fits && i < 1 + schema->range_count; i++) {
        values[i] = item_find(key, schema->keys[i].name);
        fits = values[i] != NULL && key_type_of(values[i]) == schema->keys[i].type;
    }
    if (!fits)
        return aws_fail(err, &ddb_validation_exception,
                        "The provided key element does not match the schema");
    return fill(schema, values, arena, ret, err);
}

/* The last byte that can be raised is, and what follows goes. */
bool key_prefix_end(struct str prefix, struct arena *arena, struct str *ret)
{
    size_t length = prefix.len;
    struct str copy;

    while (length > 0 && (unsigned char)prefix.ptr[length - 1] == 0xff)
        length--;
    *ret = (struct str){0};
    if (length == 0)
        return true;
    if (!str_copy(arena, str_slice(prefix, 0, length), &copy))
        return false;
    char *end = arena_alloc_text(arena, length);
    if (end == NULL)
        return false;
    memcpy(end, copy.ptr, length);
    end[length - 1] = (char)((unsigned char)end[length - 1] + 1);
    *ret = (struct str){end, length};
    return true;
}

bool key_check_start(const struct attribute_value *start, const struct key_attribute *key,
                     struct aws_error *err)
{
    const struct attribute_value *value = item_find(start, key->name);

    if (value == NULL)
        return aws_fail(err, &ddb_validation_exception, "The provided starting key is invalid");
    return key_type_of(value) == key->type ||
           aws_fail(err, &ddb_validation_exception,
                    "The provided key element does not match the schema");
}
