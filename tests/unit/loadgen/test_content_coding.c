#include "../test.h"

#include <zlib.h>

#include "loadgen/content_coding.h"

static void bodies_are_decoded_or_refused(void **state)
{
    /* "hi" by the libraries' own tools: gzip, zlib's form, bare deflate, brotli. */
    static const struct {
        struct str coding, body;
        const char *text; /* NULL: refused */
    } rows[] = {
        {STR_INIT("gzip"),
         STR_INIT("\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\xcb\xc8\x04\x00\xac\x2a\x93\xd8\x02\x00"
                  "\x00\x00"),
         "hi"},
        {STR_INIT("X-Gzip, identity"),
         STR_INIT("\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\xcb\xc8\x04\x00\xac\x2a\x93\xd8\x02\x00"
                  "\x00\x00"),
         "hi"},
        {STR_INIT("deflate"), STR_INIT("\x78\x9c\xcb\xc8\x04\x00\x01\x3b\x00\xd2"), "hi"},
        {STR_INIT("deflate"), STR_INIT("\xcb\xc8\x04\x00"), "hi"},
        {STR_INIT(""), STR_INIT("plain"), "plain"},
        {STR_INIT("gzip"), STR_INIT(""), ""},
        {STR_INIT("br"), STR_INIT("\x8b\x00\x80\x68\x69\x03"), "hi"},
        {STR_INIT("br"), STR_INIT("x"), NULL},
        {STR_INIT("zstd"), STR_INIT("x"), NULL},
        {STR_INIT("gzip"), STR_INIT("no gzip"), NULL},
        {STR_INIT("identity,,,,,,,identity"), STR_INIT("eight"), "eight"},
        {STR_INIT("identity,,,,,,,,identity"), STR_INIT("nine"), NULL},
        {STR_INIT("gzip"), STR_INIT("\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\xcb"), NULL},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct arena *arena = arena_new(1 << 20);
        struct str decoded = {0};
        bool ok = content_decode(rows[i].body, rows[i].coding, arena, &decoded);
        if (ok != (rows[i].text != NULL) || (ok && !str_eq(decoded, str_from_c(rows[i].text))))
            fail_msg("row %zu: %d '%.*s'", i, ok, STR_ARG(decoded));
        arena_free(arena);
    }
}

static void a_body_that_grows_past_the_limit_is_refused(void **state)
{
    enum { PLAIN_BYTES = 8 << 20, CODED_BYTES = 64 << 10 };
    struct arena *arena = arena_new(1 << 20);
    unsigned char *plain = calloc(1, PLAIN_BYTES), *coded = malloc(CODED_BYTES);
    uLongf length = CODED_BYTES;
    struct str decoded = {0};

    (void)state;
    assert_true(plain != NULL && coded != NULL);
    assert_int_equal(compress(coded, &length, plain, PLAIN_BYTES), Z_OK);
    assert_false(
        content_decode((struct str){(char *)coded, length}, STR("deflate"), arena, &decoded));
    free(plain);
    free(coded);
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bodies_are_decoded_or_refused),
        cmocka_unit_test(a_body_that_grows_past_the_limit_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
