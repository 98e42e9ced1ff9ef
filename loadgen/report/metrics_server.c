#include "loadgen/metrics_server.h"

#include <arpa/inet.h>

enum { ANSWER_BYTES_MAX = 64 << 20, BACKLOG = 8 };

/* --- one client ----------------------------------------------------------------------------- */

static void accept_client(struct metrics_server *server);

static void on_client_closed(uv_handle_t *handle)
{
    struct metrics_client *client = handle->data;

    arena_free(client->arena);
    client->arena = NULL;
    client->used = false;
    if (client->server->waiting && client->server->open)
        accept_client(client->server);
}

static void close_client(struct metrics_client *client)
{
    if (client->used && !uv_is_closing((uv_handle_t *)&client->tcp))
        uv_close((uv_handle_t *)&client->tcp, on_client_closed);
}

static void on_alloc(uv_handle_t *handle, size_t suggested, uv_buf_t *ret)
{
    struct metrics_client *client = handle->data;

    (void)suggested;
    *ret = uv_buf_init(client->request + client->len,
                       (unsigned)(sizeof(client->request) - client->len));
}

static void on_written(uv_write_t *request, int status)
{
    (void)status;
    close_client(request->data);
}

static void send_text(struct metrics_client *client, struct str text)
{
    uv_buf_t buffer = uv_buf_init((char *)(uintptr_t)text.ptr, (unsigned)text.len);

    client->write.data = client;
    if (uv_write(&client->write, (uv_stream_t *)&client->tcp, &buffer, 1, on_written) != 0)
        close_client(client);
}

static void answer(struct metrics_client *client, bool found)
{
    struct metrics_server *server = client->server;
    struct buffer body, out;
    struct str text = {0};

    client->arena = arena_new(ANSWER_BYTES_MAX);
    if (client->arena == NULL) {
        close_client(client);
        return;
    }
    buffer_init(&body, client->arena);
    buffer_init(&out, client->arena);
    if (found)
        server->text(&body, server->context);
    buffer_printf(&out,
                  "HTTP/1.1 %s\r\nContent-Type: text/plain; version=0.0.4; charset=utf-8\r\n"
                  "Content-Length: %zu\r\nConnection: close\r\n\r\n",
                  found ? "200 OK" : "404 Not Found", body.len);
    buffer_add(&out, buffer_str(&body));
    if (!body.failed && buffer_done(&out, &text))
        send_text(client, text);
    else
        close_client(client);
}

static void on_read(uv_stream_t *stream, ssize_t count, const uv_buf_t *buffer)
{
    struct metrics_client *client = stream->data;
    struct str request;

    (void)buffer;
    if (count < 0) {
        close_client(client);
        return;
    }
    client->len += (size_t)count;
    request = (struct str){client->request, client->len};
    if (str_find(request, STR("\r\n\r\n")) < request.len) {
        (void)uv_read_stop(stream);
        answer(client, str_starts_with(request, STR("GET /metrics ")) ||
                           str_starts_with(request, STR("GET /metrics?")));
    } else if (client->len == sizeof(client->request)) {
        close_client(client);
    }
}

/* --- the listener --------------------------------------------------------------------------- */

static struct metrics_client *free_client(struct metrics_server *server)
{
    for (size_t i = 0; i < METRICS_CLIENTS_MAX; i++) {
        if (!server->clients[i].used)
            return &server->clients[i];
    }
    return NULL;
}

/* Where all are taken the next in turn makes room: a scraper is never kept out by silence. */
static void accept_client(struct metrics_server *server)
{
    struct metrics_client *client = free_client(server);

    server->waiting = client == NULL;
    if (client == NULL) {
        close_client(&server->clients[server->next++ % METRICS_CLIENTS_MAX]);
        return;
    }
    if (uv_tcp_init(server->listener.loop, &client->tcp) != 0)
        return;
    client->used = true;
    client->server = server;
    client->len = 0;
    client->tcp.data = client;
    if (uv_accept((uv_stream_t *)&server->listener, (uv_stream_t *)&client->tcp) != 0 ||
        uv_read_start((uv_stream_t *)&client->tcp, on_alloc, on_read) != 0)
        close_client(client);
}

static void on_connection(uv_stream_t *listener, int status)
{
    if (status == 0)
        accept_client(listener->data);
}

/* "9464", "0.0.0.0:9464", "[::1]:9464" */
static bool read_address(struct str text, struct sockaddr_storage *ret)
{
    char host[64];
    int64_t port = 0;
    size_t colon = text.len;
    struct str name = STR("127.0.0.1");

    while (colon > 0 && text.ptr[colon - 1] != ':')
        colon--;
    if (!str_to_int64(str_slice(text, colon, text.len), 0, 65535, &port))
        return false;
    if (colon > 1)
        name = str_slice(text, 0, colon - 1);
    if (name.len > 2 && name.ptr[0] == '[' && name.ptr[name.len - 1] == ']')
        name = str_slice(name, 1, name.len - 1);
    if (name.len >= sizeof(host))
        return false;
    (void)snprintf(host, sizeof(host), "%.*s", STR_ARG(name));
    return uv_ip4_addr(host, (int)port, (struct sockaddr_in *)ret) == 0 ||
           uv_ip6_addr(host, (int)port, (struct sockaddr_in6 *)ret) == 0;
}

static int bound_port(const uv_tcp_t *listener)
{
    struct sockaddr_storage address = {0};
    int length = (int)sizeof(address);

    if (uv_tcp_getsockname(listener, (struct sockaddr *)&address, &length) != 0)
        return 0;
    return ntohs(address.ss_family == AF_INET6 ? ((struct sockaddr_in6 *)&address)->sin6_port
                                               : ((struct sockaddr_in *)&address)->sin_port);
}

bool metrics_server_start(struct metrics_server *server, uv_loop_t *loop, struct str address,
                          struct aws_error *err)
{
    struct sockaddr_storage socket_address = {0};
    int status = 0;

    if (!read_address(address, &socket_address))
        return aws_fail(err, &error_usage,
                        "--prometheus: '%.*s' is no port, nor a numeric address and a port",
                        STR_ARG(address));
    status = uv_tcp_init(loop, &server->listener);
    if (status == 0) {
        server->open = true;
        server->listener.data = server;
        status = uv_tcp_bind(&server->listener, (const struct sockaddr *)&socket_address, 0);
    }
    if (status == 0)
        status = uv_listen((uv_stream_t *)&server->listener, BACKLOG, on_connection);
    if (status != 0)
        return aws_fail(err, &error_environment, "--prometheus: %.*s cannot be listened on: %s",
                        STR_ARG(address), uv_strerror(status));
    server->port = bound_port(&server->listener);
    return true;
}

void metrics_server_stop(struct metrics_server *server)
{
    if (server->open)
        uv_close((uv_handle_t *)&server->listener, NULL);
    server->open = false;
    for (size_t i = 0; i < METRICS_CLIENTS_MAX; i++)
        close_client(&server->clients[i]);
}
