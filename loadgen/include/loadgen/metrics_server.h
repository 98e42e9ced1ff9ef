/*
 * Answers GET /metrics while a run lasts, on the run's own loop. A few connections at once, each
 * for one request: what a scraper needs.
 */
#ifndef LOADGEN_METRICS_SERVER_H
#define LOADGEN_METRICS_SERVER_H

#include <uv.h>

#include "base/buffer.h"
#include "base/error.h"

enum { METRICS_CLIENTS_MAX = 8, METRICS_REQUEST_BYTES = 8 << 10 };

struct metrics_server;

struct metrics_client {
    uv_tcp_t tcp;
    uv_write_t write;
    struct metrics_server *server;
    bool used;
    size_t len;
    char request[METRICS_REQUEST_BYTES];
    struct arena *arena; /* of the answer */
};

struct metrics_server {
    uv_tcp_t listener;
    bool open;
    bool waiting; /* a connection, for one of the clients to go */
    size_t next;  /* which */
    int port;
    void (*text)(struct buffer *out, void *context); /* what /metrics answers */
    void *context;
    struct metrics_client clients[METRICS_CLIENTS_MAX];
};

/*
 * Listens at "PORT" (on 127.0.0.1) or "HOST:PORT" with a numeric host; port 0 takes a free one,
 * told in server->port. `server` is zeroed and stays until the loop has ended. Errors: error_usage,
 * error_environment.
 */
MUST_CHECK bool metrics_server_start(struct metrics_server *server, uv_loop_t *loop,
                                     struct str address, struct aws_error *err);
/* Closes everything; the loop must run once more. */
void metrics_server_stop(struct metrics_server *server);

#endif
