#include "expression_rig.h"

const char rig_item_text[] =
    "{\"a\":{\"N\":\"1\"},\"b\":{\"S\":\"text\"},\"l\":{\"L\":[{\"N\":\"1\"},{\"S\":\"x\"},"
    "{\"M\":{\"x\":{\"B\":\"AAEC\"}}}]},\"m\":{\"M\":{\"x\":{\"NS\":[\"1\",\"2\"]},"
    "\"y\":{\"M\":{}}}},\"s\":{\"SS\":[\"p\",\"q\"]},\"z\":{\"NULL\":true}}";
static const char request_text[] =
    "{\"ExpressionAttributeNames\":{\"#l\":\"l\",\"#m\":\"m\",\"#dot\":\"x.y\"},"
    "\"ExpressionAttributeValues\":{\":one\":{\"N\":\"1.0\"},\":two\":{\"N\":\"2\"},"
    "\":three\":{\"N\":\"3\"},\":te\":{\"S\":\"te\"},\":text\":{\"S\":\"text\"},"
    "\":x\":{\"S\":\"x\"},\":p\":{\"S\":\"p\"},\":tn\":{\"S\":\"N\"},\":tx\":{\"S\":\"X\"},"
    "\":list\":{\"L\":[{\"N\":\"7\"}]},\":pp\":{\"SS\":[\"p\"]},\":qp\":{\"SS\":[\"q\",\"p\"]},"
    "\":ns\":{\"NS\":[\"2\",\"3\"]},\":bool\":{\"BOOL\":true},\":null\":{\"NULL\":true},"
    "\":map\":{\"M\":{\"k\":{\"N\":\"5\"}}},\":bin\":{\"B\":\"AQ==\"},"
    "\":big\":{\"N\":\"9.9e125\"}}}";

void rig_begin(struct rig *rig)
{
    struct json_value *request = NULL;
    struct aws_error err = {0};

    rig->arena = arena_new(ARENA_BYTES);
    assert_true(json_parse(str_from_c(request_text), rig->arena, &request, NULL));
    assert_true(placeholders_read(request, rig->arena, &rig->placeholders, &err));
    assert_true(item_decode(str_from_c(rig_item_text), rig->arena, &rig->item, &err));
}

void rig_end(struct rig *rig)
{
    arena_free(rig->arena);
}

struct str rig_show(const struct attribute_value *item, struct arena *arena)
{
    struct buffer out;

    buffer_init(&out, arena);
    item_write(&out, item);
    return buffer_str(&out);
}
