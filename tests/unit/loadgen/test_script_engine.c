#include "../test.h"

#include "loadgen/script_engine.h"
#include "loadgen/text_file.h"

enum { TESTS_MAX = 400 };

/* One user's engine over one request, and what its host was told. */
struct bench {
    struct arena *arena;
    struct collection collection;
    struct variables variables;
    struct script_setup setup;
    struct script_host host;
    struct script_engine *engine;
    int status;
    struct str reason, head, body;
    struct str tests[TESTS_MAX]; /* JSON each */
    size_t test_count, failed, errors, wrong;
    struct str last_error, sent, cookie, touched, console;
    struct rng chance[4]; /* a user each */
    uint32_t waiting_id;
    double waiting_ms;
};

static struct str keep(struct bench *bench, struct str text)
{
    struct str copy = {0};

    assert_true(str_copy(bench->arena, text, &copy));
    return copy;
}

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
    assert_true(bench->test_count < TESTS_MAX);
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

static void add_event(struct buffer *out, const char *listen, struct str script)
{
    buffer_printf(out, "{\"listen\":\"%s\",\"script\":{\"exec\":", listen);
    json_escape(out, script);
    buffer_add_literal(out, "}}");
}

/* `prerequest` and `test` may be empty. */
static void bench_open(struct bench *bench, struct str prerequest, struct str test)
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

static void bench_close(struct bench *bench)
{
    script_engine_free(bench->engine);
    arena_free(bench->arena);
}

static struct script_outcome run(struct bench *bench, enum script_phase phase)
{
    return script_begin(bench->engine, 0, 0, phase, bench->status, 28);
}

/* "passes", or "Name: message". */
static struct str outcome_of(struct bench *bench, size_t test)
{
    struct json_value *root = NULL;
    const struct json_value *error = NULL;

    assert_true(test < bench->test_count);
    assert_true(json_parse(bench->tests[test], bench->arena, &root, NULL));
    error = json_member(root, "error");
    if (json_is(json_member(root, "passed"), JSON_TRUE))
        return STR("passes");
    return str_printf(bench->arena, "%.*s: %.*s",
                      STR_ARG(json_string_or(json_member(error, "name"), STR("AssertionError"))),
                      STR_ARG(json_string_or(json_member(error, "message"), STR(""))));
}

static void assert_outcome(struct bench *bench, size_t test, const char *expected)
{
    struct str got = outcome_of(bench, test);

    if (!str_eq(got, str_from_c(expected)))
        fail_msg("test %zu: expected '%s', got '%.*s'", test, expected, STR_ARG(got));
}

/* --- facts of chai and newman --------------------------------------------------------------- */

static const struct json_value *read_facts(struct arena *arena, const char *name)
{
    char path[512];
    struct str text = {0};
    struct aws_error err = {0};
    struct json_value *root = NULL;

    (void)snprintf(path, sizeof(path), "%s/postman/%s", TEST_DATA, name);
    if (!text_file_read(arena, path, 1 << 20, &text, &err))
        fail_msg("%s", err.message);
    assert_true(json_parse(text, arena, &root, NULL));
    return root;
}

static void compare(struct bench *bench, size_t test, struct str script, struct str expected)
{
    struct str got = outcome_of(bench, test);

    if (str_eq(got, expected))
        return;
    bench->wrong++;
    print_error("%.*s\n  expected: %.*s\n  got:      %.*s\n", STR_ARG(script), STR_ARG(expected),
                STR_ARG(got));
}

static void expect_words_its_failures_as_chai_does(void **state)
{
    struct arena *arena = arena_new(16 << 20);
    const struct json_value *cases = json_member(read_facts(arena, "chai-messages.json"), "cases");
    struct bench bench;
    struct buffer script;
    struct str text = {0};
    size_t at = 0;

    (void)state;
    buffer_init(&script, arena);
    buffer_add_literal(&script, "const expect = pm.expect;\n");
    for (const struct json_value *one = cases->child; one != NULL; one = one->next)
        buffer_printf(&script, "pm.test('', function () { %.*s });\n", STR_ARG(one->child->text));
    assert_true(buffer_done(&script, &text));
    bench_open(&bench, STR(""), text);
    (void)run(&bench, SCRIPT_TEST);
    for (const struct json_value *one = cases->child; one != NULL; one = one->next)
        compare(&bench, at++, one->child->text, one->child->next->text);
    assert_int_equal(bench.wrong, 0);
    bench_close(&bench);
    arena_free(arena);
}

static void check_answer(const struct json_value *facts, const struct json_value *answer,
                         struct arena *arena)
{
    const struct json_value *cases = json_member(facts, "cases");
    struct bench bench;
    struct buffer script;
    struct str text = {0};
    int64_t status = 0;
    size_t at = 0;

    buffer_init(&script, arena);
    for (const struct json_value *one = cases->child; one != NULL; one = one->next) {
        if (!str_eq(one->child->text, answer->name))
            continue;
        buffer_add_literal(&script, "pm.test(");
        json_escape(&script, one->child->next->text);
        buffer_printf(&script, ", function () { %.*s });\n", STR_ARG(one->child->next->text));
    }
    assert_true(buffer_done(&script, &text));
    bench_open(&bench, STR(""), text);
    assert_true(json_int64(json_member(answer, "status"), 100, 599, &status));
    bench.status = (int)status;
    bench.reason = json_string_or(json_member(answer, "reason"), STR(""));
    bench.head = json_string_or(json_member(answer, "head"), STR(""));
    bench.body = json_string_or(json_member(answer, "body"), STR(""));
    (void)run(&bench, SCRIPT_TEST);
    if (bench.errors > 0)
        fail_msg("%.*s", STR_ARG(bench.last_error));
    for (const struct json_value *one = cases->child; one != NULL; one = one->next) {
        const struct json_value *name = one->child;
        if (str_eq(name->text, answer->name))
            compare(&bench, at++, name->next->text, name->next->next->text);
    }
    assert_int_equal(bench.wrong, 0);
    bench_close(&bench);
}

static void response_assertions_end_as_in_newman(void **state)
{
    struct arena *arena = arena_new(16 << 20);
    const struct json_value *facts = read_facts(arena, "newman-assertions.json");

    (void)state;
    for (const struct json_value *one = json_member(facts, "answers")->child; one != NULL;
         one = one->next)
        check_answer(facts, one, arena);
    arena_free(arena);
}

/* --- what a script can do ------------------------------------------------------------------- */

static void a_test_that_throws_is_a_failed_test_and_the_script_goes_on(void **state)
{
    struct bench bench;

    (void)state;
    bench_open(&bench, STR(""),
               STR("pm.test('a', () => { throw new Error('x'); });"
                   "pm.test('b', () => {}); tests['old'] = 1;"));
    struct script_outcome outcome = run(&bench, SCRIPT_TEST);
    assert_int_equal(outcome.failed_tests, 1);
    assert_false(outcome.waiting || outcome.erred);
    assert_int_equal(bench.test_count, 3);
    assert_outcome(&bench, 0, "Error: x");
    assert_outcome(&bench, 2, "passes");
    bench_close(&bench);
}

static void a_script_that_is_no_javascript_or_throws_has_erred(void **state)
{
    static const char *const scripts[] = {"var 1;", "throw new Error('x')", "nope()",
                                          "throw 'text'",
                                          "await Promise.reject(new Error('late'))"};

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(scripts); i++) {
        struct bench bench;
        bench_open(&bench, STR(""), str_from_c(scripts[i]));
        struct script_outcome outcome = run(&bench, SCRIPT_TEST);
        if (!outcome.erred || outcome.waiting || bench.errors != 1)
            fail_msg("%s", scripts[i]);
        bench_close(&bench);
    }
}

static void an_endless_loop_is_stopped_and_the_next_script_runs(void **state)
{
    struct bench bench;

    (void)state;
    /* The later runs are those of compiled code. */
    bench_open(&bench, STR("for (;;) ;"), STR("pm.test('a', () => pm.expect(1).to.equal(1))"));
    for (int i = 0; i < 3; i++)
        assert_true(run(&bench, SCRIPT_PREREQUEST).erred);
    assert_true(run(&bench, SCRIPT_PREREQUEST).erred);
    assert_true(str_find(bench.last_error, STR("synchronous script execution timeout")) <
                bench.last_error.len);
    assert_false(run(&bench, SCRIPT_TEST).erred);
    assert_outcome(&bench, 0, "passes");
    assert_true(run(&bench, SCRIPT_PREREQUEST).erred);
    bench_close(&bench);
}

static void variables_are_found_from_the_narrowest_scope(void **state)
{
    struct bench bench;
    struct str value = {0};

    (void)state;
    bench_open(&bench,
               STR("pm.globals.set('v', 'g'); pm.collectionVariables.set('v', 'c');"
                   "pm.environment.set('e', 5); pm.variables.set('base', 'local');"),
               STR("pm.test('', () => { pm.expect(pm.variables.get('v')).to.equal('c');"
                   "pm.expect(pm.environment.get('base')).to.equal('b');"
                   "pm.expect(pm.variables.replaceIn('{{base}}-{{e}}-{{none}}'))"
                   ".to.equal('local-5-{{none}}'); })"));
    (void)run(&bench, SCRIPT_PREREQUEST);
    (void)run(&bench, SCRIPT_TEST);
    assert_outcome(&bench, 0, "passes");
    assert_true(script_lookup(bench.engine, 0, STR("e"), bench.arena, &value));
    assert_true(str_eq(value, STR("5")));
    assert_false(script_lookup(bench.engine, 0, STR("none"), bench.arena, &value));
    /* Another user has what the run began with. */
    assert_true(script_lookup(bench.engine, 1, STR("base"), bench.arena, &value));
    assert_true(str_eq(value, STR("b")));
    assert_false(script_lookup(bench.engine, 1, STR("v"), bench.arena, &value));
    bench_close(&bench);
}

static void a_phase_waits_for_timers_and_answers(void **state)
{
    struct bench bench;
    struct script_answer answer = {.status = 201, .time_ms = 3, .body = STR_INIT("{\"t\":1}")};

    (void)state;
    bench_open(&bench,
               STR("setTimeout(() => pm.sendRequest('http://h/{{base}}', (error, r) => "
                   "pm.environment.set('t', r.json().t + r.code)), 25)"),
               STR("const r = await pm.sendRequest({url: 'http://h/2', method: 'POST'});"
                   "pm.test('', () => pm.expect(pm.environment.get('t') + r.code).to.equal(403))"));
    assert_true(run(&bench, SCRIPT_PREREQUEST).waiting);
    assert_true(bench.waiting_ms == 25);
    assert_true(script_timer(bench.engine, 0, bench.waiting_id).waiting);
    assert_true(str_find(bench.sent, STR("http://h/{{base}}")) < bench.sent.len);
    assert_false(script_answered(bench.engine, 0, bench.waiting_id, &answer).waiting);
    assert_true(run(&bench, SCRIPT_TEST).waiting);
    assert_false(script_answered(bench.engine, 0, bench.waiting_id, &answer).waiting);
    assert_outcome(&bench, 0, "passes");
    bench_close(&bench);
}

static void a_phase_that_waits_too_long_is_abandoned(void **state)
{
    struct bench bench;

    (void)state;
    bench_open(&bench, STR(""), STR("setInterval(() => {}, 10)"));
    assert_true(run(&bench, SCRIPT_TEST).waiting);
    struct script_outcome outcome = script_abandon(bench.engine, 0, "too long");
    assert_true(outcome.erred && !outcome.waiting);
    assert_int_equal(bench.waiting_id, 0);
    bench_close(&bench);
}

static void a_pre_request_script_changes_skips_and_goes_elsewhere(void **state)
{
    struct bench bench;
    struct str name = {0};

    (void)state;
    bench_open(
        &bench,
        STR("pm.request.headers.add({key: 'X-A', value: '{{base}}'}); pm.request.method = 'PUT';"
            "pm.request.url.addQueryParams('q=1'); pm.execution.setNextRequest('two');"
            "pm.execution.skipRequest(); throw new Error('never')"),
        STR(""));
    struct script_outcome outcome = run(&bench, SCRIPT_PREREQUEST);
    assert_true(outcome.skip && outcome.request_changed && outcome.next_request);
    assert_false(outcome.erred);
    struct str request = script_request(bench.engine, 0, bench.arena);
    static const char *const wanted[] = {"\"X-A\"", "\"PUT\"", "\"q\""};
    for (size_t i = 0; i < ARRAY_LEN(wanted); i++)
        assert_true(str_find(request, str_from_c(wanted[i])) < request.len);
    assert_true(script_next(bench.engine, 0, bench.arena, &name));
    assert_true(str_eq(name, STR("two")));
    bench_close(&bench);
}

static void a_request_is_changed_by_whatever_a_script_does_to_it(void **state)
{
    static const struct {
        const char *script, *has; /* NULL: the request stays */
    } rows[] = {
        {"pm.request.url.toString(); pm.request.headers.get('A'); JSON.stringify(pm.request)",
         NULL},
        {"pm.request.body = 'a'; pm.request.body.raw = 'new text'", "\"raw\":\"new text\""},
        {"pm.request.headers.add({key: 'A', value: '1'}); pm.request.headers.one('A').value = "
         "'two'",
         "\"value\":\"two\""},
        {"pm.request.url.path.push('deeper')", "\"deeper\""},
        {"pm.request.url.protocol = 'gopher'", "\"gopher\""},
        {"pm.request.method = 'PUT'", "\"PUT\""},
        {"pm.request.update({url: 'http://other/'})", "\"other\""},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct bench bench;
        bench_open(&bench, str_from_c(rows[i].script), STR(""));
        struct script_outcome outcome = run(&bench, SCRIPT_PREREQUEST);
        if (outcome.erred || outcome.request_changed != (rows[i].has != NULL))
            fail_msg("%s: %.*s", rows[i].script, STR_ARG(bench.last_error));
        if (rows[i].has != NULL) {
            struct str request = script_request(bench.engine, 0, bench.arena);
            if (str_find(request, str_from_c(rows[i].has)) == request.len)
                fail_msg("%s: %.*s", rows[i].script, STR_ARG(request));
        }
        bench_close(&bench);
    }
}

static void a_changed_name_is_told_once(void **state)
{
    struct bench bench;

    (void)state;
    bench_open(&bench, STR("pm.environment.set('fresh', 1)"), STR(""));
    (void)run(&bench, SCRIPT_PREREQUEST);
    assert_true(str_eq(bench.touched, STR("fresh")));
    bench.touched = STR("");
    (void)run(&bench, SCRIPT_PREREQUEST);
    assert_int_equal(bench.touched.len, 0);
    bench_close(&bench);
}

/* The body is lent to the reader and its place used again at once. */
static void a_bodys_tree_stays_when_other_texts_come_in(void **state)
{
    struct bench bench;

    (void)state;
    bench_open(&bench, STR(""),
               STR("pm.test('', () => { const tree = pm.response.json();"
                   "const other = pm.response.headers.all(), text = pm.response.text();"
                   "pm.environment.set('k', text);"
                   "pm.expect(tree).to.eql({ short: 'a', name: 'caf\u00e9 '.repeat(9),"
                   "list: ['x', 'yz', 'y'.repeat(99)], '\u20ac': 1 });"
                   "pm.expect(JSON.parse(pm.environment.get('k'))).to.eql(tree); })"));
    bench.body =
        STR("{\"short\":\"a\",\"name\":\"caf\u00e9 caf\u00e9 caf\u00e9 caf\u00e9 "
            "caf\u00e9 caf\u00e9 caf\u00e9 caf\u00e9 caf\u00e9 \",\"list\":[\"x\",\"yz\","
            "\"yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy"
            "yyyyyyyyyyyyyyyyyyyy\"],\"\u20ac\":1}");
    (void)run(&bench, SCRIPT_TEST);
    assert_outcome(&bench, 0, "passes");
    bench_close(&bench);
}

static void libraries_and_old_names_are_there(void **state)
{
    struct bench bench;

    (void)state;
    bench_open(
        &bench, STR(""),
        STR("pm.test('', () => { const uuid = require('uuid');"
            "pm.expect(uuid.v4()).to.match(/^[0-9a-f-]{36}$/);"
            "pm.expect(atob(btoa('a\\u00e9'))).to.equal('a\\u00e9');"
            "pm.expect(CryptoJS.MD5('a').toString()).to.equal('0cc175b9c0f1b6a831c399e269772661');"
            "pm.expect(CryptoJS.HmacSHA256('m', 'k').toString(CryptoJS.enc.Base64))"
            ".to.equal('tgCQ4wUil661oICInOL8S8qVfnVvrrTffTGADKHncew=');"
            "pm.expect(Buffer.from('hi').toString('base64')).to.equal('aGk=');"
            "pm.expect(responseCode.code).to.equal(200);"
            "pm.expect(JSON.parse(responseBody).id).to.equal(7);"
            "pm.expect(pm.cookies.get('sid')).to.equal('abc');"
            "pm.expect(() => require('fs')).to.throw('Cannot find module'); })"));
    (void)run(&bench, SCRIPT_TEST);
    assert_outcome(&bench, 0, "passes");
    bench_close(&bench);
}

static void scripts_have_no_files_no_network_and_no_other_way_out(void **state)
{
    struct bench bench;

    (void)state;
    bench_open(&bench, STR(""),
               STR("pm.test('', () => { for (const name of ['process', 'fetch', 'XMLHttpRequest', "
                   "'WebSocket',"
                   "'Worker', 'load', 'readFile', 'host', 'squall', 'global', 'globalThis', "
                   "'WebAssembly', 'importScripts'])"
                   "pm.expect(eval('typeof ' + name), name).to.equal('undefined'); })"));
    (void)run(&bench, SCRIPT_TEST);
    assert_outcome(&bench, 0, "passes");
    bench_close(&bench);
}

/* --- scripts that do harm ------------------------------------------------------------------- */

static void what_all_scripts_share_is_put_back_when_one_replaces_it(void **state)
{
    static const char *const scripts[] = {
        "Object.prototype.then = function (f) { f(); };",
        "Object.prototype.get = () => 1; Object.prototype.toJSON = () => { throw 1; };",
        "Object.defineProperty(Object.prototype, 'user', {set(v) {}, configurable: true});",
        "Array.prototype.map = null; Array.prototype[Symbol.iterator] = null;",
        "Map.prototype.get = () => undefined; Set.prototype.has = null;",
        "JSON.parse = () => { for (;;) ; }; JSON.stringify = () => 'x';",
        "Promise = null; String = Object = Array = Error = null;",
        "RegExp.prototype.exec = () => null; String.prototype.replace = null;",
        "Function.prototype.call = Function.prototype.apply = Function.prototype.bind = null;",
        "pm = {}; console = null; setTimeout = null;",
        "pm.test = () => {}; pm.expect = null; delete pm.response; delete pm.environment;",
        "pm.expect(1).__proto__.equal = () => true;",
        "pm.environment.get = null; Object.getPrototypeOf(pm.environment).get = () => 'evil';",
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(scripts); i++) {
        struct bench bench;
        bench_open(&bench, str_from_c(scripts[i]),
                   STR("pm.test('', () => { pm.expect(pm.response.json().items.map(x => x + 1))"
                       ".to.eql([2, 3]); pm.expect(pm.environment.get('base')).to.equal('b');"
                       "pm.expect(() => pm.expect(1).to.equal(2)).to.throw('expected 1');"
                       "setTimeout(() => pm.test('', () => {}), 1); })"));
        /* The other runs of the same script as well as the first. */
        for (size_t run_count = 0; run_count < 5; run_count++) {
            bench.test_count = 0;
            (void)run(&bench, SCRIPT_PREREQUEST);
            if (!run(&bench, SCRIPT_TEST).waiting ||
                script_timer(bench.engine, 0, bench.waiting_id).waiting || bench.test_count != 2 ||
                bench.failed > 0)
                fail_msg("%s", scripts[i]);
        }
        bench_close(&bench);
    }
}

static void a_helper_that_a_script_adds_stays(void **state)
{
    struct bench bench;

    (void)state;
    bench_open(&bench, STR("Object.prototype.answer = function () { return 42; };"),
               STR("pm.test('', () => pm.expect(({}).answer()).to.equal(42))"));
    (void)run(&bench, SCRIPT_PREREQUEST);
    (void)run(&bench, SCRIPT_TEST);
    assert_outcome(&bench, 0, "passes");
    bench_close(&bench);
}

static void whatever_is_thrown_is_told(void **state)
{
    static const struct {
        const char *script, *message;
    } rows[] = {
        {"throw null", "null"},
        {"throw undefined", "undefined"},
        {"throw 42", "42"},
        {"throw Symbol('x')", "Symbol(x)"},
        {"throw {message: 'an object'}", "an object"},
        {"throw {get message() { throw 1; }}", "what was thrown cannot be read"},
        {"throw new Proxy({}, {get() { throw 1; }})", "what was thrown cannot be read"},
        {"Object.defineProperty(Error.prototype, 'message', {get() { for (;;) ; }, configurable: "
         "true}); throw new Error()",
         "synchronous script execution timeout"},
        {"const a = {}; a.a = a; pm.environment.set('c', a); throw 43", "43"},
        {"pm.variables.replaceIn('{{a}}')", "variables make a text of more than 16 MB"},
        {"while (true) setTimeout(() => {}, 1)", "wait for 5000 timers"},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct bench bench;
        bench_open(&bench,
                   STR("for (let i = 0; i < 20; i++) pm.variables.set(String.fromCharCode(97 + i),"
                       "`${'x'.repeat(4000)}{{${String.fromCharCode(98 + i)}}}`.repeat(9));"),
                   str_from_c(rows[i].script));
        (void)run(&bench, SCRIPT_PREREQUEST);
        assert_int_equal(bench.errors, 0);
        struct script_outcome outcome = run(&bench, SCRIPT_TEST);
        if (outcome.waiting)
            outcome = script_abandon(bench.engine, 0, "it waits no longer");
        if (!outcome.erred ||
            str_find(bench.last_error, str_from_c(rows[i].message)) == bench.last_error.len)
            fail_msg("%s: %.*s", rows[i].script, STR_ARG(bench.last_error));
        bench_close(&bench);
    }
}

static void what_takes_too_long_is_stopped_without_a_loop_in_sight(void **state)
{
    static const char *const scripts[] = {
        "var b = [...Array(1000).keys()];"
        "b.forEach(() => b.forEach(() => b.forEach(() => b.forEach(() => 0))))",
        "Array.from({length: 4294967295}, (_, i) => 1)",
        "const again = () => setTimeout(() => { for (;;) ; }); [].at.constructor('f' + "
        "'or(;;);')()",
        "pm.variables.set('x', {toString() { for (;;) ; }}); pm.variables.replaceIn('{{x}}')",
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(scripts); i++) {
        struct bench bench;
        struct str value = {0};
        bench_open(&bench, STR(""), str_from_c(scripts[i]));
        if (!run(&bench, SCRIPT_TEST).erred ||
            str_find(bench.last_error, STR("execution timeout")) == bench.last_error.len)
            fail_msg("%s: %.*s", scripts[i], STR_ARG(bench.last_error));
        /* Nor may a value hold up what is sent later: it is what its JSON says by then. */
        if (script_lookup(bench.engine, 0, STR("x"), bench.arena, &value))
            assert_str_equal(value, STR("[object Object]"));
        bench_close(&bench);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(expect_words_its_failures_as_chai_does),
        cmocka_unit_test(response_assertions_end_as_in_newman),
        cmocka_unit_test(a_test_that_throws_is_a_failed_test_and_the_script_goes_on),
        cmocka_unit_test(a_script_that_is_no_javascript_or_throws_has_erred),
        cmocka_unit_test(an_endless_loop_is_stopped_and_the_next_script_runs),
        cmocka_unit_test(variables_are_found_from_the_narrowest_scope),
        cmocka_unit_test(a_phase_waits_for_timers_and_answers),
        cmocka_unit_test(a_phase_that_waits_too_long_is_abandoned),
        cmocka_unit_test(a_pre_request_script_changes_skips_and_goes_elsewhere),
        cmocka_unit_test(a_request_is_changed_by_whatever_a_script_does_to_it),
        cmocka_unit_test(a_changed_name_is_told_once),
        cmocka_unit_test(a_bodys_tree_stays_when_other_texts_come_in),
        cmocka_unit_test(libraries_and_old_names_are_there),
        cmocka_unit_test(scripts_have_no_files_no_network_and_no_other_way_out),
        cmocka_unit_test(what_all_scripts_share_is_put_back_when_one_replaces_it),
        cmocka_unit_test(a_helper_that_a_script_adds_stays),
        cmocka_unit_test(whatever_is_thrown_is_told),
        cmocka_unit_test(what_takes_too_long_is_stopped_without_a_loop_in_sight),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
