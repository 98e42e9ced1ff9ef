#include "../test.h"

#include "loadgen/collection_files.h"

static void paths_are_resolved_without_the_disk(void **state)
{
    static const struct {
        const char *folder, *path, *expected;
    } rows[] = {
        {"/a/b", "c", "/a/b/c"}, {"/a/b", "../c", "/a/c"},   {"/a/b", "./c//d/", "/a/b/c/d"},
        {"/a", "/b/../c", "/c"}, {"/a", "../../../x", "/x"}, {"/", "", "/"},
        {"/a/b", "../..", "/"},  {"/a", "b/.", "/a/b"},      {"/a/", "..b", "/a/..b"},
    };
    struct arena *arena = arena_new(1 << 20);

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        assert_str_equal(path_resolve(arena, str_from_c(rows[i].folder), str_from_c(rows[i].path)),
                         str_from_c(rows[i].expected));
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(paths_are_resolved_without_the_disk)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
