/* A payload that decodes encodes to the same counts; none makes the decoder step outside. */
#include "loadgen/histogram_text.h"

enum { FUZZ_ARENA_BYTES = 1 << 20 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct histogram once, twice;
    struct arena *arena = arena_new(FUZZ_ARENA_BYTES);
    struct buffer out;

    histogram_reset(&once);
    histogram_reset(&twice);
    if (histogram_decode(&once, (struct str){(const char *)data, size})) {
        int64_t last = 0;
        buffer_init(&out, arena);
        histogram_encode(&once, &out);
        bool ok = histogram_decode(&twice, buffer_str(&out));
        assert(ok && once.total == twice.total);
        assert(memcmp(once.counts, twice.counts, sizeof(once.counts)) == 0);
        for (int percentile = 0; percentile <= 100; percentile += 5) {
            int64_t value = histogram_percentile(&once, percentile);
            assert(value >= last);
            last = value;
        }
    }
    /* The same bytes as the text of a log's line. */
    histogram_reset(&twice);
    (void)!histogram_text_read((struct str){(const char *)data, size}, arena, &twice);
    arena_free(arena);
    return 0;
}
