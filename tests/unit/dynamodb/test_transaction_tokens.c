/* A transaction's ClientRequestToken: one effect, for ten minutes, from however many callers. */
#include "transaction_rows.h"

#include <pthread.h>

#define ADD                                                                                        \
    UPDATE("one", A, "ADD n :v", ",'ExpressionAttributeValues':{':v':{'N':'1'}}")                  \
    "," PUT("one", B, "")
/* The same with every object's members in another order. */
#define ADD_TURNED                                                                                 \
    "{'Update':{'ExpressionAttributeValues':{':v':{'N':'1'}},'UpdateExpression':'ADD n :v',"       \
    "'Key':{" A "},'TableName':'one','ConditionExpression':null}}," PUT("one", B, "")
#define MISMATCH                                                                                   \
    "{'__type':'com.amazonaws.dynamodb.v20120810#IdempotentParameterMismatchException','Message':" \
    "'Specified idempotent token was used with different request parameters within the "           \
    "idempotency window'}"
#define COUNT_IS(n) GET("one", A), 200, "{'Item':{" A ",'n':{'N':'" n "'}}}"

static const struct row first_rows[] = {
    {TABLE_ONE},
    {WRITE(ADD, TOKEN("t1") INDEXES), 200,
     "{'ConsumedCapacity':[" WRITTEN("4.0", ",'Table':{" UNITS("4.0", "Write") "}", "one") "]}"},
    {COUNT_IS("1")},
};
static const struct row again_rows[] = {
    {WRITE(ADD, TOKEN("t1")), 200, "{}"},
    {WRITE(ADD_TURNED, TOKEN("t1") INDEXES), 200,
     "{'ConsumedCapacity':[" READ_UNITS("4.0", "one") "]}"},
    {WRITE(ADD "," PUT("one", C, ""), TOKEN("t1")), 400, MISMATCH},
    {WRITE(PUT("one", B, ""), TOKEN("t1")), 400, MISMATCH},
    {COUNT_IS("1")},
};
static const struct row other_rows[] = {
    {WRITE(ADD, TOKEN("t2")), 200, "{}"},
    {COUNT_IS("2")},
    /* What was cancelled has not been done, and its token is free. */
    {WRITE(ADD "," CHECK("one", C, "attribute_exists(p)", ""), TOKEN("t3")), 400, "{any}"},
    {WRITE(ADD, TOKEN("t3")), 200, "{}"},
    {COUNT_IS("3")},
};
static const struct row late_rows[] = {
    {WRITE(PUT("one", C, ""), TOKEN("t1")), 200, "{}"},
    {WRITE(ADD, TOKEN("t2")), 200, "{}"},
    {COUNT_IS("4")},
};

static void a_token_has_its_effect_once_in_ten_minutes(void **state)
{
    (void)state;
    for (int on_disk = 0; on_disk < 2; on_disk++) {
        struct dynamodb *db = rows_open_empty(on_disk == 1);

        rows_run_quoted(db, first_rows, ARRAY_LEN(first_rows));
        rows_run_quoted(db, again_rows, ARRAY_LEN(again_rows));
        if (on_disk == 1) {
            dynamodb_close(db); /* the token is kept with the items */
            db = rows_open(true);
        }
        fake_clock_advance_ms(&rows_clock, 10 * 60 * 1000 - 1);
        rows_run_quoted(db, again_rows, ARRAY_LEN(again_rows));
        rows_run_quoted(db, other_rows, ARRAY_LEN(other_rows));
        fake_clock_advance_ms(&rows_clock, 10 * 60 * 1000);
        rows_run_quoted(db, late_rows, ARRAY_LEN(late_rows));
        dynamodb_close(db);
    }
}

/* A row of tokens holds 32 of them: the first 8,192 are in rows of which none is full. */
static void thousands_of_tokens_are_kept(void **state)
{
    enum { TOKENS = 8192 };
    static const char *const request =
        "{\"TransactItems\":[{\"Update\":{\"TableName\":\"one\",\"Key\":{\"p\":{\"S\":\"a\"}},"
        "\"UpdateExpression\":\"ADD n :v\",\"ExpressionAttributeValues\":{\":v\":{\"N\":\"1\"}}}}]"
        ",\"ClientRequestToken\":\"%d-%s\"}";
    struct dynamodb *db = rows_open_empty(false);
    struct arena *arena = arena_new(ROWS_ARENA_BYTES);

    (void)state;
    rows_run_quoted(db, first_rows, 1);
    for (int i = 0; i < 2 * TOKENS; i++) {
        struct str text = str_printf(arena, request, i % TOKENS, "0123456789abcdef");
        assert_str_equal(rows_execute(db, "TransactWriteItems", text, arena).body, STR("{}"));
        arena_reset(arena);
    }
    struct str get = STR("{\"TableName\":\"one\",\"Key\":{\"p\":{\"S\":\"a\"}}}");
    assert_str_equal(rows_execute(db, "GetItem", get, arena).body,
                     STR("{\"Item\":{\"p\":{\"S\":\"a\"},\"n\":{\"N\":\"8192\"}}}"));
    arena_free(arena);
    dynamodb_close(db);
}

struct adder {
    struct dynamodb *db;
    bool wrong;
};

/* One token from many threads at once: one effect, whatever each is told. */
static void *add_once(void *state)
{
    struct adder *adder = state;
    struct arena *arena = arena_new(ROWS_ARENA_BYTES);
    struct str body =
        rows_execute(adder->db, "TransactWriteItems",
                     STR("{\"TransactItems\":[{\"Update\":{\"TableName\":\"one\",\"Key\":{"
                         "\"p\":{\"S\":\"a\"}},"
                         "\"UpdateExpression\":\"ADD n "
                         ":v\",\"ExpressionAttributeValues\":{\":v\":{\"N\":\"1\"}"
                         "}}}],\"ClientRequestToken\":\"same\"}"),
                     arena)
            .body;

    adder->wrong =
        !str_eq(body, STR("{}")) &&
        !str_eq(body, STR("{\"__type\":\"com.amazonaws.dynamodb.v20120810#"
                          "TransactionInProgressException\",\"Message\":\"The transaction with "
                          "the given request token is already in progress.\"}"));
    arena_free(arena);
    return NULL;
}

static void a_token_in_many_threads_has_one_effect(void **state)
{
    enum { THREADS = 12 };

    (void)state;
    for (int on_disk = 0; on_disk < 2; on_disk++) {
        struct dynamodb *db = rows_open_empty(on_disk == 1);
        static const struct row counted[] = {{COUNT_IS("1")}};
        struct adder adders[THREADS];
        pthread_t threads[THREADS];

        rows_run_quoted(db, first_rows, 1);
        for (size_t i = 0; i < THREADS; i++) {
            adders[i] = (struct adder){.db = db};
            assert_int_equal(pthread_create(&threads[i], NULL, add_once, &adders[i]), 0);
        }
        for (size_t i = 0; i < THREADS; i++) {
            assert_int_equal(pthread_join(threads[i], NULL), 0);
            assert_false(adders[i].wrong);
        }
        rows_run_quoted(db, counted, 1);
        dynamodb_close(db);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_token_has_its_effect_once_in_ten_minutes),
        cmocka_unit_test(thousands_of_tokens_are_kept),
        cmocka_unit_test(a_token_in_many_threads_has_one_effect),
    };

    return cmocka_run_group_tests(tests, rows_make_folder, rows_remove_folder);
}
