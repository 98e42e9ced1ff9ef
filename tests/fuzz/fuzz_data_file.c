/* What is read as data has a rectangle of cells, each readable, and rows that are JSON. */
#include "base/json.h"
#include "loadgen/data_file.h"

enum { FUZZ_ARENA_BYTES = 8 << 20 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *arena = arena_new(FUZZ_ARENA_BYTES);
    struct data_file file = {0};
    struct aws_error err = {0};
    struct str json = {0};
    size_t bytes = 0;
    bool ok = data_file_parse((struct str){(const char *)data, size}, arena, &file, &err);

    assert(ok == (err.kind == NULL));
    for (size_t row = 0; ok && row <= file.row_count; row++) {
        for (size_t column = 0; column <= file.column_count; column++) {
            const struct str *cell = data_file_cell(&file, row, column);
            bytes += cell == NULL ? 0 : str_find_char(*cell, '\xfe') + cell->len;
        }
        if (row < file.row_count && data_file_row_json(&file, row, arena, &json))
            assert(json_is_valid(json, NULL));
    }
    assert(bytes <= 2 * FUZZ_ARENA_BYTES);
    arena_free(arena);
    return 0;
}
