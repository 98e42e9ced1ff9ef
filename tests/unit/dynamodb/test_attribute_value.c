#include "../test.h"

#include "../../../emulator/dynamodb/items/value.h"

enum { ARENA_BYTES = 256 << 20, DEEPEST_LISTS = 31 };

#define OMPV "One or more parameter values were invalid: "

static const struct json_value *parse(const char *text, struct arena *arena)
{
    struct json_value *json = NULL;

    if (!json_parse(str_from_c(text), arena, &json, NULL))
        fail_msg("no JSON: %s", text);
    return json;
}

static struct attribute_value read_text(const char *text, struct arena *arena)
{
    struct attribute_value value;
    struct aws_error err = {0};

    if (!value_read(parse(text, arena), arena, &value, &err))
        fail_msg("%s: %s", text, err.message);
    return value;
}

static void a_value_is_written_in_its_one_form(void **state)
{
    static const struct {
        const char *text, *written; /* NULL: as it was */
        size_t size;
    } rows[] = {
        {"{\"S\":\"\"}", NULL, 0},
        {"{\"S\":\"a\\u0000b\"}", NULL, 3},
        {"{\"S\":\"\\u00e9\\/\"}", "{\"S\":\"\xc3\xa9/\"}", 3},
        {"{\"N\":\"1.0\"}", "{\"N\":\"1\"}", 2},
        {"{\"N\":\"1e5\"}", "{\"N\":\"100000\"}", 2},
        {"{\"B\":\"AAEC\"}", NULL, 3},
        {"{\"BOOL\":false}", NULL, 1},
        {"{\"NULL\":true}", NULL, 1},
        {"{\"L\":[]}", NULL, 3},
        {"{\"L\":[{\"S\":\"ab\"},{\"N\":\"7\"}]}", NULL, 9},
        {"{\"M\":{}}", NULL, 3},
        {"{\"M\":{\"b\":{\"S\":\"x\"},\"a\":{\"S\":\"yz\"}}}", NULL, 10},
        {"{\"SS\":[\"b\",\"a\",\"\"]}", "{\"SS\":[\"\",\"a\",\"b\"]}", 2},
        {"{\"NS\":[\"10\",\"-1\",\"9.0\"]}", "{\"NS\":[\"-1\",\"9\",\"10\"]}", 7},
        {"{\"BS\":[\"gA==\",\"AA==\"]}", "{\"BS\":[\"AA==\",\"gA==\"]}", 2},
        {"{\"S\":\"a\",\"N\":null}", "{\"S\":\"a\"}", 1},
        {"{\"X\":\"b\",\"S\":\"a\"}", "{\"S\":\"a\"}", 1},
    };
    struct arena *arena = arena_new(ARENA_BYTES);

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct attribute_value value = read_text(rows[i].text, arena);
        struct buffer out;

        buffer_init(&out, arena);
        value_write(&out, &value);
        assert_str_equal(buffer_str(&out),
                         str_from_c(rows[i].written == NULL ? rows[i].text : rows[i].written));
        if (value_size(&value) != rows[i].size)
            fail_msg("%s: %zu bytes", rows[i].text, value_size(&value));
    }
    arena_free(arena);
}

static void a_wrong_value_is_refused_in_the_services_words(void **state)
{
    static const struct {
        const char *text, *message;
    } rows[] = {
        {"{}", "Supplied AttributeValue is empty, must contain exactly one of the supported "
               "datatypes"},
        {"{\"X\":\"a\"}", "Supplied AttributeValue is empty, must contain exactly one of the "
                          "supported datatypes"},
        {"{\"S\":\"a\",\"N\":\"1\"}", "Supplied AttributeValue has more than one datatypes set, "
                                      "must contain exactly one of the supported datatypes"},
        {"{\"S\":\"a\",\"N\":\"x\"}", "The parameter cannot be converted to a numeric value: x"},
        {"{\"NULL\":false}", OMPV "Null attribute value types must have the value of true"},
        {"{\"SS\":[]}", OMPV "An string set  may not be empty"},
        {"{\"NS\":[]}", OMPV "An number set  may not be empty"},
        {"{\"BS\":[]}", OMPV "Binary sets should not be empty"},
        {"{\"SS\":[\"a\",\"b\",\"a\"]}", OMPV "Input collection [a, b, a] contains duplicates."},
        {"{\"NS\":[\"1\",\"1.0\"]}", "Input collection contains duplicates"},
        {"{\"BS\":[\"Yg==\",\"Yg==\"]}",
         OMPV "Input collection [Yg==, Yg==]of type BS contains duplicates."},
        {"{\"NS\":[\"1\",\"\"]}", "The parameter cannot be converted to a numeric value"},
        {"{\"L\":[{\"N\":\"\"}]}", "The parameter cannot be converted to a numeric value"},
        {"{\"M\":{\"a\":{}}}", "Supplied AttributeValue is empty, must contain exactly one of the "
                               "supported datatypes"},
    };
    struct arena *arena = arena_new(ARENA_BYTES);

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct attribute_value value;
        struct aws_error err = {0};

        if (value_read(parse(rows[i].text, arena), arena, &value, &err))
            fail_msg("%s is taken", rows[i].text);
        assert_string_equal(err.message, rows[i].message);
    }
    arena_free(arena);
}

static struct str nested_lists(int count, struct arena *arena)
{
    struct buffer out;

    buffer_init(&out, arena);
    for (int i = 0; i < count; i++)
        buffer_add_literal(&out, "{\"L\":[");
    buffer_add_literal(&out, "{\"S\":\"\"}");
    for (int i = 0; i < count; i++)
        buffer_add_literal(&out, "]}");
    return buffer_str(&out);
}

static void values_nest_to_thirty_two_levels(void **state)
{
    struct arena *arena = arena_new(ARENA_BYTES);
    struct attribute_value value;
    struct json_value *json = NULL;
    struct aws_error err = {0};

    (void)state;
    assert_true(json_parse(nested_lists(DEEPEST_LISTS, arena), arena, &json, NULL));
    assert_true(value_read(json, arena, &value, &err));
    assert_true(json_parse(nested_lists(DEEPEST_LISTS + 1, arena), arena, &json, NULL));
    assert_false(value_read(json, arena, &value, &err));
    assert_string_equal(err.message,
                        "Nesting Levels have exceeded supported limits: Attributes in the item "
                        "have nested levels beyond supported limit");
    arena_free(arena);
}

static void equality_is_by_type_and_value(void **state)
{
    static const struct {
        const char *a, *b;
        bool equal;
    } rows[] = {
        {"{\"N\":\"1\"}", "{\"N\":\"1.00\"}", true},
        {"{\"S\":\"1\"}", "{\"N\":\"1\"}", false},
        {"{\"S\":\"a\"}", "{\"S\":\"A\"}", false},
        {"{\"SS\":[\"a\",\"b\"]}", "{\"SS\":[\"b\",\"a\"]}", true},
        {"{\"SS\":[\"a\"]}", "{\"SS\":[\"a\",\"b\"]}", false},
        {"{\"NS\":[\"1\",\"2\"]}", "{\"NS\":[\"2.0\",\"1\"]}", true},
        {"{\"L\":[{\"N\":\"1\"},{\"N\":\"2\"}]}", "{\"L\":[{\"N\":\"2\"},{\"N\":\"1\"}]}", false},
        {"{\"M\":{\"a\":{\"N\":\"1\"},\"b\":{\"N\":\"2\"}}}",
         "{\"M\":{\"b\":{\"N\":\"2\"},\"a\":{\"N\":\"1\"}}}", true},
        {"{\"M\":{\"a\":{\"N\":\"1\"}}}", "{\"M\":{\"b\":{\"N\":\"1\"}}}", false},
        {"{\"BOOL\":true}", "{\"BOOL\":false}", false},
        {"{\"NULL\":true}", "{\"NULL\":true}", true},
    };
    struct arena *arena = arena_new(ARENA_BYTES);

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct attribute_value a = read_text(rows[i].a, arena), b = read_text(rows[i].b, arena);

        if (value_equal(&a, &b) != rows[i].equal || value_equal(&b, &a) != rows[i].equal)
            fail_msg("%s, %s", rows[i].a, rows[i].b);
    }
    arena_free(arena);
}

static struct attribute_value read_item(struct str text, struct arena *arena)
{
    struct attribute_value item;
    struct json_value *json = NULL;
    struct aws_error err = {0};

    assert_true(json_parse(text, arena, &json, NULL));
    if (!item_read(json, arena, &item, &err))
        fail_msg("%s", err.message);
    return item;
}

/* In small maps and in those that are read through an index. */
static void a_name_given_twice_counts_once_with_its_last_value(void **state)
{
    static const int counts[] = {1, 16, 17, 5000};
    struct arena *arena = arena_new(ARENA_BYTES);

    (void)state;
    for (size_t row = 0; row < ARRAY_LEN(counts); row++) {
        struct buffer out;
        char name[16];

        buffer_init(&out, arena);
        for (int i = 0; i < 2 * counts[row]; i++)
            buffer_printf(&out, "%c\"n%d\":{\"N\":\"%d\"}", i == 0 ? '{' : ',', i % counts[row], i);
        buffer_add_char(&out, '}');
        struct attribute_value item = read_item(buffer_str(&out), arena);
        assert_int_equal(item.map.count, counts[row]);
        for (int i = 0; i < counts[row]; i++) {
            (void)snprintf(name, sizeof(name), "n%d", i);
            assert_str_equal(item.map.attributes[i].name, str_from_c(name));
            struct number expected;
            struct aws_error err = {0};
            (void)snprintf(name, sizeof(name), "%d", i + counts[row]);
            assert_true(number_parse(str_from_c(name), &expected, &err));
            assert_int_equal(number_compare(item.map.attributes[i].value.number, expected), 0);
        }
    }
    arena_free(arena);
}

static void an_item_of_very_many_names_is_read_at_once(void **state)
{
    enum { NAMES = 200000 };
    struct arena *arena = arena_new(ARENA_BYTES);
    struct buffer out;

    (void)state;
    buffer_init(&out, arena);
    for (int i = 0; i < NAMES; i++)
        buffer_printf(&out, "%c\"%x\":{\"S\":\"\"}", i == 0 ? '{' : ',', i);
    buffer_add_char(&out, '}');
    struct attribute_value item = read_item(buffer_str(&out), arena);
    assert_int_equal(item.map.count, NAMES);
    arena_free(arena);
}

static void attribute_names_have_their_bounds(void **state)
{
    struct arena *arena = arena_new(ARENA_BYTES);
    struct attribute_value item;
    struct aws_error err = {0};

    (void)state;
    assert_false(
        item_read(parse("{\"n\":{\"N\":\"x\"},\"\":{\"S\":\"a\"}}", arena), arena, &item, &err));
    assert_string_equal(err.message, "Empty attribute name");
    assert_int_equal(item_size(&(struct attribute_value){.type = VALUE_M}), 0);
    item = read_item(STR("{\"name\":{\"S\":\"value\"},\"n\":{\"N\":\"0\"}}"), arena);
    assert_int_equal(item_size(&item), 4 + 5 + 1 + 1);
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_value_is_written_in_its_one_form),
        cmocka_unit_test(a_wrong_value_is_refused_in_the_services_words),
        cmocka_unit_test(values_nest_to_thirty_two_levels),
        cmocka_unit_test(equality_is_by_type_and_value),
        cmocka_unit_test(a_name_given_twice_counts_once_with_its_last_value),
        cmocka_unit_test(an_item_of_very_many_names_is_read_at_once),
        cmocka_unit_test(attribute_names_have_their_bounds),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
