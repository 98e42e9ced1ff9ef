/*
 * HTTP/2's part of an exchange, for a connection that speaks it: client_exchange.c hands over what
 * it would do itself in HTTP/1.1.
 *
 * A request that the server says it has not processed goes out again, once, on a new connection, if
 * the old one had carried another before: as with a keep-alive connection that turns out closed. A
 * stream that the server resets fails its request and leaves the connection.
 */
#ifndef LOADGEN_EXCHANGE_HTTP2_H
#define LOADGEN_EXCHANGE_HTTP2_H

#include "loadgen/client_exchange.h"

void exchange_http2_send(struct client_exchange *exchange, struct request_bytes bytes);
void exchange_http2_received(struct client_exchange *exchange, const char *bytes, size_t len);
/* There is room for more of a body. */
void exchange_http2_written(struct client_exchange *exchange);
/* The connection has ended under a request; libuv's status. */
void exchange_http2_ended(struct client_exchange *exchange, ssize_t status);

/* --- client_exchange.c's own, for the same purpose ------------------------------------------ */

/* The answer is whole, and `response.keep_alive` says whether the connection stays. */
void client_exchange_complete(struct client_exchange *exchange);
/* As client_exchange_fail(), and the connection stays. */
void client_exchange_fail_alone(struct client_exchange *exchange, enum error_class class,
                                const char *detail);

#endif
