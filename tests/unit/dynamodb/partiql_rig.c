#include "partiql_rig.h"

enum { ARENA_BYTES = 16 << 20 };

static const char item_text[] =
    "{\"pk\":{\"S\":\"a\"},\"n\":{\"N\":\"1\"},\"s\":{\"S\":\"it's\"},\"t\":{\"BOOL\":true},"
    "\"nul\":{\"NULL\":true},\"ss\":{\"SS\":[\"a\",\"b\"]},\"l\":{\"L\":[{\"N\":\"1\"},"
    "{\"M\":{\"z\":{\"S\":\"q\"}}},{\"L\":[{\"N\":\"7\"}]}]},\"m\":{\"M\":{\"k\":{\"S\":\"v\"}}},"
    "\"select\":{\"S\":\"word\"},\"a.b\":{\"N\":\"3\"}}";

void rig_begin(struct rig *rig)
{
    struct aws_error err = {0};

    *rig = (struct rig){.arena = arena_new(ARENA_BYTES)};
    assert_true(item_decode(str_from_c(item_text), rig->arena, &rig->item, &err));
    rig->values[0] = (struct attribute_value){.type = VALUE_S, .text = STR("a")};
    rig->values[1] = (struct attribute_value){.type = VALUE_N, .number = {.coefficient = 1}};
    rig->parameters.values = rig->values;
}

void rig_end(struct rig *rig)
{
    arena_free(rig->arena);
}

bool rig_parse(struct rig *rig, const char *text, struct partiql_statement *ret,
               struct aws_error *err)
{
    rig->parameters.count = 0;
    for (const char *byte = text; *byte != '\0'; byte++)
        rig->parameters.count += *byte == '?';
    return partiql_parse(str_from_c(text), &rig->parameters, rig->arena, ret, err);
}

void rig_parse_ok(struct rig *rig, const char *text, struct partiql_statement *ret)
{
    struct aws_error err = {0};

    if (!rig_parse(rig, text, ret, &err))
        fail_msg("%s: %s", text, err.message);
}
