/*
 * Reads HTTP/1.1 answers as they arrive, in any cut, and keeps nothing of them but figures.
 *
 * Bounded: a head of at most HTTP_HEAD_BYTES_MAX; a line that arrives in pieces is kept up to
 * HTTP_LINE_BYTES_KEPT, which is enough for every header that matters here. The same bytes give the
 * same outcome however they are cut.
 *
 * Source: RFC 9112 (HTTP/1.1), sections 4 to 7 and 9; RFC 9110, section 15.2 for 1xx.
 */
#ifndef LOADGEN_HTTP_RESPONSE_H
#define LOADGEN_HTTP_RESPONSE_H

#include "base/str.h"

enum { HTTP_HEAD_BYTES_MAX = 64 << 10, HTTP_LINE_BYTES_KEPT = 1 << 10 };

enum http_response_state {
    RESPONSE_STATUS_LINE,
    RESPONSE_HEADER_LINE,
    RESPONSE_BODY_LENGTH,
    RESPONSE_BODY_UNTIL_CLOSE,
    RESPONSE_CHUNK_SIZE,
    RESPONSE_CHUNK_DATA,
    RESPONSE_CHUNK_END,
    RESPONSE_TRAILER,
    RESPONSE_DONE,
    RESPONSE_FAILED,
};

struct http_response {
    enum http_response_state state;
    int status;        /* of the final answer; 100 to 599 */
    bool keep_alive;   /* when done: the connection may carry another request */
    uint64_t bytes;    /* received, head and framing included */
    const char *fault; /* when failed: a constant, "no status line", ... */
    /* private */
    bool is_head;
    bool has_length;
    bool chunked;
    bool other_coding;
    bool http_1_0;
    uint32_t head_bytes;
    uint64_t left; /* of the body or chunk */
    size_t line_len;
    char line[HTTP_LINE_BYTES_KEPT];
};

/* `is_head`: the request was HEAD, so the answer has no body. */
void http_response_begin(struct http_response *response, bool is_head);
/* Takes bytes until the answer is done or failed; answers how many were taken. */
size_t http_response_feed(struct http_response *response, const char *bytes, size_t len);
/* The connection has ended: true when that completes the answer (state is then DONE). */
bool http_response_end(struct http_response *response);

#endif
