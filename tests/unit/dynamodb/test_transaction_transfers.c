/* Transactions of several threads at once: money that moves between accounts, and who counts it. */
#include "transaction_rows.h"

#include <pthread.h>
#include <stdatomic.h>

#include "base/buffer.h"

enum { ACCOUNTS = 8, TRANSFERS = 200, MOVERS = 3, WATCHERS = 2 };

struct bank {
    struct dynamodb *db;
    unsigned seed;
    _Atomic bool *done;
    bool wrong;
};

/* From one account to another, when there is something left on it. */
static void *move_money(void *state)
{
    static const char *const request =
        "{\"TransactItems\":[{\"Update\":{\"TableName\":\"one\",\"Key\":{\"p\":{\"S\":\"%u\"}},"
        "\"UpdateExpression\":\"SET n = n - :v\",\"ConditionExpression\":\"n >= :v\","
        "\"ExpressionAttributeValues\":{\":v\":{\"N\":\"7\"}}}},{\"Update\":{\"TableName\":\"one\","
        "\"Key\":{\"p\":{\"S\":\"%u\"}},\"UpdateExpression\":\"SET n = n + :v\","
        "\"ExpressionAttributeValues\":{\":v\":{\"N\":\"7\"}}}}],\"ClientRequestToken\":\"%u-%d\"}";
    struct bank *bank = state;
    struct arena *arena = arena_new(ROWS_ARENA_BYTES);

    for (int i = 0; i < TRANSFERS; i++) {
        unsigned from = (bank->seed * 31 + (unsigned)i * 17) % ACCOUNTS;
        unsigned to = (from + 1 + (bank->seed + (unsigned)i) % (ACCOUNTS - 1)) % ACCOUNTS;
        struct str body = rows_execute(bank->db, "TransactWriteItems",
                                       str_printf(arena, request, from, to, bank->seed, i), arena)
                              .body;

        bank->wrong =
            bank->wrong || !(str_eq(body, STR("{}")) ||
                             str_ends_with(body, STR("[ConditionalCheckFailed, None]\"}")));
        arena_reset(arena);
    }
    arena_free(arena);
    return NULL;
}

static int64_t sum_of(struct str body)
{
    int64_t sum = 0, n = 0;

    for (;;) {
        size_t at = str_find(body, STR("\"n\":{\"N\":\""));

        if (at >= body.len)
            return sum;
        body = str_slice(body, at + 10, body.len);
        struct str digits = str_slice(body, 0, str_find_char(body, '"'));
        if (!str_to_int64(digits, 0, INT64_MAX, &n))
            return -1;
        sum += n;
    }
}

static void *watch_the_sum(void *state)
{
    struct bank *bank = state;
    struct arena *arena = arena_new(ROWS_ARENA_BYTES);

    while (!atomic_load(bank->done)) {
        struct buffer text;

        buffer_init(&text, arena);
        for (int i = 0; i < ACCOUNTS; i++)
            buffer_printf(&text,
                          "%s{\"Get\":{\"TableName\":\"one\",\"Key\":{\"p\":{\"S\":\"%d\"}}}}",
                          i == 0 ? "{\"TransactItems\":[" : ",", i);
        buffer_add_literal(&text, "]}");
        struct str body = rows_execute(bank->db, "TransactGetItems", buffer_str(&text), arena).body;
        bank->wrong = bank->wrong || sum_of(body) != ACCOUNTS * 100;
        arena_reset(arena);
    }
    arena_free(arena);
    return NULL;
}

static void transfers_keep_the_sum_at_every_moment(void **state)
{
    static const struct row table = {TABLE_ONE};

    (void)state;
    for (int on_disk = 0; on_disk < 2; on_disk++) {
        struct dynamodb *db = rows_open_empty(on_disk == 1);
        struct arena *arena = arena_new(ROWS_ARENA_BYTES);
        struct bank banks[MOVERS + WATCHERS];
        pthread_t threads[MOVERS + WATCHERS];
        _Atomic bool done = false;

        rows_run_quoted(db, &table, 1);
        for (unsigned i = 0; i < MOVERS + WATCHERS; i++)
            banks[i] = (struct bank){.db = db, .seed = i, .done = &done};
        for (int i = 0; i < ACCOUNTS; i++)
            (void)rows_execute(db, "PutItem",
                               str_printf(arena,
                                          "{\"TableName\":\"one\",\"Item\":{\"p\":{\"S\":\"%d\"},"
                                          "\"n\":{\"N\":\"100\"}}}",
                                          i),
                               arena);
        for (size_t i = 0; i < MOVERS + WATCHERS; i++)
            assert_int_equal(pthread_create(&threads[i], NULL,
                                            i < MOVERS ? move_money : watch_the_sum, &banks[i]),
                             0);
        for (size_t i = 0; i < MOVERS + WATCHERS; i++) {
            if (i == MOVERS)
                atomic_store(&done, true);
            assert_int_equal(pthread_join(threads[i], NULL), 0);
            assert_false(banks[i].wrong);
        }
        struct str all = rows_execute(db, "Scan", STR("{\"TableName\":\"one\"}"), arena).body;
        assert_int_equal(sum_of(all), ACCOUNTS * 100);
        arena_free(arena);
        dynamodb_close(db);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(transfers_keep_the_sum_at_every_moment),
    };

    return cmocka_run_group_tests(tests, rows_make_folder, rows_remove_folder);
}
