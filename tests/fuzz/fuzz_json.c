/* What the reader accepts, the checker accepts too, and writing it gives text that reads again. */
#include "base/json.h"

enum { FUZZ_ARENA_BYTES = 4 << 20 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *arena = arena_new(FUZZ_ARENA_BYTES);
    struct str text = {(const char *)data, size};
    struct json_value *value = NULL;
    struct json_value *again = NULL;
    struct buffer out;
    struct json_writer writer;

    bool ok = json_parse(text, arena, &value, NULL);
    if (ok) {
        assert(json_is_valid(text, NULL));
        buffer_init(&out, arena);
        json_writer_init(&writer, &out, JSON_COMPACT);
        json_write_value(&writer, value);
        if (!out.failed && arena_bytes(arena) < FUZZ_ARENA_BYTES / 4)
            assert(json_parse(buffer_str(&out), arena, &again, NULL) && again->type == value->type);
    }
    arena_free(arena);
    return 0;
}
