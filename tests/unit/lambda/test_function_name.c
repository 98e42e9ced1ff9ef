#include "../test.h"

#include "function_name.h"

static void names_and_arns_are_taken_apart(void **state)
{
    static const struct {
        struct str text, qualifier;
        bool ok;
        struct str region, account_id, name, version;
    } rows[] = {
        {STR_INIT("fn"), STR_INIT(""), true, STR_INIT(""), STR_INIT(""), STR_INIT("fn"),
         STR_INIT("")},
        {STR_INIT("fn:1"), STR_INIT(""), true, STR_INIT(""), STR_INIT(""), STR_INIT("fn"),
         STR_INIT("1")},
        {STR_INIT("fn:$LATEST"), STR_INIT("$LATEST"), true, STR_INIT(""), STR_INIT(""),
         STR_INIT("fn"), STR_INIT("$LATEST")},
        {STR_INIT("fn:1"), STR_INIT("2"), false, STR_INIT(""), STR_INIT(""), STR_INIT(""),
         STR_INIT("")},
        {STR_INIT("123456789012:function:fn"), STR_INIT("a"), true, STR_INIT(""),
         STR_INIT("123456789012"), STR_INIT("fn"), STR_INIT("a")},
        {STR_INIT("arn:aws:lambda:eu-west-1:123456789012:function:fn"), STR_INIT(""), true,
         STR_INIT("eu-west-1"), STR_INIT("123456789012"), STR_INIT("fn"), STR_INIT("")},
        {STR_INIT("arn:aws:lambda:eu-west-1:123456789012:function:fn:x_1"), STR_INIT(""), true,
         STR_INIT("eu-west-1"), STR_INIT("123456789012"), STR_INIT("fn"), STR_INIT("x_1")},
        {STR_INIT("function"), STR_INIT(""), true, STR_INIT(""), STR_INIT(""), STR_INIT("function"),
         STR_INIT("")},
        {STR_INIT("function:fn"), STR_INIT(""), true, STR_INIT(""), STR_INIT(""), STR_INIT("fn"),
         STR_INIT("")},
        {STR_INIT("invalid:function:name"), STR_INIT(""), false, STR_INIT(""), STR_INIT(""),
         STR_INIT(""), STR_INIT("")},
        {STR_INIT("arn:aws:lambda:eu-west-1:123400000000@function:myfn"), STR_INIT(""), false,
         STR_INIT(""), STR_INIT(""), STR_INIT(""), STR_INIT("")},
        {STR_INIT("fn:"), STR_INIT(""), false, STR_INIT(""), STR_INIT(""), STR_INIT(""),
         STR_INIT("")},
        {STR_INIT(""), STR_INIT(""), false, STR_INIT(""), STR_INIT(""), STR_INIT(""), STR_INIT("")},
        {STR_INIT("fn"), STR_INIT("a?b"), false, STR_INIT(""), STR_INIT(""), STR_INIT(""),
         STR_INIT("")},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct function_name name = {0};
        struct aws_error err = {0};
        bool ok = function_name_parse(rows[i].text, rows[i].qualifier, &name, &err);
        if (ok != rows[i].ok || ok != (err.kind == NULL))
            fail_msg("row %zu: %.*s: %s", i, STR_ARG(rows[i].text), err.message);
        if (!ok)
            continue;
        assert_str_equal(name.region, rows[i].region);
        assert_str_equal(name.account_id, rows[i].account_id);
        assert_str_equal(name.name, rows[i].name);
        assert_str_equal(name.qualifier, rows[i].version);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_and_arns_are_taken_apart),
    };

    return cmocka_run_group_tests_name("lambda/function_name", tests, NULL, NULL);
}
