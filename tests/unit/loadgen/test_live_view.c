#include "../test.h"

#include "loadgen/live_view.h"
#include "loadgen/text_columns.h"

static struct timeline timeline_of(const uint64_t *requests, size_t count)
{
    struct timeline timeline;
    struct histogram *histogram = histogram_new();

    timeline_init(&timeline, 100, 1000);
    for (size_t i = 0; i < count; i++) {
        struct window window = {.begin_ms = (int64_t)i * 1000, .end_ms = (int64_t)i * 1000 + 1000};
        window.counters.requests = requests[i];
        window.counters.max_us = 12345;
        histogram_reset(histogram);
        histogram_record_count(histogram, 12345, requests[i]);
        assert_true(timeline_add(&timeline, &window, histogram, false));
    }
    histogram_free(histogram);
    return timeline;
}

static struct str line(const char *text, size_t number)
{
    struct str rest = str_from_c(text), one = {0};

    for (size_t i = 0; i <= number; i++)
        one = str_split(&rest, '\n');
    return one;
}

static void the_view_says_what_is_going_on(void **state)
{
    static const uint64_t requests[] = {10, 20, 40, 80};
    struct timeline windows = timeline_of(requests, ARRAY_LEN(requests));
    struct live_view view = {.name = STR("Shop"),
                             .at_ms = 4200,
                             .length_ms = 120000,
                             .users = 7,
                             .all = {.requests = 151, .errors = 2, .non_2xx = 3},
                             .windows = &windows};
    struct live_style style = {120, false, true};
    char text[LIVE_TEXT_BYTES];

    (void)state;
    live_view_lines(&view, &style, text);
    assert_true(str_starts_with(line(text, 0), STR("Shop  0:04 of 2:00  ━─")));
    assert_true(str_eq(line(text, 1), STR("users 7       requests/s 80.0       ▂▃▅█")));
    assert_true(str_starts_with(line(text, 2), STR("P50 12.3  P90 12.3  P95 12.3")));
    assert_true(str_ends_with(line(text, 3), STR("████")));
    assert_true(str_starts_with(line(text, 4), STR("requests 151   errors 2   non-2xx 3")));
    assert_int_equal(text_columns(line(text, 1)), text_columns(line(text, 3)));
    style.unicode = false;
    live_view_lines(&view, &style, text);
    assert_true(str_ends_with(line(text, 1), STR(".:=#")));
    timeline_deinit(&windows);
}

/* Whatever the width, no line is longer: it could not be rewritten in place. */
static void lines_are_cut_at_the_terminals_width(void **state)
{
    static const uint64_t requests[] = {10, 20, 40, 80, 1, 2, 3, 4, 5, 6, 7, 8, 9};
    struct timeline windows = timeline_of(requests, ARRAY_LEN(requests));
    struct live_view view = {.name = STR("A name that is long: \xc3\xa4\xc3\xb6\xc3\xbc\n\x1b[2J"),
                             .at_ms = 7265000,
                             .iterations = 100,
                             .iterations_begun = 300,
                             .ending = true,
                             .windows = &windows};
    char text[LIVE_TEXT_BYTES];

    (void)state;
    for (int columns = 1; columns < 100; columns++) {
        struct live_style style = {columns, false, true};
        struct str rest;
        size_t lines = 0;
        live_view_lines(&view, &style, text);
        rest = str_from_c(text);
        for (; rest.len > 0; lines++) {
            struct str one = str_split(&rest, '\n');
            int wide = 0;
            for (size_t i = 0; i < one.len; i++) {
                wide += ((unsigned char)one.ptr[i] & 0xC0) != 0x80 ? 1 : 0;
                assert_true((unsigned char)one.ptr[i] >= ' ');
            }
            assert_true(wide <= columns);
        }
        assert_int_equal(lines, LIVE_LINES);
    }
    timeline_deinit(&windows);
}

static void a_window_without_an_answer_has_no_times(void **state)
{
    static const uint64_t requests[] = {3, 0};
    struct timeline windows = timeline_of(requests, ARRAY_LEN(requests));
    struct live_view view = {
        .name = STR("x"), .length_ms = 2000, .ending = true, .windows = &windows};
    struct live_style style = {80, false, true};
    char text[LIVE_TEXT_BYTES];

    (void)state;
    live_view_lines(&view, &style, text);
    assert_true(str_eq(line(text, 0), STR("x  0:00 of 0:02  finishing requests in flight")));
    assert_true(str_starts_with(line(text, 2), STR("P50 -  P90 -  P95 -  P99 -  max -  ms")));
    timeline_deinit(&windows);
}

static void the_first_moment_has_a_view_too(void **state)
{
    struct timeline windows = timeline_of(NULL, 0);
    struct live_view view = {.name = STR("x"), .windows = &windows};
    struct live_style style = {80, true, true};
    struct counters none = {0};
    char text[LIVE_TEXT_BYTES];

    (void)state;
    live_view_lines(&view, &style, text);
    assert_true(str_starts_with(line(text, 0), STR("x  0:00")));
    live_view_plain(&view, &none, 0, text);
    assert_true(str_find(str_from_c(text), STR("0 requests")) < strlen(text));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_view_says_what_is_going_on),
        cmocka_unit_test(lines_are_cut_at_the_terminals_width),
        cmocka_unit_test(a_window_without_an_answer_has_no_times),
        cmocka_unit_test(the_first_moment_has_a_view_too),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
