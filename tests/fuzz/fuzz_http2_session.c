/* A server's bytes give the same outcome whole and one by one; and a session that goes on after
 * each outcome takes whatever comes. */
#include "loadgen/http2_session.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define HEAD "POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc"

static void drain(struct http2_session *session)
{
    while (http2_session_output(session).len > 0)
        continue;
}

static void begin(struct http2_session *session, struct http_response *response, bool all)
{
    http_response_begin(response, false, all ? HTTP_KEEP_ALL : HTTP_KEEP_NOTED);
    assert(http2_session_request(session, STR(HEAD), (struct str){0}, true, response));
    drain(session);
}

static void check(const struct http2_session *session, const struct http_response *response)
{
    const char *text = NULL;

    (void)http2_session_fault(session, &text);
    switch (http2_session_outcome(session)) {
    case HTTP2_PENDING:
        assert(response->state != RESPONSE_DONE);
        return;
    case HTTP2_ANSWERED:
        assert(response->state == RESPONSE_DONE && response->status >= 200 &&
               response->status <= 999);
        return;
    case HTTP2_REFUSED:
    case HTTP2_RESET:
    case HTTP2_BROKEN:
        assert(response->state != RESPONSE_DONE && text[0] != '\0');
        return;
    }
}

/* Feeds in pieces of `cut` bytes. False where the cut itself decides: nghttp2 bounds the frames of
 * a head by the pieces that they come in. */
static bool once(struct http2_context *context, struct http_response *response, const char *bytes,
                 size_t len, size_t cut, enum http2_outcome *ret)
{
    struct http2_session *session = http2_session_new(context);
    const char *text = NULL;
    bool comparable = true;

    assert(session != NULL);
    begin(session, response, true);
    for (size_t at = 0; at < len; at += cut)
        http2_session_feed(session, bytes + at, cut < len - at ? cut : len - at);
    drain(session);
    check(session, response);
    *ret = http2_session_outcome(session);
    (void)http2_session_fault(session, &text);
    comparable = strstr(text, "CONTINUATION") == NULL;
    http2_session_free(session);
    return comparable;
}

/* As an exchange does: what is to be sent goes out at once, and a request follows the other. */
static void many(struct http2_context *context, struct http_response *response, const char *bytes,
                 size_t len)
{
    struct http2_session *session = http2_session_new(context);

    assert(session != NULL);
    begin(session, response, false);
    for (size_t at = 0; at < len; at++) {
        http2_session_feed(session, bytes + at, 1);
        drain(session);
        check(session, response);
        if (http2_session_outcome(session) == HTTP2_BROKEN || !http2_session_is_open(session))
            break;
        if (http2_session_outcome(session) != HTTP2_PENDING)
            begin(session, response, false);
    }
    http2_session_end(session, NULL);
    check(session, response);
    http2_session_free(session);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct http_response whole, pieces;
    static struct http2_context *context;
    const char *bytes = (const char *)data;
    enum http2_outcome outcome = HTTP2_PENDING, again = HTTP2_PENDING;

    if (context == NULL)
        context = http2_context_new();
    assert(context != NULL);
    /* A server of HTTP/1 is known by its first seven bytes together. */
    if (once(context, &whole, bytes, size, size > 0 ? size : 1, &outcome) &&
        once(context, &pieces, bytes, size, 1, &again) &&
        (size < 5 || memcmp(bytes, "HTTP/", 5) != 0)) {
        assert(outcome == again && whole.status == pieces.status);
        /* Of a body past its Content-Length the part that comes with its end is left out, which
         * is all of it, or less: no matter, where the answer has failed. */
        assert((outcome != HTTP2_ANSWERED && outcome != HTTP2_PENDING) ||
               (whole.body.len == pieces.body.len && whole.head.len == pieces.head.len));
    }
    many(context, &pieces, bytes, size);
    return 0;
}
