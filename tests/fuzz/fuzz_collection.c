/* Whatever is read as a collection compiles, or says why not; what compiles is one request of HTTP,
 * whatever its variables hold. */
#include "loadgen/request.h"

enum { FUZZ_ARENA_BYTES = 32 << 20, FUZZ_REQUESTS_MAX = 20 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* No line break where none belongs: up to the empty line there are only "Name: value" lines. */
static void check_bytes(struct str sent)
{
    size_t head = str_find(sent, STR("\r\n\r\n"));
    struct str rest = str_slice(sent, 0, head);

    assert(head < sent.len);
    (void)str_split(&rest, '\n');
    while (rest.len > 0) {
        struct str line = str_split(&rest, '\n');
        assert(line.len > 0 && str_find_char(line, ':') < line.len);
    }
}

static void check_request(const struct request_definition *definition,
                          const struct variables *variables, struct arena *arena)
{
    struct rng rng;
    struct resolver resolver = {.variables = variables,
                                .at_send = false,
                                .data_row = 0,
                                .rng = NULL,
                                .clock = clock_system()};
    struct request_plan plan = {0};
    struct request_bytes bytes = {0};
    struct aws_error err = {0};
    bool ok = request_compile(definition, &resolver, arena, &plan, &err);

    assert(ok == (err.kind == NULL));
    if (!ok)
        return;
    rng_init(&rng, 1);
    resolver = (struct resolver){.variables = variables,
                                 .at_send = true,
                                 .data_row = 0,
                                 .rng = &rng,
                                 .clock = clock_system()};
    if (plan.sent.len > 0)
        check_bytes(plan.sent);
    else if (plan.whole)
        (void)(request_compile(definition, &resolver, arena, &plan, &err) &&
               (check_bytes(plan.sent), true));
    else if (request_build(&plan, &resolver, arena, &bytes))
        check_bytes(bytes.head);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *arena = arena_new(FUZZ_ARENA_BYTES);
    struct collection collection = {0};
    struct variables variables = {0};
    struct aws_error err = {0};
    bool ok =
        data_file_parse(STR("id,name\n1,\"{{x}}\r\nInjected: 1\""), arena, &variables.data, &err);

    assert(ok);
    ok = collection_parse((struct str){(const char *)data, size}, arena, &collection, &err);
    assert(ok == (err.kind == NULL));
    if (ok)
        ok = variables_add_json(&variables, SCOPE_COLLECTION, collection.variables, arena);
    for (size_t i = 0; ok && i < collection.request_count && i < FUZZ_REQUESTS_MAX; i++)
        check_request(&collection.requests[i], &variables, arena);
    arena_free(arena);
    return 0;
}
