/* An index that comes to a table with items: filled beside reads and writes, over both stores. */
#include "operation_rows.h"

#include <pthread.h>

#include "../../../emulator/dynamodb/tables/backfill.h"
#include "../../../emulator/dynamodb/operation.h"

#define PUT(item) "PutItem", "{'TableName':'tab','Item':{" item "}}", 200, "{}"
#define ANY       "{any}"
#define TABLE                                                                                      \
    "{'TableName':'tab','BillingMode':'PAY_PER_REQUEST','AttributeDefinitions':[{'AttributeName':" \
    "'p','AttributeType':'S'}],'KeySchema':[{'AttributeName':'p','KeyType':'HASH'}]}"
#define ADD_INDEX                                                                                  \
    "{'TableName':'tab','AttributeDefinitions':[{'AttributeName':'g','AttributeType':'S'},"        \
    "{'AttributeName':'n','AttributeType':'N'}],'GlobalSecondaryIndexUpdates':[{'Create':{"        \
    "'IndexName':'gsi','KeySchema':[{'AttributeName':'g','KeyType':'HASH'},{'AttributeName':'n',"  \
    "'KeyType':'RANGE'}],'Projection':{'ProjectionType':'KEYS_ONLY'}}}]}"
#define DROP_INDEX                                                                                 \
    "{'TableName':'tab','GlobalSecondaryIndexUpdates':[{'Delete':{'IndexName':'gsi'}}]}"
#define QUERY                                                                                      \
    "Query", "{'TableName':'tab','IndexName':'gsi','KeyConditionExpression':'g = :g',"             \
             "'ExpressionAttributeValues':{':g':{'S':'g'}}}"
#define GN(n) "'g':{'S':'g'},'n':{'N':'" n "'}"

static void what_fits_comes_into_a_new_index(void **state)
{
    static const struct row before[] = {
        {"CreateTable", TABLE, 200, ANY},
        {PUT("'p':{'S':'a'}," GN("2") ",'x':{'S':'not projected'}")},
        {PUT("'p':{'S':'b'}," GN("1"))},
        {PUT("'p':{'S':'no sort key'},'g':{'S':'g'}")},
        {PUT("'p':{'S':'another type'},'g':{'N':'1'},'n':{'N':'1'}")},
        {PUT("'p':{'S':'empty'},'g':{'S':''},'n':{'N':'1'}")},
        {"UpdateTable", ADD_INDEX, 200, ANY},
    };
    static const struct row after[] = {
        {QUERY, 200,
         "{'Count':2,'Items':[{'p':{'S':'b'}," GN("1") "},{'p':{'S':'a'}," GN(
             "2") "}],'ScannedCount':2}"},
        {PUT("'p':{'S':'b'}," GN("3"))},
        {"DeleteItem", "{'TableName':'tab','Key':{'p':{'S':'a'}}}", 200, "{}"},
        {QUERY, 200, "{'Count':1,'Items':[{'p':{'S':'b'}," GN("3") "}],'ScannedCount':1}"},
        {"PutItem", "{'TableName':'tab','Item':{'p':{'S':'b'},'g':{'N':'1'}}}", 400,
         VE "One or more parameter values were invalid: Type mismatch for Index Key g Expected: S "
            "Actual: N IndexName: gsi'}"},
        {"UpdateTable", DROP_INDEX, 200, ANY},
        {QUERY, 400, VE "The table does not have the specified index: gsi'}"},
        {"PutItem", "{'TableName':'tab','Item':{'p':{'S':'b'},'g':{'N':'1'}}}", 200, "{}"},
        {"DeleteTable", "{'TableName':'tab'}", 200, ANY},
    };

    (void)state;
    for (int on_disk = 0; on_disk < 2; on_disk++) {
        struct dynamodb *db = rows_open_empty(on_disk == 1);

        rows_run_quoted(db, before, ARRAY_LEN(before));
        dynamodb_settle(db);
        rows_run_quoted(db, after, ARRAY_LEN(after));
        dynamodb_close(db);
    }
}

/* --- step by step: a store and a catalogue without a housekeeper ----------------------------- */

enum { ITEMS = 450 }; /* several steps */

struct bench {
    struct store *store;
    struct catalogue *catalogue;
    struct arena *arena;
};

static void bench_open(struct bench *bench, bool on_disk)
{
    struct aws_error err = {0};

    *bench = (struct bench){.arena = arena_new(ROWS_ARENA_BYTES)};
    if (!(on_disk ? store_open_sqlite(rows_folder, DURABILITY_OFF, &bench->store, &err)
                  : store_open_memory(&bench->store, &err)) ||
        !catalogue_open(bench->store, &rows_clock.clock, 1, &bench->catalogue, &err))
        fail_msg("%s", err.message);
}

static void bench_close(struct bench *bench)
{
    catalogue_close(bench->catalogue);
    store_close(bench->store);
    arena_free(bench->arena);
}

/* Answers the body; the request has ' for ". */
static struct str bench_run(struct bench *bench, const char *operation, struct str request)
{
    struct json_value *root = NULL;
    struct json_writer writer;
    struct buffer body;
    struct aws_error err = {0};
    struct ddb_call call = {.store = bench->store,
                            .catalogue = bench->catalogue,
                            .region = STR("eu-west-1"),
                            .arena = bench->arena,
                            .out = &writer};
    const char *text = rows_quoted(bench->arena, request);

    assert_true(json_parse(str_from_c(text), bench->arena, &root, NULL));
    call.request = root;
    buffer_init(&body, bench->arena);
    json_writer_init(&writer, &body, JSON_COMPACT);
    if (!operation_run(operation_find(str_from_c(operation)), &call, &err))
        fail_msg("%s: %s", operation, err.message);
    return buffer_str(&body);
}

/* Every third item has no place in the index. */
static void put(struct bench *bench, int number, int sort)
{
    struct str attributes = number % 3 == 0 ? STR("'x':{'S':'elsewhere'}")
                                            : str_printf(bench->arena,
                                                         "'g':{'S':'g'},'n':{'N':"
                                                         "'%d'}",
                                                         sort);

    (void)bench_run(bench, "PutItem",
                    str_printf(bench->arena, "{'TableName':'tab','Item':{'p':{'S':'%d'},%.*s}}",
                               number, STR_ARG(attributes)));
}

static bool step(struct bench *bench, struct backfill *backfill)
{
    struct aws_error err = {0};
    bool more = false;
    struct arena *arena = arena_new(ROWS_ARENA_BYTES);

    if (!backfill_step(backfill, bench->store, bench->catalogue, arena, &more, &err))
        fail_msg("%s", err.message);
    arena_free(arena);
    return more;
}

static void begin(struct bench *bench, bool on_disk)
{
    dynamodb_close(rows_open_empty(on_disk));
    bench_open(bench, on_disk);
    (void)bench_run(bench, "CreateTable", str_from_c(TABLE));
    for (int i = 0; i < ITEMS; i++)
        put(bench, i, i);
    (void)bench_run(bench, "UpdateTable", str_from_c(ADD_INDEX));
}

struct rows_seen {
    int count;
    int64_t bytes;
};

static bool count_row(void *state, const struct store_item *item)
{
    struct rows_seen *seen = state;

    seen->count++;
    seen->bytes += item->size;
    return true;
}

/* The index is whole, and the store's count of it is what is there. */
static void expect_rows(struct bench *bench, int wanted)
{
    struct table *table = catalogue_find(bench->catalogue, STR("tab"));
    const struct table_index *index = table_index_find(table, STR("gsi"));
    struct store_range range = {.collection = index->collection, .hash_to = STORE_HASH_MAX};
    struct rows_seen seen = {0};
    struct aws_error err = {0};

    assert_false(index->creating);
    assert_true(store_read(bench->store, &range, count_row, &seen, &err));
    assert_int_equal(seen.count, wanted);
    assert_int_equal(store_size(bench->store, index->collection).items, wanted);
    assert_int_equal(store_size(bench->store, index->collection).bytes, seen.bytes);
    table_release(table);
}

static void writes_between_the_steps_keep_the_index_right(void **state)
{
    (void)state;
    for (int on_disk = 0; on_disk < 2; on_disk++) {
        struct backfill backfill = {0};
        struct bench bench;
        int round = 0;

        begin(&bench, on_disk == 1);
        for (; step(&bench, &backfill); round++) {
            /* Wherever the filling is, these are on both sides of it. */
            for (int i = round; i < ITEMS; i += 10)
                put(&bench, i, 1000 + i); /* moved within the index */
            for (int i = round + 5; i < ITEMS; i += 90)
                (void)bench_run(
                    &bench, "DeleteItem",
                    str_printf(bench.arena, "{'TableName':'tab','Key':{'p':{'S':'%d'}}}", i));
            for (int i = round + 5; i < ITEMS; i += 90)
                put(&bench, i, i); /* there again */
            /* Another item, the same row. */
            (void)bench_run(&bench, "UpdateItem",
                            STR("{'TableName':'tab','Key':{'p':{'S':'7'}},'UpdateExpression':"
                                "'SET y = :y','ExpressionAttributeValues':{':y':{'S':'y'}}}"));
            put(&bench, ITEMS + round * 3 + 1, 1); /* one more */
            assert_true(round < 100);
        }
        expect_rows(&bench, ITEMS - ITEMS / 3 + round);
        bench_close(&bench);
    }
}

static void a_fill_that_was_cut_off_begins_again(void **state)
{
    struct backfill backfill = {0};
    struct bench bench;

    (void)state;
    begin(&bench, true);
    for (int i = 0; i < 2; i++)
        assert_true(step(&bench, &backfill));
    bench_close(&bench);
    bench_open(&bench, true);
    backfill = (struct backfill){0};
    while (step(&bench, &backfill))
        continue;
    expect_rows(&bench, ITEMS - ITEMS / 3);
    bench_close(&bench);
}

static void clear_dropped(const struct bench *bench)
{
    struct aws_error err = {0};
    bool more = true;

    while (more)
        assert_true(catalogue_clear_step(bench->catalogue, &more, &err));
}

static void an_index_or_a_table_may_go_while_it_is_filled(void **state)
{
    (void)state;
    for (int on_disk = 0; on_disk < 2; on_disk++) {
        struct backfill backfill = {0};
        struct bench bench;

        begin(&bench, on_disk == 1);
        assert_true(step(&bench, &backfill));
        int64_t collection = backfill.collection;
        (void)bench_run(&bench, "UpdateTable", STR(DROP_INDEX));
        while (step(&bench, &backfill))
            continue;
        clear_dropped(&bench);
        assert_int_equal(store_size(bench.store, collection).items, 0);
        /* The next has another number, and is filled for itself. */
        (void)bench_run(&bench, "UpdateTable", STR(ADD_INDEX));
        assert_true(step(&bench, &backfill));
        assert_int_not_equal(backfill.collection, collection);
        while (step(&bench, &backfill))
            continue;
        expect_rows(&bench, ITEMS - ITEMS / 3);
        bench_close(&bench);
    }
}

/* --- with everything running ---------------------------------------------------------------- */

enum { WRITERS = 4, WRITES = 300 };

struct writer {
    struct dynamodb *db;
    int number;
};

static void *write_items(void *state)
{
    const struct writer *writer = state;
    struct arena *arena = arena_new(ROWS_ARENA_BYTES);

    for (int i = 0; i < WRITES; i++) {
        struct str key = str_printf(arena, "{\"S\":\"%d-%d\"}", writer->number, i % 50);
        struct str request =
            i % 7 == 6
                ? str_printf(arena, "{\"TableName\":\"tab\",\"Key\":{\"p\":%.*s}}", STR_ARG(key))
                : str_printf(arena,
                             "{\"TableName\":\"tab\",\"Item\":{\"p\":%.*s,\"g\":{\"S\":\"g\"},"
                             "\"n\":{\"N\":\"%d\"}}}",
                             STR_ARG(key), i);

        const char *operation = i % 7 == 6 ? "DeleteItem" : "PutItem";
        assert_int_equal(rows_execute(writer->db, operation, request, arena).status, 200);
        arena_reset(arena);
    }
    arena_free(arena);
    return NULL;
}

/* {"Count":N, */
static long count(struct dynamodb *db, const char *index)
{
    struct arena *arena = arena_new(ROWS_ARENA_BYTES);
    struct str request = str_printf(arena, "{\"TableName\":\"tab\",%s\"Select\":\"COUNT\"}", index);
    struct dynamodb_answer answer = rows_execute(db, "Scan", request, arena);

    assert_int_equal(answer.status, 200);
    long number = strtol(str_to_c(arena, str_slice(answer.body, 9, answer.body.len)), NULL, 10);
    arena_free(arena);
    return number;
}

static void an_index_is_filled_while_many_write(void **state)
{
    static const struct row make[] = {{"CreateTable", TABLE, 200, ANY}};
    static const struct row add[] = {{"UpdateTable", ADD_INDEX, 200, ANY}};
    static const struct row drop[] = {{"UpdateTable", DROP_INDEX, 200, ANY}};

    (void)state;
    for (int on_disk = 0; on_disk < 2; on_disk++) {
        struct dynamodb *db = rows_open_empty(on_disk == 1);
        struct writer writers[WRITERS];
        pthread_t threads[WRITERS];

        rows_run_quoted(db, make, 1);
        for (int i = 0; i < WRITERS; i++) {
            writers[i] = (struct writer){db, i};
            assert_int_equal(pthread_create(&threads[i], NULL, write_items, &writers[i]), 0);
        }
        for (int i = 0; i < 5; i++) {
            rows_run_quoted(db, add, 1);
            dynamodb_settle(db);
            if (i < 4)
                rows_run_quoted(db, drop, 1);
        }
        for (int i = 0; i < WRITERS; i++)
            pthread_join(threads[i], NULL);
        assert_int_equal(count(db, "\"IndexName\":\"gsi\","), count(db, ""));
        dynamodb_close(db);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_fits_comes_into_a_new_index),
        cmocka_unit_test(writes_between_the_steps_keep_the_index_right),
        cmocka_unit_test(a_fill_that_was_cut_off_begins_again),
        cmocka_unit_test(an_index_or_a_table_may_go_while_it_is_filled),
        cmocka_unit_test(an_index_is_filled_while_many_write),
    };

    return cmocka_run_group_tests(tests, rows_make_folder, rows_remove_folder);
}
