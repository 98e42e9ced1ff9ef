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
    assert_resolves(f, true, 0, "{{off}}{{gone}}{{by id}}.", "{{off}}{{gone}}.");
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
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
