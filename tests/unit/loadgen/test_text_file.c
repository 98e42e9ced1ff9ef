#include "../test.h"

#include <sys/stat.h>
#include <unistd.h>

#include "loadgen/text_file.h"

static void every_encoding_becomes_utf8(void **state)
{
    static const struct {
        struct str bytes;
        const char *text;
    } rows[] = {
        {STR_INIT("plain"), "plain"},
        {STR_INIT(""), ""},
        {STR_INIT("\xEF\xBB\xBF{\xC3\xA9}"), "{é}"},
        {STR_INIT("\xFF\xFE{\0\xE9\0\xAC\x20}\0"), "{é€}"},
        {STR_INIT("\xFE\xFF\0{\0\xE9\x20\xAC\0}"), "{é€}"},
        {STR_INIT("\xFF\xFE\x3D\xD8\x00\xDE"), "😀"},
        {STR_INIT("\xFF\xFE\x3D\xD8x\0"), "\xEF\xBF\xBDx"}, /* a lone surrogate */
        {STR_INIT("\xFF\xFEx\0y"), "x"},                    /* an odd byte at the end */
    };
    struct arena *arena = arena_new(1 << 20);

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct str text = {0};
        assert_true(text_decode(arena, rows[i].bytes, &text));
        assert_str_equal(text, str_from_c(rows[i].text));
    }
    arena_free(arena);
}

static void a_file_that_cannot_be_read_is_the_environments_error(void **state)
{
    char folder[] = "/tmp/squall-test-XXXXXX", pipe[sizeof(folder) + 8];
    const char *const paths[] = {"/no/such/file", "/", "/dev/zero", pipe};
    struct arena *arena = arena_new(1 << 20);

    (void)state;
    assert_non_null(mkdtemp(folder));
    (void)snprintf(pipe, sizeof(pipe), "%s/pipe", folder);
    assert_int_equal(mkfifo(pipe, 0600), 0); /* with no writer */
    for (size_t i = 0; i < ARRAY_LEN(paths); i++) {
        struct str text = {0};
        struct aws_error err = {0};
        assert_false(text_file_read(arena, paths[i], 1 << 20, &text, &err));
        assert_ptr_equal(err.kind, &error_environment);
        assert_non_null(strstr(err.message, paths[i]));
    }
    assert_int_equal(unlink(pipe) | rmdir(folder), 0);
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_encoding_becomes_utf8),
        cmocka_unit_test(a_file_that_cannot_be_read_is_the_environments_error),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
