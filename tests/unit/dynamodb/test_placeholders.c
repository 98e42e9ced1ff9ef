/* The names that an expression may take: placeholders, and words that are reserved. */
#include "../test.h"

#include "../../../emulator/dynamodb/expressions/expression_parser.h"

enum { ARENA_BYTES = 1 << 20 };

static void placeholders_are_checked(void **state)
{
    static const struct {
        const char *request, *message;
    } rows[] = {
        {"{\"ExpressionAttributeNames\":{}}", "ExpressionAttributeNames must not be empty"},
        {"{\"ExpressionAttributeValues\":{}}", "ExpressionAttributeValues must not be empty"},
        {"{\"ExpressionAttributeNames\":{\"a\":\"b\"}}",
         "ExpressionAttributeNames contains invalid key: Syntax error; key: \"a\""},
        {"{\"ExpressionAttributeNames\":{\"#a\":\"\"}}",
         "ExpressionAttributeNames contains invalid value: Empty attribute name for key #a"},
        {"{\"ExpressionAttributeValues\":{\"v\":{\"S\":\"\"}}}",
         "ExpressionAttributeValues contains invalid key: Syntax error; key: \"v\""},
        {"{\"ExpressionAttributeValues\":{\":v\":{\"N\":\"x\"}}}",
         "ExpressionAttributeValues contains invalid value: The parameter cannot be converted to a "
         "numeric value: x for key :v"},
        {"{\"ExpressionAttributeNames\":{\"#a\":\"b\",\"#b\":\"c\"}}",
         "Value provided in ExpressionAttributeNames unused in expressions: keys: {#a, #b}"},
        {"{\"ExpressionAttributeValues\":{\":v\":{\"S\":\"\"}}}",
         "Value provided in ExpressionAttributeValues unused in expressions: keys: {:v}"},
    };
    struct arena *arena = arena_new(ARENA_BYTES);

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct json_value *request = NULL;
        struct placeholders placeholders;
        struct aws_error err = {0};

        assert_true(json_parse(str_from_c(rows[i].request), arena, &request, NULL));
        if (placeholders_read(request, arena, &placeholders, &err) &&
            placeholders_check_used(&placeholders, arena, &err))
            fail_msg("%s is taken", rows[i].request);
        assert_string_equal(err.message, rows[i].message);
    }
    arena_free(arena);
}

static void reserved_words_are_known_in_any_case(void **state)
{
    static const char *const reserved[] = {"ABORT", "abort",    "Name", "zone",   "ZONE",
                                           "SizE",  "flattern", "ttl",  "Values", "UUID"};
    static const char *const others[] = {"", "a", "abor", "aborts", "names_", "zones", "id", "pk"};

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(reserved); i++) {
        if (!is_reserved_word(str_from_c(reserved[i])))
            fail_msg("%s", reserved[i]);
    }
    for (size_t i = 0; i < ARRAY_LEN(others); i++) {
        if (is_reserved_word(str_from_c(others[i])))
            fail_msg("%s", others[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(placeholders_are_checked),
        cmocka_unit_test(reserved_words_are_known_in_any_case),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
