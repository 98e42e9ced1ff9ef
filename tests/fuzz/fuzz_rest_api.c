/* An OpenAPI definition is taken or refused, and what was taken routes any path. */
#include "rest_api.h"

enum { FUZZ_ARENA_BYTES = 8 << 20 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The first line is a path to look for, the rest the definition. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *arena = arena_new(FUZZ_ARENA_BYTES);
    struct str rest = {(const char *)data, size};
    struct str path = str_split(&rest, '\n');
    struct json_value *definition = NULL;
    struct rest_api *api = NULL;
    struct aws_error err = {0};
    struct route_match match;

    if (json_parse(rest, arena, &definition, NULL)) {
        bool ok = rest_api_import(STR("id"), STR("name"), STR("stage"), 1, definition, &api, &err);
        assert(ok == (err.kind == NULL) && ok == (api != NULL));
        if (ok && route_match(api, STR("GET"), path, &match))
            assert(match.method != NULL && match.parameter_count <= RESOURCE_DEPTH_MAX);
        rest_api_free(api);
    }
    arena_free(arena);
    return 0;
}
