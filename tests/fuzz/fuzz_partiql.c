/*
 * Any text is a PartiQL statement or a ValidationException; what was taken can be applied. As many
 * parameters are there as question marks, up to three.
 */
#include "../../emulator/dynamodb/errors.h"
#include "../../emulator/dynamodb/partiql/partiql_parser.h"

enum { FUZZ_ARENA_BYTES = 16 << 20, PARAMETERS_MAX = 3 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_item(struct arena *arena, struct attribute_value *ret)
{
    struct aws_error err = {0};

    if (!item_decode(STR("{\"pk\":{\"S\":\"a\"},\"n\":{\"N\":\"5\"},\"l\":{\"L\":[{\"N\":\"1\"}]},"
                         "\"m\":{\"M\":{\"k\":{\"S\":\"y\"}}},\"ss\":{\"SS\":[\"a\",\"b\"]}}"),
                     arena, ret, &err))
        abort();
}

static void apply(const struct partiql_statement *statement, struct arena *arena)
{
    struct attribute_value item, after;
    struct aws_error err = {0};

    read_item(arena, &item);
    (void)condition_holds(statement->where, &item);
    if (statement->kind == PARTIQL_UPDATE) {
        bool ok = update_apply(statement->update, &item, arena, &after, &err);
        assert(ok == (err.kind == NULL));
    }
    if (statement->kind == PARTIQL_INSERT)
        assert(statement->item.type == VALUE_M);
    for (size_t i = 0; i < statement->projection.count; i++) {
        assert(statement->columns[i].depth <= statement->projection.paths[i].count);
        (void)path_find(&statement->projection.paths[i], &item);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct attribute_value one = {.type = VALUE_N, .number = {.coefficient = 1}};
    struct attribute_value set = {.type = VALUE_NS,
                                  .list = {&(struct attribute_value){.type = VALUE_N}, 1}};
    const struct attribute_value values[PARAMETERS_MAX] = {
        {.type = VALUE_S, .text = STR_INIT("a")}, one, set};
    struct partiql_parameters parameters = {.values = values};
    struct str text = {(const char *)data, size};
    struct arena *arena = arena_new(FUZZ_ARENA_BYTES);
    struct partiql_statement statement;
    struct aws_error err = {0};

    for (size_t i = 0; i < size && parameters.count < PARAMETERS_MAX; i++)
        parameters.count += data[i] == '?';
    bool ok = partiql_parse(text, &parameters, arena, &statement, &err);
    assert(ok == (err.kind == NULL));
    assert(ok || err.kind == &ddb_validation_exception || err.kind == &error_out_of_memory);
    if (ok)
        apply(&statement, arena);
    arena_free(arena);
    return 0;
}
