/* The HTTP client against a server of the test's own: one thread a connection, counted. */
#include "../test.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/socket.h>
#include <unistd.h>

#include "client/aws_http.h"

enum { CALLERS = 8, CALLS_EACH = 20, REQUEST_BYTES = 8192, CONNECTIONS_MAX = 256 };

/* --- the server ------------------------------------------------------------------------------- */

struct server {
    int listener;
    pthread_t acceptor;
    pthread_t connections[CONNECTIONS_MAX];
    atomic_int connection_count;
    char url[64];
    char last_request[REQUEST_BYTES]; /* read when no call is under way */
    const char *answer;               /* NULL: the request itself is the body */
};

struct connection {
    struct server *server;
    int fd;
};

static void send_all(int fd, const char *text, size_t length)
{
    while (length > 0) {
        ssize_t sent = send(fd, text, length, MSG_NOSIGNAL);
        if (sent <= 0)
            return;
        text += sent;
        length -= (size_t)sent;
    }
}

/* The head and as much body as it announces; 0 at the connection's end. */
static size_t read_request(int fd, char request[REQUEST_BYTES])
{
    size_t length = 0;

    for (;;) {
        request[length] = '\0';
        const char *body = strstr(request, "\r\n\r\n");
        const char *announced = strcasestr(request, "Content-Length: ");
        size_t wanted = announced == NULL ? 0 : strtoul(announced + 16, NULL, 10);
        if (body != NULL && length >= (size_t)(body - request) + 4 + wanted)
            return length;
        ssize_t got = recv(fd, request + length, REQUEST_BYTES - 1 - length, 0);
        if (got <= 0)
            return 0;
        length += (size_t)got;
    }
}

static void *serve_connection(void *argument)
{
    struct connection *own = argument;
    char request[REQUEST_BYTES], head[128];
    size_t length = 0;

    while ((length = read_request(own->fd, request)) > 0) {
        if (own->server->answer != NULL) {
            memcpy(own->server->last_request, request, length + 1);
            send_all(own->fd, own->server->answer, strlen(own->server->answer));
            continue;
        }
        const char *body = strstr(request, "\r\n\r\n") + 4;
        int bytes = snprintf(head, sizeof(head), "HTTP/1.1 200 OK\r\nContent-Length: %zu\r\n\r\n",
                             strlen(body));
        send_all(own->fd, head, (size_t)bytes);
        send_all(own->fd, body, strlen(body));
    }
    (void)close(own->fd);
    free(own);
    return NULL;
}

static void *accept_connections(void *argument)
{
    struct server *server = argument;

    for (;;) {
        int fd = accept(server->listener, NULL, NULL);
        int at = atomic_load(&server->connection_count);
        if (fd < 0 || at == CONNECTIONS_MAX)
            return NULL;
        struct connection *own = malloc(sizeof(*own));
        *own = (struct connection){server, fd};
        if (pthread_create(&server->connections[at], NULL, serve_connection, own) != 0)
            abort();
        atomic_store(&server->connection_count, at + 1);
    }
}

static void server_start(struct server *server, const char *answer)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_addr = {.s_addr = htonl(INADDR_LOOPBACK)}};
    socklen_t length = sizeof(address);

    *server = (struct server){.answer = answer};
    server->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_true(server->listener >= 0);
    assert_int_equal(bind(server->listener, (struct sockaddr *)&address, length), 0);
    assert_int_equal(listen(server->listener, 64), 0);
    assert_int_equal(getsockname(server->listener, (struct sockaddr *)&address, &length), 0);
    (void)snprintf(server->url, sizeof(server->url), "http://127.0.0.1:%u/path",
                   ntohs(address.sin_port));
    assert_int_equal(pthread_create(&server->acceptor, NULL, accept_connections, server), 0);
}

/* After the client has gone, so that every connection ends. */
static void server_stop(struct server *server)
{
    (void)shutdown(server->listener, SHUT_RDWR);
    (void)pthread_join(server->acceptor, NULL);
    for (int i = 0; i < atomic_load(&server->connection_count); i++)
        (void)pthread_join(server->connections[i], NULL);
    (void)close(server->listener);
}

static struct aws_http_request request_of(const struct server *server, struct str body)
{
    return (struct aws_http_request){
        .method = "POST", .url = str_from_c(server->url), .body = body, .timeout_ms = 10000};
}

/* --- tests --------------------------------------------------------------------------------------
 */

static void an_answer_comes_with_status_headers_and_body(void **state)
{
    struct server server;
    struct arena *arena = arena_new(1 << 20);
    struct aws_http *http = aws_http_new();
    struct aws_http_response response;
    struct aws_error err = {0};

    (void)state;
    server_start(&server, "HTTP/1.1 100 Continue\r\nX: 1\r\n\r\nHTTP/1.1 418 Teapot\r\n"
                          "X-Amzn-RequestId:  abc \r\nContent-Length: 5\r\n\r\nshort");
    struct aws_http_request request = request_of(&server, STR("{}"));
    assert_true(aws_http_call(http, &request, arena, &response, &err));
    assert_int_equal(response.status, 418);
    assert_str_equal(aws_http_header(&response, STR("x-amzn-requestid")), STR("abc"));
    assert_int_equal(aws_http_header(&response, STR("X")).len, 0);
    assert_string_equal(response.body.ptr, "short");
    assert_null(strcasestr(server.last_request, "Authorization:"));
    aws_http_free(http);
    server_stop(&server);
    arena_free(arena);
}

static void a_call_to_a_service_is_signed_for_its_region(void **state)
{
    struct server server;
    struct arena *arena = arena_new(1 << 20);
    struct aws_http *http = aws_http_new();
    struct aws_http_response response;
    struct aws_error err = {0};

    (void)state;
    assert_int_equal(setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE", 1), 0);
    assert_int_equal(setenv("AWS_SECRET_ACCESS_KEY", "secret", 1), 0);
    assert_int_equal(setenv("AWS_SESSION_TOKEN", "token", 1), 0);
    server_start(&server, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    struct aws_http_request request = request_of(&server, STR("{}"));
    request.service = STR("lambda");
    request.region = STR("eu-west-1");
    assert_true(aws_http_call(http, &request, arena, &response, &err));
    const char *header = strstr(server.last_request, "Authorization: AWS4-HMAC-SHA256 Credential=");
    assert_non_null(header);
    assert_non_null(strstr(header, "AKIDEXAMPLE/"));
    assert_non_null(strstr(header, "/eu-west-1/lambda/aws4_request"));
    /* And nothing that was not sent. */
    assert_non_null(strstr(header, "SignedHeaders=host;x-amz-date;x-amz-security-token,"));
    assert_non_null(strcasestr(server.last_request, "\r\nX-Amz-Security-Token: token\r\n"));
    aws_http_free(http);
    server_stop(&server);
    arena_free(arena);
}

static void no_answer_is_one_sentence_with_the_address(void **state)
{
    struct server server;
    struct arena *arena = arena_new(1 << 20);
    struct aws_http *http = aws_http_new();
    struct aws_http_response response;
    struct aws_error err = {0};
    char expected[128];

    (void)state;
    server_start(&server, "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf");
    struct aws_http_request request = request_of(&server, STR("{}"));
    request.timeout_ms = 200;
    assert_false(aws_http_call(http, &request, arena, &response, &err));
    assert_ptr_equal(err.kind, &error_environment);
    (void)snprintf(expected, sizeof(expected), "Read timeout on endpoint URL: \"%s\"", server.url);
    assert_string_equal(err.message, expected);
    aws_http_free(http);
    server_stop(&server);

    /* Its port is free now. */
    http = aws_http_new();
    assert_false(aws_http_call(http, &request, arena, &response, &err));
    (void)snprintf(expected, sizeof(expected), "Could not connect to the endpoint URL: \"%s\"",
                   server.url);
    assert_string_equal(err.message, expected);
    aws_http_free(http);
    arena_free(arena);
}

struct caller {
    struct aws_http *http;
    const struct server *server;
    int number;
    int right;
};

static void *call_often(void *argument)
{
    struct caller *caller = argument;
    struct arena *arena = arena_new(1 << 20);

    for (int i = 0; i < CALLS_EACH; i++) {
        struct aws_http_response response;
        struct aws_error err = {0};
        struct str body = str_printf(arena, "{\"caller\":%d,\"call\":%d}", caller->number, i);
        struct aws_http_request request = request_of(caller->server, body);
        if (aws_http_call(caller->http, &request, arena, &response, &err) &&
            str_eq(response.body, body))
            caller->right++;
    }
    arena_free(arena);
    return NULL;
}

static void many_threads_share_the_connections_and_get_their_own_answers(void **state)
{
    struct server server;
    struct caller callers[CALLERS];
    pthread_t threads[CALLERS];
    struct aws_http *http = aws_http_new();

    (void)state;
    server_start(&server, NULL);
    for (int i = 0; i < CALLERS; i++) {
        callers[i] = (struct caller){http, &server, i, 0};
        assert_int_equal(pthread_create(&threads[i], NULL, call_often, &callers[i]), 0);
    }
    for (int i = 0; i < CALLERS; i++) {
        assert_int_equal(pthread_join(threads[i], NULL), 0);
        assert_int_equal(callers[i].right, CALLS_EACH);
    }
    assert_in_range(atomic_load(&server.connection_count), 1, CALLERS);
    aws_http_free(http);
    server_stop(&server);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_answer_comes_with_status_headers_and_body),
        cmocka_unit_test(a_call_to_a_service_is_signed_for_its_region),
        cmocka_unit_test(no_answer_is_one_sentence_with_the_address),
        cmocka_unit_test(many_threads_share_the_connections_and_get_their_own_answers),
    };

    /* A proxy that is not there: the calls go to this machine, so none is asked. */
    (void)setenv("http_proxy", "http://127.0.0.1:1", 1);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
