#include "script_bench.h"

static struct str keep(struct bench *bench, struct str text)
{
    struct str copy = {0};

    assert_true(str_copy(bench->arena, text, &copy));
    return copy;
}

/* --- the host ------------------------------------------------------------------------------- */

static struct str on_reason(void *context, size_t user)
{
    (void)user;
    return ((struct bench *)context)->reason;
}

static struct str on_head(void *context, size_t user)
{
    (void)user;
    return ((struct bench *)context)->head;
}

static struct str on_body(void *context, size_t user, struct arena *arena)
{
    (void)user;
    (void)arena;
    return ((struct bench *)context)->body;
}

static uint64_t on_body_bytes(void *context, size_t user)
{
    (void)user;
    return ((struct bench *)context)->body.len;
}

static struct str on_sent(void *context, size_t user, struct arena *arena)
{
    (void)context;
    (void)user;
    (void)arena;
    return STR("{\"method\":\"GET\",\"url\":\"http://127.0.0.1:18765/get\",\"header\":[]}");
}

static struct str on_cookies(void *context, size_t user, struct str url, struct arena *arena)
{
    (void)context;
    (void)user;
    (void)url;
    (void)arena;
    return STR("[{\"name\":\"sid\",\"value\":\"abc\",\"path\":\"/\",\"domain\":\"127.0.0.1\"}]");
}

static void on_set_cookie(void *context, size_t user, struct str url, struct str cookie)
{
    struct bench *bench = context;

    (void)user;
    (void)url;
    bench->cookie = keep(bench, cookie);
}

static void on_timer(void *context, size_t user, uint32_t id, double ms)
{
    struct bench *bench = context;

    (void)user;
    bench->waiting_id = id;
    bench->waiting_ms = ms;
}

static void on_send(void *context, size_t user, uint32_t id, struct str request)
{
    struct bench *bench = context;

    (void)user;
    bench->waiting_id = id;
    bench->sent = keep(bench, request);
}

static void on_forget(void *context, size_t user, uint32_t id)
{
    struct bench *bench = context;

    (void)user;
    if (bench->waiting_id == id)
        bench->waiting_id = 0;
}

static void on_touched(void *context, struct str name)
{
    struct bench *bench = context;

    bench->touched = keep(bench, name);
}

static void on_test(void *context, size_t user, struct str test, bool failed)
{
    struct bench *bench = context;

    (void)user;
    assert_true(bench->test_count < BENCH_TESTS_MAX);
    bench->tests[bench->test_count++] = keep(bench, test);
    bench->failed += failed ? 1 : 0;
}

static void on_script(void *context, size_t user, size_t script, struct str error)
{
    struct bench *bench = context;

    (void)user;
    (void)script;
    bench->errors += error.len > 0 ? 1 : 0;
    if (error.len > 0)
        bench->last_error = keep(bench, error);
}

static void on_console(void *context, size_t user, struct str level, struct str text)
{
    struct bench *bench = context;

    (void)user;
    (void)level;
    bench->console = keep(bench, text);
}

static void on_notice(void *context, struct str text)
{
    (void)context;
    (void)text;
}

static struct rng *on_chance(void *context, size_t user)
{
    return &((struct bench *)context)->chance[user];
}

/* --- the engine ----------------------------------------------------------------------------- */

static void add_event(struct buffer *out, const char *listen, struct str script)
{
    buffer_printf(out, "{\"listen\":\"%s\",\"script\":{\"exec\":", listen);
    json_escape(out, script);
    buffer_add_literal(out, "}}");
}

void bench_open(struct bench *bench, struct str prerequest, struct str test)
{
    struct aws_error err = {0};
    struct buffer out;
    struct str json = {0};

    memset(bench, 0, sizeof(*bench));
    bench->arena = arena_new(64 << 20);
    assert_non_null(bench->arena);
    buffer_init(&out, bench->arena);
    buffer_add_literal(&out, "{\"info\":{\"name\":\"C\"},\"item\":[{\"name\":\"one\",\"request\":"
                             "\"http://127.0.0.1/x\",\"event\":[");
    add_event(&out, "prerequest", prerequest);
    buffer_add_char(&out, ',');
    add_event(&out, "test", test);
    buffer_add_literal(&out, "]},{\"name\":\"two\",\"request\":\"http://127.0.0.1/y\"}]}");
    assert_true(buffer_done(&out, &json));
    if (!collection_parse(json, bench->arena, &bench->collection, &err))
        fail_msg("%s", err.message);
    bench->status = 200;
    bench->reason = STR("OK");
    bench->head = STR("Content-Type: application/json\n");
    bench->body = STR("{\"id\":7,\"items\":[1,2]}");
    assert_true(
        variables_add(&bench->variables, SCOPE_ENVIRONMENT, STR("base"), STR("b"), bench->arena));
    bench->setup = (struct script_setup){
        .collection = &bench->collection,
        .variables = &bench->variables,
        .users = 4,
        .all_users = 4,
        .iterations = 1,
        .detailed = true,
        .timeout_ms = 300,
    };
    bench->host = (struct script_host){
        bench,      on_reason,     on_head,    on_body,   on_body_bytes, on_sent,
        on_cookies, on_set_cookie, on_timer,   on_send,   on_forget,     on_touched,
        on_test,    on_script,     on_console, on_notice, on_chance,     NULL,
    };
    for (size_t i = 0; i < ARRAY_LEN(bench->chance); i++)
        rng_init(&bench->chance[i], i);
    if (!script_engine_new(&bench->setup, &bench->host, &bench->engine, &err))
        fail_msg("%s", err.message);
    script_iteration(bench->engine, 0, 0, 0);
}

void bench_close(struct bench *bench)
{
    script_engine_free(bench->engine);
    arena_free(bench->arena);
}

struct script_outcome bench_run(struct bench *bench, enum script_phase phase)
{
    return script_begin(bench->engine, 0, 0, phase, bench->status, 28);
}

struct str bench_outcome(struct bench *bench, size_t test)
{
    struct json_value *root = NULL;
    const struct json_value *error = NULL;

    assert_true(test < bench->test_count);
    assert_true(json_parse(bench->tests[test], bench->arena, &root, NULL));
    error = json_member(root, "error");
    if (json_flag(root, "passed"))
        return STR("passes");
    return str_printf(bench->arena, "%.*s: %.*s",
                      STR_ARG(json_string_or(json_member(error, "name"), STR("AssertionError"))),
                      STR_ARG(json_text(error, "message")));
}

void assert_outcome(struct bench *bench, size_t test, const char *expected)
{
    struct str got = bench_outcome(bench, test);

    if (!str_eq(got, str_from_c(expected)))
        fail_msg("test %zu: expected '%s', got '%.*s'", test, expected, STR_ARG(got));
}
