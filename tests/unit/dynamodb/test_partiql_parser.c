/* PartiQL statements and what they become. */
#include "partiql_rig.h"

#include "../../../emulator/dynamodb/partiql/partiql_lexer.h"

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
    struct rig rig;

    (void)state;
    rig_begin(&rig);
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct partiql_statement statement;
        char text[256];

        (void)snprintf(text, sizeof(text), "SELECT * FROM tab WHERE %s", rows[i].text);
        rig_parse_ok(&rig, text, &statement);
        if (condition_holds(statement.where, &rig.item) != rows[i].holds)
            fail_msg("%s", rows[i].text);
    }
    rig_end(&rig);
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
    struct rig rig;

    (void)state;
    rig_begin(&rig);
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct partiql_statement statement;
        struct attribute_value after;
        struct aws_error err = {0};
        struct buffer out;

        rig_parse_ok(&rig, rows[i].text, &statement);
        assert_int_equal(statement.kind, PARTIQL_UPDATE);
        if (!update_apply(statement.update, &rig.item, rig.arena, &after, &err))
            fail_msg("%s: %s", rows[i].text, err.message);
        const struct attribute_value *value = item_find(&after, str_from_c(rows[i].path));
        buffer_init(&out, rig.arena);
        if (value != NULL)
            value_write(&out, value);
        if (!str_eq(buffer_str(&out), str_from_c(rows[i].value)))
            fail_msg("%s: %.*s", rows[i].text, STR_ARG(buffer_str(&out)));
    }
    rig_end(&rig);
}

static void value_is_an_item(void **state)
{
    struct partiql_statement statement;
    struct rig rig;
    struct buffer out;

    (void)state;
    rig_begin(&rig);
    rig_parse_ok(
        &rig,
        "INSERT INTO \"tab\" value {'pk': ?, 'n' : -1.5e3, 'i': -0, 'b': [TRUE, false, null],"
        " 'm': {'': (1, 'a')}, 'ns': <<10, 9>>, 'ss': <<'x'>>, 'it''s': 'x', 'e': ''}",
        &statement);
    assert_int_equal(statement.kind, PARTIQL_INSERT);
    buffer_init(&out, rig.arena);
    item_write(&out, &statement.item);
    assert_str_equal(
        buffer_str(&out),
        STR("{\"pk\":{\"S\":\"a\"},\"n\":{\"N\":\"-1500\"},\"i\":{\"N\":\"0\"},\"b\":{\"L\":"
            "[{\"BOOL\":true},{\"BOOL\":false},{\"NULL\":true}]},\"m\":{\"M\":{\"\":{\"L\":"
            "[{\"N\":\"1\"},{\"S\":\"a\"}]}}},\"ns\":{\"NS\":[\"9\",\"10\"]},\"ss\":{\"SS\":"
            "[\"x\"]},\"it's\":{\"S\":\"x\"},\"e\":{\"S\":\"\"}}"));
    rig_end(&rig);
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
    struct rig rig;

    (void)state;
    rig_begin(&rig);
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct partiql_statement statement;
        char text[256];

        (void)snprintf(text, sizeof(text), "SELECT pk, %s FROM tab", rows[i].text);
        rig_parse_ok(&rig, text, &statement);
        assert_int_equal(statement.projection.count, 2);
        assert_str_equal(statement.columns[1].name, str_from_c(rows[i].name));
        assert_int_equal(statement.columns[1].depth, rows[i].depth);
    }
    rig_end(&rig);
}

static void a_statement_knows_its_table_index_order_and_returning(void **state)
{
    struct partiql_statement statement;
    struct rig rig;

    (void)state;
    rig_begin(&rig);
    rig_parse_ok(
        &rig, "SELECT * FROM \"my-tab.1\".\"by-x\" WHERE pk = 'a' ORDER BY pk DESC, \"sk\" asc, x;",
        &statement);
    assert_int_equal(statement.kind, PARTIQL_SELECT);
    assert_str_equal(statement.table, STR("my-tab.1"));
    assert_str_equal(statement.index, STR("by-x"));
    assert_int_equal(statement.projection.count, 0);
    assert_int_equal(statement.order_count, 3);
    assert_true(statement.order[0].descending);
    assert_false(statement.order[1].descending);
    assert_str_equal(statement.order[1].name, STR("sk"));
    rig_parse_ok(&rig, "EXISTS(SELECT * FROM tab WHERE pk='a' AND x IS MISSING)", &statement);
    assert_int_equal(statement.kind, PARTIQL_EXISTS);
    assert_int_equal(statement.index.len, 0);
    rig_parse_ok(&rig, "DELETE FROM tab WHERE pk = 'a' RETURNING ALL OLD *", &statement);
    assert_int_equal(statement.kind, PARTIQL_DELETE);
    assert_int_equal(statement.returns, RETURN_ALL_OLD);
    rig_parse_ok(&rig, "UPDATE tab SET x=1 WHERE pk = 'a' returning modified new *", &statement);
    assert_int_equal(statement.returns, RETURN_UPDATED_NEW);
    rig_parse_ok(&rig, "UPDATE tab SET x=1 WHERE pk = 'a'", &statement);
    assert_int_equal(statement.returns, RETURN_NONE);
    rig_end(&rig);
}

static void parameters_are_as_many_as_question_marks(void **state)
{
    static const char error[] = "Number of parameters in request and statement don't match.";
    struct partiql_statement statement;
    struct rig rig;

    (void)state;
    rig_begin(&rig);
    for (size_t count = 0; count <= 2; count++) {
        struct aws_error err = {0};

        rig.parameters.count = count;
        bool ok = partiql_parse(STR("SELECT * FROM tab WHERE pk = ? AND s = '?'"), &rig.parameters,
                                rig.arena, &statement, &err);
        assert_int_equal(ok, count == 1);
        if (!ok)
            assert_string_equal(err.message, error);
    }
    rig_end(&rig);
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
        cmocka_unit_test(parameters_are_as_many_as_question_marks),
        cmocka_unit_test(keywords_are_found_in_any_case),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
