/* Whole runs, on one thread and on several, against a server that counts: under ThreadSanitizer,
 * too. */
#include "../test.h"

#include <stdatomic.h>

#include "loadgen/collection.h"
#include "loadgen/lane.h"
#include "loadgen/run.h"

/* --- a server ------------------------------------------------------------------------------- */

enum { REQUEST_BYTES = 4096 };

/* Answers each GET of whatever comes, on a loop and a thread of its own. */
struct server {
    uv_loop_t loop;
    uv_tcp_t listener;
    uv_async_t stop;
    uv_thread_t thread;
    int port;
    uint64_t requests; /* read when the thread has ended, as are the others */
    uint64_t connections;
    uint64_t connections_at_first; /* when the first request came */
};

struct client {
    uv_tcp_t tcp;
    struct server *server;
    int seen; /* of the empty line that ends a head */
    char bytes[REQUEST_BYTES];
};

static void on_client_closed(uv_handle_t *handle)
{
    free(handle->data);
}

static void on_alloc(uv_handle_t *handle, size_t suggested, uv_buf_t *ret)
{
    struct client *client = handle->data;

    (void)suggested;
    *ret = uv_buf_init(client->bytes, REQUEST_BYTES);
}

static void answer(struct client *client)
{
    static char text[] = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
    uv_buf_t buffer = uv_buf_init(text, sizeof(text) - 1);

    if (client->server->requests++ == 0)
        client->server->connections_at_first = client->server->connections;
    (void)uv_try_write((uv_stream_t *)&client->tcp, &buffer, 1);
}

static void on_read(uv_stream_t *stream, ssize_t count, const uv_buf_t *buffer)
{
    static const char end[] = "\r\n\r\n";
    struct client *client = stream->data;

    if (count < 0)
        uv_close((uv_handle_t *)stream, on_client_closed);
    for (ssize_t i = 0; i < count; i++) {
        client->seen =
            buffer->base[i] == end[client->seen] ? client->seen + 1 : buffer->base[i] == '\r';
        if (client->seen == 4) {
            client->seen = 0;
            answer(client);
        }
    }
}

static void on_connection(uv_stream_t *listener, int status)
{
    struct client *client = calloc(1, sizeof(*client));

    if (status != 0 || client == NULL || uv_tcp_init(listener->loop, &client->tcp) != 0) {
        free(client);
        return;
    }
    client->tcp.data = client;
    client->server = listener->data;
    client->server->connections++;
    if (uv_accept(listener, (uv_stream_t *)&client->tcp) != 0 ||
        uv_read_start((uv_stream_t *)&client->tcp, on_alloc, on_read) != 0)
        uv_close((uv_handle_t *)&client->tcp, on_client_closed);
}

static void close_one(uv_handle_t *handle, void *context)
{
    struct server *server = context;
    bool is_client =
        handle != (uv_handle_t *)&server->listener && handle != (uv_handle_t *)&server->stop;

    if (!uv_is_closing(handle))
        uv_close(handle, is_client ? on_client_closed : NULL);
}

static void on_stop(uv_async_t *async)
{
    uv_walk(async->loop, close_one, async->data);
}

static void serve(void *argument)
{
    struct server *server = argument;

    (void)uv_run(&server->loop, UV_RUN_DEFAULT);
}

static void server_start(struct server *server)
{
    struct sockaddr_in address;
    int length = sizeof(address);

    memset(server, 0, sizeof(*server));
    assert_int_equal(uv_loop_init(&server->loop), 0);
    assert_int_equal(uv_ip4_addr("127.0.0.1", 0, &address), 0);
    assert_int_equal(uv_tcp_init(&server->loop, &server->listener), 0);
    server->listener.data = server->stop.data = server;
    assert_int_equal(uv_tcp_bind(&server->listener, (struct sockaddr *)&address, 0), 0);
    assert_int_equal(uv_listen((uv_stream_t *)&server->listener, 128, on_connection), 0);
    assert_int_equal(uv_tcp_getsockname(&server->listener, (struct sockaddr *)&address, &length),
                     0);
    server->port = ntohs(address.sin_port);
    assert_int_equal(uv_async_init(&server->loop, &server->stop, on_stop), 0);
    assert_int_equal(uv_thread_create(&server->thread, serve, server), 0);
}

static uint64_t server_stop(struct server *server)
{
    assert_int_equal(uv_async_send(&server->stop), 0);
    assert_int_equal(uv_thread_join(&server->thread), 0);
    assert_int_equal(uv_loop_close(&server->loop), 0);
    return server->requests;
}

/* --- a run ---------------------------------------------------------------------------------- */

struct bench {
    struct server server;
    struct arena *arena;
    struct collection collection;
    struct variables variables;
    struct target_list targets;
    struct tls_settings tls;
    struct run run;
    size_t windows; /* that an observer was told of */
    uint64_t seen;  /* requests at the last of them */
    bool aborts;
};

static void on_window(struct run *run, void *context)
{
    struct bench *bench = context;
    struct counters counters = run_so_far(run);

    bench->windows++;
    assert_true(counters.requests >= bench->seen && run_users(run) <= run->options.users);
    bench->seen = counters.requests;
    if (bench->aborts)
        run_abort(run);
}

/* Two requests, so that an iteration can be cut short. */
static void bench_open(struct bench *bench, size_t users, size_t threads)
{
    struct aws_error err = {0};
    struct resolver resolver = {.variables = &bench->variables, .clock = clock_system()};
    struct run *run = &bench->run;
    struct str json = {0};

    memset(bench, 0, sizeof(*bench));
    server_start(&bench->server);
    bench->arena = arena_new(64 << 20);
    json = str_printf(bench->arena,
                      "{\"info\":{\"name\":\"C\"},\"item\":["
                      "{\"name\":\"a\",\"request\":\"http://127.0.0.1:%d/a\"},"
                      "{\"name\":\"b\",\"request\":\"http://127.0.0.1:%d/{{$guid}}\"}]}",
                      bench->server.port, bench->server.port);
    assert_true(collection_parse(json, bench->arena, &bench->collection, &err));
    run->options = (struct run_options){.users = users,
                                        .all_users = users,
                                        .segments = 1,
                                        .threads = threads,
                                        .profile = {1, 0, 0, 2, 2},
                                        .timeout_ms = 60000,
                                        .seeded = true};
    run->definitions = bench->collection.requests;
    run->plan_count = bench->collection.request_count;
    run->plans = arena_alloc_array(bench->arena, run->plan_count, sizeof(*run->plans));
    run->plan_targets = arena_alloc_array(bench->arena, run->plan_count, sizeof(struct target *));
    run->variables = &bench->variables;
    run->targets = &bench->targets;
    run->tls = &bench->tls;
    run->observer = (struct run_observer){.window = on_window, .context = bench};
    for (size_t i = 0; i < run->plan_count; i++) {
        assert_true(
            request_compile(&run->definitions[i], &resolver, bench->arena, &run->plans[i], &err));
        if (run->plans[i].url.host.len > 0)
            assert_true(
                target_find(&bench->targets, &run->plans[i].url, &run->plan_targets[i], &err));
    }
}

/* Runs it to its end; what the server counted must be what was measured. */
static uint64_t bench_run(struct bench *bench)
{
    const struct metrics *metrics = &bench->run.metrics;
    struct aws_error err = {0};
    uint64_t requests = 0, in_windows = 0;

    if (!run_load(&bench->run, &err))
        fail_msg("%s", err.message);
    requests = server_stop(&bench->server);
    for (size_t i = 0; i < metrics->windows.count; i++)
        in_windows += metrics->windows.windows[i].counters.requests;
    assert_int_equal(metrics->totals.requests, requests);
    assert_int_equal(in_windows, requests);
    assert_int_equal(metrics->totals.errors, 0);
    assert_int_equal(metrics->statuses[200], requests);
    return requests;
}

static void bench_close(struct bench *bench)
{
    run_deinit(&bench->run);
    target_list_deinit(&bench->targets);
    arena_free(bench->arena);
}

static void iterations_are_as_many_as_asked_for_on_any_number_of_threads(void **state)
{
    static const size_t threads[] = {1, 2, 4, 7};
    static struct bench bench;

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(threads); i++) {
        bench_open(&bench, 7, threads[i]);
        bench.run.options.iterations = 501;
        assert_int_equal(bench_run(&bench), 1002);
        assert_int_equal(bench.run.iterations_done, 501);
        assert_int_equal(bench.run.iterations_dropped, 0);
        assert_int_equal(bench.run.generator.threads, threads[i]);
        bench_close(&bench);
    }
}

static void each_moment_of_the_rate_is_sent_once(void **state)
{
    static const size_t threads[] = {1, 2, 4};
    static struct bench bench;

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(threads); i++) {
        struct schedule schedule;
        struct aws_error err = {0};
        bench_open(&bench, 16, threads[i]);
        assert_true(schedule_parse(STR("701/s:500ms,100/s:500ms"), bench.arena, &schedule, &err));
        bench.run.options.schedule = &schedule;
        assert_int_equal(bench_run(&bench), schedule_count(&schedule, INT64_MAX));
        assert_int_equal(bench.run.generator.unsent, 0);
        bench_close(&bench);
    }
}

static void windows_are_those_of_the_whole(void **state)
{
    static struct bench bench;

    (void)state;
    bench_open(&bench, 8, 4);
    bench.run.options.duration_ms = 2500;
    bench.run.options.think_from_ms = bench.run.options.think_to_ms = 2;
    assert_true(bench_run(&bench) > 100);
    assert_true(bench.run.elapsed_ms >= 2500);
    for (size_t i = 0; i < bench.run.metrics.windows.count; i++) {
        const struct window *window = &bench.run.metrics.windows.windows[i];
        const struct window *before = i == 0 ? NULL : window - 1;
        assert_int_equal(window->begin_ms, before == NULL ? 0 : before->end_ms);
        assert_true(window->users > 0 && window->users < 10);
    }
    bench_close(&bench);
}

static void an_observer_ends_all_threads(void **state)
{
    static struct bench bench;

    (void)state;
    bench_open(&bench, 8, 4);
    bench.aborts = true;
    bench.run.options.duration_ms = 3600000;
    (void)bench_run(&bench);
    assert_true(bench.run.aborted);
    assert_int_equal(bench.windows, 1);
    bench_close(&bench);
}

/* The server may find a connection and its first request at once, so that the last ones of a loop's
 * round are not there yet. */
static void many_users_connect_before_the_first_request_and_each_has_an_iteration(void **state)
{
    static const size_t threads[] = {1, 2};
    static struct bench bench;

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(threads); i++) {
        bench_open(&bench, 400, threads[i]);
        bench.run.options.iterations = 400;
        assert_int_equal(bench_run(&bench), 800);
        assert_int_equal(bench.server.connections, 400);
        assert_true(bench.server.connections_at_first > 300);
        assert_int_equal(bench.run.iterations_done, 400);
        bench_close(&bench);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(many_users_connect_before_the_first_request_and_each_has_an_iteration),
        cmocka_unit_test(iterations_are_as_many_as_asked_for_on_any_number_of_threads),
        cmocka_unit_test(each_moment_of_the_rate_is_sent_once),
        cmocka_unit_test(windows_are_those_of_the_whole),
        cmocka_unit_test(an_observer_ends_all_threads),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
