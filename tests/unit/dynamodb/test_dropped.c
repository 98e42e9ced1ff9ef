/* Rows of tables and indexes that are gone go, too, whenever the process ended. */
#include "operation_rows.h"

#include "../../../emulator/dynamodb/service.h"

enum { LEFT_BEHIND = 5000 };

#define KEYS(name)                                                                                 \
    "{'TableName':'" name "','BillingMode':'PAY_PER_REQUEST','AttributeDefinitions':["             \
    "{'AttributeName':'p','AttributeType':'S'},{'AttributeName':'g','AttributeType':'S'}],"        \
    "'KeySchema':[{'AttributeName':'p','KeyType':'HASH'}],'GlobalSecondaryIndexes':[{"             \
    "'IndexName':'gsi','KeySchema':[{'AttributeName':'g','KeyType':'HASH'}],'Projection':{"        \
    "'ProjectionType':'ALL'}}],'StreamSpecification':{'StreamEnabled':true,'StreamViewType':"      \
    "'KEYS_ONLY'}}"
#define PUT(key)                                                                                   \
    "PutItem", "{'TableName':'tab','Item':{'p':{'S':'" key "'},'g':{'S':'x'}}}", 200, "{}"

static const struct row make[] = {
    {"CreateTable", KEYS("tab"), 200, "{any}"}, {PUT("a")}, {PUT("b")}};
static const struct row remove_index[] = {
    {"UpdateTable",
     "{'TableName':'tab','GlobalSecondaryIndexUpdates':[{'Delete':{'IndexName':'gsi'}}]}", 200,
     "{any}"},
};
static const struct row delete[] = {{"DeleteTable", "{'TableName':'tab'}", 200, "{any}"}};

static void rows_go_with_what_they_are_of(bool on_disk)
{
    struct dynamodb *db = rows_open_empty(on_disk);

    rows_run_quoted(db, make, ARRAY_LEN(make));
    struct table *table = catalogue_find(db->catalogue, STR("tab"));
    int64_t index = table->indexes[0].collection;
    assert_int_equal(store_size(db->store, index).items, 2);
    rows_run_quoted(db, remove_index, 1);
    dynamodb_settle(db);
    assert_int_equal(store_size(db->store, index).items, 0);
    rows_run_quoted(db, delete, 1);
    dynamodb_settle(db);
    assert_int_equal(store_last(db->store), 0);
    table_release(table);
    dynamodb_close(db);
}

static void rows_of_what_is_deleted_go(void **state)
{
    (void)state;
    rows_go_with_what_they_are_of(false);
    rows_go_with_what_they_are_of(true);
}

static bool put_row(struct store_transaction *transaction)
{
    transaction->changes = transaction->state;
    return true;
}

/* As a process that ended in the middle of a DeleteTable leaves the store. */
static void leave_row(struct dynamodb *db)
{
    struct store_change change = {.collection = LEFT_BEHIND,
                                  .key = {.partition = STR("a")},
                                  .json = STR("{}"),
                                  .size = 2,
                                  .old_size = STORE_SIZE_NONE};
    struct arena *arena = arena_new(ROWS_ARENA_BYTES);
    struct store_transaction transaction = {.arena = arena, .decide = put_row, .state = &change};
    struct aws_error err = {0};

    assert_true(store_write(db->store, &transaction, &err));
    arena_free(arena);
}

static void what_an_earlier_process_left_goes_and_no_new_table_gets_it(void **state)
{
    struct dynamodb *db = rows_open_empty(true);

    (void)state;
    leave_row(db);
    dynamodb_close(db);
    db = rows_open(true);
    rows_run_quoted(db, make, 1);
    struct table *table = catalogue_find(db->catalogue, STR("tab"));
    assert_true(table->collection > LEFT_BEHIND);
    table_release(table);
    dynamodb_settle(db);
    assert_int_equal(store_size(db->store, LEFT_BEHIND).items, 0);
    dynamodb_close(db);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_of_what_is_deleted_go),
        cmocka_unit_test(what_an_earlier_process_left_goes_and_no_new_table_gets_it),
    };

    return cmocka_run_group_tests(tests, rows_make_folder, rows_remove_folder);
}
