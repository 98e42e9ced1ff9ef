#include <assert.h>

#include "loadgen/cookie_file.h"

enum { FUZZ_ARENA_BYTES = 16 << 20 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What was read and written is read and written alike. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *arena = arena_new(FUZZ_ARENA_BYTES);
    struct cookie_jar jar = {0}, again = {0};
    struct aws_error err = {0};
    struct str first = {0}, second = {0};

    if (cookie_file_read((struct str){(const char *)data, size}, 1700000000, arena, &jar, &err) &&
        cookie_file_write(&jar, arena, &first) &&
        cookie_file_read(first, 1700000000, arena, &again, &err) &&
        cookie_file_write(&again, arena, &second))
        assert(again.count == jar.count && str_eq(first, second));
    assert(jar.count <= COOKIES_MAX);
    cookie_jar_deinit(&jar);
    cookie_jar_deinit(&again);
    arena_free(arena);
    return 0;
}
