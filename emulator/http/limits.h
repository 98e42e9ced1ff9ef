/* What a client may make the server hold. */
#ifndef HTTP_LIMITS_H
#define HTTP_LIMITS_H

enum {
    HTTP_API_BODY_BYTES_MAX = 10 * 1024 * 1024, /* API Gateway, "Limits": payload size */
    HTTP_AWS_BODY_BYTES_MAX = 16 * 1024 * 1024, /* DynamoDB's request limit, the largest of all */
    /* A body over its limit is still read, and forgotten, so that the client sees the answer and
     * not a broken connection; past this the connection is closed. */
    HTTP_DISCARDED_BODY_BYTES_MAX = 64 * 1024 * 1024,
    /* A body of a declared length up to this lies in the exchange's arena at once; a longer one
     * grows as it comes, so that a claim of 10 MB costs nothing. */
    HTTP_ARENA_BODY_BYTES_MAX = 64 * 1024,
    HTTP_EXCHANGE_BYTES_MAX = 128 * 1024 * 1024, /* arena: body, tree and answer of one request */
    /* Of all requests together, but for 8 KB each. A body that finds no room is answered 503; a
     * request that has come and needs more ends as one past its own limit does. */
    HTTP_MEMORY_BYTES_MAX = 1024 * 1024 * 1024,
    /* After a request that took more, the allocator gives what is free back to the system. */
    HTTP_TRIM_ABOVE_BYTES = 8 * 1024 * 1024,
    /* libmicrohttpd's pool of a connection: request line, headers and the response's headers.
     * Past it the library answers 431 or 414 itself. */
    HTTP_CONNECTION_BYTES_MAX = 32 * 1024,
    HTTP_HEADERS_MAX = 256,
    HTTP_CONNECTIONS_MAX = 4096, /* further ones wait in the kernel's queue */
    HTTP_IDLE_TIMEOUT_S = 60,
    HTTP_EXCHANGES_KEPT = 64, /* idle ones that an event thread keeps for the next request */
    HTTP_THREADS_MAX = 16,
};

#endif
