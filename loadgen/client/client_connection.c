/* TCP: opened, read from, written to, closed. The plain path is the hot one, and all of it is here;
 * TLS and a proxy's tunnel are layers upon it. */
#include "loadgen/client_connection.h"

#include "connection_layers.h"

#include <errno.h>
#include <sys/socket.h>

#ifndef MSG_NOSIGNAL
#define MSG_NOSIGNAL 0 /* libuv has told the socket (SO_NOSIGPIPE) */
#endif

bool transport_init(struct transport *transport, uv_loop_t *loop, struct target_list *targets,
                    struct tls_settings *tls, const struct proxies *proxies)
{
    *transport = (struct transport){.loop = loop,
                                    .targets = targets,
                                    .tls = tls,
                                    .proxies = proxies,
                                    .read_buffer = malloc(TRANSPORT_READ_BYTES),
                                    .plain_buffer = malloc(TRANSPORT_PLAIN_BYTES)};
    return transport->read_buffer != NULL && transport->plain_buffer != NULL;
}

void transport_deinit(struct transport *transport)
{
    free(transport->read_buffer);
    free(transport->plain_buffer);
    http2_context_free(transport->http2);
    transport->read_buffer = transport->plain_buffer = NULL;
    transport->http2 = NULL;
}

int64_t transport_moment(const struct transport *transport)
{
    return transport->notes_moments ? (int64_t)uv_hrtime() : 0;
}

void client_connection_init(struct client_connection *connection, struct transport *transport,
                            const struct client_connection_events *events)
{
    connection->transport = transport;
    connection->events = events;
}

void client_connection_deinit(struct client_connection *connection)
{
    connection_drop_tls(connection);
    http2_session_free(connection->http2);
    connection->http2 = NULL;
    tls_session_drop(&connection->session);
    connection_drop_tunnel(connection);
}

/* --- closing -------------------------------------------------------------------------------- */

static void end(struct client_connection *connection)
{
    connection->state = CONNECTION_NONE;
    connection->target = NULL;
    connection_drop_tls(connection);
    http2_session_free(connection->http2);
    connection->http2 = NULL;
    connection_drop_tunnel(connection);
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
    target_forget(connection->hop, &connection->waiter);
    connection->state = CONNECTION_CLOSING;
    if (!connection->has_handle)
        end(connection);
    else if (!uv_is_closing((uv_handle_t *)&connection->tcp)) /* else an attempt in vain, below */
        uv_close((uv_handle_t *)&connection->tcp, on_closed);
}

/* --- open ----------------------------------------------------------------------------------- */

static bool begin_http2(struct client_connection *connection)
{
    struct transport *transport = connection->transport;

    if (transport->http2 == NULL)
        transport->http2 = http2_context_new();
    if (transport->http2 != NULL)
        connection->http2 = http2_session_new(transport->http2);
    return connection->http2 != NULL;
}

void connection_set_open(struct client_connection *connection, bool http2)
{
    connection->state = CONNECTION_OPEN;
    connection->moments.opened_ns = transport_moment(connection->transport);
    connection->transport->opened[http2 ? HTTP_PROTOCOL_2 : HTTP_PROTOCOL_1_1]++;
    if (http2 && !begin_http2(connection))
        connection->events->failed(connection, ERROR_CONNECT, "HTTP/2: out of memory");
    else
        connection->events->opened(connection);
}

/* Without TLS, and without asking the server. */
static bool has_prior_knowledge(const struct client_connection *connection)
{
    return !connection->target->tls &&
           connection->transport->version == HTTP_VERSION_2_PRIOR_KNOWLEDGE;
}

/* --- reading -------------------------------------------------------------------------------- */

/* One buffer for all: what arrives is taken in at once. */
static void on_alloc(uv_handle_t *handle, size_t suggested, uv_buf_t *ret)
{
    struct client_connection *connection = handle->data;

    (void)suggested;
    *ret = uv_buf_init(connection->transport->read_buffer, TRANSPORT_READ_BYTES);
}

/* The tunnel is there; with what the server may have sent through it already. */
static void enter_tunnel(struct client_connection *connection, const char *bytes, size_t len)
{
    if (connection->target->tls)
        connection_begin_tls(connection);
    else
        connection_set_open(connection, true);
    if (len == 0)
        return;
    if (connection->tls != NULL && connection->state == CONNECTION_OPENING)
        connection_read_tls(connection, bytes, len);
    else if (connection->tls == NULL && connection->state == CONNECTION_OPEN)
        connection->events->received(connection, bytes, len);
}

static void read_tunnel(struct client_connection *connection, const char *bytes, size_t len)
{
    size_t taken = 0;

    if (connection_read_tunnel(connection, bytes, len, &taken))
        enter_tunnel(connection, bytes + taken, len - taken);
}

static void on_read(uv_stream_t *stream, ssize_t count, const uv_buf_t *buffer)
{
    struct client_connection *connection = stream->data;

    if (count == 0 || connection->state == CONNECTION_CLOSING)
        return;
    if (count < 0 && connection->tunnel != NULL)
        connection->events->failed(connection, ERROR_CONNECT,
                                   "the proxy ended the connection without a tunnel");
    else if (count < 0 && connection->state == CONNECTION_OPENING)
        connection->events->failed(connection, ERROR_TLS,
                                   "TLS: the connection ended within the handshake");
    else if (count < 0)
        connection->events->ended(connection, count);
    else if (connection->tunnel != NULL)
        read_tunnel(connection, buffer->base, (size_t)count);
    else if (connection->tls != NULL)
        connection_read_tls(connection, buffer->base, (size_t)count);
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

    connection->writing--;
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
    connection->writing++;
    status = uv_write(&connection->write, (uv_stream_t *)&connection->tcp, buffers, 2, on_written);
    if (status != 0) {
        connection->writing--;
        connection->events->failed(connection, ERROR_RESET, uv_strerror(status));
    }
}

/* What the kernel did not take of ciphertext or frames: a copy of its own, since more may be made
 * meanwhile. */
struct copied_write {
    uv_write_t write;
    struct client_connection *connection;
    char bytes[];
};

static void on_copy_written(uv_write_t *request, int status)
{
    struct copied_write *rest = (struct copied_write *)(void *)request;
    struct client_connection *connection = rest->connection;

    free(rest);
    connection->writing--;
    if (status < 0 && status != UV_ECANCELED && connection->state != CONNECTION_CLOSING)
        connection->events->failed(connection, ERROR_RESET, uv_strerror(status));
    else if (connection->http2 != NULL && connection->writing == 0 &&
             connection->state == CONNECTION_OPEN)
        connection->events->written(connection);
}

static int write_copy(struct client_connection *connection, struct str bytes)
{
    struct copied_write *rest = malloc(sizeof(*rest) + bytes.len);
    int status = UV_ENOMEM;

    if (rest == NULL)
        return status;
    rest->connection = connection;
    memcpy(rest->bytes, bytes.ptr, bytes.len);
    uv_buf_t buffer = {rest->bytes, bytes.len};
    status = uv_write(&rest->write, (uv_stream_t *)&connection->tcp, &buffer, 1, on_copy_written);
    if (status != 0)
        free(rest);
    else
        connection->writing++;
    return status;
}

/* As uv_try_write(), but send(): write() goes by way of the file system, 3 % of a request's CPU. */
static int send_now(struct client_connection *connection, struct str bytes)
{
    ssize_t sent = 0;

    if (connection->writing > 0)
        return UV_EAGAIN;
    sent = send(connection->fd, bytes.ptr, bytes.len, MSG_NOSIGNAL);
    if (sent >= 0)
        return (int)sent;
    return errno == EAGAIN || errno == EINTR ? UV_EAGAIN : uv_translate_sys_error(errno);
}

int connection_write_now(struct client_connection *connection, struct str bytes)
{
    int status = send_now(connection, bytes);
    size_t sent = status < 0 ? 0 : (size_t)status;

    if (status < 0 && status != UV_EAGAIN)
        return status;
    return sent == bytes.len ? 0 : write_copy(connection, str_slice(bytes, sent, bytes.len));
}

static int write_plain(struct client_connection *connection, struct str head, struct str body)
{
    uv_buf_t buffers[2] = {buffer_of(head), buffer_of(body)};
    int sent = body.len == 0 ? send_now(connection, head)
                             : uv_try_write((uv_stream_t *)&connection->tcp, buffers, 2);

    if (sent < 0 && sent != UV_EAGAIN)
        return sent;
    if (sent != (int)(head.len + body.len))
        write_rest(connection, head, body, sent < 0 ? 0 : (size_t)sent);
    return 0;
}

/* The server has closed it, and the loop has not come to hear of it. A measurement pays no call for
 * that; a run sends its next request in the very moment of an answer. */
static bool is_ended(const struct client_connection *connection)
{
    char byte = 0;

    return recv(connection->fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) == 0;
}

bool client_connection_write(struct client_connection *connection, struct str head, struct str body)
{
    bool reused = connection->reused;
    int status = 0;

    if (reused && connection->transport->looks_first && is_ended(connection))
        return false;
    connection->reused = true;
    status = connection->tls != NULL ? connection_write_tls(connection, head, body)
                                     : write_plain(connection, head, body);
    if (status != 0 && !reused)
        connection->events->failed(connection, ERROR_RESET, uv_strerror(status));
    return status == 0 || !reused;
}

int client_connection_send(struct client_connection *connection, struct str bytes)
{
    return connection->tls != NULL ? connection_write_tls(connection, bytes, (struct str){0})
                                   : connection_write_now(connection, bytes);
}

/* --- opening -------------------------------------------------------------------------------- */

static void connect_next(struct client_connection *connection);

/* Whether this machine refused, rather than the server. */
static bool is_own_limit(int status)
{
    return status == UV_EMFILE || status == UV_ENFILE || status == UV_EADDRNOTAVAIL ||
           status == UV_ENOBUFS || status == UV_ENOMEM;
}

/* libuv's words, but where they do not say whose limit it is. */
static const char *connect_fault(int status)
{
    if (status == UV_EADDRNOTAVAIL)
        return "no local port is free (net.ipv4.ip_local_port_range)";
    if (status == UV_EMFILE || status == UV_ENFILE)
        return "no more files may be open here (ulimit -n)";
    return uv_strerror(status);
}

void connection_fail_connect(struct client_connection *connection, int status)
{
    connection->transport->refused += is_own_limit(status) ? 1 : 0;
    connection->events->failed(connection, ERROR_CONNECT, connect_fault(status));
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

/* An address in vain may have another behind it. */
static bool try_another(struct client_connection *connection, int status)
{
    if (status == 0 || status == UV_ECANCELED || !connection->has_handle ||
        connection->address + 1 >= connection->hop->address_count)
        return false;
    connection->address++;
    uv_close((uv_handle_t *)&connection->tcp, on_attempt_closed);
    return true;
}

static void on_connected(uv_connect_t *request, int status)
{
    struct client_connection *connection = request->data;

    if (connection->state != CONNECTION_OPENING || try_another(connection, status))
        return;
    connection->moments.connected_ns = transport_moment(connection->transport);
    (void)uv_tcp_nodelay(&connection->tcp, 1);
    if (status == 0)
        status = uv_fileno((const uv_handle_t *)&connection->tcp, &connection->fd);
    if (status == 0)
        status = uv_read_start((uv_stream_t *)&connection->tcp, on_alloc, on_read);
    if (status != 0) {
        connection_fail_connect(connection, status);
    } else if (connection->hop != connection->target &&
               (connection->target->tls || has_prior_knowledge(connection))) {
        connection_begin_tunnel(connection);
    } else if (connection->target->tls) {
        connection_begin_tls(connection);
    } else {
        connection_set_open(connection, has_prior_knowledge(connection));
    }
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
            (const struct sockaddr *)&connection->hop->addresses[connection->address],
            on_connected);
    }
    /* An address that this machine has no way to is told at once. */
    if (status != 0 && !try_another(connection, status))
        connection_fail_connect(connection, status);
}

static void connect_resolved(struct client_connection *connection)
{
    connection->moments.looked_up_ns = transport_moment(connection->transport);
    if (connection->hop->state == TARGET_FAILED)
        connection->events->failed(connection, ERROR_RESOLVE, connection->hop->fault);
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
    connection->moments =
        (struct connection_moments){transport_moment(connection->transport), 0, 0, 0};
    connection->target = target;
    connection->proxy = connection->transport->proxies != NULL
                            ? proxies_find(connection->transport->proxies, target)
                            : NULL;
    connection->hop = connection->proxy != NULL ? connection->proxy->target : target;
    connection->reused = false;
    connection->address = 0;
    connection->waiter = (struct target_waiter){NULL, on_resolved, connection};
    if (target_resolve(connection->hop, connection->transport->loop, &connection->waiter))
        connect_resolved(connection);
}
