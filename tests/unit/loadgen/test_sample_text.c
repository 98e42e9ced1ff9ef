#include "../test.h"

#include "loadgen/sample_text.h"

struct row {
    const char *message, *shown;
};

static void a_message_is_its_line_and_its_body(void **state)
{
    static const struct row rows[] = {
        {"POST /pay?id=7 HTTP/1.1\r\nAuthorization: Bearer abcdefgh\r\n\r\n{\"amount\":1}",
         "POST /pay?id=7 HTTP/1.1\n{\"amount\":1}"},
        {"GET / HTTP/1.1\r\nHost: x\r\n\r\n", "GET / HTTP/1.1"},
        {"HTTP/1.1 500 Internal Server Error\r\nContent-Length: 2\r\n\r\nno",
         "HTTP/1.1 500 Internal Server Error\nno"},
        {"the body's end alone", "...\nthe body's end alone"},
        {"HTTP/1.1 200 OK\r\nSet-Cookie: a=b\r\n", "HTTP/1.1 200 OK"},
        {"", "..."},
    };
    char text[SAMPLE_BYTES];

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        sample_text_message(str_from_c(rows[i].message), (struct str){0}, text);
        assert_string_equal(text, rows[i].shown);
    }
    sample_text_message(STR("PUT /a HTTP/1.1\r\n\r\n"), STR("apart"), text);
    assert_string_equal(text, "PUT /a HTTP/1.1\napart");
}

static void an_answer_whose_head_came_before_has_its_status(void **state)
{
    char text[SAMPLE_BYTES];

    (void)state;
    sample_text_answer(404, STR("HTTP/1.1 404 Nope\r\n\r\n{}"), text);
    assert_string_equal(text, "HTTP/1.1 404 Nope\n{}");
    sample_text_answer(404, STR("{\"error\":1}"), text);
    assert_string_equal(text, "404 Not Found ...\n{\"error\":1}");
}

static void secrets_are_stars(void **state)
{
    static const struct row rows[] = {
        {"{\"user\":\"a\",\"password\":\"b\\\"c\",\"n\":1}",
         "{\"user\":\"a\",\"password\":\"***\",\"n\":1}"},
        {"{\"accessToken\": 12345, \"x\": 1}", "{\"accessToken\": ***, \"x\": 1}"},
        {"{'client_secret':'s','a':'b'}", "{'client_secret':'***','a':'b'}"},
        {"GET /a?api_key=k1&b=2 HTTP/1.1", "GET /a?api_key=***&b=2 HTTP/1.1"},
        {"user=a&passwd=x%20y&c=d", "user=a&passwd=***&c=d"},
        {"X-Amz-Signature=0af1&d=e", "X-Amz-Signature=***&d=e"},
        {"<Password>geheim</Password>", "<Password>***</Password>"},
        {"got Bearer eyJhbGciOi.x.y, refused", "got Bearer ***, refused"},
        {"{\"tokens\":[\"a\"],\"token\":{\"id\":1}}", "{\"tokens\":[\"a\"],\"token\":{\"id\":1}}"},
        {"the token is invalid", "the token is invalid"},
        {"Bearer of bad news", "Bearer of bad news"},
        {"\"password\":\"cut off in the mid", "\"password\":\"***"},
        {"password=", "password="},
    };
    char text[SAMPLE_BYTES];

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        sample_text(str_from_c(rows[i].message), text);
        assert_string_equal(text, rows[i].shown);
    }
}

static void what_is_no_text_becomes_dots_and_the_end_is_a_whole_character(void **state)
{
    char text[SAMPLE_BYTES], many[3 * SAMPLE_BYTES + 1];

    (void)state;
    sample_text(STR("a\0\x01\xFF\xC3z\tb\r\nc\xC3\xA9"), text);
    assert_string_equal(text, "a....z\tb\nc\xC3\xA9");
    for (size_t i = 0; i < SAMPLE_BYTES; i++)
        memcpy(many + 3 * i, "\xE6\x97\xA5", 3);
    sample_text((struct str){many, 3 * SAMPLE_BYTES}, text);
    assert_int_equal(strlen(text), (SAMPLE_BYTES - 1) / 3 * 3);
    assert_true(str_is_utf8(str_from_c(text)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_message_is_its_line_and_its_body),
        cmocka_unit_test(an_answer_whose_head_came_before_has_its_status),
        cmocka_unit_test(secrets_are_stars),
        cmocka_unit_test(what_is_no_text_becomes_dots_and_the_end_is_a_whole_character),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
