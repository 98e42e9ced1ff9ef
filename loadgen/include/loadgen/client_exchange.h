/*
 * One request and its answer, on a keep-alive connection of its own that serves one exchange after
 * the other. Redirects, a digest's second request and cookies are part of it: the owner sees the
 * last answer only, and the bytes of all.
 *
 * The owner hands over bytes that are ready to go and hears once how it ended: answered() with the
 * answer in `response`, or failed(). Until then the connection may be opened, closed and opened
 * anew underneath. All on the loop's thread.
 */
#ifndef LOADGEN_CLIENT_EXCHANGE_H
#define LOADGEN_CLIENT_EXCHANGE_H

#include "loadgen/client_connection.h"
#include "loadgen/cookie_jar.h"
#include "loadgen/http_response.h"
#include "loadgen/request.h"

struct client_exchange;
struct digest_challenge;
struct client_exchange_events {
    void (*answered)(struct client_exchange *exchange);
    void (*failed)(struct client_exchange *exchange, enum error_class class, const char *detail);
    /* A digest's challenge is in `response`, and what answers it is about to go; or NULL. */
    void (*challenged)(struct client_exchange *exchange, const struct digest_challenge *challenge,
                       struct str header);
};

/* Of the last request of an exchange, as connection_moments. */
struct exchange_moments {
    int64_t begun_ns; /* it was ready to go */
    int64_t sent_ns;  /* its first byte */
    int64_t first_ns; /* the answer's first byte, and its last */
    int64_t last_ns;
};

struct client_exchange {
    struct client_connection connection;
    const struct client_exchange_events *events;
    void *owner;
    enum http_keep keep;    /* how much of answers is kept */
    struct cookie_jar *jar; /* the owner's; NULL: no cookies */
    struct rng *rng;        /* the owner's, for digest's client nonce */
    bool in_flight;
    struct http_response response;
    uint64_t bytes_in, bytes_out; /* of the exchange in flight, or of the last */
    struct request_bytes sent;    /* before redirects, with cookies; until the next one begins */
    struct exchange_moments moments;
    /* private */
    const struct request_plan *plan;
    struct target *target;
    struct request_bytes bytes; /* without the jar's cookies */
    const struct url *url;      /* of the request that is under way: the plan's, or `moved` */
    struct url moved;
    int64_t redirects;
    bool answered_challenge;
    bool sent_cookies;   /* with the last request */
    bool cookie_place;   /* `bytes` have an empty Cookie header where they were */
    struct arena *arena; /* of requests that follow, and of cookies; made when first needed */
    bool arena_used;
    struct str last; /* the bytes that completed the answer, for answered() alone */
    bool is_head;
    bool may_repeat; /* HTTP/2: the connection had carried a request before this one */
};

void client_exchange_init(struct client_exchange *exchange, struct transport *transport,
                          const struct client_exchange_events *events, void *owner);
/* Its connection is closed. */
void client_exchange_deinit(struct client_exchange *exchange);

/* `plan` and `bytes` must stay until the exchange has ended. May end before it returns. */
void client_exchange_begin(struct client_exchange *exchange, struct target *target,
                           const struct request_plan *plan, struct request_bytes bytes);
/* The owner gives it up, as a time-out does: ends in failed(). */
void client_exchange_fail(struct client_exchange *exchange, enum error_class class,
                          const char *detail);
/* Ends without a word, and closes the connection. */
void client_exchange_drop(struct client_exchange *exchange);

#endif
