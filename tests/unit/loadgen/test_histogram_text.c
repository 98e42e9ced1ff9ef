#include "../test.h"

#include "loadgen/histogram_text.h"

#include "base/arena.h"

static void what_is_written_reads_back(void **state)
{
    struct arena *arena = arena_new(8 << 20);
    struct histogram *from = histogram_new(), *to = histogram_new();
    struct buffer payload;
    struct str text = {0};

    (void)state;
    for (int64_t value = 1; value < HISTOGRAM_MAX_US; value = value * 3 + 1)
        histogram_record_count(from, value, (uint64_t)value);
    buffer_init(&payload, arena);
    histogram_encode(from, &payload);
    assert_true(histogram_text_write(buffer_str(&payload), arena, &text));
    assert_true(str_starts_with(text, STR("HISTF")));
    assert_true(histogram_text_read(text, arena, to));
    assert_int_equal(to->total, from->total);
    assert_memory_equal(to->counts, from->counts, sizeof(to->counts));
    histogram_free(from);
    histogram_free(to);
    arena_free(arena);
}

static void an_empty_one_is_a_text_too(void **state)
{
    struct arena *arena = arena_new(8 << 20);
    struct histogram *to = histogram_new();
    struct str text = {0};

    (void)state;
    assert_true(histogram_text_write((struct str){NULL, 0}, arena, &text));
    assert_true(histogram_text_read(text, arena, to));
    assert_int_equal(to->total, 0);
    histogram_free(to);
    arena_free(arena);
}

static void other_texts_are_refused(void **state)
{
    static const char *const texts[] = {
        "",
        "HIST",
        "HISTFAAAAA==",
        "not base64",
        "AAAAAAAAAAAAAAAAAAAAAA==",
        /* two digits instead of three */
        "HISTFAAAAB94nJNpmSzMwMDAyAABTFAazL82eQmD/QeoBABVawSJ",
    };
    struct arena *arena = arena_new(8 << 20);
    struct histogram *to = histogram_new();

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
        if (histogram_text_read(str_from_c(texts[i]), arena, to))
            fail_msg("'%s' is taken as a histogram", texts[i]);
    }
    histogram_free(to);
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_written_reads_back),
        cmocka_unit_test(an_empty_one_is_a_text_too),
        cmocka_unit_test(other_texts_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
