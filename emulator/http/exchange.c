#include "exchange.h"

#include <arpa/inet.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif
#include <netinet/in.h>
#include <sys/socket.h>

#include "base/log.h"
#include "limits.h"

enum { HEADER_TEXT_BYTES = 512 };

/* What is known of a connection; from its start to its end. */
struct peer {
    enum http_listener listener;
    char address[INET6_ADDRSTRLEN];
    size_t address_len;
};

/* --- the stock ------------------------------------------------------------------------------ */

static struct exchange *exchange_take(struct event_thread *thread)
{
    struct exchange *exchange = thread->idle;

    if (exchange != NULL) {
        thread->idle = exchange->next;
        thread->idle_count--;
        return exchange;
    }
    exchange = calloc(1, sizeof(*exchange));
    if (exchange == NULL)
        return NULL;
    exchange->exchange.arena = arena_new_in(thread->memory, HTTP_EXCHANGE_BYTES_MAX);
    if (exchange->exchange.arena == NULL) {
        free(exchange);
        return NULL;
    }
    return exchange;
}

/* Back to what it was when it was new, but for the arena's first block. */
static void exchange_clear(struct exchange *exchange)
{
    if (exchange->body_heap) {
        free(exchange->body);
        memory_pool_give_back(exchange->thread->memory, exchange->body_capacity);
    }
    exchange->body_heap = false;
    free(exchange->instead);
    exchange->instead = NULL;
}

static void exchange_free(struct exchange *exchange)
{
    exchange_clear(exchange);
    arena_free(exchange->exchange.arena);
    free(exchange);
}

/*
 * glibc keeps what a thread's largest requests took: 637 MB after 16 clients with 14 MB of small
 * JSON each, 11 MB so. (Blocks with mappings of their own would go by themselves, and cost a page
 * of 1 MB a fifth of its time in page faults.)
 */
static void give_memory_back(size_t request_bytes)
{
#ifdef __GLIBC__
    if (request_bytes > HTTP_TRIM_ABOVE_BYTES)
        (void)malloc_trim(0);
#else
    (void)request_bytes;
#endif
}

static void exchange_give_back(struct event_thread *thread, struct exchange *exchange)
{
    size_t bytes = arena_bytes(exchange->exchange.arena);

    if (thread->idle_count >= HTTP_EXCHANGES_KEPT) {
        exchange_free(exchange);
        return;
    }
    exchange_clear(exchange);
    arena_reset(exchange->exchange.arena);
    give_memory_back(bytes);
    exchange->next = thread->idle;
    thread->idle = exchange;
    thread->idle_count++;
}

void exchange_free_stock(struct event_thread *thread)
{
    while (thread->idle != NULL) {
        struct exchange *exchange = thread->idle;
        thread->idle = exchange->next;
        exchange_free(exchange);
    }
    thread->idle_count = 0;
}

/* --- suspending ----------------------------------------------------------------------------- */

static struct exchange *exchange_of(struct http_exchange *exchange)
{
    return (struct exchange *)(void *)exchange;
}

void http_exchange_suspend(struct http_exchange *public_exchange)
{
    struct exchange *exchange = exchange_of(public_exchange);
    struct event_thread *thread = exchange->thread;

    assert(!exchange->suspended);
    exchange->suspended = exchange->linked = true;
    pthread_mutex_lock(&thread->lock);
    exchange->previous = NULL;
    exchange->next = thread->suspended;
    if (exchange->next != NULL)
        exchange->next->previous = exchange;
    thread->suspended = exchange;
    /* In this order: once the state says so, another thread may resume. */
    MHD_suspend_connection(exchange->connection);
    atomic_store(&exchange->state, EXCHANGE_SUSPENDED);
    pthread_mutex_unlock(&thread->lock);
}

void http_exchange_finish(struct http_exchange *public_exchange)
{
    struct exchange *exchange = exchange_of(public_exchange);
    struct event_thread *thread = exchange->thread;
    struct MHD_Connection *connection = exchange->connection;
    int state = EXCHANGE_SUSPENDED;

    if (atomic_load_explicit(&exchange->state, memory_order_relaxed) == EXCHANGE_RUNNING) {
        atomic_store_explicit(&exchange->state, EXCHANGE_FINISHED, memory_order_relaxed);
        return;
    }
    /* Counted, so that the daemon outlives MHD_resume_connection(), which looks at it last. */
    atomic_fetch_add(&thread->finishing, 1);
    if (atomic_compare_exchange_strong(&exchange->state, &state, EXCHANGE_FINISHED)) {
        MHD_resume_connection(connection);
    } else {
        state = EXCHANGE_EXPIRED;
        if (!atomic_compare_exchange_strong(&exchange->state, &state, EXCHANGE_LATE))
            exchange_free(exchange);
    }
    atomic_fetch_sub(&thread->finishing, 1);
}

bool http_exchange_expire(struct http_exchange *public_exchange,
                          const struct http_response *instead)
{
    struct exchange *exchange = exchange_of(public_exchange);
    int state = EXCHANGE_SUSPENDED;
    struct http_response *copy = malloc(sizeof(*copy));

    if (copy == NULL)
        return false;
    *copy = *instead;
    exchange->instead = copy;
    if (atomic_compare_exchange_strong(&exchange->state, &state, EXCHANGE_EXPIRED))
        MHD_resume_connection(exchange->connection);
    return true;
}

static void unlink_suspended(struct exchange *exchange)
{
    struct event_thread *thread = exchange->thread;

    exchange->linked = false;
    pthread_mutex_lock(&thread->lock);
    if (exchange->previous != NULL)
        exchange->previous->next = exchange->next;
    else
        thread->suspended = exchange->next;
    if (exchange->next != NULL)
        exchange->next->previous = exchange->previous;
    pthread_mutex_unlock(&thread->lock);
}

void exchange_abandon_all(struct event_thread *thread)
{
    pthread_mutex_lock(&thread->lock);
    for (struct exchange *exchange = thread->suspended; exchange != NULL;
         exchange = exchange->next) {
        int state = EXCHANGE_SUSPENDED;
        if (atomic_compare_exchange_strong(&exchange->state, &state, EXCHANGE_EXPIRED))
            MHD_resume_connection(exchange->connection);
    }
    pthread_mutex_unlock(&thread->lock);
}

/* --- answering ------------------------------------------------------------------------------ */

/* Into a buffer of the stack, or of malloc for a long one; false for text with a NUL in it. */
static bool to_c(struct str text, char room[HEADER_TEXT_BYTES], char **ret)
{
    *ret = room;
    if (text.len > 0 && memchr(text.ptr, '\0', text.len) != NULL)
        return false;
    if (text.len >= HEADER_TEXT_BYTES && (*ret = malloc(text.len + 1)) == NULL)
        return false;
    if (text.len > 0)
        memcpy(*ret, text.ptr, text.len);
    (*ret)[text.len] = '\0';
    return true;
}

static void add_header(struct MHD_Response *mhd, const struct http_header *header)
{
    char name_room[HEADER_TEXT_BYTES], value_room[HEADER_TEXT_BYTES];
    char *name = name_room, *value = value_room;

    /* A header that HTTP cannot carry (a line break, a NUL) is left out, not split. */
    if (to_c(header->name, name_room, &name) && to_c(header->value, value_room, &value))
        (void)MHD_add_response_header(mhd, name, value);
    if (name != name_room)
        free(name);
    if (value != value_room)
        free(value);
}

static void add_headers(struct MHD_Response *mhd, const struct http_response *response)
{
    for (size_t i = 0; i < response->header_count; i++)
        add_header(mhd, &response->headers[i]);
}

static enum MHD_Result queue_response(struct MHD_Connection *connection, struct MHD_Response *mhd,
                                      int status, bool close)
{
    if (mhd == NULL)
        return MHD_NO;
    if (close)
        (void)MHD_add_response_header(mhd, MHD_HTTP_HEADER_CONNECTION, "close");
    else
        (void)MHD_set_response_options(mhd, MHD_RF_SEND_KEEP_ALIVE_HEADER, MHD_RO_END);
    enum MHD_Result result = MHD_queue_response(connection, (unsigned)status, mhd);
    MHD_destroy_response(mhd);
    return result;
}

/* libmicrohttpd copies neither: the body lives in the arena until exchange_completed(). */
static struct MHD_Response *response_from(struct str body)
{
    union {
        const char *constant;
        void *pointer;
    } text = {.constant = body.len == 0 ? "" : body.ptr};

    return MHD_create_response_from_buffer(body.len, text.pointer, MHD_RESPMEM_PERSISTENT);
}

static enum MHD_Result answer_with(struct exchange *exchange, const struct http_response *response)
{
    struct MHD_Response *mhd = response_from(response->body);

    if (mhd != NULL)
        add_headers(mhd, response);
    bool draining = atomic_load_explicit(&exchange->thread->draining, memory_order_relaxed);
    return queue_response(exchange->connection, mhd, response->status, draining);
}

static enum MHD_Result answer(struct exchange *exchange)
{
    return answer_with(exchange, &exchange->exchange.response);
}

static const struct http_response unavailable = {
    .status = MHD_HTTP_SERVICE_UNAVAILABLE,
    .headers = {{STR_INIT("Content-Type"), STR_INIT("application/json")}},
    .header_count = 1,
    .body = STR_INIT("{\"message\":\"Service Unavailable\"}"),
};

/* The arena is its holder's still, and so is `response`. */
static enum MHD_Result answer_expired(struct exchange *exchange)
{
    return answer_with(exchange, exchange->instead == NULL ? &unavailable : exchange->instead);
}

/* --- the request ---------------------------------------------------------------------------- */

static void set_target(struct http_request *request, struct str target)
{
    request->target = target;
    /* The absolute form, as proxies are sent it: http://host/path. */
    if (target.len > 0 && target.ptr[0] != '/') {
        size_t scheme = str_find(target, STR("://"));
        if (scheme < target.len) {
            target = str_slice(target, scheme + 3, target.len);
            target = str_slice(target, str_find_char(target, '/'), target.len);
        }
    }
    size_t mark = str_find_char(target, '?');
    request->path = str_slice(target, 0, mark);
    request->query = str_slice(target, mark + 1, target.len);
    if (request->path.len == 0)
        request->path = STR("/");
}

void *exchange_begin(void *context, const char *uri, struct MHD_Connection *connection)
{
    struct event_thread *thread = context;
    struct exchange *exchange = exchange_take(thread);
    struct str target;

    if (exchange == NULL)
        return NULL;
    if (!str_copy(exchange->exchange.arena, str_from_c(uri), &target)) {
        exchange_free(exchange);
        return NULL;
    }
    exchange->thread = thread;
    exchange->connection = connection;
    exchange->begun = exchange->suspended = exchange->linked = exchange->no_room = false;
    exchange->body = NULL;
    exchange->body_capacity = 0;
    exchange->discarded_bytes = 0;
    atomic_store_explicit(&exchange->state, EXCHANGE_RUNNING, memory_order_relaxed);
    exchange->exchange.rng = &thread->rng;
    exchange->exchange.response.status = 0;
    exchange->exchange.response.header_count = 0;
    exchange->exchange.response.body = (struct str){NULL, 0};
    set_target(&exchange->exchange.request, target);
    atomic_fetch_add_explicit(&thread->requests, 1, memory_order_relaxed);
    atomic_fetch_add_explicit(&thread->in_flight, 1, memory_order_relaxed);
    return exchange;
}

struct header_sink {
    struct http_header *headers;
    size_t count;
    size_t room;
};

/* The text stays in the connection's pool as long as the request: nothing is copied. */
static enum MHD_Result collect_header(void *context, enum MHD_ValueKind kind, const char *name,
                                      size_t name_len, const char *value, size_t value_len)
{
    struct header_sink *sink = context;

    (void)kind;
    if (sink->count == sink->room)
        return MHD_NO;
    sink->headers[sink->count++] = (struct http_header){{name, name_len}, {value, value_len}};
    return MHD_YES;
}

static bool read_headers(struct exchange *exchange)
{
    struct http_request *request = &exchange->exchange.request;
    int count = MHD_get_connection_values_n(exchange->connection, MHD_HEADER_KIND, NULL, NULL);
    struct header_sink sink = {.room = count < 0 ? 0 : (size_t)count};

    if (sink.room > HTTP_HEADERS_MAX)
        return false;
    sink.headers = arena_alloc_array(exchange->exchange.arena, sink.room, sizeof(*sink.headers));
    if (sink.headers == NULL)
        return false;
    (void)MHD_get_connection_values_n(exchange->connection, MHD_HEADER_KIND, collect_header, &sink);
    request->headers = sink.headers;
    request->header_count = sink.count;
    return true;
}

static size_t body_bytes_max(const struct exchange *exchange)
{
    return exchange->exchange.request.listener == HTTP_LISTENER_API ? HTTP_API_BODY_BYTES_MAX
                                                                    : HTTP_AWS_BODY_BYTES_MAX;
}

static enum MHD_Result answer_too_many_headers(struct exchange *exchange)
{
    struct http_response *response = &exchange->exchange.response;

    response->status = MHD_HTTP_REQUEST_HEADER_FIELDS_TOO_LARGE;
    http_response_header(response, STR("Content-Type"), STR("application/json"));
    response->body = STR("{\"message\":\"Request Header Fields Too Large\"}");
    return answer(exchange);
}

static enum MHD_Result run(struct exchange *exchange)
{
    const struct http_service *service = &exchange->thread->service;

    atomic_store_explicit(&exchange->thread->in_handler, true, memory_order_relaxed);
    service->handle(service->state, &exchange->exchange);
    atomic_store_explicit(&exchange->thread->in_handler, false, memory_order_relaxed);
    if (exchange->suspended)
        return MHD_YES;
    assert(atomic_load(&exchange->state) == EXCHANGE_FINISHED);
    return answer(exchange);
}

/* The headers have come, the body has not. */
static enum MHD_Result begin_body(struct exchange *exchange, const char *method)
{
    struct http_request *request = &exchange->exchange.request;
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(exchange->connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    const struct peer *peer = info == NULL ? NULL : info->socket_context;
    struct str text;
    int64_t length = 0;

    if (peer == NULL)
        return MHD_NO;
    exchange->begun = true;
    request->method = str_from_c(method); /* libmicrohttpd's, as long as the request */
    request->source_ip = (struct str){peer->address, peer->address_len};
    request->listener = peer->listener;
    request->port = exchange->thread->ports[peer->listener];
    request->received_ns = clock_monotonic_ns(exchange->thread->clock);
    request->body = (struct str){NULL, 0};
    request->body_too_long = false;
    if (!read_headers(exchange))
        return answer_too_many_headers(exchange);
    if (!http_request_header(request, STR("Content-Length"), &text) ||
        !str_to_int64(text, 0, INT64_MAX, &length))
        return MHD_YES;
    request->body_too_long = (uint64_t)length > body_bytes_max(exchange);
    if (request->body_too_long) {
        /* Who asks first is told at once; who sends without asking is read to the end. */
        bool asks = http_request_header(request, STR("Expect"), &text);
        return asks || length > HTTP_DISCARDED_BODY_BYTES_MAX ? run(exchange) : MHD_YES;
    }
    if (length > 0 && length <= HTTP_ARENA_BODY_BYTES_MAX) {
        exchange->body = arena_alloc_text(exchange->exchange.arena, (size_t)length);
        exchange->body_capacity = exchange->body == NULL ? 0 : (size_t)length;
    }
    return MHD_YES;
}

static bool grow_body(struct exchange *exchange, size_t needed)
{
    struct memory_pool *memory = exchange->thread->memory;
    size_t capacity = exchange->body_capacity < 4096 ? 8192 : exchange->body_capacity * 2;
    char *old = exchange->body_heap ? exchange->body : NULL;
    size_t held = exchange->body_heap ? exchange->body_capacity : 0;

    while (capacity < needed)
        capacity *= 2;
    if (!memory_pool_take(memory, capacity - held))
        return false;
    char *body = realloc(old, capacity);
    if (body == NULL) {
        memory_pool_give_back(memory, capacity - held);
        return false;
    }
    if (!exchange->body_heap && exchange->exchange.request.body.len > 0)
        memcpy(body, exchange->body, exchange->exchange.request.body.len);
    exchange->body = body;
    exchange->body_capacity = capacity;
    exchange->body_heap = true;
    return true;
}

static enum MHD_Result add_body(struct exchange *exchange, const char *data, size_t bytes)
{
    struct http_request *request = &exchange->exchange.request;
    struct str *body = &request->body;

    if (!request->body_too_long && bytes > body_bytes_max(exchange) - body->len)
        request->body_too_long = true; /* a chunked body, whose length nobody said */
    if (!request->body_too_long && !exchange->no_room &&
        body->len + bytes > exchange->body_capacity)
        exchange->no_room = !grow_body(exchange, body->len + bytes);
    if (request->body_too_long || exchange->no_room) {
        exchange->discarded_bytes += bytes;
        return exchange->discarded_bytes > HTTP_DISCARDED_BODY_BYTES_MAX ? MHD_NO : MHD_YES;
    }
    memcpy(exchange->body + body->len, data, bytes);
    *body = (struct str){exchange->body, body->len + bytes};
    return MHD_YES;
}

static enum MHD_Result resumed(struct exchange *exchange)
{
    int state = atomic_load(&exchange->state);

    unlink_suspended(exchange);
    return state == EXCHANGE_FINISHED ? answer(exchange) : answer_expired(exchange);
}

enum MHD_Result exchange_access(void *context, struct MHD_Connection *connection, const char *url,
                                const char *method, const char *version, const char *upload_data,
                                size_t *upload_data_size, void **request_state)
{
    struct exchange *exchange = *request_state;

    (void)context, (void)connection, (void)url, (void)version;
    if (exchange == NULL)
        return MHD_NO;
    if (!exchange->begun)
        return begin_body(exchange, method);
    if (*upload_data_size > 0) {
        size_t bytes = *upload_data_size;
        *upload_data_size = 0;
        return add_body(exchange, upload_data, bytes);
    }
    if (exchange->no_room)
        return answer_with(exchange, &unavailable);
    return exchange->suspended ? resumed(exchange) : run(exchange);
}

void exchange_completed(void *context, struct MHD_Connection *connection, void **request_state,
                        enum MHD_RequestTerminationCode why)
{
    struct event_thread *thread = context;
    struct exchange *exchange = *request_state;

    (void)connection, (void)why;
    if (exchange == NULL)
        return;
    *request_state = NULL;
    if (exchange->linked) /* the client left while it was suspended */
        unlink_suspended(exchange);
    atomic_fetch_sub_explicit(&thread->in_flight, 1, memory_order_relaxed);
    int state = EXCHANGE_EXPIRED;
    if (!atomic_compare_exchange_strong(&exchange->state, &state, EXCHANGE_LEFT))
        exchange_give_back(thread, exchange);
}

/* --- connections ---------------------------------------------------------------------------- */

static struct peer *peer_new(const struct event_thread *thread, struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *address =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    const union MHD_ConnectionInfo *fd =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    union {
        struct sockaddr any;
        struct sockaddr_in v4;
        struct sockaddr_in6 v6;
    } local = {.any = {0}};
    socklen_t length = sizeof(local);
    struct peer *peer = calloc(1, sizeof(*peer));

    if (peer == NULL || address == NULL || fd == NULL ||
        getsockname(fd->connect_fd, &local.any, &length) != 0)
        return peer;
    const void *from = address->client_addr;
    bool v6 = local.any.sa_family == AF_INET6;
    const void *bytes = v6 ? (const void *)&((const struct sockaddr_in6 *)from)->sin6_addr
                           : (const void *)&((const struct sockaddr_in *)from)->sin_addr;
    if (inet_ntop(v6 ? AF_INET6 : AF_INET, bytes, peer->address, sizeof(peer->address)) != NULL)
        peer->address_len = strlen(peer->address);
    uint16_t port = ntohs(v6 ? local.v6.sin6_port : local.v4.sin_port);
    if (port == thread->ports[HTTP_LISTENER_AWS])
        peer->listener = HTTP_LISTENER_AWS;
    else if (port == thread->ports[HTTP_LISTENER_DYNAMODB])
        peer->listener = HTTP_LISTENER_DYNAMODB;
    return peer;
}

void exchange_connection(void *context, struct MHD_Connection *connection, void **socket_state,
                         enum MHD_ConnectionNotificationCode what)
{
    struct event_thread *thread = context;

    if (what == MHD_CONNECTION_NOTIFY_STARTED) {
        *socket_state = peer_new(thread, connection);
        return;
    }
    free(*socket_state);
    *socket_state = NULL;
    atomic_fetch_sub_explicit(&thread->connections, 1, memory_order_relaxed);
}
