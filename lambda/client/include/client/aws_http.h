/*
 * HTTP calls to AWS's APIs or to an emulator of them: signed (Signature Version 4) by libcurl, over
 * kept connections. libcurl starts with the first call, so that a program that makes none pays
 * nothing.
 */
#ifndef CLIENT_AWS_HTTP_H
#define CLIENT_AWS_HTTP_H

#include "base/arena.h"
#include "base/error.h"
#include "base/buffer.h"
#include "base/str.h"

enum {
    AWS_HTTP_HEADERS_MAX = 64,
    AWS_HTTP_BODY_BYTES_MAX = 64 * 1024 * 1024, /* a larger answer is an error */
    AWS_HTTP_CONNECT_TIMEOUT_MS = 3000,
};

struct aws_http_header {
    struct str name;
    struct str value;
};

struct aws_http_request {
    const char *method; /* HEAD has an answer without a body */
    struct str url;     /* endpoint, path and query, all encoded */
    struct str service; /* "lambda", "dynamodb"; empty: not signed */
    struct str region;
    /* All are signed, where the call is. No name twice then, none empty, and none that begins
     * another one's before a hyphen (Accept, Accept-Encoding): libcurl before 8 sorts those wrong.
     */
    const struct aws_http_header *headers;
    size_t header_count;
    struct str body;
    int64_t timeout_ms; /* for the whole call; 0: none */
    bool direct; /* through no proxy, whatever http_proxy says; loopback addresses never are */
    /* NULL, or ends the call within a second once it is true; may be set by a signal handler. */
    const _Atomic bool *stop;
};

enum aws_http_outcome {
    AWS_HTTP_ANSWERED,
    AWS_HTTP_UNREACHABLE, /* refused, or no such name: nothing was sent */
    AWS_HTTP_TIMED_OUT,
    AWS_HTTP_BROKEN, /* lost on the way, too large, no memory, stopped */
};

struct aws_http_response {
    enum aws_http_outcome outcome; /* set when the call fails, too */
    int status;
    struct aws_http_header headers[AWS_HTTP_HEADERS_MAX];
    size_t header_count;
    struct str body; /* followed by a NUL */
};

/* A pool of connections that any number of threads may use at once. */
struct aws_http;
struct aws_http *aws_http_new(void); /* NULL without memory */
void aws_http_free(struct aws_http *http);

/*
 * One call. A kept connection that the other side has closed meanwhile is replaced (libcurl);
 * nothing else is tried again. Credentials come from AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and
 * AWS_SESSION_TOKEN; without them "local" serves, which emulators take.
 *
 * ret:     in `arena`; the body as sent, compressed where it is.
 * Errors:  error_environment when no answer came: nothing listens, time-out, an answer past the
 *          limits. `message` is one sentence that names the address.
 */
MUST_CHECK bool aws_http_call(struct aws_http *http, const struct aws_http_request *request,
                              struct arena *arena, struct aws_http_response *ret,
                              struct aws_error *err);

/* Whether the environment has credentials of ours. */
bool aws_http_has_credentials(void);

/* Waits before attempt `attempt` + 2 (the first is 0): a random part of 25, 50, 100 ... ms, the
 * SDKs' full jitter. */
void aws_http_back_off(int attempt);

/* The first header of that name in any case, or the empty text. */
struct str aws_http_header(const struct aws_http_response *response, struct str name);

#endif
