/* The server over real sockets on free ports, with a service that does as the path says. */
#include "../test.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/socket.h>
#include <unistd.h>

#include "http/http_server.h"

enum { HELD_MAX = 64, ANSWER_BYTES = 65536 };

/* `lock` guards all of it. */
struct service {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    struct http_exchange *held[HELD_MAX]; /* suspended by /hold, until release() */
    size_t held_count;
};

static void answer(struct http_exchange *exchange, struct str body)
{
    exchange->response.status = 200;
    exchange->response.body = body;
    http_exchange_finish(exchange);
}

static void *finish_elsewhere(void *exchange)
{
    answer(exchange, STR("elsewhere"));
    return NULL;
}

static void handle(void *state, struct http_exchange *exchange)
{
    struct service *service = state;
    const struct http_request *request = &exchange->request;
    pthread_t thread;

    if (request->body_too_long) {
        exchange->response.status = 413;
        http_exchange_finish(exchange);
    } else if (str_eq(request->path, STR("/length"))) {
        answer(exchange, str_printf(exchange->arena, "%zu", request->body.len));
    } else if (str_eq(request->path, STR("/at-once"))) {
        /* The other thread may be through before this returns. */
        http_exchange_suspend(exchange);
        assert_int_equal(pthread_create(&thread, NULL, finish_elsewhere, exchange), 0);
        assert_int_equal(pthread_detach(thread), 0);
    } else if (str_eq(request->path, STR("/hold"))) {
        http_exchange_suspend(exchange);
        pthread_mutex_lock(&service->lock);
        service->held[service->held_count++] = exchange;
        pthread_cond_broadcast(&service->changed);
        pthread_mutex_unlock(&service->lock);
    } else {
        answer(exchange,
               str_printf(exchange->arena, "%.*s %.*s?%.*s %d %.*s", STR_ARG(request->method),
                          STR_ARG(request->path), STR_ARG(request->query), (int)request->listener,
                          STR_ARG(request->body)));
    }
}

struct bench {
    struct service service;
    struct http_server *server;
};

static void bench_begin_with(struct bench *bench, size_t memory_bytes_max)
{
    struct aws_error err = {0};

    *bench =
        (struct bench){.service = {PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, {NULL}, 0}};
    const struct http_server_options options = {
        .host = "127.0.0.1",
        .threads = 2,
        .memory_bytes_max = memory_bytes_max,
        .clock = clock_system(),
        .service = {&bench->service, handle},
    };
    if (!http_server_listen(&options, &bench->server, &err) ||
        !http_server_accept(bench->server, &err))
        fail_msg("%s", err.message);
}

static void bench_begin(struct bench *bench)
{
    bench_begin_with(bench, 0);
}

static void bench_end(struct bench *bench)
{
    assert_true(http_server_stop(bench->server, 5000));
    http_server_free(bench->server);
}

static void wait_held(struct bench *bench, size_t count)
{
    pthread_mutex_lock(&bench->service.lock);
    while (bench->service.held_count < count)
        pthread_cond_wait(&bench->service.changed, &bench->service.lock);
    pthread_mutex_unlock(&bench->service.lock);
}

/* --- a client ------------------------------------------------------------------------------- */

static int dial(struct bench *bench, enum http_listener listener)
{
    struct sockaddr_in to = {.sin_family = AF_INET,
                             .sin_port = htons(http_server_port(bench->server, listener)),
                             .sin_addr = {htonl(INADDR_LOOPBACK)}};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    assert_true(fd >= 0);
    assert_int_equal(connect(fd, (struct sockaddr *)&to, sizeof(to)), 0);
    return fd;
}

static void say(int fd, const char *text)
{
    size_t length = strlen(text);

    assert_int_equal(send(fd, text, length, MSG_NOSIGNAL), (ssize_t)length);
}

/* Reads one answer with a Content-Length; its text, or "" when the connection ended first. */
static const char *hear(int fd, char text[ANSWER_BYTES])
{
    size_t used = 0;

    for (;;) {
        struct pollfd wait = {.fd = fd, .events = POLLIN};
        assert_int_equal(poll(&wait, 1, 10000), 1);
        /* By single bytes, so that a second answer stays in the socket. */
        ssize_t got = recv(fd, text + used, 1, 0);
        if (got <= 0)
            return "";
        used += (size_t)got;
        text[used] = '\0';
        const char *end = strstr(text, "\r\n\r\n");
        const char *length = strcasestr(text, "content-length: ");
        if (end != NULL && length != NULL &&
            used == (size_t)(end - text) + 4 + strtoul(length + 16, NULL, 10))
            return text;
        assert_true(used < ANSWER_BYTES - 1);
    }
}

static bool has(const char *text, const char *part)
{
    return strstr(text, part) != NULL;
}

static void ask_expecting(struct bench *bench, const char *request, const char *part)
{
    char text[ANSWER_BYTES];
    int fd = dial(bench, HTTP_LISTENER_API);

    say(fd, request);
    const char *answered = hear(fd, text);
    if (!has(answered, part))
        fail_msg("%s answered %s", request, answered);
    (void)close(fd);
}

/* --- tests ---------------------------------------------------------------------------------- */

static void a_request_is_read_as_it_was_sent(void **state)
{
    struct bench bench;

    (void)state;
    bench_begin(&bench);
    ask_expecting(&bench, "GET /a%20b/c?x=%31 HTTP/1.1\r\nHost: h\r\n\r\n",
                  "GET /a%20b/c?x=%31 0 ");
    ask_expecting(&bench, "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc",
                  "POST /? 0 abc");
    ask_expecting(&bench,
                  "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
                  "2\r\nab\r\n1\r\nc\r\n0\r\n\r\n",
                  "POST /? 0 abc");
    ask_expecting(&bench, "GET http://h:1/abs?q HTTP/1.1\r\nHost: h\r\n\r\n", "GET /abs?q 0 ");
    bench_end(&bench);
}

static void requests_in_one_packet_are_answered_in_order(void **state)
{
    char text[ANSWER_BYTES];
    struct bench bench;

    (void)state;
    bench_begin(&bench);
    int fd = dial(&bench, HTTP_LISTENER_AWS);
    say(fd, "GET /1 HTTP/1.1\r\nHost: h\r\n\r\nGET /2 HTTP/1.1\r\nHost: h\r\n\r\n");
    assert_true(has(hear(fd, text), "GET /1? 1 "));
    assert_true(has(hear(fd, text), "GET /2? 1 "));
    (void)close(fd);
    bench_end(&bench);
}

static void a_slow_body_is_waited_for(void **state)
{
    char text[ANSWER_BYTES];
    struct bench bench;

    (void)state;
    bench_begin(&bench);
    int slow = dial(&bench, HTTP_LISTENER_API);
    say(slow, "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n\r\nab");
    ask_expecting(&bench, "GET /between HTTP/1.1\r\nHost: h\r\n\r\n", "GET /between? 0 ");
    say(slow, "cd");
    assert_true(has(hear(slow, text), "POST /? 0 abcd"));
    (void)close(slow);
    bench_end(&bench);
}

static void send_zeros(int fd, size_t count)
{
    static const char zeros[65536];

    while (count > 0) {
        ssize_t sent = send(fd, zeros, count < sizeof(zeros) ? count : sizeof(zeros), MSG_NOSIGNAL);
        assert_true(sent > 0);
        count -= (size_t)sent;
    }
}

/* Each listener's limit, and one byte more; the connection goes on after a refusal. */
static void a_body_over_the_limit_is_read_and_refused(void **state)
{
    static const struct {
        enum http_listener listener;
        size_t limit;
    } rows[] = {{HTTP_LISTENER_API, 10485760}, {HTTP_LISTENER_AWS, 16777216}};
    char text[ANSWER_BYTES];
    struct bench bench;

    (void)state;
    bench_begin(&bench);
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        int fd = dial(&bench, rows[i].listener);
        for (size_t more = 0; more < 2; more++) {
            char head[128];
            (void)snprintf(head, sizeof(head),
                           "POST /length HTTP/1.1\r\nHost: h\r\nContent-Length: %zu\r\n\r\n",
                           rows[i].limit + more);
            say(fd, head);
            send_zeros(fd, rows[i].limit + more);
            assert_true(has(hear(fd, text), more == 0 ? "HTTP/1.1 200" : "HTTP/1.1 413"));
        }
        say(fd, "GET /after HTTP/1.1\r\nHost: h\r\n\r\n");
        assert_true(has(hear(fd, text), "GET /after? "));
        (void)close(fd);
    }
    bench_end(&bench);
}

static int send_body(struct bench *bench, const char *path, size_t bytes)
{
    int fd = dial(bench, HTTP_LISTENER_AWS);
    char head[128];

    (void)snprintf(head, sizeof(head), "POST %s HTTP/1.1\r\nHost: h\r\nContent-Length: %zu\r\n\r\n",
                   path, bytes);
    say(fd, head);
    send_zeros(fd, bytes);
    return fd;
}

static bool is_answered(int fd, const char *expected)
{
    char text[ANSWER_BYTES];
    bool answered = has(hear(fd, text), expected);

    (void)close(fd);
    return answered;
}

/* All bodies share the server's memory: one that finds no room is read and refused, and what is
 * given back, which is when the answer is sent, is there for the next. */
static void bodies_past_the_servers_memory_are_refused(void **state)
{
    enum { HELD = 1500000, NEXT = 2500000, MEMORY = 5 * 1024 * 1024 };
    struct bench bench;

    (void)state;
    bench_begin_with(&bench, MEMORY);
    int held = send_body(&bench, "/hold", HELD);
    wait_held(&bench, 1);
    assert_true(is_answered(send_body(&bench, "/length", NEXT), "HTTP/1.1 503"));
    assert_true(is_answered(send_body(&bench, "/length", 1000), "\r\n\r\n1000"));
    answer(bench.service.held[0], STR("in time"));
    assert_true(is_answered(held, "in time"));
    while (!is_answered(send_body(&bench, "/length", NEXT), "\r\n\r\n2500000"))
        continue;
    bench_end(&bench);
}

static void who_asks_before_sending_too_much_is_told_at_once(void **state)
{
    char text[ANSWER_BYTES];
    struct bench bench;

    (void)state;
    bench_begin(&bench);
    int fd = dial(&bench, HTTP_LISTENER_API);
    say(fd, "POST /length HTTP/1.1\r\nHost: h\r\nContent-Length: 20000000\r\n"
            "Expect: 100-continue\r\n\r\n");
    assert_true(has(hear(fd, text), "HTTP/1.1 413"));
    (void)close(fd);
    bench_end(&bench);
}

static void an_exchange_may_be_finished_elsewhere_at_once(void **state)
{
    char text[ANSWER_BYTES];
    struct bench bench;

    (void)state;
    bench_begin(&bench);
    int fd = dial(&bench, HTTP_LISTENER_API);
    for (int i = 0; i < 200; i++) {
        say(fd, "GET /at-once HTTP/1.1\r\nHost: h\r\n\r\n");
        assert_true(has(hear(fd, text), "elsewhere"));
    }
    (void)close(fd);
    bench_end(&bench);
}

static void a_client_that_leaves_while_suspended_is_forgotten(void **state)
{
    struct http_counters counters;
    struct bench bench;

    (void)state;
    bench_begin(&bench);
    int fd = dial(&bench, HTTP_LISTENER_API);
    say(fd, "GET /hold HTTP/1.1\r\nHost: h\r\n\r\n");
    wait_held(&bench, 1);
    (void)close(fd);
    answer(bench.service.held[0], STR("late"));
    ask_expecting(&bench, "GET /next HTTP/1.1\r\nHost: h\r\n\r\n", "GET /next? 0 ");
    assert_true(http_server_stop(bench.server, 5000));
    http_server_count(bench.server, &counters);
    assert_int_equal(counters.in_flight, 0);
    http_server_free(bench.server);
}

static void a_stop_lets_what_is_in_flight_finish(void **state)
{
    char text[ANSWER_BYTES];
    struct bench bench;

    (void)state;
    bench_begin(&bench);
    int fd = dial(&bench, HTTP_LISTENER_API);
    say(fd, "GET /hold HTTP/1.1\r\nHost: h\r\n\r\n");
    wait_held(&bench, 1);
    http_server_drain(bench.server);
    answer(bench.service.held[0], STR("in time"));
    const char *answered = hear(fd, text);
    assert_true(has(answered, "in time") && has(answered, "Connection: close"));
    (void)close(fd);
    bench_end(&bench);
}

static void a_stop_answers_what_nobody_finishes(void **state)
{
    char text[ANSWER_BYTES];
    struct bench bench;

    (void)state;
    bench_begin(&bench);
    int fd = dial(&bench, HTTP_LISTENER_API);
    say(fd, "GET /hold HTTP/1.1\r\nHost: h\r\n\r\n");
    wait_held(&bench, 1);
    assert_true(http_server_stop(bench.server, 10));
    assert_true(has(hear(fd, text), "HTTP/1.1 503"));
    (void)close(fd);
    /* A thread that comes back after all frees what waited for it, and harms nothing. */
    answer(bench.service.held[0], STR("late"));
    http_server_free(bench.server);
}

static void a_taken_port_is_told(void **state)
{
    struct http_server *second = NULL;
    struct aws_error err = {0};
    struct bench bench;

    (void)state;
    bench_begin(&bench);
    const struct http_server_options options = {
        .host = "127.0.0.1",
        .api_port = http_server_port(bench.server, HTTP_LISTENER_API),
        .threads = 1,
        .clock = clock_system(),
        .service = {&bench.service, handle},
    };
    assert_false(http_server_listen(&options, &second, &err));
    assert_ptr_equal(err.kind, &error_environment);
    assert_true(has(err.message, "is taken"));
    bench_end(&bench);
}

static void every_connection_is_served_and_counted(void **state)
{
    int fds[16];
    char text[ANSWER_BYTES];
    struct http_counters counters;
    struct bench bench;

    (void)state;
    bench_begin(&bench);
    for (size_t i = 0; i < ARRAY_LEN(fds); i++)
        fds[i] = dial(&bench, HTTP_LISTENER_API);
    for (size_t i = 0; i < ARRAY_LEN(fds); i++) {
        say(fds[i], "GET / HTTP/1.1\r\nHost: h\r\n\r\n");
        assert_true(has(hear(fds[i], text), "GET /? 0 "));
    }
    http_server_count(bench.server, &counters);
    assert_int_equal(counters.connections, ARRAY_LEN(fds));
    assert_int_equal(counters.requests, ARRAY_LEN(fds));
    for (size_t i = 0; i < ARRAY_LEN(fds); i++)
        (void)close(fds[i]);
    bench_end(&bench);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_request_is_read_as_it_was_sent),
        cmocka_unit_test(requests_in_one_packet_are_answered_in_order),
        cmocka_unit_test(a_slow_body_is_waited_for),
        cmocka_unit_test(a_body_over_the_limit_is_read_and_refused),
        cmocka_unit_test(bodies_past_the_servers_memory_are_refused),
        cmocka_unit_test(who_asks_before_sending_too_much_is_told_at_once),
        cmocka_unit_test(an_exchange_may_be_finished_elsewhere_at_once),
        cmocka_unit_test(a_client_that_leaves_while_suspended_is_forgotten),
        cmocka_unit_test(a_stop_lets_what_is_in_flight_finish),
        cmocka_unit_test(a_stop_answers_what_nobody_finishes),
        cmocka_unit_test(a_taken_port_is_told),
        cmocka_unit_test(every_connection_is_served_and_counted),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
