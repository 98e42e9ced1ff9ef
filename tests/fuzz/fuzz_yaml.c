/* Any bytes are a template or an error, and a template is JSON. */
#include "base/yaml.h"

enum { FUZZ_ARENA_BYTES = 32 << 20 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *arena = arena_new(FUZZ_ARENA_BYTES);
    struct json_value *value = NULL;
    struct aws_error err = {0};

    bool ok = yaml_parse((struct str){(const char *)data, size}, arena, &value, &err);
    assert(ok == (err.kind == NULL));
    assert(!ok || json_is_valid(value->raw, NULL));
    arena_free(arena);
    return 0;
}
