/* Any bytes are a log tail: figures that are no negative numbers, or an error. */
#include "log_tail.h"

enum { FUZZ_ARENA_BYTES = 1 << 20 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *arena = arena_new(FUZZ_ARENA_BYTES);
    struct str tail = {(const char *)data, size};
    struct invocation_figures figures;
    struct aws_error err = {0};

    bool ok = log_tail_read(tail, arena, &figures, &err);
    assert(ok == (err.kind == NULL));
    bool is_text = size == 0 || data[0] != '{';
    assert(!is_text || (ok && figures_duration(&figures) >= 0 && figures_billed(&figures) >= 0));
    arena_free(arena);
    return 0;
}
