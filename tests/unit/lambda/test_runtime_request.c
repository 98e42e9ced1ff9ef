#include "../test.h"

#include "runtime_request.h"

#define HEAD "POST /x HTTP/1.1\r\nHost: a\r\n"

static void requests_are_read_when_they_are_complete(void **state)
{
    static const struct {
        struct str text;
        enum runtime_parse result;
        struct str body;
        size_t used;
    } rows[] = {
        {STR_INIT("GET /a HTTP/1.1\r\n\r\n"), RUNTIME_DONE, STR_INIT(""), 19},
        {STR_INIT("GET /a HTTP/1.1\r\n"), RUNTIME_MORE, STR_INIT(""), 0},
        {STR_INIT(HEAD "Content-Length: 3\r\n\r\nabcGET"), RUNTIME_DONE, STR_INIT("abc"), 51},
        {STR_INIT(HEAD "content-length: 4\r\n\r\nabc"), RUNTIME_MORE, STR_INIT(""), 0},
        {STR_INIT(HEAD "Content-Length: 6291557\r\n\r\n"), RUNTIME_TOO_LARGE, STR_INIT(""), 0},
        {STR_INIT(HEAD "Content-Length: -1\r\n\r\n"), RUNTIME_BAD, STR_INIT(""), 0},
        {STR_INIT(HEAD "Content-Length: 1\r\nContent-Length: 1\r\n\r\na"), RUNTIME_BAD,
         STR_INIT(""), 0},
        {STR_INIT(HEAD
                  "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nA;x=1\r\n0123456789\r\n0\r\n\r\n"),
         RUNTIME_DONE, STR_INIT("abc0123456789"), 89},
        {STR_INIT(HEAD "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n"), RUNTIME_MORE,
         STR_INIT(""), 0},
        {STR_INIT(HEAD "Transfer-Encoding: chunked\r\n\r\n3\r\nabcd\r\n0\r\n\r\n"), RUNTIME_BAD,
         STR_INIT(""), 0},
        {STR_INIT(HEAD "Transfer-Encoding: chunked\r\n\r\nx\r\n"), RUNTIME_BAD, STR_INIT(""), 0},
        {STR_INIT(HEAD "Transfer-Encoding: gzip\r\n\r\n"), RUNTIME_BAD, STR_INIT(""), 0},
        {STR_INIT(HEAD "Transfer-Encoding: chunked\r\n\r\n7fffffff\r\n"), RUNTIME_TOO_LARGE,
         STR_INIT(""), 0},
        {STR_INIT("GET\r\n\r\n"), RUNTIME_BAD, STR_INIT(""), 0},
        {STR_INIT("GET /a HTTP/1.1\r\nno colon\r\n\r\n"), RUNTIME_BAD, STR_INIT(""), 0},
    };
    char bytes[256];

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct runtime_request request;
        memcpy(bytes, rows[i].text.ptr, rows[i].text.len);
        enum runtime_parse result = runtime_request_parse(bytes, rows[i].text.len, &request);
        if (result != rows[i].result)
            fail_msg("row %zu: %d", i, (int)result);
        if (result != RUNTIME_DONE)
            continue;
        assert_str_equal(request.body, rows[i].body);
        assert_int_equal(request.used, rows[i].used);
    }
}

static void headers_that_matter_are_told(void **state)
{
    char bytes[] = "POST /r HTTP/1.1\r\nExpect: 100-continue\r\nConnection: close\r\n"
                   "lambda-runtime-function-error-type: A.B\r\nContent-Length: 1\r\n\r\n";
    struct runtime_request request;

    (void)state;
    assert_int_equal(runtime_request_parse(bytes, sizeof(bytes) - 1, &request), RUNTIME_MORE);
    assert_true(request.expects_continue);
    assert_true(request.closes);
    assert_str_equal(request.error_type, STR("A.B"));
    assert_str_equal(request.method, STR("POST"));
    assert_str_equal(request.path, STR("/r"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(requests_are_read_when_they_are_complete),
        cmocka_unit_test(headers_that_matter_are_told),
    };

    return cmocka_run_group_tests_name("lambda/runtime_request", tests, NULL, NULL);
}
