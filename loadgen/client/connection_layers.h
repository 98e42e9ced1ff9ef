/*
 * What may lie between a connection's TCP and what it carries: TLS, and a proxy's tunnel before it.
 * Private to client_connection.c and the two files that are these layers.
 *
 * A layer is there while its pointer in the connection is not NULL (`tls`, `tunnel`). Each tells
 * the connection's owner by events->failed() when it comes to nothing; the owner may have closed
 * the connection by the time any of these returns.
 */
#ifndef LOADGEN_CONNECTION_LAYERS_H
#define LOADGEN_CONNECTION_LAYERS_H

#include "loadgen/client_connection.h"

/* --- connection_tls.c --- */

/* Shakes hands with the target, which ends in connection_set_open() or failed(). */
void connection_begin_tls(struct client_connection *connection);
/* Ciphertext that has arrived: deciphered, it is the owner's (received(), ended()). */
void connection_read_tls(struct client_connection *connection, const char *bytes, size_t len);
/* Sends two runs of bytes that need not stay; answers libuv's status. */
MUST_CHECK int connection_write_tls(struct client_connection *connection, struct str head,
                                    struct str body);
void connection_drop_tls(struct client_connection *connection);

/* --- connection_tunnel.c --- */

/* Asks the proxy for a way to the target. */
void connection_begin_tunnel(struct client_connection *connection);
/*
 * The proxy's answer to CONNECT, as it arrives. True when the tunnel is there and nothing more is
 * for the proxy; *ret_taken is then where the bytes that came through it already begin.
 */
MUST_CHECK bool connection_read_tunnel(struct client_connection *connection, const char *bytes,
                                       size_t len, size_t *ret_taken);
void connection_drop_tunnel(struct client_connection *connection);

/* --- client_connection.c --- */

/* It can carry requests: ends in opened(), or failed(). */
void connection_set_open(struct client_connection *connection, bool http2);
/* It cannot be opened, with libuv's status. */
void connection_fail_connect(struct client_connection *connection, int status);
/* Hands bytes that need not stay to TCP; answers libuv's status. */
MUST_CHECK int connection_write_now(struct client_connection *connection, struct str bytes);

#endif
