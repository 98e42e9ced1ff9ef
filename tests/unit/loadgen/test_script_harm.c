/* Scripts that do harm: to what all share, to the time that others have, to the machine. */
#include "script_bench.h"

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
    (void)bench_run(&bench, SCRIPT_TEST);
    assert_outcome(&bench, 0, "passes");
    bench_close(&bench);
}

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
            (void)bench_run(&bench, SCRIPT_PREREQUEST);
            if (!bench_run(&bench, SCRIPT_TEST).waiting ||
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
    (void)bench_run(&bench, SCRIPT_PREREQUEST);
    (void)bench_run(&bench, SCRIPT_TEST);
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
        (void)bench_run(&bench, SCRIPT_PREREQUEST);
        assert_int_equal(bench.errors, 0);
        struct script_outcome outcome = bench_run(&bench, SCRIPT_TEST);
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
        if (!bench_run(&bench, SCRIPT_TEST).erred ||
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
        cmocka_unit_test(scripts_have_no_files_no_network_and_no_other_way_out),
        cmocka_unit_test(what_all_scripts_share_is_put_back_when_one_replaces_it),
        cmocka_unit_test(a_helper_that_a_script_adds_stays),
        cmocka_unit_test(whatever_is_thrown_is_told),
        cmocka_unit_test(what_takes_too_long_is_stopped_without_a_loop_in_sight),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
