/* The hot path: an answer's last byte arrives and its owner hears of it, all in one callback. */
#include "loadgen/client_exchange.h"

#include "loadgen/auth_digest.h"
#include "loadgen/exchange_http2.h"
#include "loadgen/follow.h"

enum { EXCHANGE_ARENA_BYTES = 64 << 20 };

static void dispatch(struct client_exchange *exchange);
static void send_on(struct client_exchange *exchange);

/* --- the end -------------------------------------------------------------------------------- */

void client_exchange_fail_alone(struct client_exchange *exchange, enum error_class class,
                                const char *detail)
{
    exchange->bytes_in += exchange->response.bytes;
    exchange->in_flight = false;
    exchange->events->failed(exchange, class, detail);
}

void client_exchange_fail(struct client_exchange *exchange, enum error_class class,
                          const char *detail)
{
    exchange->bytes_in += exchange->response.bytes;
    exchange->in_flight = false;
    client_connection_close(&exchange->connection);
    exchange->events->failed(exchange, class, detail);
}

/* Whether the connection can take another request. What HTTP/1.1 has not finished writing is the
 * last one's body; in HTTP/2 the loop may hold any frames. */
static bool may_keep(const struct client_exchange *exchange)
{
    const struct client_connection *connection = &exchange->connection;

    return exchange->response.keep_alive && (connection->writing == 0 || connection->http2 != NULL);
}

/* --- what follows an answer ----------------------------------------------------------------- */

static struct arena *arena_of(struct client_exchange *exchange)
{
    if (exchange->arena == NULL)
        exchange->arena = arena_new(EXCHANGE_ARENA_BYTES);
    exchange->arena_used = true;
    return exchange->arena;
}

static struct str path_of(const struct client_exchange *exchange)
{
    struct str target = head_target(exchange->bytes.head);

    return str_slice(target, 0, str_find_char(target, '?'));
}

static bool has_cookies(const struct client_exchange *exchange)
{
    return exchange->jar != NULL && !exchange->plan->definition->behavior.no_cookies;
}

/* Postman's HTTP library adds the length of these bodies behind the cookies. */
static bool length_is_last(const struct client_exchange *exchange)
{
    enum body_mode mode = exchange->plan->definition->body_mode;

    if (exchange->plan->length_given)
        return false;
    return mode == BODY_NONE || mode == BODY_FORMDATA || mode == BODY_FILE;
}

/* Cookies that went along keep their place in the request that follows, in `*bytes`. */
static bool keep_cookie_place(struct client_exchange *exchange, struct request_bytes *bytes)
{
    const struct cookie_line line = {.before_length = length_is_last(exchange), .keep_place = true};

    exchange->cookie_place = exchange->sent_cookies;
    return !exchange->cookie_place || head_add_cookies(*bytes, line, exchange->arena, bytes);
}

static void take_cookies(struct client_exchange *exchange)
{
    int64_t now_s = clock_wall_ms(clock_system()) / 1000;
    struct str value = {0};
    size_t at = 0;

    while (http_response_kept(&exchange->response, STR("Set-Cookie"), &at, &value))
        cookie_jar_set(exchange->jar, value, exchange->url, path_of(exchange), now_s);
}

static bool is_redirect(const struct client_exchange *exchange, struct str *ret_location)
{
    size_t at = 0;

    return exchange->response.status >= 300 && exchange->response.status < 400 &&
           !exchange->plan->definition->behavior.stay &&
           http_response_kept(&exchange->response, STR("Location"), &at, ret_location) &&
           ret_location->len > 0;
}

static void fail_redirects(struct client_exchange *exchange)
{
    char text[512];

    (void)snprintf(text, sizeof(text),
                   "Exceeded maxRedirects. Probably stuck in a redirect loop %s://%.*s%.*s",
                   exchange->url->tls ? "https" : "http", STR_ARG(exchange->url->authority),
                   STR_ARG(head_target(exchange->bytes.head)));
    client_exchange_fail(exchange, ERROR_REQUEST, text);
}

/* The exchange goes on with another request; how it ends is told as if it were the first. */
static void redirect(struct client_exchange *exchange, struct str location)
{
    const struct behavior *behavior = &exchange->plan->definition->behavior;
    struct arena *arena = arena_of(exchange);
    struct request_bytes bytes = exchange->bytes;
    struct redirect next = {0};
    struct aws_error err = {0};

    if (exchange->redirects == behavior->redirects_max) {
        fail_redirects(exchange);
        return;
    }
    if (arena == NULL || !keep_cookie_place(exchange, &bytes) ||
        !redirect_make(behavior, exchange->response.status, location, exchange->url, bytes, arena,
                       &next, &err) ||
        !target_find_with(exchange->connection.transport->targets, &next.url,
                          exchange->target->tls_settings, &exchange->target, &err)) {
        client_exchange_fail(exchange, ERROR_REQUEST,
                             arena == NULL ? "out of memory" : err.message);
        return;
    }
    exchange->redirects++;
    exchange->bytes = next.bytes;
    exchange->moved = next.url;
    exchange->url = &exchange->moved;
    exchange->is_head = next.is_head;
    send_on(exchange);
}

/* A challenge that has not been answered yet: the same request again, with the answer. */
static bool answer_challenge(struct client_exchange *exchange)
{
    const struct request_plan *plan = exchange->plan;
    struct digest_challenge challenge = {0};
    struct str header = {0}, body = exchange->bytes.body;
    size_t at = 0;
    bool challenged = false;

    if (plan->definition->auth.type != AUTH_DIGEST || exchange->answered_challenge ||
        auth_text(&plan->attributes, STR("nonce")).len > 0 ||
        auth_flag(&plan->attributes, STR("disableRetryRequest")) ||
        (exchange->response.status != 401 && exchange->response.status != 403))
        return false;
    while (!challenged &&
           http_response_kept(&exchange->response, STR("WWW-Authenticate"), &at, &header))
        challenged = digest_challenge_read(header, &challenge);
    struct signing signing = {exchange->rng, clock_system(),
                              challenged ? arena_of(exchange) : NULL};
    if (signing.arena == NULL)
        return false;
    if (body.len == 0)
        body = str_slice(exchange->bytes.head, head_bytes(exchange->bytes.head),
                         exchange->bytes.head.len);
    if (!digest_answer(&plan->attributes, &challenge, head_method(exchange->bytes.head),
                       head_target(exchange->bytes.head), body, &signing, &header) ||
        !keep_cookie_place(exchange, &exchange->bytes) ||
        !head_add(exchange->bytes, STR("Authorization"), header, signing.arena, &exchange->bytes))
        return false;
    exchange->answered_challenge = true;
    if (exchange->events->challenged != NULL)
        exchange->events->challenged(exchange, &challenge, header);
    send_on(exchange);
    return true;
}

/* Whether the answer was not the last one. */
static bool follow(struct client_exchange *exchange)
{
    struct str location = {0};

    if ((exchange->response.noted & HTTP_NOTED_COOKIE) != 0 && has_cookies(exchange))
        take_cookies(exchange);
    if (is_redirect(exchange, &location)) {
        redirect(exchange, location);
        return true;
    }
    return answer_challenge(exchange);
}

void client_exchange_complete(struct client_exchange *exchange)
{
    exchange->moments.last_ns = transport_moment(exchange->connection.transport);
    if (exchange->response.noted != 0 && follow(exchange))
        return;
    exchange->bytes_in += exchange->response.bytes;
    exchange->in_flight = false;
    if (!may_keep(exchange))
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

/* With the cookies that belong to it now. */
static bool add_cookies(struct client_exchange *exchange, struct request_bytes *bytes)
{
    int64_t now_s = clock_wall_ms(clock_system()) / 1000;
    struct str cookies = {0};

    if (!cookie_jar_header(exchange->jar, exchange->url, path_of(exchange), now_s, exchange->arena,
                           &cookies))
        return false;
    exchange->sent_cookies = cookies.len > 0;
    return (cookies.len == 0 && !exchange->cookie_place) ||
           head_add_cookies(*bytes, (struct cookie_line){cookies, length_is_last(exchange), false},
                            exchange->arena, bytes);
}

/* What goes out: nearly always the request as it is. False without memory. */
static bool bytes_to_send(struct client_exchange *exchange, struct request_bytes *ret)
{
    const struct proxy *proxy = exchange->connection.proxy;
    bool proxied = proxy != NULL && !exchange->target->tls && exchange->connection.http2 == NULL;
    bool cookies = exchange->cookie_place ||
                   (exchange->jar != NULL && exchange->jar->count > 0 && has_cookies(exchange));

    *ret = exchange->bytes;
    exchange->sent_cookies = false;
    if ((proxied || cookies) && arena_of(exchange) == NULL)
        return false;
    if (cookies && !add_cookies(exchange, ret))
        return false;
    if (exchange->redirects == 0)
        exchange->sent = *ret;
    return !proxied || proxy_request(proxy, exchange->url, *ret, exchange->arena, ret);
}

static void send_request(struct client_exchange *exchange)
{
    struct request_bytes bytes = {0};
    uint64_t count = 0;

    if (!bytes_to_send(exchange, &bytes)) {
        client_exchange_fail(exchange, ERROR_REQUEST, "out of memory for the request");
        return;
    }
    count = bytes.head.len + bytes.body.len;
    exchange->moments.sent_ns = transport_moment(exchange->connection.transport);
    exchange->moments.first_ns = 0;
    http_response_begin(&exchange->response, exchange->is_head, exchange->keep);
    if (exchange->connection.http2 != NULL) {
        exchange_http2_send(exchange, bytes);
        return;
    }
    exchange->bytes_out += count;
    if (client_connection_write(&exchange->connection, bytes.head, bytes.body))
        return;
    /* The server closed an idle connection: not a byte went out, so a new one takes it. */
    exchange->bytes_out -= count;
    client_connection_close(&exchange->connection);
}

/* After an answer that was not the last. */
static void send_on(struct client_exchange *exchange)
{
    bool keep = may_keep(exchange);

    exchange->moments.begun_ns = transport_moment(exchange->connection.transport);
    exchange->bytes_in += exchange->response.bytes;
    exchange->response.bytes = 0;
    if (keep)
        dispatch(exchange);
    else
        client_connection_close(&exchange->connection); /* on_closed() goes on */
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

    if (exchange->moments.first_ns == 0)
        exchange->moments.first_ns = transport_moment(connection->transport);
    if (connection->http2 != NULL) {
        exchange_http2_received(exchange, bytes, len);
        return;
    }
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
        client_exchange_complete(exchange);
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
    else if (connection->http2 != NULL)
        exchange_http2_ended(exchange, status);
    else if (status == UV_EOF && http_response_end(&exchange->response))
        client_exchange_complete(exchange);
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

static void on_written(struct client_connection *connection)
{
    exchange_http2_written(exchange_of(connection));
}

static const struct client_connection_events events = {on_opened, on_received, on_ended,
                                                       on_failed, on_closed,   on_written};

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
    arena_free(exchange->arena);
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
                           const struct request_plan *plan, struct request_bytes bytes)
{
    if (exchange->arena_used)
        arena_reset(exchange->arena);
    exchange->arena_used = exchange->answered_challenge = exchange->cookie_place = false;
    exchange->in_flight = true;
    exchange->plan = plan;
    exchange->target = target;
    exchange->bytes = bytes;
    exchange->url = &plan->url;
    exchange->is_head = plan->is_head;
    exchange->redirects = 0;
    exchange->moments.begun_ns = transport_moment(exchange->connection.transport);
    exchange->bytes_in = exchange->bytes_out = exchange->response.bytes = 0;
    dispatch(exchange);
}
