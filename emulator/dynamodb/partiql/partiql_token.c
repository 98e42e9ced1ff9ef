#include "partiql_token.h"

#include "base/base64.h"
#include "base/json.h"
#include "errors.h"

enum { READS_MAX = 1 << 20 };

static uint64_t add_bytes(uint64_t hash, struct str bytes)
{
    /* FNV-1a; the length parts one text from the next. */
    for (size_t i = 0; i < bytes.len; i++)
        hash = (hash ^ (unsigned char)bytes.ptr[i]) * 1099511628211u;
    for (size_t rest = bytes.len; rest > 0; rest >>= 8)
        hash = (hash ^ (rest & 0xff)) * 1099511628211u;
    return hash * 1099511628211u;
}

uint64_t partiql_statement_id(struct str text, struct str parameters, struct str table_id)
{
    return add_bytes(add_bytes(add_bytes(14695981039346656037u, text), parameters), table_id);
}

static bool fail_memory(struct aws_error *err)
{
    return aws_fail(err, &error_out_of_memory, "the request needs too much memory");
}

bool partiql_token_write(const struct partiql_token_place *place, struct arena *arena,
                         struct str *ret, struct aws_error *err)
{
    struct str partition, sort, text;
    struct json_writer writer;
    struct buffer json;

    buffer_init(&json, arena);
    if (!base64_encode(arena, place->after.partition, &partition) ||
        !base64_encode(arena, place->after.sort, &sort))
        return fail_memory(err);
    json_writer_init(&writer, &json, JSON_COMPACT);
    json_object_begin(&writer);
    json_field_string(&writer, STR("statement"),
                      str_printf(arena, "%016llx", (unsigned long long)place->statement));
    json_field_int(&writer, STR("read"), (int64_t)place->read);
    json_field_string(&writer, STR("partition"), partition);
    json_field_string(&writer, STR("sort"), sort);
    json_object_end(&writer);
    return (buffer_done(&json, &text) && base64_encode(arena, text, ret)) || fail_memory(err);
}

static bool decode(struct str token, struct arena *arena, struct str *ret_statement,
                   struct partiql_token_place *ret)
{
    struct json_value *root = NULL;
    struct str json, partition, sort;
    int64_t read = 0;

    if (!base64_decode(arena, token, &json) || !json_parse(json, arena, &root, NULL) ||
        !json_string(json_member(root, "statement"), ret_statement) ||
        !json_int64(json_member(root, "read"), 0, READS_MAX, &read) ||
        !json_string(json_member(root, "partition"), &partition) ||
        !json_string(json_member(root, "sort"), &sort))
        return false;
    ret->read = (size_t)read;
    return base64_decode(arena, partition, &ret->after.partition) &&
           base64_decode(arena, sort, &ret->after.sort) && ret->after.partition.len > 0;
}

bool partiql_token_read(struct str token, uint64_t statement, struct arena *arena,
                        struct partiql_token_place *ret, struct aws_error *err)
{
    struct str found;

    if (!decode(token, arena, &found, ret))
        return aws_fail(err, &ddb_validation_exception, "Invalid NextToken");
    if (!str_eq(found, str_printf(arena, "%016llx", (unsigned long long)statement)))
        return aws_fail(err, &ddb_validation_exception, "NextToken does not match request");
    ret->statement = statement;
    return true;
}
