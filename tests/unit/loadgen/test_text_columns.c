#include "../test.h"

#include "loadgen/text_columns.h"

static void ideographs_and_emoji_take_two_columns_and_marks_none(void **state)
{
    static const struct {
        const char *text;
        size_t columns;
    } rows[] = {
        {"", 0},   {"abc", 3},  {"é", 1},   {"e\xCC\x81", 1}, {"日本語", 6},   {"한국", 4},
        {"Ａ", 2}, {"🙂", 2}, {"Ω…–", 3}, {"\xFF\xFE", 2},  {"\xE6\x97", 2}, {"Привет", 6},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        print_message("# %s\n", rows[i].text);
        assert_int_equal(text_columns(str_from_c(rows[i].text)), rows[i].columns);
    }
}

static void a_cut_keeps_whole_characters(void **state)
{
    (void)state;
    assert_true(str_eq(text_fit(STR("日本語"), 5), STR("日本")));
    assert_true(str_eq(text_fit(STR("日本語"), 1), STR("")));
    assert_true(str_eq(text_fit(STR("e\xCC\x81x"), 1), STR("e\xCC\x81")));
    assert_true(str_eq(text_fit(STR("abc"), 9), STR("abc")));
}

static void what_is_printed_has_the_width_that_was_asked_for(void **state)
{
    static const char *const texts[] = {"", "abc", "日本語の名前", "a\tb\033[31m",
                                        "very long indeed"};

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
        for (size_t columns = 0; columns < 14; columns++) {
            char *bytes = NULL;
            size_t length = 0;
            FILE *out = open_memstream(&bytes, &length);
            text_print(out, str_from_c(texts[i]), columns);
            assert_int_equal(fclose(out), 0);
            assert_int_equal(text_columns((struct str){bytes, length}), columns);
            assert_int_equal(str_find_char((struct str){bytes, length}, '\033'), length);
            free(bytes);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ideographs_and_emoji_take_two_columns_and_marks_none),
        cmocka_unit_test(a_cut_keeps_whole_characters),
        cmocka_unit_test(what_is_printed_has_the_width_that_was_asked_for),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
