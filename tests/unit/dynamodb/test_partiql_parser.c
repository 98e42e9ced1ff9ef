/* PartiQL statements without a table: a row is a text and what it becomes, or its error. */
#include "../test.h"

#include "../../../emulator/dynamodb/errors.h"
#include "../../../emulator/dynamodb/partiql/partiql_lexer.h"
#include "../../../emulator/dynamodb/partiql/partiql_parser.h"

enum { ARENA_BYTES = 16 << 20 };

static const char item_text[] =
    "{\"pk\":{\"S\":\"a\"},\"n\":{\"N\":\"1\"},\"s\":{\"S\":\"it's\"},\"t\":{\"BOOL\":true},"
    "\"nul\":{\"NULL\":true},\"ss\":{\"SS\":[\"a\",\"b\"]},\"l\":{\"L\":[{\"N\":\"1\"},"
    "{\"M\":{\"z\":{\"S\":\"q\"}}},{\"L\":[{\"N\":\"7\"}]}]},\"m\":{\"M\":{\"k\":{\"S\":\"v\"}}},"
    "\"select\":{\"S\":\"word\"},\"a.b\":{\"N\":\"3\"}}";

struct fixture {
    struct arena *arena;
    struct attribute_value item;
    struct attribute_value values[2];
    struct partiql_parameters parameters;
};

static void begin(struct fixture *fixture)
{
    struct aws_error err = {0};

    *fixture = (struct fixture){.arena = arena_new(ARENA_BYTES)};
    assert_true(item_decode(str_from_c(item_text), fixture->arena, &fixture->item, &err));
    fixture->values[0] = (struct attribute_value){.type = VALUE_S, .text = STR("a")};
    fixture->values[1] = (struct attribute_value){.type = VALUE_N, .number = {.coefficient = 1}};
    fixture->parameters.values = fixture->values;
}

static void end(struct fixture *fixture)
{
    arena_free(fixture->arena);
}

/* As many parameters as there are question marks. */
static bool parse(struct fixture *fixture, const char *text, struct partiql_statement *ret,
                  struct aws_error *err)
{
    fixture->parameters.count = 0;
    for (const char *byte = text; *byte != '\0'; byte++)
        fixture->parameters.count += *byte == '?';
    return partiql_parse(str_from_c(text), &fixture->parameters, fixture->arena, ret, err);
}

static void parse_ok(struct fixture *fixture, const char *text, struct partiql_statement *ret)
{
    struct aws_error err = {0};

    if (!parse(fixture, text, ret, &err))
        fail_msg("%s: %s", text, err.message);
}

static void where_is_a_condition(void **state)
{
    static const struct {
        const char *text;
        bool holds;
    } rows[] = {
        {"pk = 'a'", true},
        {"pk='a' AND n=1", true},
        {"pk = 'b' OR n = 1.0", true},
        {"n = 1 OR n = 2 AND n = 3", true},
        {"(n = 1 OR n = 2) AND n = 3", false},
        {"((n = 1))", true},
        {"(n) = (1)", true},
        {"1 = n", true},
        {"n = ? AND pk = 'a'", false},
        {"pk = ? AND n = ?", true},
        {"n > -5 AND n>-5", true},
        {"n > - -1", false},
        {"n = +1", true},
        {"n = 10e-1", true},
        {"n < .5", false},
        {"n != 2", true},
        {"n <> 1", false},
        {"s = 'it''s'", true},
        {"s = 'it' -- a note\n OR n = /* one */ 1", true},
        {"n BETWEEN 0 AND 2 AND t = true", true},
        {"n NOT BETWEEN 0 AND 2", false},
        {"n IN (1)", true},
        {"n IN [2, 1]", true},
        {"n IN <<2, 3>>", false},
        {"n NOT IN (1, 2)", false},
        {"NOT n = 1", false},
        {"NOT NOT n = 1", true},
        {"NOT (n = 2) AND pk = 'a'", true},
        {"t = TRUE", true},
        {"nul = NULL", true},
        {"nul IS NULL", true},
        {"n IS NULL", false},
        {"absent IS NULL", false},
        {"absent IS NOT NULL", true},
        {"absent IS MISSING", true},
        {"n is not missing", true},
        {"n IS NUMERIC AND s IS STRING AND t IS BOOL AND t IS BOOLEAN", true},
        {"l IS LIST AND m IS STRUCT AND m IS TUPLE", true},
        {"s IS BLOB", false},
        {"'a' IS STRING", true},
        {"1 IS STRING", false},
        {"1 IS MISSING", false},
        {"begins_with(s, 'it') AND BEGINS_WITH(\"s\", 'i')", true},
        {"contains(ss, 'a') = TRUE", true},
        {"contains(ss, 'a') <> TRUE", false},
        {"FALSE = contains(ss, 'z')", true},
        {"contains(ss, 'a') = NULL", false},
        {"(n = 1) = TRUE = TRUE", true},
        {"size(l) = 3 AND size(\"ss\") > 1", true},
        {"attribute_exists(m.k) AND attribute_not_exists(m.x)", true},
        {"attribute_type(n, 'N')", true},
        {"m.k = 'v' AND m['k'] = 'v' AND m.\"k\" = 'v'", true},
        {"l[0] = 1 AND l[1].z = 'q' AND l[2][0] = 7 AND l[-0] = 1", true},
        {"\"select\" = 'word' AND \"a.b\" = 3", true},
        {"ss = <<'b', 'a'>>", true},
        {"m = {'k': 'v'} AND l[2] = [7]", true},
        {"@n = 1", true},
        {"1 = 1", true},
    };
    struct fixture fixture;

    (void)state;
    begin(&fixture);
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct partiql_statement statement;
        char text[256];

        (void)snprintf(text, sizeof(text), "SELECT * FROM tab WHERE %s", rows[i].text);
        parse_ok(&fixture, text, &statement);
        if (condition_holds(statement.where, &fixture.item) != rows[i].holds)
            fail_msg("%s", rows[i].text);
    }
    end(&fixture);
}

static void set_and_remove_are_an_update(void **state)
{
    static const struct {
        const char *text;
        const char *path;
        const char *value; /* of that attribute afterwards; NULL: none */
    } rows[] = {
        {"UPDATE tab SET n = n + 1", "n", "{\"N\":\"2\"}"},
        {"UPDATE tab SET n=n-1", "n", "{\"N\":\"0\"}"},
        {"UPDATE tab SET n = 10 - n - 2", "n", "{\"N\":\"7\"}"},
        {"UPDATE tab SET x = ? WHERE pk = 'a'", "x", "{\"S\":\"a\"}"},
        {"update tab set x = 1, y = 2 remove n set z = 3", "y", "{\"N\":\"2\"}"},
        {"UPDATE tab SET x = 1 REMOVE n", "n", NULL},
        {"UPDATE tab REMOVE l[0]", "l",
         "{\"L\":[{\"M\":{\"z\":{\"S\":\"q\"}}},{\"L\":[{\"N\":\"7\"}]}]}"},
        {"UPDATE tab SET m.k = [1, 'a', <<1, 2>>]", "m",
         "{\"M\":{\"k\":{\"L\":[{\"N\":\"1\"},{\"S\":\"a\"},{\"NS\":[\"1\",\"2\"]}]}}}"},
        {"UPDATE tab SET ss = set_add(ss, <<'c', 'a'>>)", "ss", "{\"SS\":[\"a\",\"b\",\"c\"]}"},
        {"UPDATE tab SET ss = SET_DELETE(ss, <<'a'>>)", "ss", "{\"SS\":[\"b\"]}"},
        {"UPDATE tab SET x = if_not_exists(x, -1.50)", "x", "{\"N\":\"-1.5\"}"},
        {"UPDATE tab SET l = list_append(l[2], [8])", "l", "{\"L\":[{\"N\":\"7\"},{\"N\":\"8\"}]}"},
        {"FROM tab WHERE pk = 'a' SET x = NULL", "x", "{\"NULL\":true}"},
        {"FROM tab REMOVE n RETURNING ALL OLD *;", "n", NULL},
    };
    struct fixture fixture;

    (void)state;
    begin(&fixture);
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct partiql_statement statement;
        struct attribute_value after;
        struct aws_error err = {0};
        struct buffer out;

        parse_ok(&fixture, rows[i].text, &statement);
        assert_int_equal(statement.kind, PARTIQL_UPDATE);
        if (!update_apply(statement.update, &fixture.item, fixture.arena, &after, &err))
            fail_msg("%s: %s", rows[i].text, err.message);
        const struct attribute_value *value = item_find(&after, str_from_c(rows[i].path));
        buffer_init(&out, fixture.arena);
        if (value != NULL)
            value_write(&out, value);
        if (!str_eq(buffer_str(&out), str_from_c(rows[i].value)))
            fail_msg("%s: %.*s", rows[i].text, STR_ARG(buffer_str(&out)));
    }
    end(&fixture);
}

static void value_is_an_item(void **state)
{
    struct partiql_statement statement;
    struct fixture fixture;
    struct buffer out;

    (void)state;
    begin(&fixture);
    parse_ok(&fixture,
             "INSERT INTO \"tab\" value {'pk': ?, 'n' : -1.5e3, 'i': -0, 'b': [TRUE, false, null],"
             " 'm': {'': (1, 'a')}, 'ns': <<10, 9>>, 'ss': <<'x'>>, 'it''s': 'x', 'e': ''}",
             &statement);
    assert_int_equal(statement.kind, PARTIQL_INSERT);
    buffer_init(&out, fixture.arena);
    item_write(&out, &statement.item);
    assert_str_equal(
        buffer_str(&out),
        STR("{\"pk\":{\"S\":\"a\"},\"n\":{\"N\":\"-1500\"},\"i\":{\"N\":\"0\"},\"b\":{\"L\":"
            "[{\"BOOL\":true},{\"BOOL\":false},{\"NULL\":true}]},\"m\":{\"M\":{\"\":{\"L\":"
            "[{\"N\":\"1\"},{\"S\":\"a\"}]}}},\"ns\":{\"NS\":[\"9\",\"10\"]},\"ss\":{\"SS\":"
            "[\"x\"]},\"it's\":{\"S\":\"x\"},\"e\":{\"S\":\"\"}}"));
    end(&fixture);
}

static void columns_are_called_by_their_last_name_and_its_indices(void **state)
{
    static const struct {
        const char *text;
        const char *name;
        size_t depth;
    } rows[] = {
        {"n", "n", 1},
        {"m.k", "k", 2},
        {"m['k']", "k", 2},
        {"l[0]", "l[0]", 2},
        {"l[00]", "l[0]", 2},
        {"l[-0]", "l[0]", 2},
        {"l[2][0]", "l[2][0]", 3},
        {"a.b.l[1].z", "l[1]", 4},
        {"(n)", "n", 1},
        {"\"a.b\"", "a.b", 1},
    };
    struct fixture fixture;

    (void)state;
    begin(&fixture);
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct partiql_statement statement;
        char text[256];

        (void)snprintf(text, sizeof(text), "SELECT pk, %s FROM tab", rows[i].text);
        parse_ok(&fixture, text, &statement);
        assert_int_equal(statement.projection.count, 2);
        assert_str_equal(statement.columns[1].name, str_from_c(rows[i].name));
        assert_int_equal(statement.columns[1].depth, rows[i].depth);
    }
    end(&fixture);
}

static void a_statement_knows_its_table_index_order_and_returning(void **state)
{
    struct partiql_statement statement;
    struct fixture fixture;

    (void)state;
    begin(&fixture);
    parse_ok(&fixture,
             "SELECT * FROM \"my-tab.1\".\"by-x\" WHERE pk = 'a' ORDER BY pk DESC, \"sk\" asc, x;",
             &statement);
    assert_int_equal(statement.kind, PARTIQL_SELECT);
    assert_str_equal(statement.table, STR("my-tab.1"));
    assert_str_equal(statement.index, STR("by-x"));
    assert_int_equal(statement.projection.count, 0);
    assert_int_equal(statement.order_count, 3);
    assert_true(statement.order[0].descending);
    assert_false(statement.order[1].descending);
    assert_str_equal(statement.order[1].name, STR("sk"));
    parse_ok(&fixture, "EXISTS(SELECT * FROM tab WHERE pk='a' AND x IS MISSING)", &statement);
    assert_int_equal(statement.kind, PARTIQL_EXISTS);
    assert_int_equal(statement.index.len, 0);
    parse_ok(&fixture, "DELETE FROM tab WHERE pk = 'a' RETURNING ALL OLD *", &statement);
    assert_int_equal(statement.kind, PARTIQL_DELETE);
    assert_int_equal(statement.returns, RETURN_ALL_OLD);
    parse_ok(&fixture, "UPDATE tab SET x=1 WHERE pk = 'a' returning modified new *", &statement);
    assert_int_equal(statement.returns, RETURN_UPDATED_NEW);
    parse_ok(&fixture, "UPDATE tab SET x=1 WHERE pk = 'a'", &statement);
    assert_int_equal(statement.returns, RETURN_NONE);
    end(&fixture);
}

#define MALFORMED "Statement wasn't well formed, can't be processed: "
#define NO_TERM   MALFORMED "Unexpected term"
#define LEFTOVER  MALFORMED "Unexpected token after expression"
#define NO_DML    MALFORMED "Expected data manipulation"
#define W         "SELECT * FROM tab WHERE "
#define U         "UPDATE tab SET "

/* Most of these the service itself was seen to answer. */
static void mistakes_have_the_services_texts(void **state)
{
    static const struct {
        const char *text;
        const char *error;
    } rows[] = {
        {"", NO_TERM},
        {"SLECT * FROM \"tab\" WHERE pk = 'a'", NO_DML},
        {"UPDATE Payment-x SET a = 1 WHERE pk = 'a'", NO_DML},
        {"UPDATE tab WHERE pk = 'a'", NO_DML},
        {"SELECT", NO_TERM},
        {"SELECT * FROM", NO_TERM},
        {"SELECT *", MALFORMED "Expected FROM after SELECT list"},
        {"SELECT *, pk FROM tab",
         MALFORMED "Other expressions may not be present in the select list when '*' is used "
                   "without dot notation."},
        {"SELECT * FROM tab WHERE", NO_TERM},
        {"SELECT * FROM tab WHERE;", NO_TERM},
        {"SELECT * FROM tab WHERE NOT", NO_TERM},
        {"SELECT * FROM tab WHERE (", NO_TERM},
        {"UPDATE tab SET a = 1 WHERE", NO_TERM},
        {"DELETE FROM tab WHERE", NO_TERM},
        {W "pk = 1 foo", LEFTOVER},
        {W "pk = 1 e5", LEFTOVER},
        {W "pk = 1)", LEFTOVER},
        {"INSERT INTO tab VALUE {'pk': 1} foo", LEFTOVER},
        {"INSERT INTO tab t VALUE {'pk': 1}", LEFTOVER},
        {"DELETE FROM tab WHERE pk = 1 ORDER BY pk", LEFTOVER},
        {"SELECT * FROM tab ORDER BY pk WHERE pk = 1", LEFTOVER},
        {"FROM tab SET c = 1 WHERE pk = 'a'", LEFTOVER},
        {"SELECT * FROM tab; SELECT * FROM tab",
         MALFORMED "Unexpected token after semicolon. (Only one query is allowed.)"},
        {W "pk = 1e2147483648", MALFORMED},
        {W "pk = 1.5e-2147483647", MALFORMED},
        {W "pk = 1e", MALFORMED},
        {W "pk = 1 # note", MALFORMED},
        {W "pk = 1 /* note", MALFORMED},
        {W "pk = 'a", MALFORMED},
        {"SELECT * FROM \"tab", MALFORMED},
        {W "pk = 'p' AND", MALFORMED "Missing right-hand side expression of infix operator"},
        {W "pk =", MALFORMED "Missing right-hand side expression of infix operator"},
        {W "ORDER BY pk", MALFORMED "Unexpected keyword"},
        {W "x IS FOO", MALFORMED "Expected type name"},
        {W "IS NULL", MALFORMED "Unexpected operator"},
        {W "pk = LIKE", MALFORMED "Unexpected operator"},
        {W "pk == 'a'", MALFORMED "Unexpected operator"},
        {W "(pk = 'a'", MALFORMED "Expected RIGHT_PAREN"},
        {W "a = [1", MALFORMED "Expected RIGHT_BRACKET"},
        {W "a BETWEEN 1 OR 2", MALFORMED "Expected AND keyword"},
        {W "attribute_exists(m.inner)", MALFORMED "Invalid path dot component"},
        {U "m.inner = 1", MALFORMED "Invalid path dot component"},
        {U "x 1", MALFORMED "Expected '='"},
        {"DELETE FROM", MALFORMED "Expected identifier for simple path"},
        {"DELETE FROM;", MALFORMED "Expected identifier for simple path"},
        {"DELETE FROM WHERE pk = 'a'", MALFORMED "Expected identifier for simple path"},
        {"UPDATE tab REMOVE 1", MALFORMED "Expected identifier for simple path"},
        {"DELETE tab WHERE pk='a'", MALFORMED "Expected FROM after DELETE"},
        {"x IS INT4", "Unsupported operation: IsType"},
        {"x IS DOUBLE PRECISION", "Unsupported operation: IsType"},
        {"x = 1", "EXISTS can only be used in ExecuteTransaction write requests."},
        {"DROP TABLE tab", "Unsupported operation: DropTable"},
        {"SELECT * FROM tab t WHERE pk = 'x'", "Aliasing is not supported"},
        {"SELECT * FROM tab AS t WHERE pk = 'x'", "Aliasing is not supported"},
        {"UPDATE tab t SET a = 3 WHERE pk = 'x'", "Aliasing is not supported"},
        {"DELETE FROM tab t WHERE pk = 'x'", "Aliasing is not supported"},
        {"SELECT a b FROM tab", "Aliasing is not supported"},
        {"SELECT * FROM tab, num", "Only select from a single table or index is supported."},
        {"SELECT * FROM 'tab'", "Unexpected from source"},
        {"SELECT * FROM my-tab WHERE pk = 'a'", "Unexpected from source"},
        {"SELECT * FROM \"\"", "Path component cannot be an empty string"},
        {"SELECT * FROM tab.\"\"", "Path component cannot be an empty string"},
        {"SELECT * FROM tab.i.x", "A path may contain at most 2 components in the FROM clause"},
        {"SELECT * FROM tab[0]", "Invalid list expression in source."},
        {"SELECT * FROM ab", "Table name should be within the length [3, 255] and only contain "
                             "'a-z', 'A-Z', '0-9', '-', '_', '.'."},
        {"UPDATE tab.i SET a = 1", "This operation is not supported on an index"},
        {"DELETE FROM tab.i WHERE pk = 'a'", "This operation is not supported on an index"},
        {"INSERT INTO tab.i VALUE {'pk': 'a'}",
         "FROM clause may only contain a single table name in data manipulation statements"},
        {"SELECT DISTINCT pk FROM tab", "Unsupported token in expression: DISTINCT"},
        {"SELECT VALUE pk FROM tab", "Select projection doesn't support value or pivot keywords"},
        {"SELECT * FROM tab GROUP BY pk", "Unsupported clause: GROUP BY"},
        {"SELECT * FROM tab LIMIT 1", "Unsupported clause: LIMIT at 1:25:1"},
        {"SELECT COUNT(*) FROM tab", "Unexpected path component at 1:8:5"},
        {"SELECT 'pk' FROM tab", "Unexpected path component at 1:8:4"},
        {"SELECT n+1 FROM tab", "Unexpected path component at 1:9:1"},
        {"SELECT attribute_exists(ss) FROM tab", "Unexpected path component at 1:8:16"},
        {"SELECT l[-1] FROM tab",
         "List index is not within the allowable range; index: [-1] at 1:11:1"},
        {"SELECT l[1.0] FROM tab", "Unexpected path component at 1:10:3"},
        {"SELECT m.k, k FROM tab", "Duplicate identifiers in select clause: k"},
        {"SELECT m, m.k FROM tab",
         "Two document paths overlap with each other; must remove or rewrite one of these paths; "
         "path one: [m, k], path two: [m]"},
        {"SELECT m.* FROM tab", "Changing item's hierarchy while reading isn't supported"},
        {"SELECT * FROM tab ORDER BY sk",
         "Must have WHERE clause in the statement when using ORDER BY clause."},
        {W "pk", "WHERE clause must contain an expression that resolves to a boolean"},
        {W "size(ss)", "WHERE clause must contain an expression that resolves to a boolean"},
        {W "pk = 'a' AND t", "The arguments to AND/OR must be Expressions"},
        {W "NOT n", "The argument to NOT must be a Type or Expression"},
        {W "n + 1 = 2", "Unsupported operator in Condition Expression. Operator: +"},
        {W "s LIKE 'a%'", "Unsupported operator in Condition Expression. Operator: like"},
        {W "n = MISSING", "MISSING must be compared using IS operator"},
        {W "size(s) IS NUMERIC",
         "The left hand side argument to IS must be a Variable Reference, Literal, or Path"},
        {W "ss IS BAG",
         "Unsupported data type for IS operator: BAG. Supported data types are [MISSING, NULL, "
         "BOOLEAN, BLOB, STRING, NUMERIC, STRUCT, TUPLE, LIST] at 1:28:2"},
        {W "n IN 1", "IN operator must have a left hand argument of type Variable Reference and "
                     "right hand argument of type Seq with at least one member"},
        {W "n IN []", "IN operator must have a left hand argument of type Variable Reference and "
                      "right hand argument of type Seq with at least one member"},
        {W "EXISTS(ss)", "Unrecognized function: exists at 1:25:6"},
        {W "EXISTS(SELECT * FROM tab)", "Unsupported token in expression: SELECT at 1:32:6"},
        {W "set_add(ss, <<'x'>>) = ss", "Unrecognized function: set_add at 1:25:7"},
        {W "attribute_exists('ss')",
         "Operator or function requires a document path; operator or function: attribute_exists"},
        {W "attribute_exists(?)",
         "Operator or function requires a document path; operator or function: attribute_exists"},
        {W "attribute_exists()",
         "Incorrect number of operands for operator or function; operator or function: "
         "attribute_exists, number of operands: 0"},
        {W "attribute_type(l, 1)",
         "Incorrect operand type for operator or function; operator or function: attribute_type, "
         "operand type: N"},
        {W "begins_with(s, s)",
         "The first operand must be distinct from the remaining operands for this operator or "
         "function; operator: begins_with, first operand: [s]"},
        {W "n < TRUE",
         "Incorrect operand type for operator or function; operator or function: <, operand type: "
         "BOOL"},
        {W "list_append(l, [1]) = l",
         "The function is not allowed in a condition expression; function: list_append"},
        {W "n BETWEEN 2 AND 0",
         "The BETWEEN operator requires upper bound to be greater than or equal to lower bound; "
         "lower bound operand: AttributeValue: {N:2}, upper bound operand: AttributeValue: {N:0}"},
        {W "m.* = 1", "Unpivot path component like a.*.b are not supported at 1:27:1"},
        {W "pk = 1e126", "Number overflow. Attempting to store a number with magnitude larger "
                         "than supported range under root"},
        {W "pk = 1e-131", "Number underflow. Attempting to store a number with magnitude smaller "
                          "than supported range under root"},
        {W "pk = 123456789012345678901234567890123456789",
         "Attempting to store more than 38 significant digits in a Number under root"},
        {"INSERT INTO tab VALUE {'pk': 1, 'm': {'x': 1e126}}",
         "Number overflow. Attempting to store a number with magnitude larger than supported "
         "range under root.x"},
        {"INSERT INTO tab VALUE {'pk': 1, 'l': [1, 1e126]}",
         "Number overflow. Attempting to store a number with magnitude larger than supported "
         "range under root[1]"},
        {"INSERT INTO tab VALUE {'pk': -0.0}",
         "Negative zero decimal is not supported under key root at 1:31:3"},
        {"INSERT INTO tab VALUE {'pk': 'a', 'ss': set_add(<<'a'>>, <<'b'>>)}",
         "Unsupported data type: set_add under key root at 1:41:7"},
        {"INSERT INTO tab VALUE {'pk': [?]}",
         "Unsupported data type: Parameter under key root[0] at 1:31:1"},
        {"INSERT INTO tab VALUE {pk: 'a'}", "Tuple keys must be of type String. Actual type: "
                                            "VariableReference under root at 1:24:2"},
        {"INSERT INTO tab VALUE {'pk': 'a', 'pk': 'b'}",
         "Duplicate keys in tuple. Key: pk under root at 1:35:4"},
        {"INSERT INTO tab VALUE [1]",
         "Unsupported format in item expression. Please use struct format {...} to express item "
         "values for insert statement. at 1:23:1"},
        {"INSERT INTO tab VALUES ({'pk': 'a'})", MALFORMED "Unexpected keyword"},
        {"INSERT INTO tab VALUE {'pk': 'a'} RETURNING ALL OLD *",
         "RETURNING is not supported in INSERT"},
        {U "ss = set_add(ss, <<>>)", "Empty bags are not supported"},
        {U "ss = <<1, 'a'>>", "Unsupported data type in Bag. DynamoDB only supports either numbers "
                              "or strings in bags"},
        {U "ss = <<'b', 'b'>>",
         "One or more parameter values were invalid: Input collection [b, b] contains duplicates."},
        {U "n = set_add(n, <<2, 2.0>>)",
         "One or more parameter values were invalid: Input collection [2, 2.0] contains "
         "duplicates! under root"},
        {U "t = set_add(ss, <<'x'>>)",
         "The first argument to SET_ADD must equal the assignment value at 1:20:7"},
        {U "ss = set_add(ss, 'x')",
         "The second argument to SET_ADD must be a value with type SET at 1:29:2"},
        {"UPDATE tab\nSET \"ss\" = set_delete(\"ss\", ['x'])",
         "The second argument to SET_DELETE must be a value with type SET at 2:23:4"},
        {U "ss = set_add(ss)", "SET_ADD must have exactly two arguments at 1:21:7"},
        {U "x = n * 2", "Unsupported operator in Update Expression. Operator: *"},
        {U "x = n IS NULL", "IS operator is not supported in update expressions"},
        {U "x = size(l)", "The function is not allowed in an update expression; function: size"},
        {U "x = -n", "Incorrect number of operands for operator or function; operator or "
                     "function: -, number of operands: 1"},
        {U "x = 1 REMOVE x", "Two document paths overlap with each other; must remove or rewrite "
                             "one of these paths; path one: [x], path two: [x]"},
        {"DELETE FROM tab WHERE pk = 'x' RETURNING MODIFIED OLD *",
         "Invalid returning clause: RETURNING MODIFIED OLD *. Only RETURNING ALL OLD * is allowed "
         "in DELETE statements."},
        {U "x = 1 WHERE pk = 'a' RETURNING ALL NEW x",
         "Expected '*' after ( MODIFIED | ALL ) ( NEW | OLD ) in RETURNING clause"},
        {U "x = 1 WHERE pk = 'a' RETURNING ALL NEW *, ALL OLD *",
         "Invalid syntax with multiple returning elements in RETURNING clause"},
    };
    struct fixture fixture;

    (void)state;
    begin(&fixture);
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct partiql_statement statement;
        struct aws_error err = {0};

        if (parse(&fixture, rows[i].text, &statement, &err))
            fail_msg("%s: taken", rows[i].text);
        if (err.kind != &ddb_validation_exception || strcmp(err.message, rows[i].error) != 0)
            fail_msg("%s: %s", rows[i].text, err.message);
    }
    end(&fixture);
}

static void parameters_are_as_many_as_question_marks(void **state)
{
    static const char error[] = "Number of parameters in request and statement don't match.";
    struct partiql_statement statement;
    struct fixture fixture;

    (void)state;
    begin(&fixture);
    for (size_t count = 0; count <= 2; count++) {
        struct aws_error err = {0};

        fixture.parameters.count = count;
        bool ok = partiql_parse(STR("SELECT * FROM tab WHERE pk = ? AND s = '?'"),
                                &fixture.parameters, fixture.arena, &statement, &err);
        assert_int_equal(ok, count == 1);
        if (!ok)
            assert_string_equal(err.message, error);
    }
    end(&fixture);
}

/* prefix, then `piece` as often as `count` says, then suffix. */
static struct str repeat(struct fixture *fixture, const char *prefix, const char *piece,
                         size_t count, const char *suffix)
{
    struct buffer out;

    buffer_init(&out, fixture->arena);
    buffer_add(&out, str_from_c(prefix));
    for (size_t i = 0; i < count; i++)
        buffer_add(&out, str_from_c(piece));
    buffer_add(&out, str_from_c(suffix));
    return buffer_str(&out);
}

static void length_depth_and_operators_are_bounded(void **state)
{
    static const struct {
        const char *prefix, *piece;
        size_t count;
        const char *suffix, *error; /* error NULL: taken */
    } rows[] = {
        {W "n=1", " OR n=1", 149, "", NULL},
        {W "n=1", " OR n=1", 150, "",
         "The expression contains too many operators; operator count: 301"},
        {U "x = 1", "+1", 4000, "",
         "The expression contains too many operators; operator count: 301"},
        {W "", "(", 5000, "", MALFORMED "Expression is nested too deeply"},
        {W "n = ", "- ", 4000, "1", MALFORMED "Expression is nested too deeply"},
        {W "n = ", "[", 33, "", MALFORMED "Unexpected term"},
        {W "m", ".a", 31, " = 1", NULL},
        {W "m", ".a", 32, " = 1",
         "The document path has too many nesting levels; nesting levels: 33"},
        {W "n IN [1", ",1", 99, "]", NULL},
        {W "n IN [1", ",1", 100, "]",
         "The IN operator is provided with too many operands; number of operands: 101"},
        {W "s = '", "x", 8192 - 30, "'", NULL},
        {W "s = '", "x", 8192 - 29, "'", MALFORMED},
    };
    struct fixture fixture;

    (void)state;
    begin(&fixture);
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct str text =
            repeat(&fixture, rows[i].prefix, rows[i].piece, rows[i].count, rows[i].suffix);
        struct partiql_statement statement;
        struct aws_error err = {0};

        fixture.parameters.count = 0;
        bool ok = partiql_parse(text, &fixture.parameters, fixture.arena, &statement, &err);
        if (ok != (rows[i].error == NULL) || (!ok && strcmp(err.message, rows[i].error) != 0))
            fail_msg("row %zu: %s", i, err.message);
    }
    end(&fixture);
}

static void keywords_are_found_in_any_case(void **state)
{
    (void)state;
    assert_true(partiql_is_keyword(STR("select")));
    assert_true(partiql_is_keyword(STR("Absolute")));
    assert_true(partiql_is_keyword(STR("ZONE")));
    assert_true(partiql_is_keyword(STR("char_length")));
    assert_true(partiql_is_keyword(STR("character_length")));
    assert_false(partiql_is_keyword(STR("data")));
    assert_false(partiql_is_keyword(STR("name")));
    assert_false(partiql_is_keyword(STR("")));
    assert_false(partiql_is_keyword(STR("selects_a_name_that_is_longer_than_any_keyword")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(where_is_a_condition),
        cmocka_unit_test(set_and_remove_are_an_update),
        cmocka_unit_test(value_is_an_item),
        cmocka_unit_test(columns_are_called_by_their_last_name_and_its_indices),
        cmocka_unit_test(a_statement_knows_its_table_index_order_and_returning),
        cmocka_unit_test(mistakes_have_the_services_texts),
        cmocka_unit_test(parameters_are_as_many_as_question_marks),
        cmocka_unit_test(length_depth_and_operators_are_bounded),
        cmocka_unit_test(keywords_are_found_in_any_case),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
