#include "../test.h"

#include "loadgen/http_response.h"

struct outcome {
    const char *name;
    const char *text;
    bool is_head;
    enum http_response_state state; /* after the text */
    int status;
    bool keep_alive;
    size_t unused; /* bytes behind the answer */
};

static const struct outcome rows[] = {
    {"length", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", false, RESPONSE_DONE, 200, true,
     0},
    {"no reason", "HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n", false, RESPONSE_DONE, 200, true, 0},
    {"empty reason", "HTTP/1.1 200 \r\ncontent-length:0\r\n\r\n", false, RESPONSE_DONE, 200, true,
     0},
    {"bare line feeds", "HTTP/1.1 200 OK\nContent-Length: 2\n\nok", false, RESPONSE_DONE, 200, true,
     0},
    {"empty line first", "\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", false, RESPONSE_DONE,
     200, true, 0},
    {"close", "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok", false,
     RESPONSE_DONE, 200, false, 0},
    {"close in a list", "HTTP/1.1 200 OK\r\nConnection: x, Close\r\nContent-Length: 0\r\n\r\n",
     false, RESPONSE_DONE, 200, false, 0},
    {"HTTP/1.0", "HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n", false, RESPONSE_DONE, 200, false,
     0},
    {"HTTP/1.0 keep-alive",
     "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 0\r\n\r\n", false, RESPONSE_DONE,
     200, true, 0},
    {"204 has no body", "HTTP/1.1 204 No Content\r\nContent-Length: 9\r\n\r\n", false,
     RESPONSE_DONE, 204, true, 0},
    {"304 has no body", "HTTP/1.1 304 Not Modified\r\n\r\n", false, RESPONSE_DONE, 304, true, 0},
    {"HEAD has no body", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n", true, RESPONSE_DONE, 200,
     true, 0},
    {"100 first", "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 201 Created\r\nContent-Length: 1\r\n\r\nx",
     false, RESPONSE_DONE, 201, true, 0},
    {"103 with headers",
     "HTTP/1.1 103 Early\r\nContent-Length: 7\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx",
     false, RESPONSE_DONE, 200, true, 0},
    {"chunked",
     "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\nA;x=y\r\n0123456789\r\n0\r\n"
     "Trailer: t\r\n\r\n",
     false, RESPONSE_DONE, 200, true, 0},
    {"gzip, chunked", "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, Chunked\r\n\r\n0\r\n\r\n", false,
     RESPONSE_DONE, 200, true, 0},
    {"chunked wins over length",
     "HTTP/1.1 200 OK\r\nContent-Length: 99\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", false,
     RESPONSE_DONE, 200, false, 0},
    {"the same length twice",
     "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 2, 2\r\n\r\nok", false, RESPONSE_DONE,
     200, true, 0},
    {"until close", "HTTP/1.1 200 OK\r\n\r\nanything", false, RESPONSE_BODY_UNTIL_CLOSE, 200, false,
     0},
    {"other coding", "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\nzz", false,
     RESPONSE_BODY_UNTIL_CLOSE, 200, false, 0},
    {"bytes behind", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP", false, RESPONSE_DONE,
     200, true, 4},
    {"half a body", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nok", false, RESPONSE_BODY_LENGTH,
     200, true, 0},
    {"garbage", "<html>nothing here</html>\r\n", false, RESPONSE_FAILED, 0, false, 0},
    {"HTTP/2", "HTTP/2 200 OK and more\r\n", false, RESPONSE_FAILED, 0, false, 0},
    {"status of two digits", "HTTP/1.1 20 OK....\r\n", false, RESPONSE_FAILED, 0, false, 0},
    {"status of four digits", "HTTP/1.1 2000 OK\r\n", false, RESPONSE_FAILED, 0, false, 0},
    {"length is no number", "HTTP/1.1 200 OK\r\nContent-Length: two\r\n\r\n", false,
     RESPONSE_FAILED, 200, false, 0},
    {"length is negative", "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", false, RESPONSE_FAILED,
     200, false, 0},
    {"length overflows", "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n", false,
     RESPONSE_FAILED, 200, false, 0},
    {"empty length", "HTTP/1.1 200 OK\r\nContent-Length:\r\n\r\n", false, RESPONSE_FAILED, 200,
     false, 0},
    {"two lengths", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n", false,
     RESPONSE_FAILED, 200, false, 0},
    {"folded", "HTTP/1.1 200 OK\r\nX: a\r\n b\r\n\r\n", false, RESPONSE_FAILED, 200, false, 0},
    {"switch", "HTTP/1.1 101 Switching Protocols\r\n\r\n", false, RESPONSE_FAILED, 101, false, 0},
    {"no chunk size", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n", false,
     RESPONSE_FAILED, 200, false, 0},
    {"huge chunk", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1000000000000000\r\n",
     false, RESPONSE_FAILED, 200, false, 0},
    {"chunk longer than said", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nokay\r\n",
     false, RESPONSE_FAILED, 200, false, 0},
};

static void assert_outcome(const struct outcome *row, const struct http_response *response,
                           size_t taken, const char *how)
{
    if (response->state != row->state || response->status != row->status ||
        response->keep_alive != row->keep_alive)
        fail_msg("%s, %s: state %d, status %d, keep-alive %d", row->name, how, (int)response->state,
                 response->status, response->keep_alive);
    if (row->state == RESPONSE_DONE && taken != strlen(row->text) - row->unused)
        fail_msg("%s, %s: took %zu bytes", row->name, how, taken);
    if ((row->state == RESPONSE_FAILED) != (response->fault != NULL))
        fail_msg("%s, %s: a fault without words, or words without a fault", row->name, how);
}

static void an_answer_ends_where_the_rfc_says(void **state)
{
    struct http_response response = {0};

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        http_response_begin(&response, rows[i].is_head, HTTP_KEEP_NOTED);
        size_t taken = http_response_feed(&response, rows[i].text, strlen(rows[i].text));
        assert_outcome(&rows[i], &response, taken, "whole");
    }
    http_response_deinit(&response);
}

static void bytes_one_by_one_give_the_same_outcome(void **state)
{
    struct http_response response = {0};

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        size_t taken = 0;
        http_response_begin(&response, rows[i].is_head, HTTP_KEEP_NOTED);
        for (size_t at = 0; at < strlen(rows[i].text); at++) {
            char byte = rows[i].text[at];
            taken += http_response_feed(&response, &byte, 1);
        }
        assert_outcome(&rows[i], &response, taken, "by bytes");
    }
    http_response_deinit(&response);
}

static void only_a_body_without_length_ends_with_the_connection(void **state)
{
    struct http_response response = {0};

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        http_response_begin(&response, rows[i].is_head, HTTP_KEEP_NOTED);
        (void)http_response_feed(&response, rows[i].text, strlen(rows[i].text));
        bool until_close = rows[i].state == RESPONSE_BODY_UNTIL_CLOSE;
        assert_int_equal(http_response_end(&response), until_close);
        assert_int_equal(response.state, until_close ? RESPONSE_DONE : rows[i].state);
    }
    http_response_deinit(&response);
}

/* A head of `lines` lines of 100 bytes; answers the state it leads to. */
static enum http_response_state head_of(size_t lines, size_t cut)
{
    static char text[256 << 10];
    struct http_response response = {0};
    size_t len = (size_t)snprintf(text, sizeof(text), "HTTP/1.1 200 OK\r\n");

    for (size_t i = 0; i < lines; i++)
        len += (size_t)snprintf(text + len, sizeof(text) - len, "X-Pad: %091d\r\n", (int)i);
    len += (size_t)snprintf(text + len, sizeof(text) - len, "Content-Length: 0\r\n\r\n");
    http_response_begin(&response, false, HTTP_KEEP_NOTED);
    for (size_t at = 0; at < len; at += cut)
        (void)http_response_feed(&response, text + at, len - at < cut ? len - at : cut);
    enum http_response_state state = response.state;
    http_response_deinit(&response);
    return state;
}

static void a_head_past_its_limit_fails(void **state)
{
    static const size_t cuts[] = {1 << 20, 4096, 7};

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cuts); i++) {
        assert_int_equal(head_of(600, cuts[i]), RESPONSE_DONE);
        assert_int_equal(head_of(700, cuts[i]), RESPONSE_FAILED);
    }
}

static void a_long_line_of_no_interest_passes_in_any_cut(void **state)
{
    static char text[32 << 10];
    struct http_response response = {0};
    static const size_t cuts[] = {1 << 20, 1000, 3};

    (void)state;
    memset(text, 'c', sizeof(text));
    memcpy(text, "HTTP/1.1 200 OK\r\nSet-Cookie: ", 29);
    size_t len = 20000;
    len += (size_t)snprintf(text + len, 64, "\r\nContent-Length: 1\r\n\r\nx");
    for (size_t i = 0; i < ARRAY_LEN(cuts); i++) {
        http_response_begin(&response, false, HTTP_KEEP_NOTED);
        for (size_t at = 0; at < len; at += cuts[i])
            (void)http_response_feed(&response, text + at, len - at < cuts[i] ? len - at : cuts[i]);
        assert_int_equal(response.state, RESPONSE_DONE);
        assert_int_equal(response.bytes, len);
    }
    http_response_deinit(&response);
}

static void assert_kept(const struct http_response *response, struct str name, struct str value)
{
    size_t at = 0;
    struct str found = {0};

    assert_true(http_response_kept(response, name, &at, &found));
    assert_str_equal(found, value);
}

static const char kept_text[] =
    "HTTP/1.1 103 Early\r\nLocation: /early\r\n\r\n"
    "HTTP/1.1 302 Moved Along\r\nSERVER: x\r\nLocation:  /there \r\nSet-Cookie: a=1\r\n"
    "set-cookie: b=2\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n";

static void headers_that_a_client_acts_on_are_kept(void **state)
{
    struct http_response response = {0};
    struct str value = {0};
    size_t at = 0;

    (void)state;
    for (size_t cut = 1; cut < sizeof(kept_text); cut++) {
        http_response_begin(&response, false, HTTP_KEEP_NOTED);
        for (at = 0; at < sizeof(kept_text) - 1; at += cut)
            (void)http_response_feed(&response, kept_text + at,
                                     cut < sizeof(kept_text) - 1 - at ? cut
                                                                      : sizeof(kept_text) - 1 - at);
        assert_kept(&response, STR("location"), STR("/there"));
        at = 0;
        assert_true(http_response_kept(&response, STR("Set-Cookie"), &at, &value));
        assert_str_equal(value, STR("a=1"));
        assert_true(http_response_kept(&response, STR("Set-Cookie"), &at, &value));
        assert_str_equal(value, STR("b=2"));
        assert_false(http_response_kept(&response, STR("Set-Cookie"), &at, &value));
        at = 0;
        assert_false(http_response_kept(&response, STR("Server"), &at, &value));
        assert_int_equal(response.body.len, 0);
    }
    http_response_deinit(&response);
}

static void everything_is_kept_on_request(void **state)
{
    struct http_response response = {0};

    (void)state;
    for (int pass = 0; pass < 2; pass++) {
        http_response_begin(&response, false, HTTP_KEEP_ALL);
        (void)http_response_feed(&response, kept_text, sizeof(kept_text) - 1);
        assert_kept(&response, STR("Server"), STR("x"));
        assert_kept(&response, STR("Location"), STR("/there"));
        assert_str_equal(((struct str){response.reason.ptr, response.reason.len}),
                         STR("Moved Along"));
        assert_str_equal(((struct str){response.body.ptr, response.body.len}), STR("abcde"));
    }
    http_response_deinit(&response);
}

static void the_memory_of_a_large_body_goes_with_the_next_answer(void **state)
{
    static const char head[] = "HTTP/1.1 200 OK\r\n\r\n";
    char *body = calloc(1, 4 << 20);
    struct http_response response = {0};

    (void)state;
    assert_non_null(body);
    http_response_begin(&response, false, HTTP_KEEP_ALL);
    (void)http_response_feed(&response, head, sizeof(head) - 1);
    (void)http_response_feed(&response, body, 4 << 20);
    assert_int_equal(response.body.len, 4 << 20);
    http_response_begin(&response, false, HTTP_KEEP_ALL);
    assert_true(response.body.len == 0 && response.body.capacity <= 1 << 20);
    http_response_deinit(&response);
    free(body);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_answer_ends_where_the_rfc_says),
        cmocka_unit_test(bytes_one_by_one_give_the_same_outcome),
        cmocka_unit_test(only_a_body_without_length_ends_with_the_connection),
        cmocka_unit_test(a_head_past_its_limit_fails),
        cmocka_unit_test(a_long_line_of_no_interest_passes_in_any_cut),
        cmocka_unit_test(headers_that_a_client_acts_on_are_kept),
        cmocka_unit_test(everything_is_kept_on_request),
        cmocka_unit_test(the_memory_of_a_large_body_goes_with_the_next_answer),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
