/*
 * HTTP/2 as a client, without a socket: what the server sends goes in, frames to send come out. One
 * request at a time, whose answer fills a struct http_response. Who owns the socket moves the
 * bytes.
 *
 * Framing and HPACK are nghttp2's, which also answers PING and SETTINGS and keeps the windows of
 * flow control: ours are so wide (HTTP2_WINDOW_BYTES) that a server never waits for us. Server push
 * is turned off, trailers and interim answers are passed over.
 *
 * Source: RFC 9113; nghttp2's programmers' guide.
 */
#ifndef LOADGEN_HTTP2_SESSION_H
#define LOADGEN_HTTP2_SESSION_H

#include "loadgen/http_response.h"
#include "loadgen/metrics.h"

enum { HTTP2_WINDOW_BYTES = 1 << 30, HTTP2_REQUEST_HEAD_BYTES_MAX = 1 << 20 };

/* What all sessions of one loop share; used on one thread. NULL without memory. */
struct http2_context;
struct http2_context *http2_context_new(void);
void http2_context_free(struct http2_context *context);

/* A connection's; the context outlives it. NULL without memory. Pairs with http2_session_free(). */
struct http2_session;
struct http2_session *http2_session_new(struct http2_context *context);
void http2_session_free(struct http2_session *session);

/*
 * Begins a request: the head as HTTP/1.1 has it, with the body behind it or in `body`. Both and
 * `response`, which has begun, must stay until the outcome is another one than HTTP2_PENDING.
 * False without memory, or when the session can take none any more.
 */
MUST_CHECK bool http2_session_request(struct http2_session *session, struct str head,
                                      struct str body, bool tls, struct http_response *response);

/* Bytes from the server; also between requests. What they ask for is in http2_session_output(). */
void http2_session_feed(struct http2_session *session, const char *bytes, size_t len);

/* Frames to send, empty when there are none; to be asked until it is empty, after each request and
 * feed. Valid until the next call on any session of the context. */
struct str http2_session_output(struct http2_session *session);

enum http2_outcome {
    HTTP2_PENDING,
    HTTP2_ANSWERED,
    HTTP2_REFUSED, /* not processed, says the server: it may be sent again, on another connection */
    HTTP2_RESET,   /* failed by itself: the session goes on */
    HTTP2_BROKEN,  /* failed with the session */
};

/* Of the request that was begun last. */
enum http2_outcome http2_session_outcome(const struct http2_session *session);
/* Why it is REFUSED, RESET or BROKEN: "HTTP/2: the server reset the stream: INTERNAL_ERROR (0x2)".
 */
enum error_class http2_session_fault(const struct http2_session *session, const char **ret_text);
/* The connection has ended, and a request under way with it; `reset`: why, or NULL when the server
 * closed it in order. A GOAWAY that has come gives the better reason. */
void http2_session_end(struct http2_session *session, const char *reset);
/* Whether it can carry another request. */
bool http2_session_is_open(const struct http2_session *session);
/* An answer that is no success, as a sample shows it: a status line, an empty line and the body's
 * beginning, in `space` of `size` bytes. */
struct str http2_session_sample(const struct http2_session *session,
                                const struct http_response *response, char *space, size_t size);

#endif
