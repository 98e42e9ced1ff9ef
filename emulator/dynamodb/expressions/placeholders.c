/* ExpressionAttributeNames and ExpressionAttributeValues. */
#include "expression.h"

#include "errors.h"
#include "shape.h"

static bool is_key(struct str key, char first)
{
    if (key.len < 2 || key.len > PLACEHOLDER_BYTES_MAX || key.ptr[0] != first)
        return false;
    for (size_t i = 1; i < key.len; i++) {
        char byte = key.ptr[i];

        if (!((byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
              (byte >= '0' && byte <= '9') || byte == '_'))
            return false;
    }
    return true;
}

/* Both maps: not empty, and every key in form. */
static bool read_keys(const struct json_value *map, const char *parameter, char first,
                      struct arena *arena, struct placeholder **ret, size_t *ret_count,
                      struct aws_error *err)
{
    if (map == NULL)
        return true;
    if (map->count == 0)
        return aws_fail(err, &ddb_validation_exception, "%s must not be empty", parameter);
    *ret = arena_alloc_array(arena, map->count, sizeof(**ret));
    if (*ret == NULL)
        return aws_fail(err, &error_out_of_memory, "the request needs too much memory");
    for (const struct json_value *child = map->child; child != NULL; child = child->next) {
        if (!is_key(child->name, first))
            return aws_fail(err, &ddb_validation_exception,
                            "%s contains invalid key: Syntax error; key: \"%.*s\"", parameter,
                            STR_ARG(child->name));
        (*ret)[(*ret_count)++].key = child->name;
    }
    return true;
}

static bool read_names(const struct json_value *map, struct arena *arena, struct placeholders *ret,
                       struct aws_error *err)
{
    size_t i = 0;

    if (!read_keys(map, "ExpressionAttributeNames", '#', arena, &ret->names, &ret->name_count, err))
        return false;
    for (const struct json_value *child = map == NULL ? NULL : map->child; child != NULL;
         child = child->next, i++) {
        ret->names[i].name = child->text;
        if (child->text.len == 0)
            return aws_fail(err, &ddb_validation_exception,
                            "ExpressionAttributeNames contains invalid value: Empty attribute name "
                            "for key %.*s",
                            STR_ARG(child->name));
    }
    return true;
}

static bool read_values(const struct json_value *map, struct arena *arena, struct placeholders *ret,
                        struct aws_error *err)
{
    size_t i = 0;

    if (!read_keys(map, "ExpressionAttributeValues", ':', arena, &ret->values, &ret->value_count,
                   err))
        return false;
    for (const struct json_value *child = map == NULL ? NULL : map->child; child != NULL;
         child = child->next, i++) {
        struct aws_error why = {0};

        if (value_read(child, arena, &ret->values[i].value, &why))
            continue;
        if (why.kind != &ddb_validation_exception) {
            *err = why;
            return false;
        }
        return aws_fail(err, &ddb_validation_exception,
                        "ExpressionAttributeValues contains invalid value: %s for key %.*s",
                        why.message, STR_ARG(child->name));
    }
    return true;
}

bool placeholders_read(const struct json_value *request, struct arena *arena,
                       struct placeholders *ret, struct aws_error *err)
{
    *ret = (struct placeholders){0};
    return read_names(request_get(request, "ExpressionAttributeNames"), arena, ret, err) &&
           read_values(request_get(request, "ExpressionAttributeValues"), arena, ret, err);
}

static bool check_all_used(const struct placeholder *holders, size_t count, const char *parameter,
                           struct arena *arena, struct aws_error *err)
{
    struct buffer unused;

    buffer_init(&unused, arena);
    for (size_t i = 0; i < count; i++) {
        if (holders[i].used)
            continue;
        if (unused.len > 0)
            buffer_add_literal(&unused, ", ");
        buffer_add(&unused, holders[i].key);
    }
    if (unused.len == 0)
        return true;
    return aws_fail(err, &ddb_validation_exception,
                    "Value provided in %s unused in expressions: keys: {%.*s}", parameter,
                    STR_ARG(buffer_str(&unused)));
}

bool placeholders_check_used(const struct placeholders *placeholders, struct arena *arena,
                             struct aws_error *err)
{
    return check_all_used(placeholders->names, placeholders->name_count, "ExpressionAttributeNames",
                          arena, err) &&
           check_all_used(placeholders->values, placeholders->value_count,
                          "ExpressionAttributeValues", arena, err);
}
