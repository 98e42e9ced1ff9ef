/* What a script can do, and what its engine tells of it. */
#include "script_bench.h"

static void a_test_that_throws_is_a_failed_test_and_the_script_goes_on(void **state)
{
    struct bench bench;

    (void)state;
    bench_open(&bench, STR(""),
               STR("pm.test('a', () => { throw new Error('x'); });"
                   "pm.test('b', () => {}); tests['old'] = 1;"));
    struct script_outcome outcome = bench_run(&bench, SCRIPT_TEST);
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
        struct script_outcome outcome = bench_run(&bench, SCRIPT_TEST);
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
        assert_true(bench_run(&bench, SCRIPT_PREREQUEST).erred);
    assert_true(bench_run(&bench, SCRIPT_PREREQUEST).erred);
    assert_true(str_find(bench.last_error, STR("synchronous script execution timeout")) <
                bench.last_error.len);
    assert_false(bench_run(&bench, SCRIPT_TEST).erred);
    assert_outcome(&bench, 0, "passes");
    assert_true(bench_run(&bench, SCRIPT_PREREQUEST).erred);
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
    (void)bench_run(&bench, SCRIPT_PREREQUEST);
    (void)bench_run(&bench, SCRIPT_TEST);
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
    assert_true(bench_run(&bench, SCRIPT_PREREQUEST).waiting);
    assert_true(bench.waiting_ms == 25);
    assert_true(script_timer(bench.engine, 0, bench.waiting_id).waiting);
    assert_true(str_find(bench.sent, STR("http://h/{{base}}")) < bench.sent.len);
    assert_false(script_answered(bench.engine, 0, bench.waiting_id, &answer).waiting);
    assert_true(bench_run(&bench, SCRIPT_TEST).waiting);
    assert_false(script_answered(bench.engine, 0, bench.waiting_id, &answer).waiting);
    assert_outcome(&bench, 0, "passes");
    bench_close(&bench);
}

static void a_phase_that_waits_too_long_is_abandoned(void **state)
{
    struct bench bench;

    (void)state;
    bench_open(&bench, STR(""), STR("setInterval(() => {}, 10)"));
    assert_true(bench_run(&bench, SCRIPT_TEST).waiting);
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
    struct script_outcome outcome = bench_run(&bench, SCRIPT_PREREQUEST);
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
        struct script_outcome outcome = bench_run(&bench, SCRIPT_PREREQUEST);
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
    (void)bench_run(&bench, SCRIPT_PREREQUEST);
    assert_true(str_eq(bench.touched, STR("fresh")));
    bench.touched = STR("");
    (void)bench_run(&bench, SCRIPT_PREREQUEST);
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
    (void)bench_run(&bench, SCRIPT_TEST);
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
    (void)bench_run(&bench, SCRIPT_TEST);
    assert_outcome(&bench, 0, "passes");
    bench_close(&bench);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
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
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
