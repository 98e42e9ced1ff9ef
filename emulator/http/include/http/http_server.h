/*
 * The HTTP server: two listeners, or three, on one set of event threads. An event thread is one
 * libmicrohttpd daemon on epoll; a thread of our own accepts and hands each connection to the event
 * thread that has the fewest, since the library's own pool does not balance.
 */
#ifndef HTTP_HTTP_SERVER_H
#define HTTP_HTTP_SERVER_H

#include "base/clock.h"
#include "base/error.h"
#include "http/http.h"

struct http_server;

struct http_server_options {
    const char *host;  /* an address or a name of this machine */
    uint16_t api_port; /* 0: any free one */
    uint16_t aws_port;
    bool has_dynamodb_port;
    uint16_t dynamodb_port;
    unsigned threads;        /* 0: one a core, at least 2 and at most 4 */
    size_t memory_bytes_max; /* of all requests together; 0: limits.h says */
    struct clock *clock;
    uint64_t seed; /* of the event threads' generators */
    struct http_service service;
};

/*
 * Listens, so that the ports are known; clients wait until http_server_accept(). Errors
 * (error_environment): a port that is taken, a host that is not ours.
 */
MUST_CHECK bool http_server_listen(const struct http_server_options *options,
                                   struct http_server **ret, struct aws_error *err);
/* Serves from now on: everything that the service looks at is in place. */
MUST_CHECK bool http_server_accept(struct http_server *server, struct aws_error *err);
/* 0 for a listener that is not there. */
uint16_t http_server_port(const struct http_server *server, enum http_listener listener);

/* Accepts no more connections, and closes each one after its answer. */
void http_server_drain(struct http_server *server);
/*
 * After http_server_drain(): lets what is in flight finish for at most `grace_ms`, answers 503 to
 * what is still suspended then, and stops. False when an event thread does not come back (a handler
 * that runs on it does not return): nothing can be freed then, and the process has to end.
 */
MUST_CHECK bool http_server_stop(struct http_server *server, int64_t grace_ms);
/* After a stop that answered true, or without one; NULL is accepted. */
void http_server_free(struct http_server *server);

struct http_counters {
    uint64_t requests;
    uint64_t connections; /* open now */
    uint64_t in_flight;   /* requests not answered yet */
};
void http_server_count(struct http_server *server, struct http_counters *ret);

#endif
