#include "loadgen/client_connection.h"

void client_connection_init(struct client_connection *connection, struct transport *transport,
                            const struct client_connection_events *events)
{
    connection->transport = transport;
    connection->events = events;
}

/* --- closing -------------------------------------------------------------------------------- */

static void end(struct client_connection *connection)
{
    connection->state = CONNECTION_NONE;
    connection->target = NULL;
    connection->writing = false;
    connection->events->closed(connection);
}

static void on_closed(uv_handle_t *handle)
{
    struct client_connection *connection = handle->data;

    connection->has_handle = false;
    end(connection);
}

void client_connection_close(struct client_connection *connection)
{
    if (connection->state != CONNECTION_OPENING && connection->state != CONNECTION_OPEN)
        return;
    target_forget(connection->target, &connection->waiter);
    connection->state = CONNECTION_CLOSING;
    if (!connection->has_handle)
        end(connection);
    else if (!uv_is_closing((uv_handle_t *)&connection->tcp)) /* else an attempt in vain, below */
        uv_close((uv_handle_t *)&connection->tcp, on_closed);
}

/* --- reading -------------------------------------------------------------------------------- */

/* One buffer for all: what arrives is taken in at once. */
static void on_alloc(uv_handle_t *handle, size_t suggested, uv_buf_t *ret)
{
    struct client_connection *connection = handle->data;

    (void)suggested;
    *ret = uv_buf_init(connection->transport->read_buffer, TRANSPORT_READ_BYTES);
}

static void on_read(uv_stream_t *stream, ssize_t count, const uv_buf_t *buffer)
{
    struct client_connection *connection = stream->data;

    if (connection->state != CONNECTION_OPEN || count == 0)
        return;
    if (count < 0)
        connection->events->ended(connection, count);
    else
        connection->events->received(connection, buffer->base, (size_t)count);
}

/* --- writing -------------------------------------------------------------------------------- */

static uv_buf_t buffer_of(struct str bytes)
{
    return (uv_buf_t){(char *)(uintptr_t)bytes.ptr, bytes.len};
}

static void on_written(uv_write_t *request, int status)
{
    struct client_connection *connection = request->data;

    connection->writing = false;
    if (status < 0 && status != UV_ECANCELED && connection->state == CONNECTION_OPEN)
        connection->events->failed(connection, ERROR_RESET, uv_strerror(status));
}

/* What uv_try_write() left, behind the first `done` bytes. */
static void write_rest(struct client_connection *connection, struct str head, struct str body,
                       size_t done)
{
    size_t of_body = done > head.len ? done - head.len : 0;
    uv_buf_t buffers[2] = {buffer_of(str_slice(head, done, head.len)),
                           buffer_of(str_slice(body, of_body, body.len))};
    int status = 0;

    connection->write.data = connection;
    connection->writing = true;
    status = uv_write(&connection->write, (uv_stream_t *)&connection->tcp, buffers, 2, on_written);
    if (status != 0) {
        connection->writing = false;
        connection->events->failed(connection, ERROR_RESET, uv_strerror(status));
    }
}

bool client_connection_write(struct client_connection *connection, struct str head, struct str body)
{
    uv_buf_t buffers[2] = {buffer_of(head), buffer_of(body)};
    int sent = uv_try_write((uv_stream_t *)&connection->tcp, buffers, body.len > 0 ? 2 : 1);

    if (sent < 0 && sent != UV_EAGAIN) {
        if (connection->reused)
            return false;
        connection->events->failed(connection, ERROR_RESET, uv_strerror(sent));
        return true;
    }
    connection->reused = true;
    if (sent != (int)(head.len + body.len))
        write_rest(connection, head, body, sent < 0 ? 0 : (size_t)sent);
    return true;
}

/* --- opening -------------------------------------------------------------------------------- */

static void connect_next(struct client_connection *connection);

/* Whether this machine refused, rather than the server. */
static bool is_own_limit(int status)
{
    return status == UV_EMFILE || status == UV_ENFILE || status == UV_EADDRNOTAVAIL ||
           status == UV_ENOBUFS || status == UV_ENOMEM;
}

static void fail_connect(struct client_connection *connection, int status)
{
    connection->transport->refused += is_own_limit(status) ? 1 : 0;
    connection->events->failed(connection, ERROR_CONNECT, uv_strerror(status));
}

/* The handle of an attempt in vain is gone: the next address, on a new one. */
static void on_attempt_closed(uv_handle_t *handle)
{
    struct client_connection *connection = handle->data;

    connection->has_handle = false;
    if (connection->state == CONNECTION_OPENING)
        connect_next(connection);
    else
        end(connection);
}

static void on_connected(uv_connect_t *request, int status)
{
    struct client_connection *connection = request->data;

    if (connection->state != CONNECTION_OPENING)
        return;
    if (status != 0 && status != UV_ECANCELED &&
        connection->address + 1 < connection->target->address_count) {
        connection->address++;
        uv_close((uv_handle_t *)&connection->tcp, on_attempt_closed);
        return;
    }
    if (status == 0) {
        connection->state = CONNECTION_OPEN;
        (void)uv_tcp_nodelay(&connection->tcp, 1);
        status = uv_read_start((uv_stream_t *)&connection->tcp, on_alloc, on_read);
    }
    if (status != 0)
        fail_connect(connection, status);
    else
        connection->events->opened(connection);
}

static void connect_next(struct client_connection *connection)
{
    int status = uv_tcp_init(connection->transport->loop, &connection->tcp);

    if (status == 0) {
        connection->has_handle = true;
        connection->tcp.data = connection;
        connection->connect.data = connection;
        status = uv_tcp_connect(
            &connection->connect, &connection->tcp,
            (const struct sockaddr *)&connection->target->addresses[connection->address],
            on_connected);
    }
    if (status != 0)
        fail_connect(connection, status);
}

static void connect_resolved(struct client_connection *connection)
{
    if (connection->target->state == TARGET_FAILED)
        connection->events->failed(connection, ERROR_RESOLVE, connection->target->fault);
    else
        connect_next(connection);
}

static void on_resolved(struct target_waiter *waiter)
{
    connect_resolved(waiter->owner);
}

void client_connection_open(struct client_connection *connection, struct target *target)
{
    assert(connection->state == CONNECTION_NONE);
    connection->state = CONNECTION_OPENING;
    connection->target = target;
    connection->reused = false;
    connection->address = 0;
    connection->waiter = (struct target_waiter){NULL, on_resolved, connection};
    if (target_resolve(target, connection->transport->loop, &connection->waiter))
        connect_resolved(connection);
}
