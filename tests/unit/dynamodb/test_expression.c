/* Expressions without a table: a row is a text and what it does to one item, or its error. */
#include "../test.h"

#include "../../../emulator/dynamodb/expressions/expression.h"

enum { ARENA_BYTES = 16 << 20 };

static const char item_text[] =
    "{\"a\":{\"N\":\"1\"},\"b\":{\"S\":\"text\"},\"l\":{\"L\":[{\"N\":\"1\"},{\"S\":\"x\"},"
    "{\"M\":{\"x\":{\"B\":\"AAEC\"}}}]},\"m\":{\"M\":{\"x\":{\"NS\":[\"1\",\"2\"]},"
    "\"y\":{\"M\":{}}}},\"s\":{\"SS\":[\"p\",\"q\"]},\"z\":{\"NULL\":true}}";
static const char request_text[] =
    "{\"ExpressionAttributeNames\":{\"#l\":\"l\",\"#m\":\"m\",\"#dot\":\"x.y\"},"
    "\"ExpressionAttributeValues\":{\":one\":{\"N\":\"1.0\"},\":two\":{\"N\":\"2\"},"
    "\":three\":{\"N\":\"3\"},\":te\":{\"S\":\"te\"},\":text\":{\"S\":\"text\"},"
    "\":x\":{\"S\":\"x\"},\":p\":{\"S\":\"p\"},\":tn\":{\"S\":\"N\"},\":tx\":{\"S\":\"X\"},"
    "\":list\":{\"L\":[{\"N\":\"7\"}]},\":pp\":{\"SS\":[\"p\"]},\":qp\":{\"SS\":[\"q\",\"p\"]},"
    "\":ns\":{\"NS\":[\"2\",\"3\"]},\":bool\":{\"BOOL\":true},\":null\":{\"NULL\":true},"
    "\":map\":{\"M\":{\"k\":{\"N\":\"5\"}}},\":bin\":{\"B\":\"AQ==\"},"
    "\":big\":{\"N\":\"9.9e125\"}}}";

struct fixture {
    struct arena *arena;
    struct placeholders placeholders;
    struct attribute_value item;
};

static void begin(struct fixture *fixture)
{
    struct json_value *request = NULL;
    struct aws_error err = {0};

    fixture->arena = arena_new(ARENA_BYTES);
    assert_true(json_parse(str_from_c(request_text), fixture->arena, &request, NULL));
    assert_true(placeholders_read(request, fixture->arena, &fixture->placeholders, &err));
    assert_true(item_decode(str_from_c(item_text), fixture->arena, &fixture->item, &err));
}

static void end(struct fixture *fixture)
{
    arena_free(fixture->arena);
}

static struct str show(const struct attribute_value *item, struct arena *arena)
{
    struct buffer out;

    buffer_init(&out, arena);
    item_write(&out, item);
    return buffer_str(&out);
}

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
    struct fixture fixture;

    (void)state;
    begin(&fixture);
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct expr *expr = NULL;
        struct aws_error err = {0};

        if (!condition_parse(EXPRESSION_CONDITION, str_from_c(rows[i].text), &fixture.placeholders,
                             fixture.arena, &expr, &err))
            fail_msg("%s: %s", rows[i].text, err.message);
        if (condition_holds(expr, &fixture.item) != rows[i].holds)
            fail_msg("%s", rows[i].text);
    }
    end(&fixture);
}

static bool parse_any(struct fixture *fixture, enum expression_kind kind, struct str text,
                      struct aws_error *err)
{
    struct expr *expr = NULL;
    struct update *update = NULL;
    struct projection *projection = NULL;

    if (kind == EXPRESSION_UPDATE)
        return update_parse(text, &fixture->placeholders, fixture->arena, &update, err);
    if (kind == EXPRESSION_PROJECTION)
        return projection_parse(text, &fixture->placeholders, fixture->arena, &projection, err);
    return condition_parse(kind, text, &fixture->placeholders, fixture->arena, &expr, err);
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
    struct fixture fixture;

    (void)state;
    begin(&fixture);
    for (size_t i = 0; i < ARRAY_LEN(refused); i++) {
        struct aws_error err = {0};

        if (parse_any(&fixture, refused[i].kind, str_from_c(refused[i].text), &err))
            fail_msg("%s is taken", refused[i].text);
        struct str expected =
            str_printf(fixture.arena, "%s%s", refused[i].prefix, refused[i].message);
        if (!str_eq(str_from_c(err.message), expected))
            fail_msg("%s\n  answers  %s\n  expected %.*s", refused[i].text, err.message,
                     STR_ARG(expected));
    }
    end(&fixture);
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
    struct fixture fixture;

    (void)state;
    begin(&fixture);
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct aws_error err = {0};
        struct buffer text;

        buffer_init(&text, fixture.arena);
        for (int term = 0; term < rows[i].terms; term++)
            buffer_printf(&text, "%s%s", term == 0 ? "" : rows[i].separator, "a=:x ");
        bool ok = parse_any(&fixture, EXPRESSION_CONDITION, buffer_str(&text), &err);
        if (ok != (rows[i].message == NULL))
            fail_msg("row %zu: %s", i, err.message);
        if (!ok)
            assert_string_equal(err.message, rows[i].message);
    }
    end(&fixture);
}

#define L_REST "{\"M\":{\"x\":{\"B\":\"AAEC\"}}}"

static const struct {
    const char *text;
    const char *path;    /* an attribute, as the update leaves it */
    const char *after;   /* NULL: gone */
    const char *message; /* the update's error, else NULL */
} updates[] = {
    {"SET a = a + :two", "a", "{\"N\":\"3\"}", NULL},
    {"SET a = a - :three", "a", "{\"N\":\"-2\"}", NULL},
    {"SET a = :two - :three", "a", "{\"N\":\"-1\"}", NULL},
    {"SET n = if_not_exists(n, :one) + :two", "n", "{\"N\":\"3\"}", NULL},
    {"SET a = if_not_exists(a, :three)", "a", "{\"N\":\"1\"}", NULL},
    {"SET a = b, b = a", "a", "{\"S\":\"text\"}", NULL},
    {"SET a = b, b = a", "b", "{\"N\":\"1\"}", NULL},
    {"SET #l = list_append(#l, :list)", "l",
     "{\"L\":[{\"N\":\"1\"},{\"S\":\"x\"}," L_REST ",{\"N\":\"7\"}]}", NULL},
    {"SET #l = list_append(:list, #l)", "l",
     "{\"L\":[{\"N\":\"7\"},{\"N\":\"1\"},{\"S\":\"x\"}," L_REST "]}", NULL},
    {"SET n = list_append(if_not_exists(n, :list), :list)", "n",
     "{\"L\":[{\"N\":\"7\"},{\"N\":\"7\"}]}", NULL},
    {"SET l[1] = :two", "l", "{\"L\":[{\"N\":\"1\"},{\"N\":\"2\"}," L_REST "]}", NULL},
    {"SET l[9] = :three, l[8] = :two", "l",
     "{\"L\":[{\"N\":\"1\"},{\"S\":\"x\"}," L_REST ",{\"N\":\"2\"},{\"N\":\"3\"}]}", NULL},
    {"REMOVE l[0] SET l[1] = :two", "l", "{\"L\":[{\"N\":\"2\"}," L_REST "]}", NULL},
    {"REMOVE l[0], l[1], l[7]", "l", "{\"L\":[" L_REST "]}", NULL},
    {"REMOVE l[2].x", "l", "{\"L\":[{\"N\":\"1\"},{\"S\":\"x\"},{\"M\":{}}]}", NULL},
    {"SET m.y.#dot = :one", "m",
     "{\"M\":{\"x\":{\"NS\":[\"1\",\"2\"]},\"y\":{\"M\":{\"x.y\":{\"N\":\"1\"}}}}}", NULL},
    {"REMOVE a", "a", NULL, NULL},
    {"REMOVE absent, m.q", "m", "{\"M\":{\"x\":{\"NS\":[\"1\",\"2\"]},\"y\":{\"M\":{}}}}", NULL},
    {"ADD a :two", "a", "{\"N\":\"3\"}", NULL},
    {"ADD n :two", "n", "{\"N\":\"2\"}", NULL},
    {"ADD m.x :ns", "m", "{\"M\":{\"x\":{\"NS\":[\"1\",\"2\",\"3\"]},\"y\":{\"M\":{}}}}", NULL},
    {"ADD n :pp", "n", "{\"SS\":[\"p\"]}", NULL},
    {"DELETE s :pp", "s", "{\"SS\":[\"q\"]}", NULL},
    {"DELETE s :qp", "s", NULL, NULL},
    {"DELETE n :qp", "n", NULL, NULL},
    {"set a = :map remove b add n :one delete s :pp", "a", "{\"M\":{\"k\":{\"N\":\"5\"}}}", NULL},
    {"SET a = absent", "a", NULL,
     "The provided expression refers to an attribute that does not exist in the item"},
    {"SET a = b + :one", "a", NULL,
     "An operand in the update expression has an incorrect data type"},
    {"SET a = list_append(a, :list)", "a", NULL,
     "An operand in the update expression has an incorrect data type"},
    {"SET absent.x = :one", "a", NULL,
     "The document path provided in the update expression is invalid for update"},
    {"SET m[0] = :one", "a", NULL,
     "The document path provided in the update expression is invalid for update"},
    {"SET l.x = :one", "a", NULL,
     "The document path provided in the update expression is invalid for update"},
    {"ADD b :one", "a", NULL, "An operand in the update expression has an incorrect data type"},
    {"ADD s :ns", "a", NULL, "An operand in the update expression has an incorrect data type"},
    {"DELETE a :pp", "a", NULL, "An operand in the update expression has an incorrect data type"},
    {"SET a = :big + :big", "a", NULL,
     "Number overflow. Attempting to store a number with magnitude larger than supported range"},
};

static void updates_change_a_copy_of_the_item(void **state)
{
    struct fixture fixture;

    (void)state;
    begin(&fixture);
    for (size_t i = 0; i < ARRAY_LEN(updates); i++) {
        struct update *update = NULL;
        struct attribute_value after;
        struct aws_error err = {0};
        struct buffer out;

        if (!update_parse(str_from_c(updates[i].text), &fixture.placeholders, fixture.arena,
                          &update, &err))
            fail_msg("%s: %s", updates[i].text, err.message);
        bool ok = update_apply(update, &fixture.item, fixture.arena, &after, &err);
        if (ok != (updates[i].message == NULL))
            fail_msg("%s: '%s'", updates[i].text, err.message);
        if (!ok) {
            assert_string_equal(err.message, updates[i].message);
            continue;
        }
        const struct attribute_value *value = item_find(&after, str_from_c(updates[i].path));
        buffer_init(&out, fixture.arena);
        if (value != NULL)
            value_write(&out, value);
        if (!str_eq(buffer_str(&out), str_from_c(updates[i].after)))
            fail_msg("%s: %.*s", updates[i].text, STR_ARG(buffer_str(&out)));
        assert_str_equal(show(&fixture.item, fixture.arena), str_from_c(item_text));
    }
    end(&fixture);
}

/* Elements are searched for, not compared each with each. */
static void large_sets_are_joined_and_parted_at_once(void **state)
{
    enum { ELEMENTS = 100000 };
    static const struct {
        const char *text;
        size_t count;
    } rows[] = {{"ADD n :v", ELEMENTS + ELEMENTS / 2}, {"DELETE n :v", ELEMENTS / 2}};
    struct attribute_value *elements = calloc(2 * ELEMENTS, sizeof(*elements));
    struct arena *arena = arena_new(16 * ARENA_BYTES);

    (void)state;
    assert_non_null(elements);
    for (size_t i = 0; i < 2 * ELEMENTS; i++) /* 1, 11, 21, ..: in their one form */
        elements[i] = (struct attribute_value){.type = VALUE_N, .number = {10 * i + 1, 0, false}};
    struct attribute attribute = {STR("n"), {.type = VALUE_NS, .list = {elements, ELEMENTS}}};
    struct attribute_value item = {.type = VALUE_M, .map = {&attribute, 1}};
    struct placeholder value = {
        .key = STR_INIT(":v"),
        .value = {.type = VALUE_NS, .list = {elements + ELEMENTS / 2, ELEMENTS}}};
    struct placeholders placeholders = {.values = &value, .value_count = 1};
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct update *update = NULL;
        struct attribute_value after;
        struct aws_error err = {0};

        assert_true(update_parse(str_from_c(rows[i].text), &placeholders, arena, &update, &err));
        assert_true(update_apply(update, &item, arena, &after, &err));
        assert_int_equal(item_find(&after, STR("n"))->list.count, rows[i].count);
    }
    arena_free(arena);
    free(elements);
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
    struct fixture fixture;

    (void)state;
    begin(&fixture);
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct projection *projection = NULL;
        struct attribute_value result;
        struct aws_error err = {0};

        if (!projection_parse(str_from_c(rows[i].text), &fixture.placeholders, fixture.arena,
                              &projection, &err) ||
            !projection_apply(projection, &fixture.item, fixture.arena, &result, &err))
            fail_msg("%s: %s", rows[i].text, err.message);
        assert_str_equal(show(&result, fixture.arena), str_from_c(rows[i].result));
    }
    end(&fixture);
}

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
    struct fixture fixture;

    (void)state;
    begin(&fixture);
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct expr *expr = NULL;
        struct key_range range;
        struct aws_error err = {0};

        if (!condition_parse(EXPRESSION_KEY_CONDITION, str_from_c(rows[i].text),
                             &fixture.placeholders, fixture.arena, &expr, &err) ||
            !key_condition_range(expr, &text_keys, NULL, false, fixture.arena, &range, &err))
            fail_msg("%s: %s", rows[i].text, err.message);
        assert_str_equal(range.partition, STR("p"));
        assert_str_equal(range.sort_from, rows[i].from);
        assert_str_equal(range.sort_to, rows[i].to);
        assert_int_equal(range.sort_to.ptr == NULL, rows[i].to.ptr == NULL);
    }
    end(&fixture);
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
    struct fixture fixture;

    (void)state;
    begin(&fixture);
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct expr *expr = NULL;
        struct key_range range;
        struct aws_error err = {0};

        if (condition_parse(EXPRESSION_KEY_CONDITION, str_from_c(rows[i].text),
                            &fixture.placeholders, fixture.arena, &expr, &err) &&
            key_condition_check(expr, 2, &err) &&
            key_condition_range(expr, &text_keys, NULL, false, fixture.arena, &range, &err))
            fail_msg("%s is taken", rows[i].text);
        if (strcmp(err.message, rows[i].message) != 0)
            fail_msg("%s: %s", rows[i].text, err.message);
    }
    end(&fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(conditions_hold_or_do_not),
        cmocka_unit_test(wrong_expressions_are_refused_in_the_services_words),
        cmocka_unit_test(sizes_of_expressions_are_bounded),
        cmocka_unit_test(updates_change_a_copy_of_the_item),
        cmocka_unit_test(large_sets_are_joined_and_parted_at_once),
        cmocka_unit_test(projections_keep_the_nesting_and_close_lists_up),
        cmocka_unit_test(key_conditions_become_ranges),
        cmocka_unit_test(wrong_key_conditions_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
