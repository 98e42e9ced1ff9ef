#include "loadgen/exchange_http2.h"

#include "loadgen/follow.h"
#include "loadgen/framing.h"

/* Frames go out while the kernel takes them; exchange_http2_written() goes on. libuv's status. */
static int pump(struct client_exchange *exchange)
{
    struct client_connection *connection = &exchange->connection;
    int status = 0;

    while (status == 0 && connection->writing == 0) {
        struct str frames = http2_session_output(connection->http2);
        if (frames.len == 0)
            break;
        exchange->bytes_out += frames.len;
        status = client_connection_send(connection, frames);
    }
    return status;
}

/* On a new connection: on_closed() goes on. */
static void send_again(struct client_exchange *exchange)
{
    exchange->bytes_in += exchange->response.bytes;
    exchange->response.bytes = 0;
    client_connection_close(&exchange->connection);
}

static void complete(struct client_exchange *exchange)
{
    const struct http2_session *session = exchange->connection.http2;
    char sample[SAMPLE_BYTES];

    exchange->response.keep_alive = http2_session_is_open(session);
    exchange->last = (struct str){NULL, 0};
    if (exchange->response.status > 299)
        exchange->last = http2_session_sample(session, &exchange->response, sample, sizeof(sample));
    client_exchange_complete(exchange);
}

/* What has come of the request, or of a connection that has none. */
static void settle(struct client_exchange *exchange)
{
    const struct http2_session *session = exchange->connection.http2;
    const char *text = NULL;
    enum error_class class = http2_session_fault(session, &text);

    if (!exchange->in_flight) {
        if (!http2_session_is_open(session))
            client_connection_close(&exchange->connection);
        return;
    }
    switch (http2_session_outcome(session)) {
    case HTTP2_PENDING:
        return;
    case HTTP2_ANSWERED:
        complete(exchange);
        return;
    case HTTP2_REFUSED:
        if (exchange->may_repeat)
            send_again(exchange);
        else
            client_exchange_fail(exchange, class, text);
        return;
    case HTTP2_RESET:
        if (http2_session_is_open(session))
            client_exchange_fail_alone(exchange, class, text);
        else
            client_exchange_fail(exchange, class, text);
        return;
    case HTTP2_BROKEN:
        client_exchange_fail(exchange, class, text);
        return;
    }
}

void exchange_http2_send(struct client_exchange *exchange, struct request_bytes bytes)
{
    struct client_connection *connection = &exchange->connection;
    uint64_t sent = exchange->bytes_out;
    int status = 0;

    if (exchange->plan->chunked) { /* which HTTP/2 has no place for */
        size_t len = head_bytes(bytes.head);
        bytes.body = framing_body(bytes.body.len > 0 ? bytes.body
                                                     : str_slice(bytes.head, len, bytes.head.len));
        bytes.head = str_slice(bytes.head, 0, len);
    }
    exchange->may_repeat = connection->reused;
    connection->reused = true;
    if (!http2_session_request(connection->http2, bytes.head, bytes.body, exchange->target->tls,
                               &exchange->response)) {
        client_exchange_fail(exchange, ERROR_REQUEST, "HTTP/2: out of memory for the request");
        return;
    }
    status = pump(exchange);
    if (status == 0) {
        settle(exchange);
    } else if (exchange->may_repeat) {
        exchange->bytes_out = sent;
        send_again(exchange);
    } else {
        client_exchange_fail(exchange, ERROR_RESET, uv_strerror(status));
    }
}

void exchange_http2_received(struct client_exchange *exchange, const char *bytes, size_t len)
{
    struct client_connection *connection = &exchange->connection;

    if (exchange->in_flight)
        exchange->response.bytes += len;
    http2_session_feed(connection->http2, bytes, len);
    /* What breaks off here, reading will tell: the answer may still be on its way. An answered
     * request's frames go out with the next one's. */
    if (http2_session_outcome(connection->http2) == HTTP2_PENDING || !exchange->in_flight)
        (void)pump(exchange);
    settle(exchange);
    if (connection->state == CONNECTION_OPEN)
        (void)pump(exchange);
}

void exchange_http2_written(struct client_exchange *exchange)
{
    (void)pump(exchange);
    settle(exchange);
}

void exchange_http2_ended(struct client_exchange *exchange, ssize_t status)
{
    http2_session_end(exchange->connection.http2,
                      status == UV_EOF ? NULL : uv_strerror((int)status));
    settle(exchange);
}
