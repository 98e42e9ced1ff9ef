#include "../test.h"

#include "loadgen/framing.h"

static void chunked_is_a_word_in_any_case(void **state)
{
    static const struct {
        const char *coding;
        bool chunked;
    } rows[] = {
        {"chunked", true},   {"Chunked", true},   {"gzip, chunked", true}, {"chunked;q=1", true},
        {"", false},         {"gzip", false},     {"xchunked", false},     {"chunkeds", false},
        {"chunked_", false}, {"1chunked", false}, {"identity", false},     {"-chunked-", true},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        if (framing_is_chunked(str_from_c(rows[i].coding)) != rows[i].chunked)
            fail_msg("'%s' should%s be chunked", rows[i].coding, rows[i].chunked ? "" : " not");
    }
}

static void a_body_comes_out_of_its_chunk_as_it_went_in(void **state)
{
    static const struct {
        const char *body, *framed;
    } rows[] = {
        {"", "0\r\n\r\n"},
        {"abc", "3\r\nabc\r\n0\r\n\r\n"},
        {"0123456789abcdef", "10\r\n0123456789abcdef\r\n0\r\n\r\n"},
        {"a\r\n0\r\n\r\n", "8\r\na\r\n0\r\n\r\n\r\n0\r\n\r\n"},
    };
    struct arena *arena = arena_new(1 << 16);
    struct buffer out;

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        buffer_init(&out, arena);
        framing_add(&out, str_from_c(rows[i].body));
        assert_str_equal(buffer_str(&out), str_from_c(rows[i].framed));
        assert_str_equal(framing_body(buffer_str(&out)), str_from_c(rows[i].body));
    }
    arena_free(arena);
}

static void what_is_in_no_chunk_stays_as_it_is(void **state)
{
    static const char *const rows[] = {"", "abc", "0\r\n", "\r\n0\r\n\r\n", "x0\r\n\r\n"};

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        assert_str_equal(framing_body(str_from_c(rows[i])), str_from_c(rows[i]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(chunked_is_a_word_in_any_case),
        cmocka_unit_test(a_body_comes_out_of_its_chunk_as_it_went_in),
        cmocka_unit_test(what_is_in_no_chunk_stays_as_it_is),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
