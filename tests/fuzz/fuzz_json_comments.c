#include <assert.h>

#include "loadgen/json_comments.h"

enum { FUZZ_ARENA_BYTES = 1 << 20 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What is left has no byte that was not there; a text without comments stays as it is. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *arena = arena_new(FUZZ_ARENA_BYTES);
    struct str text = {(const char *)data, size}, left = {0};

    if (json_without_comments(text, arena, &left)) {
        size_t at = 0;
        assert(left.len <= size);
        for (size_t i = 0; i < left.len; i++, at++) {
            while (at < size && text.ptr[at] != left.ptr[i])
                at++;
            assert(at < size);
        }
    }
    (void)media_type_is_json(text);
    arena_free(arena);
    return 0;
}
