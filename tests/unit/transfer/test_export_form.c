/* What is written as an export is found and read as one; and lines that are no items. */
#include "../test.h"

#include <ftw.h>
#include <unistd.h>

#include "export_folder.h"
#include "file_reader.h"
#include "import_line.h"
#include "import_source.h"

enum { ARENA_BYTES = 64 << 20 };

static const char described[] =
    "{\"TableName\":\"music\",\"TableArn\":\"arn:aws:dynamodb:us-east-1:000000000000:table/music\","
    "\"TableId\":\"id\",\"TableSizeBytes\":12,\"KeySchema\":[{\"AttributeName\":\"p\"}]}";

static int remove_one(const char *path, const struct stat *status, int kind, struct FTW *where)
{
    (void)status, (void)kind, (void)where;
    return remove(path);
}

/* A folder of the test's own. */
static int make_folder(void **state)
{
    static char path[] = "/tmp/squall-export-XXXXXX";

    (void)memcpy(path + sizeof(path) - 7, "XXXXXX", 6);
    *state = mkdtemp(path);
    return *state == NULL ? -1 : 0;
}

static int remove_folder(void **state)
{
    return nftw(*state, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

static struct export_folder *begin_export(const char *out, struct arena *arena)
{
    struct json_value *table = NULL;
    struct export_folder *folder = NULL;
    struct aws_error err = {0};

    assert_true(json_parse(str_from_c(described), arena, &table, NULL));
    assert_true(export_folder_create(out, table, clock_system(), &folder, &err));
    return folder;
}

static void an_export_is_found_whole_by_its_own_folder_and_by_the_one_above(void **state)
{
    struct arena *arena = arena_new(ARENA_BYTES);
    struct export_folder *folder = begin_export(*state, arena);
    struct import_source *sources = NULL;
    struct aws_error err = {0};
    size_t count = 0;

    assert_true(export_folder_add(folder, STR("{\"p\":{\"S\":\"x\"}}"), &err));
    assert_true(export_folder_add(folder, STR("{\"p\":{\"S\":\"y\"}}"), &err));
    assert_true(export_folder_finish(folder, &err));
    const char *const paths[] = {*state, export_folder_path(folder)};
    for (size_t i = 0; i < ARRAY_LEN(paths); i++) {
        assert_true(import_sources_find(paths[i], arena, &sources, &count, &err));
        assert_int_equal(count, 1);
        assert_str_equal(sources->table, STR("music"));
        assert_true(str_find(sources->definition, STR("KeySchema")) < sources->definition.len);
        assert_int_equal(sources->files->items, 2);
        assert_int_equal(sources->files->md5.len, 24);
        assert_null(sources->files->next);
    }

    struct file_reader *reader = NULL;
    struct str line = {NULL, 0};
    assert_true(file_reader_open(sources->files->path, 100, &reader, &err));
    assert_int_equal(file_reader_next(reader, &line, &err), LINE_READ);
    assert_str_equal(line, STR("{\"Item\":{\"p\":{\"S\":\"x\"}}}"));
    assert_int_equal(file_reader_next(reader, &line, &err), LINE_READ);
    assert_int_equal(file_reader_next(reader, &line, &err), LINE_END);
    file_reader_close(reader);
    export_folder_free(folder);
    arena_free(arena);
}

static void an_export_that_was_not_finished_is_refused(void **state)
{
    struct arena *arena = arena_new(ARENA_BYTES);
    struct export_folder *folder = begin_export(*state, arena);
    struct import_source *sources = NULL;
    struct aws_error err = {0};
    size_t count = 0;

    assert_true(export_folder_add(folder, STR("{}"), &err));
    const char *const paths[] = {*state, export_folder_path(folder)};
    for (size_t i = 0; i < ARRAY_LEN(paths); i++) {
        err = (struct aws_error){0};
        assert_false(import_sources_find(paths[i], arena, &sources, &count, &err));
        assert_ptr_equal(err.kind, &error_usage);
        assert_non_null(strstr(err.message, "not finished"));
    }
    export_folder_free(folder);
    arena_free(arena);
}

static void two_exports_of_one_table_are_not_guessed_between(void **state)
{
    struct arena *arena = arena_new(ARENA_BYTES);
    struct import_source *sources = NULL;
    struct aws_error err = {0};
    size_t count = 0;

    for (int i = 0; i < 2; i++) {
        struct export_folder *folder = begin_export(*state, arena);
        assert_true(export_folder_finish(folder, &err));
        export_folder_free(folder);
    }
    assert_false(import_sources_find(*state, arena, &sources, &count, &err));
    assert_non_null(strstr(err.message, "several exports of table 'music'"));
    arena_free(arena);
}

static const struct {
    const char *line;
    const char *message; /* its beginning; NULL: an item */
} lines[] = {
    {"{\"Item\":{\"p\":{\"S\":\"x\"}}}", NULL},
    {" {\"Item\" : {} } ", NULL},
    {"{\"Item\":[]}", "no item"},
    {"{\"p\":{\"S\":\"x\"}}", "no item"},
    {"[]", "no item"},
    {"{\"Item\":{}", "no JSON"},
    {"{\"Item\":{}}{}", "no JSON"},
    {"{\"Metadata\":{},\"Keys\":{},\"NewImage\":{}}", "a line of an incremental export"},
};

static void a_line_is_an_item_or_is_told_as_in_its_row(void **state)
{
    struct arena *arena = arena_new(ARENA_BYTES);

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(lines); i++) {
        const struct import_keys keys = {.names = {STR_INIT("p")}, .count = 1};
        struct import_item item = {0};
        struct aws_error err = {0};
        bool ok = import_line_read(str_from_c(lines[i].line), &keys, arena, &item, &err);
        if (ok != (lines[i].message == NULL) ||
            (!ok && strncmp(err.message, lines[i].message, strlen(lines[i].message)) != 0))
            fail_msg("row %zu: %s", i, err.message);
    }
    arena_free(arena);
}

static void one_key_has_one_lane_whatever_else_is_in_the_item(void **state)
{
    const struct import_keys keys = {.names = {STR_INIT("p"), STR_INIT("s")}, .count = 2};
    struct arena *arena = arena_new(ARENA_BYTES);
    struct import_item one = {0}, same = {0}, other = {0};
    struct aws_error err = {0};

    (void)state;
    assert_true(import_line_read(STR("{\"Item\":{\"p\":{\"S\":\"x\"},\"s\":{\"N\":\"1\"}}}"), &keys,
                                 arena, &one, &err));
    assert_true(import_line_read(STR("{\"Item\":{ \"s\" : { \"N\" : \"1\" },\"a\":{\"S\":\"b\"},"
                                     "\"p\":{\"S\":\"\\u0078\"}}}"),
                                 &keys, arena, &same, &err));
    assert_true(import_line_read(STR("{\"Item\":{\"p\":{\"S\":\"y\"},\"s\":{\"N\":\"1\"}}}"), &keys,
                                 arena, &other, &err));
    assert_int_equal(one.lane, same.lane);
    assert_int_not_equal(one.lane, other.lane);
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(
            an_export_is_found_whole_by_its_own_folder_and_by_the_one_above, make_folder,
            remove_folder),
        cmocka_unit_test_setup_teardown(an_export_that_was_not_finished_is_refused, make_folder,
                                        remove_folder),
        cmocka_unit_test_setup_teardown(two_exports_of_one_table_are_not_guessed_between,
                                        make_folder, remove_folder),
        cmocka_unit_test(a_line_is_an_item_or_is_told_as_in_its_row),
        cmocka_unit_test(one_key_has_one_lane_whatever_else_is_in_the_item),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
