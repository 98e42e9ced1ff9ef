/*
 * Any text is an expression or a ValidationException, whichever parameter it stands in; what was
 * taken can be applied.
 */
#include "../../emulator/dynamodb/errors.h"
#include "../../emulator/dynamodb/expressions/expression.h"

enum { FUZZ_ARENA_BYTES = 8 << 20 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_item(struct arena *arena, struct attribute_value *ret)
{
    struct aws_error err = {0};

    if (!item_decode(
            STR("{\"p\":{\"S\":\"a\"},\"n\":{\"N\":\"5\"},\"l\":{\"L\":[{\"N\":\"1\"},{\"L\":"
                "[{\"S\":\"x\"}]},{\"M\":{\"k\":{\"N\":\"2\"}}}]},\"m\":{\"M\":{\"k\":{\"S\":"
                "\"y\"}}},\"ss\":{\"SS\":[\"a\",\"b\"]}}"),
            arena, ret, &err))
        abort();
}

static void check(bool ok, const struct aws_error *err)
{
    assert(ok == (err->kind == NULL));
    assert(ok || err->kind == &ddb_validation_exception || err->kind == &error_out_of_memory);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *arena = arena_new(FUZZ_ARENA_BYTES);
    struct str text = {(const char *)data, size};
    struct attribute_value set[] = {{.type = VALUE_S, .text = STR_INIT("b")},
                                    {.type = VALUE_S, .text = STR_INIT("c")}};
    struct placeholder names[] = {{.key = STR_INIT("#n"), .name = STR_INIT("n")}};
    struct placeholder values[] = {
        {.key = STR_INIT(":n"), .value = {.type = VALUE_N, .number = {.coefficient = 1}}},
        {.key = STR_INIT(":s"), .value = {.type = VALUE_S, .text = STR_INIT("x")}},
        {.key = STR_INIT(":l"), .value = {.type = VALUE_L}},
        {.key = STR_INIT(":t"), .value = {.type = VALUE_S, .text = STR_INIT("N")}},
        {.key = STR_INIT(":ss"), .value = {.type = VALUE_SS, .list = {set, ARRAY_LEN(set)}}},
    };
    struct placeholders holders = {names, ARRAY_LEN(names), values, ARRAY_LEN(values)};
    struct attribute_value item, after;
    struct aws_error errs[5] = {{0}};
    struct projection *projection = NULL;
    struct update *update = NULL;
    struct expr *condition = NULL;

    read_item(arena, &item);
    bool ok = condition_parse(EXPRESSION_CONDITION, text, &holders, arena, &condition, &errs[0]);
    check(ok, &errs[0]);
    if (ok)
        (void)condition_holds(condition, &item);
    ok = projection_parse(text, &holders, arena, &projection, &errs[1]);
    check(ok, &errs[1]);
    if (ok)
        check(projection_apply(projection, &item, arena, &after, &errs[2]), &errs[2]);
    ok = update_parse(text, &holders, arena, &update, &errs[3]);
    check(ok, &errs[3]);
    if (ok)
        check(update_apply(update, &item, arena, &after, &errs[4]), &errs[4]);
    arena_free(arena);
    return 0;
}
