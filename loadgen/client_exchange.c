/* The hot path: an answer's last byte arrives and its owner hears of it, all in one callback. */
#include "loadgen/client_exchange.h"

static void dispatch(struct client_exchange *exchange);

/* --- the end -------------------------------------------------------------------------------- */

void client_exchange_fail(struct client_exchange *exchange, enum error_class class,
                          const char *detail)
{
    exchange->bytes_in += exchange->response.bytes;
    exchange->in_flight = false;
    client_connection_close(&exchange->connection);
    exchange->events->failed(exchange, class, detail);
}

static void complete(struct client_exchange *exchange)
{
    exchange->bytes_in += exchange->response.bytes;
    exchange->in_flight = false;
    if (!exchange->response.keep_alive || exchange->connection.writing > 0)
        client_connection_close(&exchange->connection);
    exchange->events->answered(exchange);
}

void client_exchange_drop(struct client_exchange *exchange)
{
    exchange->in_flight = false;
    client_connection_close(&exchange->connection);
}

/* --- what the connection tells -------------------------------------------------------------- */

static struct client_exchange *exchange_of(struct client_connection *connection)
{
    return (struct client_exchange *)(void *)((char *)connection -
                                              offsetof(struct client_exchange, connection));
}

static void send_request(struct client_exchange *exchange)
{
    uint64_t bytes = exchange->bytes.head.len + exchange->bytes.body.len;

    http_response_begin(&exchange->response, exchange->is_head, exchange->keep);
    exchange->bytes_out += bytes;
    if (client_connection_write(&exchange->connection, exchange->bytes.head, exchange->bytes.body))
        return;
    /* The server closed an idle connection: not a byte went out, so a new one takes it. */
    exchange->bytes_out -= bytes;
    client_connection_close(&exchange->connection);
}

static void on_opened(struct client_connection *connection)
{
    struct client_exchange *exchange = exchange_of(connection);

    if (exchange->in_flight)
        send_request(exchange);
}

static void on_received(struct client_connection *connection, const char *bytes, size_t len)
{
    struct client_exchange *exchange = exchange_of(connection);
    struct http_response *response = &exchange->response;
    size_t taken = 0;

    if (!exchange->in_flight) {
        client_connection_close(connection); /* bytes that nobody asked for */
        return;
    }
    taken = http_response_feed(response, bytes, len);
    exchange->last = (struct str){bytes, taken};
    if (response->state == RESPONSE_DONE) {
        /* More than the answer: nothing later on this connection could be trusted. */
        if (taken < len)
            response->keep_alive = false;
        complete(exchange);
    } else if (response->state == RESPONSE_FAILED) {
        client_exchange_fail(exchange, ERROR_PARSE, response->fault);
    }
}

static void on_ended(struct client_connection *connection, ssize_t status)
{
    struct client_exchange *exchange = exchange_of(connection);

    exchange->last = (struct str){NULL, 0};
    if (!exchange->in_flight)
        client_connection_close(connection);
    else if (status == UV_EOF && http_response_end(&exchange->response))
        complete(exchange);
    else if (status == UV_EOF)
        client_exchange_fail(exchange, ERROR_CLOSED,
                             exchange->response.bytes == 0
                                 ? "the connection was closed without an answer"
                                 : "the connection was closed within the answer");
    else
        client_exchange_fail(exchange, ERROR_RESET, uv_strerror((int)status));
}

static void on_failed(struct client_connection *connection, enum error_class class,
                      const char *detail)
{
    struct client_exchange *exchange = exchange_of(connection);

    if (exchange->in_flight)
        client_exchange_fail(exchange, class, detail);
    else
        client_connection_close(connection);
}

static void on_closed(struct client_connection *connection)
{
    struct client_exchange *exchange = exchange_of(connection);

    if (exchange->in_flight)
        dispatch(exchange);
}

static const struct client_connection_events events = {on_opened, on_received, on_ended, on_failed,
                                                       on_closed};

/* --- the beginning -------------------------------------------------------------------------- */

void client_exchange_init(struct client_exchange *exchange, struct transport *transport,
                          const struct client_exchange_events *exchange_events, void *owner)
{
    client_connection_init(&exchange->connection, transport, &events);
    exchange->events = exchange_events;
    exchange->owner = owner;
}

void client_exchange_deinit(struct client_exchange *exchange)
{
    client_connection_deinit(&exchange->connection);
    http_response_deinit(&exchange->response);
}

/* The request goes out, or towards it: open, or first close what leads elsewhere. */
static void dispatch(struct client_exchange *exchange)
{
    struct client_connection *connection = &exchange->connection;

    switch (connection->state) {
    case CONNECTION_NONE:
        client_connection_open(connection, exchange->target);
        return;
    case CONNECTION_OPEN:
        if (connection->target == exchange->target)
            send_request(exchange);
        else
            client_connection_close(connection);
        return;
    case CONNECTION_OPENING:
        if (connection->target != exchange->target)
            client_connection_close(connection);
        return;
    case CONNECTION_CLOSING:
        return; /* on_closed() comes back here */
    }
}

void client_exchange_begin(struct client_exchange *exchange, struct target *target,
                           struct request_bytes bytes, bool is_head)
{
    exchange->in_flight = true;
    exchange->target = target;
    exchange->bytes = bytes;
    exchange->is_head = is_head;
    exchange->bytes_in = exchange->bytes_out = exchange->response.bytes = 0;
    dispatch(exchange);
}
