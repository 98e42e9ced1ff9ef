/* TLS within a connection: the handshake, and ciphertext either way. */
#include "connection_layers.h"

static void fail_tls(struct client_connection *connection, const char *detail)
{
    connection->events->failed(connection, ERROR_TLS, detail);
}

/* Sends what TLS has to say; answers libuv's status. */
static int flush_output(struct client_connection *connection)
{
    struct str output = tls_stream_output(connection->tls);
    int status = output.len == 0 ? 0 : connection_write_now(connection, output);

    tls_stream_sent(connection->tls);
    return status;
}

static void flush(struct client_connection *connection)
{
    int status = flush_output(connection);

    if (status != 0)
        connection->events->failed(connection, ERROR_RESET, uv_strerror(status));
}

/* --- the handshake -------------------------------------------------------------------------- */

static void shake_hands(struct client_connection *connection)
{
    enum tls_status status = tls_stream_handshake(connection->tls);

    flush(connection);
    if (connection->state != CONNECTION_OPENING)
        return;
    switch (status) {
    case TLS_DONE:
        connection_set_open(connection, tls_stream_is_http2(connection->tls));
        return;
    case TLS_WANTS:
        return;
    case TLS_ENDED:
        fail_tls(connection, "TLS: the server ended the handshake");
        return;
    case TLS_FAILED:
        fail_tls(connection, tls_stream_fault(connection->tls));
        return;
    }
}

void connection_begin_tls(struct client_connection *connection)
{
    struct tls_settings *settings = connection->target->tls_settings != NULL
                                        ? connection->target->tls_settings
                                        : connection->transport->tls;
    struct aws_error err = {0};

    if (connection->session_target != connection->target)
        tls_session_drop(&connection->session);
    connection->session_target = connection->target;
    if (!tls_settings_ready(settings, &err)) {
        fail_tls(connection, err.message);
        return;
    }
    connection->tls = tls_stream_new(settings, connection->target->host, &connection->session);
    if (connection->tls == NULL)
        fail_tls(connection, "TLS: out of memory");
    else
        shake_hands(connection);
}

void connection_drop_tls(struct client_connection *connection)
{
    tls_stream_free(connection->tls);
    connection->tls = NULL;
}

/* --- bytes ---------------------------------------------------------------------------------- */

/* What has been deciphered, until more is needed or the owner has closed the connection. */
static void decipher(struct client_connection *connection)
{
    enum tls_status status = TLS_DONE;
    char *plain = connection->transport->plain_buffer;
    size_t len = 0;

    while (status == TLS_DONE && connection->state == CONNECTION_OPEN) {
        status = tls_stream_read(connection->tls, plain, TRANSPORT_PLAIN_BYTES, &len);
        if (status == TLS_DONE)
            connection->events->received(connection, plain, len);
    }
    if (connection->state == CONNECTION_OPEN)
        flush(connection);
    if (connection->state != CONNECTION_OPEN)
        return;
    if (status == TLS_ENDED)
        connection->events->ended(connection, UV_EOF);
    else if (status == TLS_FAILED)
        fail_tls(connection, tls_stream_fault(connection->tls));
}

void connection_read_tls(struct client_connection *connection, const char *bytes, size_t len)
{
    if (!tls_stream_feed(connection->tls, bytes, len)) {
        fail_tls(connection, "TLS: out of memory");
        return;
    }
    if (connection->state == CONNECTION_OPENING)
        shake_hands(connection);
    if (connection->state == CONNECTION_OPEN)
        decipher(connection);
}

int connection_write_tls(struct client_connection *connection, struct str head, struct str body)
{
    if (tls_stream_write(connection->tls, head) != TLS_DONE ||
        tls_stream_write(connection->tls, body) != TLS_DONE)
        return UV_EPIPE;
    return flush_output(connection);
}
