#include "../test.h"

static void numbers_are_read_within_their_range_only(void **state)
{
    static const struct {
        const char *text;
        bool ok;
        int64_t value;
    } rows[] = {
        {"0", true, 0},     {"-5", true, -5},  {"9223372036854775807", true, INT64_MAX},
        {"", false, 0},     {"-", false, 0},   {"9223372036854775808", false, 0},
        {"1 ", false, 0},   {"+1", false, 0},  {"-9223372036854775808", true, INT64_MIN},
        {"0x10", false, 0}, {"1.0", false, 0}, {"-9223372036854775809", false, 0},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        int64_t value = 0;
        if (str_to_int64(str_from_c(rows[i].text), INT64_MIN, INT64_MAX, &value) != rows[i].ok ||
            value != rows[i].value)
            fail_msg("row '%s' gave %lld", rows[i].text, (long long)value);
    }
    int64_t value = 7;
    assert_false(str_to_int64(STR("11"), 0, 10, &value));
    assert_int_equal(value, 7);
}

static void doubles_take_digits_only(void **state)
{
    double value = 0;

    (void)state;
    assert_true(str_to_double(STR("-1.5e3"), &value));
    assert_true(value == -1500.0);
    assert_false(str_to_double(STR("nan"), &value));
    assert_false(str_to_double(STR("0x1p3"), &value));
    assert_false(str_to_double(STR("1e999"), &value));
    assert_false(str_to_double(STR(" 1"), &value));
    assert_false(str_to_double(STR(""), &value));
}

static void split_walks_through_the_parts(void **state)
{
    struct str rest = STR("a,,bc");

    (void)state;
    assert_str_equal(str_split(&rest, ','), STR("a"));
    assert_str_equal(str_split(&rest, ','), STR(""));
    assert_str_equal(str_split(&rest, ','), STR("bc"));
    assert_int_equal(rest.len, 0);
}

static void find_answers_the_first_place_or_the_length(void **state)
{
    (void)state;
    assert_int_equal(str_find(STR("ababc"), STR("abc")), 2);
    assert_int_equal(str_find(STR("ababc"), STR("abd")), 5);
    assert_int_equal(str_find(STR("aa"), STR("aaa")), 2);
    assert_int_equal(str_find(STR("aa"), STR("")), 0);
    assert_int_equal(str_find_char((struct str){NULL, 0}, 'a'), 0);
}

static void only_well_formed_utf8_passes(void **state)
{
    static const struct {
        struct str text;
        bool ok;
    } rows[] = {
        {STR_INIT("a\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80"), true},
        {STR_INIT("\xc0\x80"), false},         /* overlong */
        {STR_INIT("\xed\xa0\x80"), false},     /* surrogate */
        {STR_INIT("\xf4\x90\x80\x80"), false}, /* past U+10FFFF */
        {STR_INIT("\xe2\x82"), false},         /* cut */
        {STR_INIT("\x80"), false},
        {STR_INIT(""), true},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        assert_int_equal(str_is_utf8(rows[i].text), rows[i].ok);
}

static void a_copy_for_c_refuses_nul(void **state)
{
    struct arena *arena = arena_new(1024);

    (void)state;
    assert_string_equal(str_to_c(arena, STR("abc")), "abc");
    assert_null(str_to_c(arena, STR("a\0c")));
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_are_read_within_their_range_only),
        cmocka_unit_test(doubles_take_digits_only),
        cmocka_unit_test(split_walks_through_the_parts),
        cmocka_unit_test(find_answers_the_first_place_or_the_length),
        cmocka_unit_test(only_well_formed_utf8_passes),
        cmocka_unit_test(a_copy_for_c_refuses_nul),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
