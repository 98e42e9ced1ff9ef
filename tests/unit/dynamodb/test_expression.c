/* Conditions and projections: a row is a text and what it makes of one item, or its error; and what
 * of all kinds of expressions is refused. */
#include "expression_rig.h"

static void conditions_hold_or_do_not(void **state)
{
    static const struct {
        const char *text;
        bool holds;
    } rows[] = {
        {"a = :one", true},
        {"a=:one", true},
        {"a <> :one", false},
        {"a < :two AND a >= :one", true},
        {"a = :x", false},
        {"a <> :x", true},
        {"a < :x", false},
        {"absent = :one", false},
        {"absent <> :one", true},
        {"absent < :one", false},
        {"absent = none_such", false},
        {"absent <> none_such", true},
        {"NOT absent = :one", true},
        {"a = :two OR b = :text", true},
        {"a = :one OR a = :two AND a = :three", true},
        {"(a = :one OR a = :two) AND a = :three", false},
        {"NOT a = :two AND a = :one", true},
        {"not a = :two and (a = :one)", true},
        {"a BETWEEN :one AND :two", true},
        {"a BETWEEN :two AND :three", false},
        {"absent BETWEEN :one AND :two", false},
        {"a IN (:two, :one)", true},
        {"a IN (:two, :x)", false},
        {"attribute_exists(l[2].x)", true},
        {"attribute_exists(l[3])", false},
        {"attribute_exists(b.x)", false},
        {"attribute_not_exists(absent)", true},
        {"attribute_not_exists(z)", false},
        {"attribute_type(a, :tn)", true},
        {"attribute_type(b, :tn)", false},
        {"begins_with(b, :te)", true},
        {"begins_with(b, :x)", false},
        {"begins_with(a, :te)", false},
        {"begins_with(absent, :te)", false},
        {"contains(b, :x)", true},
        {"contains(s, :p)", true},
        {"contains(s, :x)", false},
        {"contains(#l, :one)", true},
        {"contains(#l, :two)", false},
        {"contains(#m, :x)", false},
        {"contains(#l[2].x, :bin)", true},
        {"contains(m.x, :two)", true},
        {"size(b) > :three", true},
        {"size(#l) = :three", true},
        {"size(#m) = :two", true},
        {"size(s) = :two", true},
        {"size(#l[2].x) = :three", true},
        {"size(a) = :one", false},
        {"size(absent) = :one", false},
        {"size(b) BETWEEN :three AND :big", true},
        {"s = :qp", true},
        {"s = :pp", false},
        {"z = :null", true},
        {"z = :bool", false},
        {":one = a", true},
        {"\ta\r\n=\n:one ", true},
    };
    struct rig rig;

    (void)state;
    rig_begin(&rig);
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct expr *expr = NULL;
        struct aws_error err = {0};

        if (!condition_parse(EXPRESSION_CONDITION, str_from_c(rows[i].text), &rig.placeholders,
                             rig.arena, &expr, &err))
            fail_msg("%s: %s", rows[i].text, err.message);
        if (condition_holds(expr, &rig.item) != rows[i].holds)
            fail_msg("%s", rows[i].text);
    }
    rig_end(&rig);
}

static bool parse_any(struct rig *rig, enum expression_kind kind, struct str text,
                      struct aws_error *err)
{
    struct expr *expr = NULL;
    struct update *update = NULL;
    struct projection *projection = NULL;

    if (kind == EXPRESSION_UPDATE)
        return update_parse(text, &rig->placeholders, rig->arena, &update, err);
    if (kind == EXPRESSION_PROJECTION)
        return projection_parse(text, &rig->placeholders, rig->arena, &projection, err);
    return condition_parse(kind, text, &rig->placeholders, rig->arena, &expr, err);
}

#define C EXPRESSION_CONDITION, "Invalid ConditionExpression: "
#define P EXPRESSION_PROJECTION, "Invalid ProjectionExpression: "
#define U EXPRESSION_UPDATE, "Invalid UpdateExpression: "

static const struct {
    enum expression_kind kind;
    const char *prefix, *text, *message;
} refused[] = {
    {C, "", "The expression can not be empty;"},
    {C, "   ", "The expression can not be empty;"},
    {C, "a =", "Syntax error; token: \"<EOF>\", near: \"=\""},
    {C, "a ! :one", "Syntax error; token: \"!\", near: \"a ! :one\""},
    {C, "a == :one", "Syntax error; token: \"=\", near: \"== :one\""},
    {C, "((a = :one))", "The expression has redundant parentheses;"},
    {C, "date = :one", "Attribute name is a reserved keyword; reserved keyword: date"},
    {C, "a = :one AND m.Name = :x", "Attribute name is a reserved keyword; reserved keyword: Name"},
    {C, "#q = :one",
     "An expression attribute name used in the document path is not defined; attribute name: #q"},
    {C, "a = :q",
     "An expression attribute value used in expression is not defined; attribute value: :q"},
    {C, "nothing(a)", "Invalid function name; function: nothing"},
    {C, "Size(a) = :one", "Invalid function name; function: Size"},
    {C, "attribute_exists(a, b)",
     "Incorrect number of operands for operator or function; operator or function: "
     "attribute_exists, number of operands: 2"},
    {C, "begins_with(a)",
     "Incorrect number of operands for operator or function; operator or function: begins_with, "
     "number of operands: 1"},
    {C, "size(a)",
     "The function is not allowed to be used this way in an expression; function: size"},
    {C, "contains(a, :x) = :one",
     "The function is not allowed to be used this way in an expression; function: contains"},
    {C, "attribute_exists(:one)",
     "Operator or function requires a document path; operator or function: attribute_exists"},
    {C, "attribute_type(a, :one)",
     "Incorrect operand type for operator or function; operator or function: attribute_type, "
     "operand type: N"},
    {C, "attribute_type(a, :tx)",
     "Invalid attribute type name found; type: X, valid types: {B,NULL,SS,BOOL,L,BS,N,NS,S,M}"},
    {C, "begins_with(b, :one)",
     "Incorrect operand type for operator or function; operator or function: begins_with, operand "
     "type: N"},
    {C, "a < :bool",
     "Incorrect operand type for operator or function; operator or function: <, operand type: "
     "BOOL"},
    {C, "size(:one) = :one",
     "Incorrect operand type for operator or function; operator or function: size, operand type: "
     "N"},
    {C, "m.x = m.x",
     "The first operand must be distinct from the remaining operands for this operator or "
     "function; operator: =, first operand: [m, x]"},
    {C, "contains(a, a)",
     "The first operand must be distinct from the remaining operands for this operator or "
     "function; operator: contains, first operand: [a]"},
    {C, "a = a AND b = :none",
     "The first operand must be distinct from the remaining operands for this operator or "
     "function; operator: =, first operand: [a]"},
    {C, "begins_with(:none, #none)",
     "An expression attribute value used in expression is not defined; attribute value: :none"},
    {C, "attribute_not_exists(size(:one))",
     "Incorrect operand type for operator or function; operator or function: size, operand type: "
     "N"},
    {C, "attribute_type(a, b)",
     "Incorrect operand type for operator or function; operator or function: attribute_type, "
     "operand type: {NS,SS,L,BS,N,M,B,BOOL,NULL,S}"},
    {C, "a BETWEEN (((b.c)).d) AND :two", "The expression has redundant parentheses;"},
    {C, "a BETWEEN :two AND :one",
     "The BETWEEN operator requires upper bound to be greater than or equal to lower bound; lower "
     "bound operand: AttributeValue: {N:2}, upper bound operand: AttributeValue: {N:1}"},
    {C, "a BETWEEN :one AND :x",
     "The BETWEEN operator requires same data type for lower and upper bounds; lower bound "
     "operand: AttributeValue: {N:1}, upper bound operand: AttributeValue: {S:x}"},
    {P, "a,", "Syntax error; token: \"<EOF>\", near: \",\""},
    {P, "a b", "Syntax error; token: \"b\", near: \"a b\""},
    {P, "a[1], a.b, b.c, b",
     "Two document paths overlap with each other; must remove or rewrite one of "
     "these paths; path one: [b, c], path two: [b]"},
    {P, "a, b, a",
     "Two document paths overlap with each other; must remove or rewrite one of "
     "these paths; path one: [a], path two: [a]"},
    {P, "a.b, a.b[0]",
     "Two document paths overlap with each other; must remove or rewrite one of "
     "these paths; path one: [a, b], path two: [a, b, [0]]"},
    {P, "a.b, a[0]",
     "Two document paths conflict with each other; must remove or rewrite one of "
     "these paths; path one: [a, b], path two: [a, [0]]"},
    {P, "a[99999999999999]",
     "List index is not within the allowable range; index: [99999999999999]"},
    {P, "a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a",
     "The document path has too many nesting levels; nesting levels: 33"},
    {U, "SET", "Syntax error; token: \"<EOF>\", near: \"SET\""},
    {U, "a = :one", "Syntax error; token: \"a\", near: \"a =\""},
    {U, "SET a = :one SET b = :x",
     "The \"SET\" section can only be used once in an update expression;"},
    {U, "SET a = :one, a = :two",
     "Two document paths overlap with each other; must remove or rewrite one of these paths; path "
     "one: [a], path two: [a]"},
    {U, "SET b = list_append(:text) ADD a :text",
     "Incorrect operand type for operator or function; operator: ADD, operand "
     "type: STRING, typeSet: ALLOWED_FOR_ADD_OPERAND"},
    {U, "ADD a :text",
     "Incorrect operand type for operator or function; operator: ADD, operand "
     "type: STRING, typeSet: ALLOWED_FOR_ADD_OPERAND"},
    {U, "DELETE a :one",
     "Incorrect operand type for operator or function; operator: DELETE, "
     "operand type: NUMBER, typeSet: ALLOWED_FOR_DELETE_OPERAND"},
    {U, "SET a = a + :text",
     "Incorrect operand type for operator or function; operator or "
     "function: +, operand type: S"},
    {U, "SET a = list_append(b, :one)",
     "Incorrect operand type for operator or function; operator or function: list_append, operand "
     "type: N"},
    {U, "SET a = if_not_exists(:one, :two)",
     "Operator or function requires a document path; operator or function: if_not_exists"},
    {U, "SET size = :one", "Attribute name is a reserved keyword; reserved keyword: size"},
    {U, "REMOVE #q",
     "An expression attribute name used in the document path is not defined; "
     "attribute name: #q"},
};

static void wrong_expressions_are_refused_in_the_services_words(void **state)
{
    struct rig rig;

    (void)state;
    rig_begin(&rig);
    for (size_t i = 0; i < ARRAY_LEN(refused); i++) {
        struct aws_error err = {0};

        if (parse_any(&rig, refused[i].kind, str_from_c(refused[i].text), &err))
            fail_msg("%s is taken", refused[i].text);
        struct str expected = str_printf(rig.arena, "%s%s", refused[i].prefix, refused[i].message);
        if (!str_eq(str_from_c(err.message), expected))
            fail_msg("%s\n  answers  %s\n  expected %.*s", refused[i].text, err.message,
                     STR_ARG(expected));
    }
    rig_end(&rig);
}

static void sizes_of_expressions_are_bounded(void **state)
{
    static const struct {
        int terms;
        const char *separator, *message; /* NULL: taken */
    } rows[] = {
        {150, " AND ", NULL}, /* 150 comparisons, 149 AND */
        {151, " AND ",
         "Invalid ConditionExpression: The expression contains too many operators; operator count: "
         "301"},
        {600, " OR ",
         "Invalid ConditionExpression: Expression size has exceeded the maximum allowed size; "
         "expression size: 5396"},
    };
    struct rig rig;

    (void)state;
    rig_begin(&rig);
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct aws_error err = {0};
        struct buffer text;

        buffer_init(&text, rig.arena);
        for (int term = 0; term < rows[i].terms; term++)
            buffer_printf(&text, "%s%s", term == 0 ? "" : rows[i].separator, "a=:x ");
        bool ok = parse_any(&rig, EXPRESSION_CONDITION, buffer_str(&text), &err);
        if (ok != (rows[i].message == NULL))
            fail_msg("row %zu: %s", i, err.message);
        if (!ok)
            assert_string_equal(err.message, rows[i].message);
    }
    rig_end(&rig);
}

static void projections_keep_the_nesting_and_close_lists_up(void **state)
{
    static const struct {
        const char *text, *result;
    } rows[] = {
        {"a", "{\"a\":{\"N\":\"1\"}}"},
        {"b, a", "{\"a\":{\"N\":\"1\"},\"b\":{\"S\":\"text\"}}"},
        {"#l[2].x", "{\"l\":{\"L\":[{\"M\":{\"x\":{\"B\":\"AAEC\"}}}]}}"},
        {"l[1], l[0]", "{\"l\":{\"L\":[{\"N\":\"1\"},{\"S\":\"x\"}]}}"},
        {"m.y", "{\"m\":{\"M\":{\"y\":{\"M\":{}}}}}"},
        {"absent, a.x, l[9], m[0]", "{}"},
        {"#dot", "{}"},
    };
    struct rig rig;

    (void)state;
    rig_begin(&rig);
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct projection *projection = NULL;
        struct attribute_value result;
        struct aws_error err = {0};

        if (!projection_parse(str_from_c(rows[i].text), &rig.placeholders, rig.arena, &projection,
                              &err) ||
            !projection_apply(projection, &rig.item, rig.arena, &result, &err))
            fail_msg("%s: %s", rows[i].text, err.message);
        assert_str_equal(rig_show(&result, rig.arena), str_from_c(rows[i].result));
    }
    rig_end(&rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(conditions_hold_or_do_not),
        cmocka_unit_test(wrong_expressions_are_refused_in_the_services_words),
        cmocka_unit_test(sizes_of_expressions_are_bounded),
        cmocka_unit_test(projections_keep_the_nesting_and_close_lists_up),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
