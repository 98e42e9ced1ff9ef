/* Expected values: what node prints for the same expressions. */
#include "../test.h"

#include <math.h>

#include "loadgen/js_value.h"

static struct arena *arena;

static int set_up(void **state)
{
    (void)state;
    arena = arena_new(1 << 20);
    return arena == NULL;
}

static int tear_down(void **state)
{
    (void)state;
    arena_free(arena);
    return 0;
}

static const struct json_value *parse(const char *text)
{
    struct json_value *value = NULL;

    assert_true(json_parse(str_from_c(text), arena, &value, NULL));
    return value;
}

static void truth_is_javascripts(void **state)
{
    static const char *const truthy[] = {"1", "-0.5", "\"0\"", "\" \"", "[]", "{}", "true"};
    static const char *const falsy[] = {"0", "-0", "0.0", "\"\"", "null", "false"};

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(truthy); i++) {
        if (!js_truthy(parse(truthy[i])))
            fail_msg("%s is not truthy", truthy[i]);
    }
    for (size_t i = 0; i < ARRAY_LEN(falsy); i++) {
        if (js_truthy(parse(falsy[i])))
            fail_msg("%s is truthy", falsy[i]);
    }
    assert_false(js_truthy(NULL));
}

static void numbers_are_javascripts(void **state)
{
    static const struct {
        const char *json;
        double number;
    } rows[] = {
        {"null", 0},    {"true", 1},     {"\"\"", 0},    {"\" 0.25 \"", 0.25},
        {"[]", 0},      {"[\"3\"]", 3},  {"[1,2]", NAN}, {"{}", NAN},
        {"\"x\"", NAN}, {"-2.5e1", -25}, {"\"+5\"", 5},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        double number = js_number(parse(rows[i].json));
        if (isnan(rows[i].number) ? !isnan(number) : number != rows[i].number)
            fail_msg("%s gave %g", rows[i].json, number);
    }
    assert_true(isnan(js_number(NULL)));
}

static void parse_int_takes_the_digits_in_front(void **state)
{
    static const struct {
        const char *text;
        bool ok;
        int64_t number;
    } rows[] = {
        {"7", true, 7},
        {"5.9", true, 5},
        {" \t12px", true, 12},
        {"-3", true, -3},
        {"0x10", true, 0},
        {"", false, 0},
        {"abc", false, 0},
        {"+", false, 0},
        {"1e+21", true, 1},
        {"NaN", false, 0},
        {"99999999999999999999", true, INT64_C(1) << 53},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        int64_t number = 0;
        bool ok = js_parse_int(str_from_c(rows[i].text), &number);
        if (ok != rows[i].ok || number != rows[i].number)
            fail_msg("'%s' gave %lld", rows[i].text, (long long)number);
    }
}

static void texts_are_javascripts(void **state)
{
    static const struct {
        const char *json, *text;
    } rows[] = {
        {"128", "128"},     {"1.50", "1.5"},
        {"1e21", "1e+21"},  {"[1,[2,null],\"a\"]", "1,2,,a"},
        {"null", "null"},   {"{}", "[object Object]"},
        {"\"a b\"", "a b"}, {"1e999", "Infinity"},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct str text;
        assert_true(js_string(parse(rows[i].json), arena, &text));
        assert_str_equal(text, str_from_c(rows[i].text));
    }
}

static void json_is_rewritten_as_javascript_writes_it(void **state)
{
    static const struct {
        const char *json, *text;
    } rows[] = {
        {"{ \"b\" : 1.0, \"a\":[ true , null ] }", "{\"b\":1,\"a\":[true,null]}"},
        {"{\"b\":1,\"10\":2,\"9\":3,\"b\":4}", "{\"9\":3,\"10\":2,\"b\":4}"},
        {"{\"01\":1,\"1\":2}", "{\"1\":2,\"01\":1}"},
        {"{}", "{}"},
        {"[]", "[]"},
        {"\"\\u0041\\/\"", "\"A/\""},
        {"12345678901234567890", "12345678901234567000"},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct str text;
        assert_true(js_stringify(parse(rows[i].json), arena, &text));
        assert_str_equal(text, str_from_c(rows[i].text));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(truth_is_javascripts, set_up, tear_down),
        cmocka_unit_test_setup_teardown(numbers_are_javascripts, set_up, tear_down),
        cmocka_unit_test_setup_teardown(parse_int_takes_the_digits_in_front, set_up, tear_down),
        cmocka_unit_test_setup_teardown(texts_are_javascripts, set_up, tear_down),
        cmocka_unit_test_setup_teardown(json_is_rewritten_as_javascript_writes_it, set_up,
                                        tear_down),
    };

    return cmocka_run_group_tests_name("loadgen/js_value", tests, NULL, NULL);
}
