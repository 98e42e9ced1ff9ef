#include "../test.h"

#include "loadgen/variables.h"

struct fixture {
    struct arena *arena;
    struct variables variables;
    struct rng rng;
};

static int set_up(void **state)
{
    static struct fixture f;
    struct json_value *list = NULL;

    memset(&f, 0, sizeof(f));
    f.arena = arena_new(64 << 20);
    rng_init(&f.rng, 1);
    assert_true(json_parse(
        STR("[{\"key\":\"a\",\"value\":\"A\"},{\"key\":\"n\",\"value\":1.50},"
            "{\"key\":\"off\",\"value\":\"x\",\"enabled\":false},"
            "{\"key\":\"gone\",\"value\":\"x\",\"disabled\":true},{\"value\":\"nameless\"},"
            "{\"id\":\"by id\",\"value\":null},{\"key\":\"inner\",\"value\":\"a\"},"
            "{\"key\":\"self\",\"value\":\"<{{self}}>\"},{\"key\":\"a\",\"value\":\"last\"},"
            "{\"key\":\"bomb\",\"value\":\"{{bomb}}{{bomb}}\"},"
            "{\"key\":\"chain\",\"value\":\"{{in{{x}}}}\"},{\"key\":\"x\",\"value\":\"ner\"}]"),
        f.arena, &list, NULL));
    assert_true(variables_add_json(&f.variables, SCOPE_COLLECTION, list, f.arena));
    assert_true(variables_add(&f.variables, SCOPE_GLOBAL, STR("g"), STR("global"), f.arena));
    assert_true(variables_add(&f.variables, SCOPE_GLOBAL, STR("a"), STR("global"), f.arena));
    assert_true(variables_add(&f.variables, SCOPE_ENVIRONMENT, STR("n"), STR("env"), f.arena));
    struct aws_error err = {0};
    assert_true(data_file_parse(STR("n,col\nrow0,c0\nrow1"), f.arena, &f.variables.data, &err));
    *state = &f;
    return 0;
}

static int tear_down(void **state)
{
    arena_free(((struct fixture *)*state)->arena);
    return 0;
}

static void assert_resolves(struct fixture *f, bool at_send, size_t row, const char *text,
                            const char *expected)
{
    struct resolver resolver = {.variables = &f->variables,
                                .at_send = at_send,
                                .data_row = row,
                                .rng = &f->rng,
                                .clock = clock_system()};
    struct str resolved = {0};

    assert_true(variables_resolve(&resolver, str_from_c(text), f->arena, &resolved));
    assert_str_equal(resolved, str_from_c(expected));
}

static void the_narrowest_scope_wins(void **state)
{
    struct fixture *f = *state;

    assert_resolves(f, true, 0, "{{g}} {{a}} {{n}}", "global last row0");
    assert_resolves(f, true, 1, "{{n}} {{col}}", "row1 {{col}}");
    assert_resolves(f, true, 2, "{{n}} {{col}}", "env {{col}}");
}

static void at_compile_time_rows_and_dynamic_names_stay(void **state)
{
    struct fixture *f = *state;

    assert_resolves(f, false, 0, "{{n}} {{col}} {{a}} {{$guid}}", "{{n}} {{col}} last {{$guid}}");
}

static void names_nest_and_unknown_ones_stay_as_written(void **state)
{
    struct fixture *f = *state;

    assert_resolves(f, true, 0, "{{{{inner}}}} {{chain}}", "last a");
    assert_resolves(f, true, 0, "{{nobody}} {{ a }} {{}} {{a} {a}} {{{a}}}",
                    "{{nobody}} {{ a }} {{}} {{a} {a}} {last}");
    assert_resolves(f, true, 0, "{{off}}{{gone}}{{by id}}.", "{{off}}{{gone}}null.");
    assert_resolves(f, true, 0, "no braces", "no braces");
    assert_resolves(f, true, 0, "", "");
}

static void resolving_ends_after_nineteen_passes(void **state)
{
    struct fixture *f = *state;

    assert_resolves(f, true, 0, "{{self}}", "<<<<<<<<<<<<<<<<<<<{{self}}>>>>>>>>>>>>>>>>>>>");
}

static void a_text_that_doubles_at_each_pass_is_bounded(void **state)
{
    struct fixture *f = *state;
    struct resolver resolver = {.variables = &f->variables,
                                .at_send = true,
                                .data_row = 0,
                                .rng = &f->rng,
                                .clock = clock_system()};
    struct arena *small = arena_new(1 << 20);
    struct str resolved = {0};

    assert_false(variables_resolve(&resolver, STR("{{bomb}}"), small, &resolved));
    arena_free(small);
}

static void dynamic_values_differ_at_each_occurrence(void **state)
{
    struct fixture *f = *state;
    struct resolver resolver = {.variables = &f->variables,
                                .at_send = true,
                                .data_row = 0,
                                .rng = &f->rng,
                                .clock = clock_system()};
    struct str resolved = {0};

    assert_true(variables_resolve(&resolver, STR("{{$guid}}{{$guid}}"), f->arena, &resolved));
    assert_int_equal(resolved.len, 72);
    assert_memory_not_equal(resolved.ptr, resolved.ptr + 36, 36);
}

/* The second column is what postman-collection 4.4 puts in a text. */
static void values_are_made_their_types(void **state)
{
    static const struct {
        const char *entry, *text, *json;
    } rows[] = {
        {"\"value\": 1.50", "1.5", "1.50"},
        {"\"value\": [1, [2, null], \"x\"]", "1,2,,x", "[1, [2, null], \"x\"]"},
        {"\"value\": {\"a\": 1}", "[object Object]", "{\"a\": 1}"},
        {"\"value\": null", "null", "null"},
        {"\"x\": 1", "", ""},
        {"\"type\": \"secret\", \"value\": \"s\"", "s", ""},
        {"\"type\": \"number\", \"value\": \" 1e3 \"", "1000", "1000"},
        {"\"type\": \"Number\", \"value\": \"\"", "0", "0"},
        {"\"type\": \"number\", \"value\": \"x\"", "NaN", "null"},
        {"\"type\": \"boolean\", \"value\": \"false\"", "true", "true"},
        {"\"type\": \"boolean\", \"value\": 0", "false", "false"},
        {"\"type\": \"string\", \"value\": 1e2", "100", ""},
        {"\"type\": \"array\", \"value\": \"[1, 2]\"", "1,2", "[1, 2]"},
        {"\"type\": \"array\", \"value\": \"{}\"", "", "null"},
        {"\"type\": \"object\", \"value\": \"{\\\"a\\\": 1}\"", "[object Object]", "{\"a\": 1}"},
    };
    struct fixture *f = *state;

    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct variables variables = {0};
        struct json_value *list = NULL;
        const struct variable *one = NULL;
        struct str text = str_printf(f->arena, "[{\"key\": \"k\", %s}]", rows[i].entry);
        assert_true(json_parse(text, f->arena, &list, NULL));
        assert_true(variables_add_json(&variables, SCOPE_ENVIRONMENT, list, f->arena));
        one = &variables.scopes[SCOPE_ENVIRONMENT].rows[0];
        if (!str_eq(one->value, str_from_c(rows[i].text)) ||
            !str_eq(one->json, str_from_c(rows[i].json)))
            fail_msg("%s: '%.*s', '%.*s'", rows[i].entry, STR_ARG(one->value), STR_ARG(one->json));
    }
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(the_narrowest_scope_wins),
        CASE(at_compile_time_rows_and_dynamic_names_stay),
        CASE(names_nest_and_unknown_ones_stay_as_written),
        CASE(resolving_ends_after_nineteen_passes),
        CASE(a_text_that_doubles_at_each_pass_is_bounded),
        CASE(dynamic_values_differ_at_each_occurrence),
        CASE(values_are_made_their_types),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
