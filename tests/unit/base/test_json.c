#include "../test.h"

#include "base/json.h"

static void json_reader_accepts_and_refuses(void **state)
{
    static const struct {
        struct str text;
        bool valid;
    } rows[] = {
        {STR_INIT("{}"), true},
        {STR_INIT(" [1, -0.5e+3 ,\"a\\u00e9\\ud83d\\ude00\"] "), true},
        {STR_INIT("\"a\0b\""), false},
        {STR_INIT("\"a\\u0000b\""), true},
        {STR_INIT("01"), false},
        {STR_INIT("1."), false},
        {STR_INIT("{\"a\":1,}"), false},
        {STR_INIT("[1] 2"), false},
        {STR_INIT("\"\xc0\x80\""), false},
        {STR_INIT("\"\\n\xed\xa0\x80\""), false},
        {STR_INIT("\"abc\\"), false},
        {STR_INIT("nul"), false},
        {STR_INIT(""), false},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct arena *arena = arena_new(4096);
        struct json_value *value = NULL;
        if (json_parse(rows[i].text, arena, &value, NULL) != rows[i].valid ||
            json_is_valid(rows[i].text, NULL) != rows[i].valid)
            fail_msg("row %zu: %.*s", i, STR_ARG(rows[i].text));
        arena_free(arena);
    }
}

static void json_numbers_and_nul_are_kept_exact(void **state)
{
    struct arena *arena = arena_new(4096);
    struct json_value *value = NULL;
    struct str text;

    (void)state;
    assert_true(json_parse(STR("{\"n\": 1.0, \"s\": \"a\\u0000b\", \"n\": 12345678901234567890}"),
                           arena, &value, NULL));
    assert_str_equal(json_member(value, "n")->text, STR("12345678901234567890"));
    assert_true(json_string(json_member(value, "s"), &text));
    assert_str_equal(text, STR("a\0b"));
    assert_null(json_member(value, "N"));
    arena_free(arena);
}

static void json_values_of_another_type_have_no_elements_members_text_or_flag(void **state)
{
    struct arena *arena = arena_new(4096);
    struct json_value *value = NULL;

    (void)state;
    assert_true(json_parse(STR("{\"list\": [1, 2], \"none\": [], \"text\": \"a\", \"flag\": true}"),
                           arena, &value, NULL));
    assert_ptr_equal(json_members(value), json_member(value, "list"));
    assert_null(json_elements(value));
    assert_str_equal(json_elements(json_member(value, "list"))->raw, STR("1"));
    assert_null(json_members(json_member(value, "list")));
    assert_null(json_elements(json_member(value, "none")));
    assert_null(json_elements(json_member(value, "text")));
    assert_null(json_members(NULL));
    assert_str_equal(json_text(value, "text"), STR("a"));
    assert_str_equal(json_text(value, "flag"), STR(""));
    assert_str_equal(json_text(NULL, "text"), STR(""));
    assert_true(json_flag(value, "flag"));
    assert_false(json_flag(value, "text"));
    assert_false(json_flag(value, "absent"));
    arena_free(arena);
}

static void json_nested_past_the_limit_is_refused(void **state)
{
    char text[2 * (JSON_DEPTH_MAX + 1)];

    (void)state;
    memset(text, '[', JSON_DEPTH_MAX + 1);
    memset(text + JSON_DEPTH_MAX + 1, ']', JSON_DEPTH_MAX + 1);
    assert_false(json_is_valid((struct str){text, sizeof(text)}, NULL));
    assert_true(json_is_valid((struct str){text + 1, sizeof(text) - 2}, NULL));
}

static void json_doubles_print_as_javascript_prints_them(void **state)
{
    static const struct {
        double value;
        const char *text;
    } rows[] = {
        {0, "0"},
        {1, "1"},
        {-1.5, "-1.5"},
        {2.083e-7, "2.083e-7"},
        {1e21, "1e+21"},
        {1e20, "100000000000000000000"},
        {0.1 + 0.2, "0.30000000000000004"},
        {1200, "1200"},
        {0.000001, "0.000001"},
        {4.307100000000001e-6, "0.000004307100000000001"},
        {5e-324, "5e-324"},
        {152.25666666666666, "152.25666666666666"},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        char text[JSON_DOUBLE_BYTES];
        json_format_double(rows[i].value, text);
        assert_string_equal(text, rows[i].text);
    }
}

static void an_error_is_in_a_line(void **state)
{
    struct arena *arena = arena_new(4096);
    struct str text = STR("{\n\"a\": 1,\n\"b\" 2}");
    struct json_value *root = NULL;
    struct json_error why = {0};

    (void)state;
    assert_false(json_parse(text, arena, &root, &why));
    assert_int_equal(json_error_line(text, &why), 3);
    assert_false(json_parse(STR("x"), arena, &root, &why));
    assert_int_equal(json_error_line(STR("x"), &why), 1);
    arena_free(arena);
}

static void json_writer_places_commas_and_escapes(void **state)
{
    struct arena *arena = arena_new(4096);
    struct buffer out;
    struct json_writer writer;

    (void)state;
    buffer_init(&out, arena);
    json_writer_init(&writer, &out, JSON_SPACED);
    json_object_begin(&writer);
    json_field_string(&writer, STR("a"), STR("x\"\n\x01\xff"));
    json_write_name(&writer, STR("b"));
    json_array_begin(&writer);
    json_write_int(&writer, 1);
    json_object_begin(&writer);
    json_object_end(&writer);
    json_array_end(&writer);
    json_field_bool(&writer, STR("c"), true);
    json_object_end(&writer);
    assert_str_equal(buffer_str(&out), STR("{\"a\": \"x\\\"\\n\\u0001\xef\xbf\xbd\", "
                                           "\"b\": [1, {}], \"c\": true}"));
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(json_reader_accepts_and_refuses),
        cmocka_unit_test(json_numbers_and_nul_are_kept_exact),
        cmocka_unit_test(json_values_of_another_type_have_no_elements_members_text_or_flag),
        cmocka_unit_test(json_nested_past_the_limit_is_refused),
        cmocka_unit_test(json_doubles_print_as_javascript_prints_them),
        cmocka_unit_test(an_error_is_in_a_line),
        cmocka_unit_test(json_writer_places_commas_and_escapes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
