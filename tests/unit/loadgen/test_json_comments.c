#include "../test.h"

#include "loadgen/json_comments.h"

/* The second column is what strip-json-comments 3.1.1 answers. */
static void comments_go_and_all_else_stays(void **state)
{
    static const struct {
        const char *text, *expected;
    } rows[] = {
        {"", ""},
        {"{}", "{}"},
        {"//c\n{}", "\n{}"},
        {"{\"a\": 1 /* c */, // d\r\n\"b\":2}", "{\"a\": 1 , \n\"b\":2}"},
        {"{\"a//b\": \"/*x*/\"}", "{\"a//b\": \"/*x*/\"}"},
        {"{\"a\\\"//\": 1}//", "{\"a\\\"//\": 1}"},
        {"\"\\\\\"//c", "\"\\\\\""},
        {"/* open", ""},
        {"\"open //", "\"open //"},
        {"1 / 2 * 3", "1 / 2 * 3"},
        {"/**/1/*/2*/3", "13"},
    };
    struct arena *arena = arena_new(1 << 20);

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct str text = {0};
        assert_true(json_without_comments(str_from_c(rows[i].text), arena, &text));
        assert_str_equal(text, str_from_c(rows[i].expected));
    }
    arena_free(arena);
}

static void some_media_types_are_jsons(void **state)
{
    static const struct {
        const char *type;
        bool expected;
    } rows[] = {
        {"application/json", true},
        {"application/json; charset=utf-8", true},
        {"application/ld+json", true},
        {"application/a+b+json", true},
        {"text/json", false},
        {"application/x-json", false},
        {"application/x y+json", false},
        {"application/", false},
        {"", false},
        {"application/jsonp", true},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        if (media_type_is_json(str_from_c(rows[i].type)) != rows[i].expected)
            fail_msg("%s", rows[i].type);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(comments_go_and_all_else_stays),
        cmocka_unit_test(some_media_types_are_jsons),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
