#include "runtime_api.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "limits.h"
#include "runtime_request.h"

#define JSON_HEAD "Content-Type: application/json\r\n"

enum { CONNECTION_BYTES_MAX = 2 * LAMBDA_PAYLOAD_BYTES + RUNTIME_HEAD_BYTES, READ_BYTES = 16384 };

bool runtime_api_open(struct runtime_api *api, struct aws_error *err)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    socklen_t length = sizeof(address);

    *api = (struct runtime_api){.listener = -1};
    for (size_t i = 0; i < RUNTIME_CONNECTIONS_MAX; i++)
        api->connections[i].fd = -1;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    api->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (api->listener < 0 ||
        bind(api->listener, (const struct sockaddr *)(const void *)&address, sizeof(address)) !=
            0 ||
        listen(api->listener, RUNTIME_CONNECTIONS_MAX) != 0 ||
        getsockname(api->listener, (struct sockaddr *)(void *)&address, &length) != 0) {
        (void)aws_fail(err, &error_environment, "no port for a Runtime API: %s", strerror(errno));
        runtime_api_close(api);
        return false;
    }
    api->port = ntohs(address.sin_port);
    return true;
}

static void connection_close(struct runtime_connection *connection)
{
    if (connection->fd >= 0)
        (void)close(connection->fd);
    free(connection->bytes);
    *connection = (struct runtime_connection){.fd = -1};
}

void runtime_api_close(struct runtime_api *api)
{
    for (size_t i = 0; i < RUNTIME_CONNECTIONS_MAX; i++)
        connection_close(&api->connections[i]);
    if (api->listener >= 0)
        (void)close(api->listener);
    api->listener = -1;
}

size_t runtime_api_poll_list(const struct runtime_api *api, struct pollfd *ret)
{
    size_t count = 0;

    ret[count++] = (struct pollfd){.fd = api->listener, .events = POLLIN};
    for (size_t i = 0; i < RUNTIME_CONNECTIONS_MAX; i++) {
        if (api->connections[i].fd >= 0)
            ret[count++] = (struct pollfd){.fd = api->connections[i].fd, .events = POLLIN};
    }
    return count;
}

/* A runtime that does not read for this long is no runtime. */
enum { SEND_MS_MAX = 30000 };

/* `more`: further bytes follow at once, so that head and body leave together. */
static bool send_all(int fd, struct str bytes, bool more)
{
    int flags = MSG_NOSIGNAL | MSG_DONTWAIT | (more ? MSG_MORE : 0);

    while (bytes.len > 0) {
        ssize_t sent = send(fd, bytes.ptr, bytes.len, flags);
        if (sent >= 0) {
            bytes = str_slice(bytes, (size_t)sent, bytes.len);
            continue;
        }
        if (errno != EAGAIN && errno != EINTR)
            return false;
        struct pollfd writable = {.fd = fd, .events = POLLOUT};
        if (poll(&writable, 1, SEND_MS_MAX) == 0)
            return false;
    }
    return true;
}

static bool send_answer(struct runtime_connection *connection, const char *status, struct str head,
                        struct str body)
{
    char line[128];
    int length =
        snprintf(line, sizeof(line), "HTTP/1.1 %s\r\nContent-Length: %zu\r\n", status, body.len);

    return send_all(connection->fd, (struct str){line, (size_t)length}, true) &&
           send_all(connection->fd, head, true) &&
           send_all(connection->fd, STR("\r\n"), body.len > 0) &&
           send_all(connection->fd, body, false);
}

/* ---- the requests: a row each ---- */

struct runtime_call {
    struct runtime_api *api;
    struct runtime_connection *connection;
    const struct runtime_request *request;
    struct str id; /* of the path, where it has one */
};

static bool send_error(struct runtime_call *call, const char *status, const char *type,
                       const char *message)
{
    char body[256];
    int length = snprintf(body, sizeof(body), "{\"errorMessage\":\"%s\",\"errorType\":\"%s\"}",
                          message, type);

    return send_answer(call->connection, status, STR(JSON_HEAD),
                       (struct str){body, (size_t)length});
}

static bool send_accepted(struct runtime_call *call)
{
    return send_answer(call->connection, "202 Accepted", STR(JSON_HEAD),
                       STR("{\"status\":\"OK\"}\n"));
}

/* The first answer counts; one that does not fit into memory is too large. */
static void set_answer(const struct runtime_call *call, enum runtime_answer answer)
{
    struct runtime_api *api = call->api;
    struct str body = call->request->body, error_type = call->request->error_type;

    if (api->answer != RUNTIME_ANSWER_NONE)
        return;
    api->answer = str_copy(api->arena, body, &api->body) ? answer : RUNTIME_ANSWER_TOO_LARGE;
    api->error_type = str_to_c(api->arena, error_type);
    if (api->error_type == NULL || error_type.len == 0)
        api->error_type = "Runtime.Unknown";
    api->request_id = NULL;
}

static bool is_current(const struct runtime_call *call)
{
    return call->api->request_id != NULL && str_eq(call->id, str_from_c(call->api->request_id));
}

static bool on_next(struct runtime_call *call)
{
    call->connection->waits_for_next = true;
    call->connection->closes = call->request->closes;
    return true;
}

static bool on_response(struct runtime_call *call)
{
    if (!is_current(call))
        return send_error(call, "400 Bad Request", "InvalidRequestID", "Invalid request ID");
    set_answer(call, RUNTIME_ANSWER_RESPONSE);
    return send_accepted(call);
}

static bool on_error(struct runtime_call *call)
{
    if (!is_current(call))
        return send_error(call, "400 Bad Request", "InvalidRequestID", "Invalid request ID");
    set_answer(call, RUNTIME_ANSWER_ERROR);
    return send_accepted(call);
}

static bool on_init_error(struct runtime_call *call)
{
    if (call->api->request_id != NULL)
        return send_error(call, "403 Forbidden", "InvalidStateTransition",
                          "Transition from Ready to InitError is not allowed");
    set_answer(call, RUNTIME_ANSWER_INIT_ERROR);
    return send_accepted(call);
}

static const struct {
    const char *method;
    const char *before; /* path before the request id */
    const char *after;
    bool has_id;
    bool (*run)(struct runtime_call *call);
} rows[] = {
    {"GET", "/2018-06-01/runtime/invocation/next", "", false, on_next},
    {"POST", "/2018-06-01/runtime/invocation/", "/response", true, on_response},
    {"POST", "/2018-06-01/runtime/invocation/", "/error", true, on_error},
    {"POST", "/2018-06-01/runtime/init/error", "", false, on_init_error},
};

/* False when the connection is to be closed. */
static bool dispatch(struct runtime_call *call)
{
    struct str path = call->request->path;

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct str before = str_from_c(rows[i].before), after = str_from_c(rows[i].after);
        if (!str_eq(call->request->method, str_from_c(rows[i].method)) ||
            path.len < before.len + after.len || !str_starts_with(path, before) ||
            !str_ends_with(path, after))
            continue;
        call->id = str_slice(path, before.len, path.len - after.len);
        if (rows[i].has_id ? call->id.len > 0 : call->id.len == 0)
            return rows[i].run(call) &&
                   (!call->request->closes || call->connection->waits_for_next);
    }
    return send_error(call, "404 Not Found", "NotFound", "No such operation of the Runtime API");
}

static bool refuse_too_large(struct runtime_call *call)
{
    if (call->api->request_id != NULL) {
        call->api->answer = RUNTIME_ANSWER_TOO_LARGE;
        call->api->request_id = NULL;
    }
    (void)send_error(call, "413 Request Entity Too Large", "RequestEntityTooLarge",
                     "Exceeded maximum allowed payload size (6291556 bytes).");
    return false;
}

/* Answers the complete requests in the buffer; false when the connection is to be closed. */
static bool answer_requests(struct runtime_api *api, struct runtime_connection *connection)
{
    while (connection->length > 0 && !connection->waits_for_next) {
        struct runtime_request request;
        struct runtime_call call = {api, connection, &request, {0}};
        enum runtime_parse result =
            runtime_request_parse(connection->bytes, connection->length, &request);
        if (result == RUNTIME_BAD)
            return false;
        if (result == RUNTIME_TOO_LARGE)
            return refuse_too_large(&call);
        if (result == RUNTIME_MORE) {
            if (!request.expects_continue || connection->told_to_continue)
                return true;
            connection->told_to_continue = true;
            return send_all(connection->fd, STR("HTTP/1.1 100 Continue\r\n\r\n"), false);
        }
        if (!dispatch(&call))
            return false;
        connection->told_to_continue = false;
        connection->length -= request.used;
        memmove(connection->bytes, connection->bytes + request.used, connection->length);
    }
    return true;
}

static bool make_room(struct runtime_connection *connection)
{
    if (connection->capacity - connection->length >= READ_BYTES)
        return true;
    size_t capacity = connection->capacity == 0 ? READ_BYTES : connection->capacity * 2;
    if (capacity > CONNECTION_BYTES_MAX)
        return false;
    char *bytes = realloc(connection->bytes, capacity);
    if (bytes == NULL)
        return false;
    connection->bytes = bytes;
    connection->capacity = capacity;
    return make_room(connection);
}

static void connection_work(struct runtime_api *api, struct runtime_connection *connection)
{
    for (;;) {
        if (!make_room(connection))
            break;
        ssize_t got = recv(connection->fd, connection->bytes + connection->length,
                           connection->capacity - connection->length, MSG_DONTWAIT);
        if (got < 0 && (errno == EAGAIN || errno == EINTR))
            return;
        if (got <= 0)
            break;
        connection->length += (size_t)got;
        if (!answer_requests(api, connection))
            break;
    }
    connection_close(connection);
}

static void accept_all(struct runtime_api *api)
{
    for (size_t i = 0; i < RUNTIME_CONNECTIONS_MAX; i++) {
        if (api->connections[i].fd >= 0)
            continue;
        int fd = accept4(api->listener, NULL, NULL, SOCK_CLOEXEC);
        if (fd < 0)
            return;
        (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));
        api->connections[i] = (struct runtime_connection){.fd = fd};
    }
}

void runtime_api_work(struct runtime_api *api)
{
    accept_all(api);
    for (size_t i = 0; i < RUNTIME_CONNECTIONS_MAX; i++) {
        if (api->connections[i].fd >= 0)
            connection_work(api, &api->connections[i]);
    }
}

bool runtime_api_is_waiting(const struct runtime_api *api)
{
    for (size_t i = 0; i < RUNTIME_CONNECTIONS_MAX; i++) {
        if (api->connections[i].fd >= 0 && api->connections[i].waits_for_next)
            return true;
    }
    return false;
}

bool runtime_api_deliver(struct runtime_api *api, struct str head, struct str event)
{
    for (size_t i = 0; i < RUNTIME_CONNECTIONS_MAX; i++) {
        struct runtime_connection *connection = &api->connections[i];
        if (connection->fd < 0 || !connection->waits_for_next)
            continue;
        connection->waits_for_next = false;
        bool sent = send_answer(connection, "200 OK", head, event);
        if (!sent || connection->closes)
            connection_close(connection);
        if (sent)
            return true;
    }
    return false;
}
