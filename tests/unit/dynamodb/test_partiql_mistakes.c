/* PartiQL statements that are refused, and the service's text for each. */
#include "partiql_rig.h"

#include "../../../emulator/dynamodb/errors.h"

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
    struct rig rig;

    (void)state;
    rig_begin(&rig);
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct partiql_statement statement;
        struct aws_error err = {0};

        if (rig_parse(&rig, rows[i].text, &statement, &err))
            fail_msg("%s: taken", rows[i].text);
        if (err.kind != &ddb_validation_exception || strcmp(err.message, rows[i].error) != 0)
            fail_msg("%s: %s", rows[i].text, err.message);
    }
    rig_end(&rig);
}

/* prefix, then `piece` as often as `count` says, then suffix. */
static struct str repeat(struct rig *rig, const char *prefix, const char *piece, size_t count,
                         const char *suffix)
{
    struct buffer out;

    buffer_init(&out, rig->arena);
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
    struct rig rig;

    (void)state;
    rig_begin(&rig);
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct str text =
            repeat(&rig, rows[i].prefix, rows[i].piece, rows[i].count, rows[i].suffix);
        struct partiql_statement statement;
        struct aws_error err = {0};

        rig.parameters.count = 0;
        bool ok = partiql_parse(text, &rig.parameters, rig.arena, &statement, &err);
        if (ok != (rows[i].error == NULL) || (!ok && strcmp(err.message, rows[i].error) != 0))
            fail_msg("row %zu: %s", i, err.message);
    }
    rig_end(&rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(mistakes_have_the_services_texts),
        cmocka_unit_test(length_depth_and_operators_are_bounded),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
