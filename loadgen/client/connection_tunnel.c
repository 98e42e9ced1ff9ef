/* A proxy's tunnel: it is asked for with CONNECT, and begins behind the answer (RFC 9110, section
 * 9.3.6). */
#include "connection_layers.h"

void connection_begin_tunnel(struct client_connection *connection)
{
    char request[2048];
    size_t len = proxy_connect(connection->proxy, connection->target, request, sizeof(request));
    int status = 0;

    connection->tunnel = calloc(1, sizeof(*connection->tunnel));
    if (connection->tunnel == NULL || len == 0) {
        connection->events->failed(connection, ERROR_CONNECT, "the tunnel cannot be asked for");
        return;
    }
    /* As for HEAD: whatever the answer says, no body follows. */
    http_response_begin(connection->tunnel, true, HTTP_KEEP_NOTED);
    status = connection_write_now(connection, (struct str){request, len});
    if (status != 0)
        connection_fail_connect(connection, status);
}

bool connection_read_tunnel(struct client_connection *connection, const char *bytes, size_t len,
                            size_t *ret_taken)
{
    struct http_response *answer = connection->tunnel;
    size_t taken = http_response_feed(answer, bytes, len);
    char text[80];

    if (answer->state == RESPONSE_FAILED) {
        connection->events->failed(connection, ERROR_CONNECT, "the proxy's answer is no HTTP");
        return false;
    }
    if (answer->state != RESPONSE_DONE)
        return false;
    if (answer->status / 100 != 2) {
        (void)snprintf(text, sizeof(text),
                       "tunneling socket could not be established, statusCode=%d", answer->status);
        connection->events->failed(connection, ERROR_CONNECT, text);
        return false;
    }
    connection_drop_tunnel(connection);
    *ret_taken = taken;
    return true;
}

void connection_drop_tunnel(struct client_connection *connection)
{
    if (connection->tunnel != NULL)
        http_response_deinit(connection->tunnel);
    free(connection->tunnel);
    connection->tunnel = NULL;
}
