#include "../test.h"

#include "loadgen/data_file.h"

struct fixture {
    struct arena *arena;
    struct data_file data;
    struct aws_error err;
};

static int set_up(void **state)
{
    static struct fixture fixture;

    memset(&fixture, 0, sizeof(fixture));
    fixture.arena = arena_new(4 << 20);
    *state = &fixture;
    return 0;
}

static int tear_down(void **state)
{
    arena_free(((struct fixture *)*state)->arena);
    return 0;
}

static void assert_cell(const struct fixture *f, size_t row, const char *column,
                        const char *expected)
{
    size_t at = data_file_column(&f->data, str_from_c(column));
    const struct str *cell = data_file_cell(&f->data, row, at);

    if (expected == NULL) {
        assert_null(cell);
        return;
    }
    if (cell == NULL)
        fail_msg("row %zu has no %s", row, column);
    else
        assert_str_equal(*cell, str_from_c(expected));
}

static void csv_cells_are_guessed_as_postman_does(void **state)
{
    struct fixture *f = *state;

    assert_true(data_file_parse(STR("id, name ,zip,ok\r\n"
                                    "007,\"a \"\"b\"\", c\",\"007\",true\r\n"
                                    "\n"
                                    "1e3, plain text ,,-0.50\n"
                                    "last,\"two\nlines\""),
                                f->arena, &f->data, &f->err));
    assert_int_equal(f->data.row_count, 3);
    assert_cell(f, 0, "id", "7");
    assert_cell(f, 0, "name", "a \"b\", c");
    assert_cell(f, 0, "zip", "007");
    assert_cell(f, 0, "ok", "true");
    assert_cell(f, 1, "id", "1000");
    assert_cell(f, 1, "name", "plain text");
    assert_cell(f, 1, "zip", "");
    assert_cell(f, 1, "ok", "-0.5");
    assert_cell(f, 2, "name", "two\nlines");
    assert_cell(f, 2, "zip", NULL);
    assert_cell(f, 3, "id", NULL);
    assert_cell(f, 0, "nobody", NULL);
}

static void json_rows_may_have_differing_names(void **state)
{
    struct fixture *f = *state;

    assert_true(data_file_parse(
        STR(" [{\"a\":\"x\",\"n\":1.50},{\"b\":{\"c\": [1]},\"a\":null,\"n\":true}]"), f->arena,
        &f->data, &f->err));
    assert_int_equal(f->data.row_count, 2);
    assert_cell(f, 0, "a", "x");
    assert_cell(f, 0, "n", "1.5");
    assert_cell(f, 0, "b", NULL);
    assert_cell(f, 1, "b", "[object Object]");
    assert_cell(f, 1, "n", "true");
}

static void templates_in_cells_are_noticed(void **state)
{
    struct fixture *f = *state;

    assert_true(data_file_parse(STR("a\nplain\n"), f->arena, &f->data, &f->err));
    assert_false(f->data.has_templates);
    assert_true(data_file_parse(STR("a\n{{b}}\n"), f->arena, &f->data, &f->err));
    assert_true(f->data.has_templates);
}

static void what_is_no_data_is_refused(void **state)
{
    struct fixture *f = *state;
    static const char *const rows[] = {"",
                                       "\r\n\n",
                                       "[1]",
                                       "[{\"a\":1}",
                                       "[{\"a\":1}] x",
                                       "a\n\"open",
                                       "a\n\"closed\"x",
                                       "a\n\"b \\\"c\\\" d\""};

    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct aws_error err = {0};
        assert_false(data_file_parse(str_from_c(rows[i]), f->arena, &f->data, &err));
        assert_ptr_equal(err.kind, &error_usage);
    }
}

static void what_is_no_text_is_refused_with_its_reason(void **state)
{
    static const struct {
        struct str text;
        const char *says;
    } rows[] = {
        {STR_INIT("\x89PNG\r\n\x1a\n\0\0\0\rIHDR"), "is binary"},
        {STR_INIT("PK\x03\x04\x14\0\x06"), "save its rows as CSV"},
        {STR_INIT("\x1f\x8b\x08\0"), "is binary"},
        {STR_INIT("a,b\n1,\0"), "is binary"},
        {STR_INIT(" {\"a\": 1}"), "an array of objects"},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct arena *arena = arena_new(1 << 20);
        struct data_file data;
        struct aws_error err = {0};
        assert_false(data_file_parse(rows[i].text, arena, &data, &err));
        assert_ptr_equal(err.kind, &error_usage);
        assert_non_null(strstr(err.message, rows[i].says));
        arena_free(arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_no_text_is_refused_with_its_reason),
        cmocka_unit_test_setup_teardown(csv_cells_are_guessed_as_postman_does, set_up, tear_down),
        cmocka_unit_test_setup_teardown(json_rows_may_have_differing_names, set_up, tear_down),
        cmocka_unit_test_setup_teardown(templates_in_cells_are_noticed, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_no_data_is_refused, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
