/* Whatever is read as a collection compiles, or says why not; what compiles is one request of HTTP,
 * whatever its variables hold, and the same whether it was made ready before the run or at the
 * send, as it was read or as a script left it. */
#include "loadgen/auth_sign.h"
#include "loadgen/collection_request.h"
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

static struct resolver at_send(const struct variables *variables, struct rng *rng)
{
    rng_init(rng, 1);
    return (struct resolver){
        .variables = variables, .at_send = true, .rng = rng, .clock = clock_system()};
}

/* Ready before the run, and what varies filled in; empty: it is compiled at each send. */
static struct str build(const struct request_plan *plan, const struct variables *variables,
                        struct arena *arena)
{
    struct rng rng;
    struct resolver resolver = at_send(variables, &rng);
    struct request_bytes bytes = {0};
    struct buffer whole;
    struct str ret = {0};

    if (plan->sent.len > 0 || plan->whole)
        return plan->sent;
    if (!request_build(plan, &resolver, arena, &bytes))
        return ret;
    buffer_init(&whole, arena);
    buffer_add(&whole, bytes.head);
    buffer_add(&whole, bytes.body);
    (void)!buffer_done(&whole, &ret);
    return ret;
}

/* Compiled at the send; empty without memory, or where that is told to be no request. */
static struct str compile(const struct request_definition *definition,
                          const struct variables *variables, bool as_newman, struct arena *arena)
{
    struct rng rng;
    struct resolver resolver = at_send(variables, &rng);
    struct request_plan plan = {0};
    struct aws_error err = {0};

    resolver.as_newman = as_newman;
    bool ok = request_compile(definition, &resolver, arena, &plan, &err);
    assert(ok == (err.kind == NULL) && (!ok || plan.sent.len > 0));
    if (ok)
        check_bytes(plan.sent);
    return plan.sent;
}

/* Neither a clock's time nor chance is in it: no name of either, plain or escaped, stands in the
 * whole collection, whose auth and variables reach into each request. */
static bool is_repeatable(const struct request_definition *definition, struct str collection)
{
    return !auth_is_signed(definition->auth.type) &&
           str_find(collection, STR("$")) == collection.len &&
           str_find(collection, STR("\\u")) == collection.len;
}

static void check_request(const struct request_definition *definition, bool repeatable,
                          const struct variables *variables, struct arena *arena)
{
    struct resolver resolver = {.variables = variables, .clock = clock_system()};
    struct request_plan plan = {0};
    struct request_definition same;
    struct aws_error err = {0};
    struct str built = {0}, compiled = {0};
    bool ok = request_compile(definition, &resolver, arena, &plan, &err);

    assert(ok == (err.kind == NULL));
    if (!ok)
        return;
    built = build(&plan, variables, arena);
    compiled = compile(definition, variables, false, arena);
    (void)compile(definition, variables, true, arena);
    if (built.len > 0)
        check_bytes(built);
    if (built.len > 0 && compiled.len > 0 && repeatable)
        assert(str_eq(built, compiled));
    if (definition->source.len > 0 &&
        collection_request_reread(definition, definition->source, arena, &same, &err)) {
        built = compile(&same, variables, false, arena);
        assert(built.len == 0 || !repeatable || str_eq(built, compiled));
    }
}

/* With a data file's `row`; "{{" in it is one of a variable, as elsewhere. */
static void check_with(const struct collection *collection, struct str row, struct arena *arena)
{
    struct variables variables = {0};
    struct aws_error err = {0};
    bool ok = data_file_parse(row, arena, &variables.data, &err) &&
              variables_add_json(&variables, SCOPE_COLLECTION, collection->variables, arena);

    for (size_t i = 0; ok && i < collection->request_count && i < FUZZ_REQUESTS_MAX; i++)
        check_request(&collection->requests[i],
                      is_repeatable(&collection->requests[i], collection->source), &variables,
                      arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *arena = arena_new(FUZZ_ARENA_BYTES);
    struct collection collection = {0};
    struct aws_error err = {0};
    bool ok = collection_parse((struct str){(const char *)data, size}, arena, &collection, &err);

    assert(ok == (err.kind == NULL));
    if (ok) {
        check_with(&collection, STR("id,name\n1,\"{{x}}\r\nInjected: 1\""), arena);
        check_with(&collection, STR("id,name\n1,\"a\r\nInjected: 1\""), arena);
    }
    arena_free(arena);
    return 0;
}
