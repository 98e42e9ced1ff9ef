#include "import_line.h"

void import_keys_of(const struct json_value *key_schema, struct import_keys *ret)
{
    *ret = (struct import_keys){0};
    if (!json_is(key_schema, JSON_ARRAY))
        return;
    for (const struct json_value *at = key_schema->child;
         at != NULL && ret->count < ARRAY_LEN(ret->names); at = at->next)
        ret->names[ret->count++] = json_text(at, "AttributeName");
}

/* FNV-1a over the keys' values as they are written. */
static uint32_t lane_of(const struct json_value *item, const struct import_keys *keys)
{
    uint32_t hash = 2166136261u;

    for (size_t i = 0; i < keys->count; i++) {
        const struct json_value *value = json_get(item, keys->names[i]);
        const struct json_value *scalar = json_members(value);
        for (size_t j = 0; scalar != NULL && j < scalar->text.len; j++)
            hash = (hash ^ (unsigned char)scalar->text.ptr[j]) * 16777619u;
    }
    return hash ^ hash >> 16;
}

bool import_line_read(struct str line, const struct import_keys *keys, struct arena *arena,
                      struct import_item *ret, struct aws_error *err)
{
    struct json_value *root = NULL;
    struct json_error why = {0};

    if (!json_parse(line, arena, &root, &why))
        return aws_fail(err, &error_usage, "no JSON: %s at column %zu", why.reason, why.offset + 1);
    const struct json_value *item = json_member(root, "Item");
    if (json_member(root, "Keys") != NULL && item == NULL)
        return aws_fail(err, &error_usage,
                        "a line of an incremental export: only full exports can "
                        "be imported");
    if (!json_is(item, JSON_OBJECT))
        return aws_fail(err, &error_usage,
                        "no item: a line is {\"Item\":{\"name\":{\"S\":\"value\"}}}");
    ret->json = item->raw;
    ret->lane = lane_of(item, keys);
    return true;
}
