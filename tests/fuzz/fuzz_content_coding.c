/* Any bytes as a coded body: decoded, or refused. The first byte picks the codings. */
#include "loadgen/content_coding.h"

enum { FUZZ_ARENA_BYTES = 4 << 20 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct str codings[] = {STR_INIT("gzip"), STR_INIT("deflate"),
                                         STR_INIT("deflate, gzip"), STR_INIT(" , identity,x-gzip"),
                                         STR_INIT("br")};
    struct arena *arena = arena_new(FUZZ_ARENA_BYTES);
    struct str body = {(const char *)data + 1, size - 1}, decoded = {0};

    if (arena != NULL && size > 0 &&
        content_decode(body, codings[data[0] % ARRAY_LEN(codings)], arena, &decoded))
        assert(decoded.len == 0 || decoded.ptr != NULL);
    arena_free(arena);
    return 0;
}
