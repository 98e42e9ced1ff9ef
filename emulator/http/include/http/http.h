/*
 * HTTP as the services see it: one exchange, request in and response out, in one arena.
 * libmicrohttpd stays behind http_server.h.
 *
 * A service's handle() runs on an event thread and must not block. It either answers there and then
 * (fills `response`, calls http_exchange_finish(), returns), or hands the exchange over:
 * http_exchange_suspend() first, then any one thread may fill `response` and call
 * http_exchange_finish(), exactly once. After that call the exchange is no longer the caller's.
 */
#ifndef HTTP_HTTP_H
#define HTTP_HTTP_H

#include "base/arena.h"
#include "base/rng.h"
#include "base/str.h"

enum http_listener {
    HTTP_LISTENER_API,      /* --port: API Gateway */
    HTTP_LISTENER_AWS,      /* --aws-port: the services' own APIs */
    HTTP_LISTENER_DYNAMODB, /* --dynamodb-port: DynamoDB alone; there only when asked for */
};

struct http_header {
    struct str name;
    struct str value;
};

/* Everything borrowed from the exchange's arena. */
struct http_request {
    struct str method;
    struct str target;                 /* as sent: path and query */
    struct str path;                   /* as sent, not decoded, without the query */
    struct str query;                  /* behind '?', not decoded */
    const struct http_header *headers; /* in the client's order and case */
    size_t header_count;
    struct str body;
    bool body_too_long; /* past the listener's limit and not kept: to be answered 413 */
    struct str source_ip;
    enum http_listener listener;
    uint16_t port;       /* the listener's */
    int64_t received_ns; /* monotonic */
};

enum { HTTP_RESPONSE_HEADERS_MAX = 48 };

/* Date, Content-Length and Connection are added by the server. An unset Content-Type stays unset.
 */
struct http_response {
    int status;
    struct http_header headers[HTTP_RESPONSE_HEADERS_MAX];
    size_t header_count;
    struct str body; /* in the arena, or constant */
};

struct http_exchange {
    struct http_request request;
    struct http_response response;
    struct arena *arena;
    struct rng *rng; /* the event thread's own: usable within handle() only */
};

struct http_service {
    void *state;
    void (*handle)(void *state, struct http_exchange *exchange);
};

void http_exchange_suspend(struct http_exchange *exchange);
void http_exchange_finish(struct http_exchange *exchange);
/*
 * Answers a suspended exchange in its holder's place, with a copy of `instead` (whose text has to
 * live as long as the arena). The holder still has to finish it, whenever that is, and may use the
 * arena and the body until then, but no longer the request's method and headers. The caller makes
 * sure that the exchange is not finished meanwhile. False without memory: nothing happened.
 */
MUST_CHECK bool http_exchange_expire(struct http_exchange *exchange,
                                     const struct http_response *instead);

/* First header of that name in any case; false when there is none. `ret` is untouched then. */
bool http_request_header(const struct http_request *request, struct str name, struct str *ret);
/* The decoded value of a query parameter (%XX and '+'); false when it is not there or past the
 * arena's limit. */
bool http_request_query(const struct http_request *request, struct str name, struct arena *arena,
                        struct str *ret);
/* %XX decoded, '+' as a blank where `plus` is true; false past the limit. Broken escapes stay as
 * they are. */
MUST_CHECK bool http_percent_decode(struct str text, bool plus, struct arena *arena,
                                    struct str *ret);

/* Appends; name and value must live as long as the arena. More than HTTP_RESPONSE_HEADERS_MAX are
 * dropped. */
void http_response_header(struct http_response *response, struct str name, struct str value);

#endif
