/*
 * The requests that a runtime sends to the Runtime API, read from a connection's bytes. HTTP/1.1
 * as runtimes speak it: a body with a length or in chunks, kept connections, Expect.
 */
#ifndef LAMBDA_RUNTIME_REQUEST_H
#define LAMBDA_RUNTIME_REQUEST_H

#include "base/str.h"

enum {
    RUNTIME_HEAD_BYTES = 16 * 1024,
    RUNTIME_HEADERS_MAX = 64,
};

enum runtime_parse {
    RUNTIME_MORE,      /* the request is not complete yet */
    RUNTIME_DONE,      /* `ret` is filled */
    RUNTIME_BAD,       /* no HTTP that we speak */
    RUNTIME_TOO_LARGE, /* the body is above LAMBDA_PAYLOAD_BYTES */
};

/* Everything borrowed from the bytes. */
struct runtime_request {
    struct str method;
    struct str path;
    struct str body;
    struct str error_type; /* Lambda-Runtime-Function-Error-Type */
    bool expects_continue; /* told with RUNTIME_MORE as well, when the head is complete */
    bool closes;           /* Connection: close */
    size_t used;           /* bytes of the request */
};

/* A chunked body is joined in place, in `bytes`, once it is complete. */
enum runtime_parse runtime_request_parse(char *bytes, size_t length, struct runtime_request *ret);

#endif
