/* Any bytes are an input that keeps its own limits, or an error. */
#include "tuning_input.h"

enum { FUZZ_ARENA_BYTES = 8 << 20 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *arena = arena_new(FUZZ_ARENA_BYTES);
    struct tuning_input input;
    struct aws_error err = {0};

    bool ok = tuning_input_read((struct str){(const char *)data, size}, arena, &input, &err);
    assert(ok == (err.kind == NULL));
    if (ok) {
        assert(input.num >= 5 && input.num <= TUNING_NUM_MAX);
        assert(input.power_count >= 1 && input.power_count <= TUNING_SIZES_MAX);
        assert(input.discard >= 0 && input.discard <= 0.4 && input.sleep_ms >= 0);
        assert(input.balanced_weight >= 0 && input.balanced_weight <= 1);
    }
    arena_free(arena);
    return 0;
}
