#include "../test.h"

#include "loadgen/http2_fields.h"

enum { TEST_ARENA_BYTES = 1 << 20 };

/* "name: value|name: value|..." */
static struct str joined(const struct http2_fields *fields, struct arena *arena)
{
    struct str text = {0};

    for (size_t i = 0; i < fields->count; i++)
        text = str_printf(arena, "%.*s%s%.*s: %.*s", STR_ARG(text), i > 0 ? "|" : "",
                          (int)fields->rows[i].namelen, (const char *)fields->rows[i].name,
                          (int)fields->rows[i].valuelen, (const char *)fields->rows[i].value);
    return text;
}

static void check(const char *head, bool tls, const char *expected)
{
    struct arena *arena = arena_new(TEST_ARENA_BYTES);
    struct http2_fields fields = {0};

    assert_true(http2_fields_make(str_from_c(head), tls, arena, &fields));
    assert_str_equal(joined(&fields, arena), str_from_c(expected));
    arena_free(arena);
}

static void the_first_line_and_host_become_pseudo_headers(void **state)
{
    (void)state;
    check("GET /a?b=1 HTTP/1.1\r\nHost: example.test:8080\r\n\r\n", false,
          ":method: GET|:scheme: http|:path: /a?b=1|:authority: example.test:8080");
    check("POST / HTTP/1.1\r\nAccept: */*\r\nhost: h\r\nX: 1\r\n\r\n", true,
          ":method: POST|:scheme: https|:path: /|:authority: h|accept: */*|x: 1");
}

static void names_go_to_lower_case_and_values_stay(void **state)
{
    (void)state;
    check("GET / HTTP/1.1\r\nHost: h\r\nX-Trace-ID:  Ab C \r\n\r\n", false,
          ":method: GET|:scheme: http|:path: /|:authority: h|x-trace-id: Ab C");
}

static void what_only_http_1_needs_is_left_out(void **state)
{
    (void)state;
    check("GET / HTTP/1.1\r\nHost: h\r\nConnection: keep-alive\r\nKeep-Alive: 5\r\nUpgrade: x\r\n"
          "Proxy-Connection: close\r\nTransfer-Encoding: chunked\r\nHTTP2-Settings: x\r\n"
          "TE: gzip\r\nCookie: a=1; b=2\r\nContent-Length: 0\r\n\r\n",
          false,
          ":method: GET|:scheme: http|:path: /|:authority: h|cookie: a=1; b=2|content-length: 0");
    check("GET / HTTP/1.1\r\nHost: h\r\nTE: trailers\r\n\r\n", false,
          ":method: GET|:scheme: http|:path: /|:authority: h|te: trailers");
}

static void a_body_behind_the_head_is_none_of_it(void **state)
{
    (void)state;
    check("PUT / HTTP/1.1\r\nHost: h\r\n\r\nA: b\r\n", false,
          ":method: PUT|:scheme: http|:path: /|:authority: h");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_line_and_host_become_pseudo_headers),
        cmocka_unit_test(names_go_to_lower_case_and_values_stay),
        cmocka_unit_test(what_only_http_1_needs_is_left_out),
        cmocka_unit_test(a_body_behind_the_head_is_none_of_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
