#include "../test.h"

#include <arpa/inet.h>

#include "loadgen/client_connection.h"

/* One connection, and what its owner heard. */
struct owner {
    struct client_connection connection; /* first, so that it leads here */
    size_t opened, failed, closed;
};

static struct owner *owner_of(struct client_connection *connection)
{
    return (struct owner *)(void *)connection;
}

static void on_opened(struct client_connection *connection)
{
    owner_of(connection)->opened++;
    client_connection_close(connection);
}

static void on_failed(struct client_connection *connection, enum error_class class,
                      const char *detail)
{
    (void)detail;
    assert_int_equal(class, ERROR_CONNECT);
    owner_of(connection)->failed++;
    client_connection_close(connection);
}

static void on_closed(struct client_connection *connection)
{
    owner_of(connection)->closed++;
}

static const struct client_connection_events events = {
    .opened = on_opened, .failed = on_failed, .closed = on_closed};

static void on_incoming(uv_stream_t *server, int status)
{
    (void)server;
    (void)status;
}

/* Listens on 127.0.0.1; answers the port. */
static uint16_t listen_on(uv_loop_t *loop, uv_tcp_t *server)
{
    struct sockaddr_in address;
    struct sockaddr_storage bound;
    int size = sizeof(bound);

    assert_int_equal(uv_ip4_addr("127.0.0.1", 0, &address), 0);
    assert_int_equal(uv_tcp_init(loop, server), 0);
    assert_int_equal(uv_tcp_bind(server, (const struct sockaddr *)&address, 0), 0);
    assert_int_equal(uv_listen((uv_stream_t *)server, 8, on_incoming), 0);
    assert_int_equal(uv_tcp_getsockname(server, (struct sockaddr *)&bound, &size), 0);
    return ntohs(((struct sockaddr_in *)(void *)&bound)->sin_port);
}

static void add_address(struct target *target, const char *text, uint16_t port)
{
    struct sockaddr_in address;

    assert_int_equal(uv_ip4_addr(text, port, &address), 0);
    memcpy(&target->addresses[target->address_count++], &address, sizeof(address));
}

/* The broadcast address is refused by connect() itself, before the loop turns. */
static void every_address_of_a_name_is_tried(void **state)
{
    static const struct {
        const char *addresses[3];
        size_t opened;
    } rows[] = {
        {{"127.0.0.1"}, 1},
        {{"255.255.255.255", "127.0.0.1"}, 1},
        {{"255.255.255.255", "255.255.255.255", "127.0.0.1"}, 1},
        {{"255.255.255.255", "255.255.255.255"}, 0},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        uv_loop_t loop;
        uv_tcp_t server;
        struct transport transport;
        struct target target = {.state = TARGET_RESOLVED};
        struct owner owner = {0};

        assert_int_equal(uv_loop_init(&loop), 0);
        uint16_t port = listen_on(&loop, &server);
        for (size_t at = 0; at < 3 && rows[i].addresses[at] != NULL; at++)
            add_address(&target, rows[i].addresses[at], port);
        assert_true(transport_init(&transport, &loop, NULL, NULL, NULL));
        client_connection_init(&owner.connection, &transport, &events);
        client_connection_open(&owner.connection, &target);
        while (owner.closed == 0)
            (void)uv_run(&loop, UV_RUN_ONCE);
        if (owner.opened != rows[i].opened || owner.failed != 1 - rows[i].opened)
            fail_msg("row %zu", i);
        uv_close((uv_handle_t *)&server, NULL);
        (void)uv_run(&loop, UV_RUN_DEFAULT);
        client_connection_deinit(&owner.connection);
        transport_deinit(&transport);
        assert_int_equal(uv_loop_close(&loop), 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_address_of_a_name_is_tried),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
