/* Which service gets a request, and which requests none does. */
#include "../test.h"

#include "http/router.h"

static const char *reached; /* the service of the newest request; one test at a time */

void http_exchange_suspend(struct http_exchange *exchange)
{
    (void)exchange;
    fail_msg("the router suspends nothing");
}

void http_exchange_finish(struct http_exchange *exchange)
{
    (void)exchange;
}

static void note(void *state, struct http_exchange *exchange)
{
    reached = state;
    exchange->response.status = 299;
}

static void write_metrics(void *state, struct buffer *out)
{
    (void)state;
    buffer_add_literal(out, "figure 1\n");
}

static char api[] = "api", lambda[] = "lambda", dynamodb[] = "dynamodb";

static const struct router router = {
    .host = STR_INIT("127.0.0.1"),
    .api = {api, note},
    .lambda = {lambda, note},
    .dynamodb = {dynamodb, note},
    .metrics = write_metrics,
};

enum { A = HTTP_LISTENER_API, W = HTTP_LISTENER_AWS, D = HTTP_LISTENER_DYNAMODB };

/* `service` NULL: answered by the router itself, with `status`. */
static const struct {
    int listener;
    const char *method, *path;
    const char *name, *value; /* one header besides Host */
    const char *host;
    const char *service;
    int status;
} rows[] = {
    {A, "GET", "/", NULL, NULL, "127.0.0.1:3000", "api", 299},
    {A, "POST", "/2015-03-31/functions", NULL, NULL, "127.0.0.1", "api", 299},
    {A, "POST", "/", "X-Amz-Target", "DynamoDB_20120810.ListTables", "127.0.0.1", "api", 299},
    {A, "GET", "/x", "Origin", "http://example.com", "127.0.0.1", "api", 299},
    {A, "GET", "/x", NULL, NULL, "api.example.com", NULL, 403},
    {A, "GET", "/x", NULL, NULL, "abc.execute-api.us-east-1.amazonaws.com", "api", 299},
    {A, "GET", "/_squall/health", NULL, NULL, "localhost:3000", NULL, 200},
    {A, "GET", "/_squall/health", NULL, NULL, "example.com", NULL, 403},
    {A, "GET", "/_squall/health", "Origin", "http://example.com", "localhost", NULL, 403},
    {A, "GET", "/_squall/health", "Origin", "http://localhost:3000", "localhost:3000", NULL, 200},
    {A, "GET", "/_squall/health", "Origin", "http://localhost:9", "localhost:3000", NULL, 403},
    {A, "GET", "/_squall/health", "Origin", "null", "localhost:3000", NULL, 403},
    {A, "GET", "/_squall/metrics", NULL, NULL, "[::1]:3000", NULL, 200},
    {A, "GET", "/_squall/", NULL, NULL, "localhost", NULL, 404},
    {A, "GET", "/_squallx", NULL, NULL, "localhost", "api", 299},
    {W, "GET", "/_squall/metrics", NULL, NULL, "a.localhost:1", NULL, 200},
    {W, "POST", "/", "X-Amz-Target", "DynamoDB_20120810.ListTables", "127.0.0.1", "dynamodb", 299},
    {W, "POST", "/", "x-amz-target", "DynamoDB_20120810.ListTables", "example.com", "dynamodb",
     299},
    {W, "POST", "/", "X-Amz-Target", "DynamoDBStreams_20120810.ListStreams", "127.0.0.1",
     "dynamodb", 299},
    {W, "POST", "/", "X-Amz-Target", "AWSStepFunctions.ListStateMachines", "127.0.0.1", NULL, 400},
    {W, "POST", "/", NULL, NULL, "127.0.0.1", "dynamodb", 299},
    {W, "OPTIONS", "/", "Origin", "http://example.com", "127.0.0.1", "dynamodb", 299},
    {W, "POST", "/2015-03-31/functions/f/invocations", NULL, NULL, "127.0.0.1", "lambda", 299},
    {W, "GET", "/2018-06-01/runtime/invocation/next", NULL, NULL, "127.0.0.1", "lambda", 299},
    {W, "POST", "/2015-03-31/functions/f/invocations", "Origin", "http://example.com", "127.0.0.1",
     NULL, 403},
    {W, "POST", "/2015-03-31/functions/f/invocations", NULL, NULL, "example.com", NULL, 403},
    {W, "POST", "/2015-03-3x/functions", NULL, NULL, "127.0.0.1", NULL, 404},
    {W, "GET", "/restapis", NULL, NULL, "127.0.0.1", NULL, 404},
    {W, "GET", "/restapis/a/Prod/_user_request_/x", NULL, NULL, "127.0.0.1", "api", 299},
    {W, "GET", "/x", NULL, NULL, "abc.execute-api.localhost:4566", "api", 299},
    {W, "GET", "/v2/apis", NULL, NULL, "127.0.0.1", NULL, 404},
    {W, "GET", "/nothing", NULL, NULL, "127.0.0.1", NULL, 404},
    {D, "POST", "/", "X-Amz-Target", "DynamoDB_20120810.ListTables", "a.example", "dynamodb", 299},
    {D, "POST", "/", "X-Amz-Target", "DynamoDBStreams_20120810.ListStreams", "127.0.0.1",
     "dynamodb", 299},
    {D, "POST", "/", "X-Amz-Target", "AWSStepFunctions.ListStateMachines", "127.0.0.1", "dynamodb",
     299},
    {D, "POST", "/2015-03-31/functions/f/invocations", NULL, NULL, "127.0.0.1", "dynamodb", 299},
    {D, "GET", "/_squall/health", NULL, NULL, "127.0.0.1", "dynamodb", 299},
    {D, "GET", "/", NULL, NULL, "127.0.0.1", "dynamodb", 299},
};

static void a_request_reaches_the_service_of_its_row(void **state)
{
    union {
        const struct router *constant;
        void *state;
    } passed = {.constant = &router};
    struct arena *arena = arena_new(64 * 1024);

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        const struct http_header headers[] = {
            {STR("Host"), str_from_c(rows[i].host)},
            {str_from_c(rows[i].name), str_from_c(rows[i].value)}};
        struct http_exchange exchange = {.arena = arena};
        exchange.request.method = str_from_c(rows[i].method);
        exchange.request.path = str_from_c(rows[i].path);
        exchange.request.headers = headers;
        exchange.request.header_count = rows[i].name == NULL ? 1 : 2;
        exchange.request.listener = (enum http_listener)rows[i].listener;
        reached = NULL;
        router_handle(passed.state, &exchange);
        if (!str_eq(str_from_c(reached), str_from_c(rows[i].service)) ||
            exchange.response.status != rows[i].status)
            fail_msg("row %zu, %s %s: %s, %d", i, rows[i].method, rows[i].path,
                     reached == NULL ? "no service" : reached, exchange.response.status);
        arena_reset(arena);
    }
    arena_free(arena);
}

static const struct {
    const char *host;
    const char *listen;
    bool ours;
} hosts[] = {
    {"127.0.0.1:3000", "127.0.0.1", true},
    {"127.0.0.2", "127.0.0.1", true},
    {"192.168.1.4:80", "127.0.0.1", true},
    {"[::1]:80", "127.0.0.1", true},
    {"localhost", "127.0.0.1", true},
    {"LOCALHOST:1", "127.0.0.1", true},
    {"a.b.localhost", "127.0.0.1", true},
    {"localhost.example.com", "127.0.0.1", false},
    {"notlocalhost", "127.0.0.1", false},
    {"example.com", "127.0.0.1", false},
    {"", "127.0.0.1", false},
    {"127.0.0.1.example.com", "127.0.0.1", false},
    {"bench.lan", "bench.lan", true},
    {"squall:4566", "0.0.0.0", true},
    {"squall:4566", "127.0.0.1", false},
    {"example.com", "0.0.0.0", false},
};

static void a_host_is_ours_as_in_its_row(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(hosts); i++) {
        if (host_is_ours(str_from_c(hosts[i].host), str_from_c(hosts[i].listen)) != hosts[i].ours)
            fail_msg("'%s' on %s", hosts[i].host, hosts[i].listen);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_request_reaches_the_service_of_its_row),
        cmocka_unit_test(a_host_is_ours_as_in_its_row),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
