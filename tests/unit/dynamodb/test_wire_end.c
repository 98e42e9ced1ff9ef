/* The end of the server while a call is on its way through the store. */
#include "operation_rows.h"

#include <netinet/in.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../../../emulator/dynamodb/service.h"
#include "../../../emulator/dynamodb/store/store_sqlite.h"
#include "http/http_server.h"

#define HEADERS                                                                                    \
    "Host: dynamodb\r\nAccept-Encoding: gzip\r\nOrigin: http://page\r\n"                           \
    "Content-Type: application/x-amz-json-1.0\r\nX-Amz-Date: 20260131T120000Z\r\n"                 \
    "Authorization: AWS4-HMAC-SHA256 Credential=A/20260131/eu-west-1/dynamodb/aws4_request, "      \
    "SignedHeaders=host, Signature=0\r\n"

static const struct row make[] = {
    {"CreateTable",
     "{\"TableName\":\"tab\",\"AttributeDefinitions\":[{\"AttributeName\":\"p\",\"AttributeType\":"
     "\"S\"}],\"KeySchema\":[{\"AttributeName\":\"p\",\"KeyType\":\"HASH\"}]" ON_DEMAND,
     200, "{any}"},
};
static const struct row get[] = {
    {"GetItem", "{\"TableName\":\"tab\",\"Key\":{\"p\":{\"S\":\"a\"}}}", 200,
     "{\"Item\":{\"p\":{\"S\":\"a\"}}}"},
};

/* A write that holds the store until it is let go. */
struct holder {
    struct store *store;
    sem_t holds, go;
    pthread_t thread;
};

static bool hold(struct store_transaction *transaction)
{
    struct holder *holder = transaction->state;

    assert_int_equal(sem_post(&holder->holds), 0);
    assert_int_equal(sem_wait(&holder->go), 0);
    return false;
}

static void *run_holder(void *state)
{
    struct holder *holder = state;
    struct arena *arena = arena_new(ROWS_ARENA_BYTES);
    struct store_transaction transaction = {.arena = arena, .decide = hold, .state = holder};
    struct aws_error err = {0};

    assert_true(store_write(holder->store, &transaction, &err));
    arena_free(arena);
    return NULL;
}

static void holder_start(struct holder *holder, struct store *store)
{
    *holder = (struct holder){.store = store};
    assert_int_equal(sem_init(&holder->holds, 0, 0), 0);
    assert_int_equal(sem_init(&holder->go, 0, 0), 0);
    assert_int_equal(pthread_create(&holder->thread, NULL, run_holder, holder), 0);
    assert_int_equal(sem_wait(&holder->holds), 0);
}

static void wait_until_queued(struct store *store)
{
    struct group_commit *group = &((struct sqlite_store *)store)->group;
    bool queued = false;

    while (!queued) {
        (void)sched_yield();
        pthread_mutex_lock(&group->lock);
        queued = group->first != NULL;
        pthread_mutex_unlock(&group->lock);
    }
}

static struct http_server *serve(struct dynamodb *db)
{
    const struct http_server_options options = {.host = "127.0.0.1",
                                                .threads = 1,
                                                .clock = clock_system(),
                                                .service = {db, dynamodb_handle_http}};
    struct http_server *server = NULL;
    struct aws_error err = {0};

    if (!http_server_listen(&options, &server, &err) || !http_server_accept(server, &err))
        fail_msg("%s", err.message);
    return server;
}

static int send_put(const struct http_server *server)
{
    static const char request[] =
        "POST / HTTP/1.1\r\n" HEADERS "X-Amz-Target: DynamoDB_20120810.PutItem\r\n"
        "Content-Length: 45\r\n\r\n"
        "{\"TableName\":\"tab\",\"Item\":{\"p\":{\"S\":\"a\"}}   }";
    struct sockaddr_in to = {.sin_family = AF_INET,
                             .sin_port = htons(http_server_port(server, HTTP_LISTENER_AWS)),
                             .sin_addr = {htonl(INADDR_LOOPBACK)}};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    assert_int_equal(connect(fd, (struct sockaddr *)&to, sizeof(to)), 0);
    assert_int_equal(send(fd, request, strlen(request), MSG_NOSIGNAL), strlen(request));
    return fd;
}

/* All that comes until the server closes. */
static void expect_answer(int fd, const char *expected)
{
    char text[4096];
    size_t used = 0;
    ssize_t got = 0;

    while ((got = recv(fd, text + used, sizeof(text) - 1 - used, 0)) > 0)
        used += (size_t)got;
    text[used] = '\0';
    if (strstr(text, expected) == NULL)
        fail_msg("%s", text);
    (void)close(fd);
}

/* The connection ends, and its headers with it; the write goes on. */
static void a_call_answered_in_its_place_still_ends_well(void **state)
{
    struct dynamodb *db = rows_open_empty(true);
    struct holder holder;

    (void)state;
    rows_run(db, make, ARRAY_LEN(make));
    struct http_server *server = serve(db);
    holder_start(&holder, db->store);
    int fd = send_put(server);
    wait_until_queued(db->store);
    http_server_drain(server);
    dynamodb_drain(db);
    assert_true(http_server_stop(server, 0));
    expect_answer(fd, "HTTP/1.1 503 ");
    assert_int_equal(sem_post(&holder.go), 0);
    pthread_join(holder.thread, NULL);
    dynamodb_stop(db);
    http_server_free(server);
    rows_run(db, get, ARRAY_LEN(get));
    dynamodb_close(db);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_call_answered_in_its_place_still_ends_well),
    };

    return cmocka_run_group_tests(tests, rows_make_folder, rows_remove_folder);
}
