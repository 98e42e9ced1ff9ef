/*
 * Reads HTTP/1.1 answers as they arrive, in any cut. It keeps figures, and of the text what the
 * caller asks for: the headers that a client acts on, or everything.
 *
 * Bounded: a head of at most HTTP_HEAD_BYTES_MAX, a kept body of at most HTTP_BODY_BYTES_KEPT. The
 * same bytes give the same outcome however they are cut. A zeroed struct is ready for
 * http_response_begin(); http_response_deinit() frees what the answers left.
 *
 * Source: RFC 9112 (HTTP/1.1), sections 4 to 7 and 9; RFC 9110, section 15.2 for 1xx.
 */
#ifndef LOADGEN_HTTP_RESPONSE_H
#define LOADGEN_HTTP_RESPONSE_H

#include "base/str.h"

enum { HTTP_HEAD_BYTES_MAX = 64 << 10, HTTP_BODY_BYTES_KEPT = 256 << 20 };

enum http_keep {
    HTTP_KEEP_NOTED, /* Location, Set-Cookie and WWW-Authenticate: nothing, for most answers */
    HTTP_KEEP_ALL,   /* the reason, every header and the body, as received */
};

/* Headers that somebody may act on, so that nobody looks for them in vain: bits of `noted`. */
enum http_noted {
    HTTP_NOTED_COOKIE = 1,    /* Set-Cookie */
    HTTP_NOTED_LOCATION = 2,  /* Location */
    HTTP_NOTED_CHALLENGE = 4, /* WWW-Authenticate */
    HTTP_NOTED_CODING = 8,    /* Content-Encoding */
};

/* Bytes that grow; malloc's, used again for the next answer. */
struct http_bytes {
    char *ptr;
    size_t len, capacity;
};

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
    int status;        /* of the final answer; 100 to 999 */
    bool keep_alive;   /* when done: the connection may carry another request */
    unsigned noted;    /* enum http_noted: what its head has */
    uint64_t bytes;    /* received, head and framing included */
    const char *fault; /* when failed: a constant, "no status line", ... */
    /* private */
    enum http_keep keep;
    bool is_head;
    bool has_length;
    bool chunked;
    bool other_coding;
    bool http_1_0;
    uint32_t head_bytes;
    uint64_t left; /* of the body or chunk */
    /* kept from answer to answer; see the functions below */
    struct http_bytes line; /* one that arrives in pieces */
    struct http_bytes head; /* header lines, each ended by a line feed */
    struct http_bytes reason;
    struct http_bytes body; /* without the chunks' framing, still coded (Content-Encoding) */
};

/* `is_head`: the request was HEAD, so the answer has no body. */
void http_response_begin(struct http_response *response, bool is_head, enum http_keep keep);
void http_response_deinit(struct http_response *response);
/* Takes bytes until the answer is done or failed; answers how many were taken. */
size_t http_response_feed(struct http_response *response, const char *bytes, size_t len);
/* The connection has ended: true when that completes the answer (state is then DONE). */
bool http_response_end(struct http_response *response);

/*
 * The kept headers in order, as they came: `*at` is 0 before the first; false after the last. The
 * texts live until the next http_response_begin().
 */
bool http_response_kept_next(const struct http_response *response, size_t *at, struct str *ret_name,
                             struct str *ret_value);
/* The next kept header of that name, in either case. */
bool http_response_kept(const struct http_response *response, struct str name, size_t *at,
                        struct str *ret_value);

/*
 * An answer whose framing is read elsewhere (HTTP/2's), within the same bounds: the status, which
 * drops what an interim answer left, its headers, the end of the head, the body, the end. Whoever
 * reads the framing adds to `bytes`. A fault sets the state; nothing may follow it.
 */
void http_response_set_status(struct http_response *response, int status);
/* The name is in lower case. */
void http_response_add_header(struct http_response *response, struct str name, struct str value);
/* The body follows, or, after a status of 1xx, the next answer. */
void http_response_end_head(struct http_response *response);
void http_response_add_body(struct http_response *response, const char *bytes, size_t len);
void http_response_finish(struct http_response *response);

#endif
