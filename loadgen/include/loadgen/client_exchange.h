/*
 * One request and its answer, on a keep-alive connection of its own that serves one exchange after
 * the other.
 *
 * The owner hands over bytes that are ready to go and hears once how it ended: answered() with the
 * answer in `response`, or failed(). Until then the connection may be opened, closed and opened
 * anew underneath. All on the loop's thread.
 */
#ifndef LOADGEN_CLIENT_EXCHANGE_H
#define LOADGEN_CLIENT_EXCHANGE_H

#include "loadgen/client_connection.h"
#include "loadgen/http_response.h"
#include "loadgen/request.h"

struct client_exchange;
struct client_exchange_events {
    void (*answered)(struct client_exchange *exchange);
    void (*failed)(struct client_exchange *exchange, enum error_class class, const char *detail);
};

struct client_exchange {
    struct client_connection connection;
    const struct client_exchange_events *events;
    void *owner;
    enum http_keep keep; /* how much of answers is kept */
    bool in_flight;
    struct http_response response;
    uint64_t bytes_in, bytes_out; /* of the exchange in flight, or of the last */
    /* private */
    struct target *target;
    struct request_bytes bytes;
    struct str last; /* the bytes that completed the answer, for answered() alone */
    bool is_head;
};

void client_exchange_init(struct client_exchange *exchange, struct transport *transport,
                          const struct client_exchange_events *events, void *owner);
/* Its connection is closed. */
void client_exchange_deinit(struct client_exchange *exchange);

/* `bytes` must stay until the exchange has ended. May end before it returns. */
void client_exchange_begin(struct client_exchange *exchange, struct target *target,
                           struct request_bytes bytes, bool is_head);
/* The owner gives it up, as a time-out does: ends in failed(). */
void client_exchange_fail(struct client_exchange *exchange, enum error_class class,
                          const char *detail);
/* Ends without a word, and closes the connection. */
void client_exchange_drop(struct client_exchange *exchange);

#endif
