/* Key conditions: a row is a text and its range of keys, or its error. */
#include "expression_rig.h"

static const struct key_schema text_keys = {
    .keys = {{STR_INIT("p"), 'S'}, {STR_INIT("s"), 'S'}}, .hash_count = 1, .range_count = 1};

static void key_conditions_become_ranges(void **state)
{
    static const struct {
        const char *text;
        struct str from, to; /* to.ptr NULL: no end */
    } rows[] = {
        {"p = :p", {NULL, 0}, {NULL, 0}},
        {":p = p", {NULL, 0}, {NULL, 0}},
        {"(p = :p) AND (s = :te)", STR_INIT("te"), STR_INIT("te\0")},
        {"s >= :te AND p = :p", STR_INIT("te"), {NULL, 0}},
        {"p = :p AND s > :te", STR_INIT("te\0"), {NULL, 0}},
        {"p = :p AND s < :te", {NULL, 0}, STR_INIT("te")},
        {"p = :p AND s <= :te", {NULL, 0}, STR_INIT("te\0")},
        {"p = :p AND :te < s", STR_INIT("te\0"), {NULL, 0}},
        {"p = :p AND s BETWEEN :p AND :te", STR_INIT("p"), STR_INIT("te\0")},
        {"p = :p AND begins_with(s, :te)", STR_INIT("te"), STR_INIT("tf")},
    };
    struct rig rig;

    (void)state;
    rig_begin(&rig);
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct expr *expr = NULL;
        struct key_range range;
        struct aws_error err = {0};

        if (!condition_parse(EXPRESSION_KEY_CONDITION, str_from_c(rows[i].text), &rig.placeholders,
                             rig.arena, &expr, &err) ||
            !key_condition_range(expr, &text_keys, NULL, false, rig.arena, &range, &err))
            fail_msg("%s: %s", rows[i].text, err.message);
        assert_str_equal(range.partition, STR("p"));
        assert_str_equal(range.sort_from, rows[i].from);
        assert_str_equal(range.sort_to, rows[i].to);
        assert_int_equal(range.sort_to.ptr == NULL, rows[i].to.ptr == NULL);
    }
    rig_end(&rig);
}

static void wrong_key_conditions_are_refused(void **state)
{
    static const struct {
        const char *text, *message;
    } rows[] = {
        {"p = :p OR s = :te", "Invalid operator used in KeyConditionExpression: OR"},
        {"NOT p = :p", "Invalid operator used in KeyConditionExpression: NOT"},
        {"p = :p AND s <> :te", "Invalid operator used in KeyConditionExpression: <>"},
        {"p = :p AND s IN (:te)", "Invalid operator used in KeyConditionExpression: IN"},
        {"p = :p AND contains(s, :te)",
         "Invalid operator used in KeyConditionExpression: contains"},
        {"p = :p AND p = :te", "KeyConditionExpressions must only contain one condition per key"},
        {"p.x = :p", "KeyConditionExpressions cannot have conditions on nested attributes"},
        {"p = :p AND s = :te AND x = :te", "Conditions can be of length 1 or 2 only"},
        {"p = :p AND x BETWEEN size(s) AND :te",
         "KeyConditionExpressions cannot contain nested operations"},
        {":p BETWEEN size(s) AND s",
         "Invalid condition in KeyConditionExpression: BETWEEN operator must have the key "
         "attribute as its first operand"},
        {"p = :p AND x = :te", "Query condition missed key schema element: s"},
        {"s = :te", "Query condition missed key schema element: p"},
        {"p > :p", "Query key condition not supported"},
        {"p = :one", "One or more parameter values were invalid: Condition parameter type does not "
                     "match schema type"},
    };
    struct rig rig;

    (void)state;
    rig_begin(&rig);
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct expr *expr = NULL;
        struct key_range range;
        struct aws_error err = {0};

        if (condition_parse(EXPRESSION_KEY_CONDITION, str_from_c(rows[i].text), &rig.placeholders,
                            rig.arena, &expr, &err) &&
            key_condition_check(expr, 2, &err) &&
            key_condition_range(expr, &text_keys, NULL, false, rig.arena, &range, &err))
            fail_msg("%s is taken", rows[i].text);
        if (strcmp(err.message, rows[i].message) != 0)
            fail_msg("%s: %s", rows[i].text, err.message);
    }
    rig_end(&rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(key_conditions_become_ranges),
        cmocka_unit_test(wrong_key_conditions_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
