/* Whatever is taken for an archive, an API description or a collection v1 becomes a collection, or
 * says why not. */
#include "base/yaml.h"
#include "loadgen/api_files.h"
#include "loadgen/collection.h"

enum { FUZZ_ARENA_BYTES = 64 << 20 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *arena = arena_new(FUZZ_ARENA_BYTES);
    struct json_value *root = NULL;
    struct collection collection = {0};
    struct str text = {0};
    struct aws_error err = {0}, why = {0};
    bool converted = false;

    if (yaml_parse((struct str){(const char *)data, size}, arena, &root, &why)) {
        if (collection_v1_is(root))
            converted = collection_v1_convert(root, arena, &text, &err);
        else if (har_is(root))
            converted = har_convert(root, arena, &text, &err);
        else if (openapi_is(root))
            converted = openapi_convert(root, arena, &text, &err);
    }
    if (converted) {
        assert(err.kind == NULL && json_is_valid(text, NULL));
        assert(collection_parse(text, arena, &collection, &err) || err.kind != NULL);
    }
    arena_free(arena);
    return 0;
}
