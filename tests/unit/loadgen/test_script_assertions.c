/* How assertions end, over facts that were recorded of chai and of newman. */
#include "script_bench.h"

#include "loadgen/text_file.h"

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

/* Answers how many are wrong: 0 or 1. */
static size_t compare(struct bench *bench, size_t test, struct str script, struct str expected)
{
    struct str got = bench_outcome(bench, test);

    if (str_eq(got, expected))
        return 0;
    print_error("%.*s\n  expected: %.*s\n  got:      %.*s\n", STR_ARG(script), STR_ARG(expected),
                STR_ARG(got));
    return 1;
}

static void expect_words_its_failures_as_chai_does(void **state)
{
    struct arena *arena = arena_new(16 << 20);
    const struct json_value *cases = json_member(read_facts(arena, "chai-messages.json"), "cases");
    struct bench bench;
    struct buffer script;
    struct str text = {0};
    size_t at = 0, wrong = 0;

    (void)state;
    buffer_init(&script, arena);
    buffer_add_literal(&script, "const expect = pm.expect;\n");
    for (const struct json_value *one = cases->child; one != NULL; one = one->next)
        buffer_printf(&script, "pm.test('', function () { %.*s });\n", STR_ARG(one->child->text));
    assert_true(buffer_done(&script, &text));
    bench_open(&bench, STR(""), text);
    (void)bench_run(&bench, SCRIPT_TEST);
    for (const struct json_value *one = cases->child; one != NULL; one = one->next)
        wrong += compare(&bench, at++, one->child->text, one->child->next->text);
    assert_int_equal(wrong, 0);
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
    size_t at = 0, wrong = 0;

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
    bench.reason = json_text(answer, "reason");
    bench.head = json_text(answer, "head");
    bench.body = json_text(answer, "body");
    (void)bench_run(&bench, SCRIPT_TEST);
    if (bench.errors > 0)
        fail_msg("%.*s", STR_ARG(bench.last_error));
    for (const struct json_value *one = cases->child; one != NULL; one = one->next) {
        const struct json_value *name = one->child;
        if (str_eq(name->text, answer->name))
            wrong += compare(&bench, at++, name->next->text, name->next->next->text);
    }
    assert_int_equal(wrong, 0);
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(expect_words_its_failures_as_chai_does),
        cmocka_unit_test(response_assertions_end_as_in_newman),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
