/* An item that is taken is written, read back, and is the same item of the same size. */
#include "../../emulator/dynamodb/items/value.h"

#include "../../emulator/dynamodb/shapes/shape.h"

enum { FUZZ_ARENA_BYTES = 4 << 20 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char put_head[] = "{\"TableName\":\"tab\",\"Item\":";

/* The input as a PutItem's Item whose types hold; NULL else. */
static const struct json_value *parse_item(struct str text, struct arena *arena)
{
    struct buffer request;
    struct json_value *root = NULL;
    struct aws_error err = {0};

    buffer_init(&request, arena);
    buffer_add(&request, str_from_c(put_head));
    buffer_add(&request, text);
    buffer_add_char(&request, '}');
    if (request.failed || !json_parse(buffer_str(&request), arena, &root, NULL) ||
        !shape_check_types(&shape_put_item, root, &err))
        return NULL;
    return request_member(root, STR("Item"));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *arena = arena_new(FUZZ_ARENA_BYTES);
    const struct json_value *json = parse_item((struct str){(const char *)data, size}, arena);
    struct attribute_value item, again;
    struct aws_error err = {0};
    struct buffer out;

    if (json != NULL) {
        bool ok = item_read(json, arena, &item, &err);
        assert(ok == (err.kind == NULL));
        buffer_init(&out, arena);
        if (ok)
            item_write(&out, &item);
        if (ok && !out.failed && arena_bytes(arena) < FUZZ_ARENA_BYTES / 4) {
            assert(item_decode(buffer_str(&out), arena, &again, &err));
            assert(value_equal(&item, &again) && item_size(&item) == item_size(&again));
        }
    }
    arena_free(arena);
    return 0;
}
