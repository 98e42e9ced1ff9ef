#include "../test.h"

#include "loadgen/http2_session.h"

#include <nghttp2/nghttp2.h>

#define HEAD "GET / HTTP/1.1\r\nHost: h\r\n\r\n"

/* Frames, in bytes: length (3), type, flags, stream (4), payload. 0x88 is ":status: 200". */
#define SETTINGS "\0\0\0\4\0\0\0\0\0"
#define OK_HEAD  "\0\0\1\1\4\0\0\0\1\x88"
#define BODY     "\0\0\2\0\0\0\0\0\1ok"
#define BODY_END "\0\0\2\0\1\0\0\0\1ok"

struct outcome_row {
    const char *name;
    struct str bytes; /* all that the server sends */
    enum http2_outcome outcome;
    int status;
    bool is_open;      /* afterwards */
    const char *fault; /* within it */
};

static const struct outcome_row rows[] = {
    {"no body", STR_INIT(SETTINGS "\0\0\1\1\5\0\0\0\1\x88"), HTTP2_ANSWERED, 200, true, ""},
    {"a body", STR_INIT(SETTINGS OK_HEAD BODY_END), HTTP2_ANSWERED, 200, true, ""},
    {"a body in pieces", STR_INIT(SETTINGS OK_HEAD BODY BODY "\0\0\0\0\1\0\0\0\1"), HTTP2_ANSWERED,
     200, true, ""},
    {"an interim answer first",
     STR_INIT(SETTINGS "\0\0\5\1\4\0\0\0\1\x08\3"
                       "103" OK_HEAD BODY_END),
     HTTP2_ANSWERED, 200, true, ""},
    {"trailers", STR_INIT(SETTINGS OK_HEAD BODY "\0\0\5\1\5\0\0\0\1\0\1x\1y"), HTTP2_ANSWERED, 200,
     true, ""},
    {"a status past 599",
     STR_INIT(SETTINGS "\0\0\5\1\5\0\0\0\1\x08\3"
                       "999"),
     HTTP2_ANSWERED, 999, true, ""},
    {"a status past 999",
     STR_INIT(SETTINGS "\0\0\6\1\5\0\0\0\1\x08\4"
                       "1000"),
     HTTP2_BROKEN, 0, true, "HTTP/2: "},
    {"a ping between", STR_INIT(SETTINGS OK_HEAD "\0\0\10\6\0\0\0\0\0pingping" BODY_END),
     HTTP2_ANSWERED, 200, true, ""},
    {"an unknown frame", STR_INIT(SETTINGS OK_HEAD "\0\0\2\x77\0\0\0\0\1zz" BODY_END),
     HTTP2_ANSWERED, 200, true, ""},
    {"not whole", STR_INIT(SETTINGS OK_HEAD BODY), HTTP2_PENDING, 200, true, ""},
    {"draining", STR_INIT(SETTINGS "\0\0\10\7\0\0\0\0\0\0\0\0\1\0\0\0\0" OK_HEAD BODY_END),
     HTTP2_ANSWERED, 200, false, ""},
    {"not processed", STR_INIT(SETTINGS "\0\0\10\7\0\0\0\0\0\0\0\0\0\0\0\0\0"), HTTP2_REFUSED, 0,
     false, "the server ended the connection: NO_ERROR (0x0)"},
    {"not processed, with a reason", STR_INIT(SETTINGS "\0\0\10\7\0\0\0\0\0\0\0\0\0\0\0\0\13"),
     HTTP2_REFUSED, 0, false, "the server ended the connection: ENHANCE_YOUR_CALM (0xb)"},
    {"refused", STR_INIT(SETTINGS "\0\0\4\3\0\0\0\0\1\0\0\0\7"), HTTP2_REFUSED, 0, true,
     "the server reset the stream: REFUSED_STREAM (0x7)"},
    {"reset", STR_INIT(SETTINGS "\0\0\4\3\0\0\0\0\1\0\0\0\2"), HTTP2_RESET, 0, true,
     "the server reset the stream: INTERNAL_ERROR (0x2)"},
    {"reset within the answer", STR_INIT(SETTINGS OK_HEAD BODY "\0\0\4\3\0\0\0\0\1\0\0\0\10"),
     HTTP2_RESET, 200, true, "the server reset the stream: CANCEL (0x8)"},
    {"longer than it says",
     STR_INIT(SETTINGS "\0\0\5\1\4\0\0\0\1\x88\x0f\x0d\1"
                       "1" BODY_END),
     HTTP2_BROKEN, 200, true, "HTTP/2: "},
    {"shorter than it says",
     STR_INIT(SETTINGS "\0\0\5\1\4\0\0\0\1\x88\x0f\x0d\1"
                       "3" BODY_END),
     HTTP2_BROKEN, 200, true, "HTTP/2: "},
    {"no status", STR_INIT(SETTINGS "\0\0\5\1\5\0\0\0\1\0\1x\1y"), HTTP2_BROKEN, 0, true,
     "HTTP/2: "},
    {"no SETTINGS first", STR_INIT(OK_HEAD BODY_END), HTTP2_BROKEN, 0, false, "HTTP/2: "},
    {"a body without a head", STR_INIT(SETTINGS BODY_END), HTTP2_BROKEN, 0, false, "HTTP/2: "},
    {"a frame larger than we take", STR_INIT(SETTINGS "\1\0\0\0\0\0\0\0\1"), HTTP2_BROKEN, 0, false,
     "HTTP/2: "},
    {"no HPACK", STR_INIT(SETTINGS "\0\0\2\1\5\0\0\0\1\xff\xff"), HTTP2_BROKEN, 0, false,
     "HTTP/2: "},
    {"a push",
     STR_INIT(SETTINGS "\0\0\0\4\1\0\0\0\0"
                       "\0\0\5\5\4\0\0\0\1\0\0\0\2\x82"),
     HTTP2_BROKEN, 0, false, "HTTP/2: "},
    {"HTTP/1.1", STR_INIT("HTTP/1.1 400 Bad Request\r\n\r\n"), HTTP2_BROKEN, 0, true,
     "the server answers in HTTP/1"},
};

struct fixture {
    struct http2_context *context;
    struct http2_session *session;
    struct http_response response;
};

static void begin(struct fixture *fixture, struct str head, struct str body)
{
    http_response_begin(&fixture->response, false, HTTP_KEEP_ALL);
    assert_true(http2_session_request(fixture->session, head, body, false, &fixture->response));
}

static int set_up(void **state)
{
    struct fixture *fixture = calloc(1, sizeof(*fixture));

    fixture->context = http2_context_new();
    fixture->session = http2_session_new(fixture->context);
    assert_non_null(fixture->session);
    *state = fixture;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *fixture = *state;

    http2_session_free(fixture->session);
    http2_context_free(fixture->context);
    http_response_deinit(&fixture->response);
    free(fixture);
    return 0;
}

/* How many bytes were to be sent. */
static size_t drain(struct fixture *fixture)
{
    size_t bytes = 0;

    for (;;) {
        struct str frames = http2_session_output(fixture->session);
        if (frames.len == 0)
            return bytes;
        bytes += frames.len;
    }
}

static void feed(struct fixture *fixture, struct str bytes)
{
    http2_session_feed(fixture->session, bytes.ptr, bytes.len);
}

static void check_row(const struct outcome_row *row, size_t cut)
{
    void *state = NULL;
    const char *fault = NULL;

    (void)set_up(&state);
    struct fixture *fixture = state;
    begin(fixture, STR(HEAD), (struct str){0});
    (void)drain(fixture);
    for (size_t at = 0; at < row->bytes.len; at += cut) {
        if (http2_session_outcome(fixture->session) != HTTP2_BROKEN)
            feed(fixture, str_slice(row->bytes, at, at + cut));
        (void)drain(fixture);
    }
    if (http2_session_outcome(fixture->session) != row->outcome)
        fail_msg("%s, in cuts of %zu: outcome %d", row->name, cut,
                 (int)http2_session_outcome(fixture->session));
    (void)http2_session_fault(fixture->session, &fault);
    if (strstr(fault, row->fault) == NULL)
        fail_msg("%s: '%s'", row->name, fault);
    if (fixture->response.status != row->status)
        fail_msg("%s: status %d", row->name, fixture->response.status);
    if (http2_session_is_open(fixture->session) != row->is_open)
        fail_msg("%s: open", row->name);
    (void)tear_down(&state);
}

static void what_comes_decides_the_outcome_however_it_is_cut(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        check_row(&rows[i], rows[i].bytes.len);
        if (rows[i].bytes.ptr[0] != 'H')
            check_row(&rows[i], 1);
    }
}

static void an_answer_keeps_status_headers_and_body(void **state)
{
    struct fixture *fixture = *state;
    struct str name = {0}, value = {0};
    char sample[100];
    size_t at = 0;

    begin(fixture, STR(HEAD), (struct str){0});
    (void)drain(fixture);
    feed(fixture, STR(SETTINGS "\0\0\13\1\4\0\0\0\1\x8d\0\3x-a\4Ab c" BODY_END));
    assert_int_equal(http2_session_outcome(fixture->session), HTTP2_ANSWERED);
    assert_int_equal(fixture->response.state, RESPONSE_DONE);
    assert_str_equal(((struct str){fixture->response.reason.ptr, fixture->response.reason.len}),
                     STR("Not Found"));
    assert_true(http_response_kept_next(&fixture->response, &at, &name, &value));
    assert_str_equal(name, STR("x-a"));
    assert_str_equal(value, STR("Ab c"));
    assert_false(http_response_kept_next(&fixture->response, &at, &name, &value));
    assert_str_equal(((struct str){fixture->response.body.ptr, fixture->response.body.len}),
                     STR("ok"));
    assert_str_equal(
        http2_session_sample(fixture->session, &fixture->response, sample, sizeof(sample)),
        STR("HTTP/2 404\r\n\r\nok"));
}

static void a_session_carries_one_request_after_the_other(void **state)
{
    struct fixture *fixture = *state;

    begin(fixture, STR(HEAD), (struct str){0});
    (void)drain(fixture);
    feed(fixture, STR(SETTINGS OK_HEAD BODY_END));
    assert_int_equal(http2_session_outcome(fixture->session), HTTP2_ANSWERED);
    begin(fixture, STR(HEAD), (struct str){0});
    (void)drain(fixture);
    assert_int_equal(http2_session_outcome(fixture->session), HTTP2_PENDING);
    feed(fixture, STR("\0\0\1\1\5\0\0\0\3\x89"));
    assert_int_equal(http2_session_outcome(fixture->session), HTTP2_ANSWERED);
    assert_int_equal(fixture->response.status, 204);
}

static void a_body_waits_for_the_servers_window(void **state)
{
    struct fixture *fixture = *state;
    static char body[100000];
    struct str head = STR("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 100000\r\n\r\n");

    begin(fixture, head, (struct str){body, sizeof(body)});
    size_t sent = drain(fixture);
    assert_in_range(sent, 65535, 65535 + 500);
    feed(fixture, STR(SETTINGS "\0\0\4\10\0\0\0\0\0\0\1\0\0\0\0\4\10\0\0\0\0\1\0\1\0\0"));
    sent += drain(fixture);
    assert_in_range(sent, sizeof(body), sizeof(body) + 600);
    feed(fixture, STR(OK_HEAD BODY_END));
    assert_int_equal(http2_session_outcome(fixture->session), HTTP2_ANSWERED);
}

static void an_answer_before_the_bodys_end_stops_the_body(void **state)
{
    struct fixture *fixture = *state;
    static char body[100000];
    struct str frames = {0};

    begin(fixture, STR("POST / HTTP/1.1\r\nHost: h\r\n\r\n"), (struct str){body, sizeof(body)});
    (void)drain(fixture);
    feed(fixture, STR(SETTINGS OK_HEAD BODY_END));
    assert_int_equal(http2_session_outcome(fixture->session), HTTP2_ANSWERED);
    assert_true(http2_session_is_open(fixture->session));
    frames = http2_session_output(fixture->session);
    /* SETTINGS' acknowledgement, and RST_STREAM with CANCEL. */
    assert_int_equal(frames.len, 9 + 13);
    assert_true(str_find(frames, STR("\0\0\4\3\0\0\0\0\1\0\0\0\10")) < frames.len);
}

static void a_head_past_the_bound_breaks_the_answer(void **state)
{
    struct fixture *fixture = *state;
    static char value[10000];
    const char *fault = NULL;
    /* A literal with incremental indexing is put into the table once, and then named 8 times. */
    static char head[9 + 1 + 3 + 3 + sizeof(value)];
    char *at = head;

    memset(value, 'v', sizeof(value));
    begin(fixture, STR(HEAD), (struct str){0});
    (void)drain(fixture);
    feed(fixture, STR(SETTINGS));
    for (int i = 0; i < 7; i++) {
        at = head;
        memcpy(at, "\0\x27\x17\1\0\0\0\0\1\x88", 10);
        if (i > 0)
            at[3] = 9; /* CONTINUATION, without a status */
        at += i > 0 ? 9 : 10;
        /* Name of one byte, value of 10,000: 127 + 17 + (77 << 7). */
        memcpy(at, "\0\1x\x7f\x91\x4d", 6);
        memcpy(at + 6, value, sizeof(value));
        size_t len = (size_t)(at - head) + 6 + sizeof(value);
        head[1] = (char)((len - 9) >> 8);
        head[2] = (char)((len - 9) & 0xFF);
        head[4] = i == 6 ? 4 : 0;
        feed(fixture, (struct str){head, len});
        (void)drain(fixture);
    }
    assert_int_equal(http2_session_outcome(fixture->session), HTTP2_BROKEN);
    assert_int_equal(http2_session_fault(fixture->session, &fault), ERROR_PARSE);
    assert_string_equal(fault, "HTTP/2: the head is too long");
}

static void the_connections_end_is_the_requests_too(void **state)
{
    struct fixture *fixture = *state;
    const char *fault = NULL;

    begin(fixture, STR(HEAD), (struct str){0});
    (void)drain(fixture);
    feed(fixture, STR(SETTINGS OK_HEAD));
    http2_session_end(fixture->session, NULL);
    assert_int_equal(http2_session_outcome(fixture->session), HTTP2_BROKEN);
    assert_int_equal(http2_session_fault(fixture->session, &fault), ERROR_CLOSED);
    assert_string_equal(fault, "the connection was closed within the answer");
}

static void a_goaway_with_a_reason_explains_the_connections_end(void **state)
{
    struct fixture *fixture = *state;
    const char *fault = NULL;

    begin(fixture, STR(HEAD), (struct str){0});
    (void)drain(fixture);
    feed(fixture, STR(SETTINGS "\0\0\10\7\0\0\0\0\0\0\0\0\1\0\0\0\2"));
    assert_int_equal(http2_session_outcome(fixture->session), HTTP2_PENDING);
    http2_session_end(fixture->session, NULL);
    assert_int_equal(http2_session_fault(fixture->session, &fault), ERROR_CLOSED);
    assert_string_equal(fault, "HTTP/2: the server ended the connection: INTERNAL_ERROR (0x2)");
}

static void a_ping_between_requests_is_answered(void **state)
{
    struct fixture *fixture = *state;

    (void)drain(fixture);
    feed(fixture, STR(SETTINGS "\0\0\10\6\0\0\0\0\0pingping"));
    struct str frames = http2_session_output(fixture->session);
    assert_true(str_find(frames, STR("\0\0\10\6\1\0\0\0\0pingping")) < frames.len);
}

static void a_flood_of_pings_closes_the_session(void **state)
{
    struct fixture *fixture = *state;
    static const char ping[] = "\0\0\10\6\0\0\0\0\0pingping";
    static char flood[2000 * (sizeof(ping) - 1)];

    for (size_t at = 0; at < sizeof(flood); at += sizeof(ping) - 1)
        memcpy(flood + at, ping, sizeof(ping) - 1);
    (void)drain(fixture);
    feed(fixture, STR(SETTINGS));
    assert_true(http2_session_is_open(fixture->session));
    feed(fixture, (struct str){flood, sizeof(flood)});
    assert_false(http2_session_is_open(fixture->session));
}

/* A request with a header of `len` bytes; answers how many bytes went out. */
static size_t send_header(struct fixture *fixture, size_t len)
{
    static char head[(2 << 20) + 100];
    static const char begin_text[] = "GET / HTTP/1.1\r\nHost: h\r\nX: ";
    size_t at = sizeof(begin_text) - 1;

    memcpy(head, begin_text, at);
    memset(head + at, '~', len); /* 13 bits in HPACK's Huffman code: sent as it is */
    memcpy(head + at + len, "\r\n\r\n", 4);
    begin(fixture, (struct str){head, at + len + 4}, (struct str){0});
    return drain(fixture);
}

static void a_large_head_goes_out_whole(void **state)
{
    struct fixture *fixture = *state;

    assert_in_range(send_header(fixture, 500000), 500000, 501000);
    assert_int_equal(http2_session_outcome(fixture->session), HTTP2_PENDING);
}

static void a_head_that_is_too_large_is_the_requests_fault(void **state)
{
    struct fixture *fixture = *state;
    const char *fault = NULL;

    (void)send_header(fixture, HTTP2_REQUEST_HEAD_BYTES_MAX + 1);
    assert_int_equal(http2_session_outcome(fixture->session), HTTP2_BROKEN);
    assert_int_equal(http2_session_fault(fixture->session, &fault), ERROR_REQUEST);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_comes_decides_the_outcome_however_it_is_cut),
        cmocka_unit_test_setup_teardown(an_answer_keeps_status_headers_and_body, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_session_carries_one_request_after_the_other, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_body_waits_for_the_servers_window, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_answer_before_the_bodys_end_stops_the_body, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_head_past_the_bound_breaks_the_answer, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_connections_end_is_the_requests_too, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_goaway_with_a_reason_explains_the_connections_end, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_ping_between_requests_is_answered, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_flood_of_pings_closes_the_session, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_large_head_goes_out_whole, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_head_that_is_too_large_is_the_requests_fault, set_up,
                                        tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
