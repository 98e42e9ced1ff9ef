#include "../test.h"

#include "http/http.h"

static void a_header_is_found_in_any_case(void **state)
{
    const struct http_header headers[] = {{STR("Content-Type"), STR("a")},
                                          {STR("content-type"), STR("b")}};
    const struct http_request request = {.headers = headers, .header_count = 2};
    struct str value = STR("before");

    (void)state;
    assert_false(http_request_header(&request, STR("Content"), &value));
    assert_str_equal(value, STR("before"));
    assert_true(http_request_header(&request, STR("CONTENT-TYPE"), &value));
    assert_str_equal(value, STR("a"));
}

static const struct {
    const char *text;
    bool plus;
    const char *decoded;
} escapes[] = {
    {"", false, ""},        {"a%20b", false, "a b"}, {"a+b", false, "a+b"},
    {"a+b", true, "a b"},   {"%2B%2b", true, "++"},  {"%", false, "%"},
    {"%4", false, "%4"},    {"%zz", false, "%zz"},   {"%c3%A9", false, "\u00e9"},
    {"100%", true, "100%"}, {"%%41", false, "%A"},
};

static void an_escape_is_decoded_as_in_its_row(void **state)
{
    struct arena *arena = arena_new(4096);

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(escapes); i++) {
        struct str decoded;
        assert_true(
            http_percent_decode(str_from_c(escapes[i].text), escapes[i].plus, arena, &decoded));
        assert_str_equal(decoded, str_from_c(escapes[i].decoded));
    }
    arena_free(arena);
}

static void a_query_parameter_is_decoded(void **state)
{
    const struct http_request request = {.query = STR("a=1&Qualifier=%24LATEST&b&c=x=y&%64=e")};
    struct arena *arena = arena_new(4096);
    struct str value;

    (void)state;
    assert_true(http_request_query(&request, STR("Qualifier"), arena, &value));
    assert_str_equal(value, STR("$LATEST"));
    assert_true(http_request_query(&request, STR("b"), arena, &value));
    assert_str_equal(value, STR(""));
    assert_true(http_request_query(&request, STR("c"), arena, &value));
    assert_str_equal(value, STR("x=y"));
    assert_true(http_request_query(&request, STR("d"), arena, &value));
    assert_str_equal(value, STR("e"));
    assert_false(http_request_query(&request, STR("e"), arena, &value));
    arena_free(arena);
}

static void more_headers_than_there_is_room_for_are_dropped(void **state)
{
    struct http_response response = {0};

    (void)state;
    for (int i = 0; i < HTTP_RESPONSE_HEADERS_MAX + 3; i++)
        http_response_header(&response, STR("X"), STR("y"));
    assert_int_equal(response.header_count, HTTP_RESPONSE_HEADERS_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_header_is_found_in_any_case),
        cmocka_unit_test(an_escape_is_decoded_as_in_its_row),
        cmocka_unit_test(a_query_parameter_is_decoded),
        cmocka_unit_test(more_headers_than_there_is_room_for_are_dropped),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
