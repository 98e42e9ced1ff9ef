/* Writes that meet a table's change on its way: they begin again, however long that takes. */
#include "operation_rows.h"

#include <sched.h>
#include <stdatomic.h>

#include "../../../emulator/dynamodb/service.h"
#include "base/buffer.h"
#include "base/json.h"

/* Many times what the arena would hold if each round kept the old item. */
enum { ITEM_BYTES = 300 * 1024, ARENA_BYTES = 16 * 1024 * 1024, ROUNDS = 300 };

static struct str make_put(struct arena *arena)
{
    struct buffer text;

    buffer_init(&text, arena);
    buffer_add_literal(&text,
                       "{\"TableName\":\"tab\",\"Item\":{\"p\":{\"S\":\"a\"},\"v\":{\"S\":\"");
    for (size_t i = 0; i < ITEM_BYTES; i++)
        buffer_add_char(&text, 'x');
    buffer_add_literal(&text, "\"}}}");
    return buffer_str(&text);
}

static struct dynamodb *open_with_item(struct arena *arena)
{
    static const struct row table[] = {
        {"CreateTable",
         "{\"TableName\":\"tab\",\"AttributeDefinitions\":[{\"AttributeName\":\"p\","
         "\"AttributeType\":\"S\"}],\"KeySchema\":[{\"AttributeName\":\"p\",\"KeyType\":\"HASH\"}"
         "]" ON_DEMAND,
         200, "{any}"},
    };
    struct dynamodb *db = rows_open_empty(true);

    rows_run(db, table, ARRAY_LEN(table));
    assert_int_equal(rows_execute(db, "PutItem", make_put(arena), arena).status, 200);
    return db;
}

static uint64_t count_commits(struct dynamodb *db)
{
    struct dynamodb_counters counters;

    dynamodb_count(db, &counters);
    return counters.commits;
}

static _Atomic bool is_done;

static void note_done(struct service_call *call)
{
    (void)call;
    atomic_store(&is_done, true);
}

static void a_write_waits_for_a_tables_new_version_without_memory(void **state)
{
    struct arena *setup = arena_new(ROWS_ARENA_BYTES), *arena = arena_new(ARENA_BYTES);
    struct dynamodb *db = open_with_item(setup);
    struct json_value *request = NULL;
    struct service_call call = {.db = db,
                                .operation = operation_find(STR("PutItem")),
                                .region = STR("eu-west-1"),
                                .arena = arena,
                                .done = note_done};

    (void)state;
    assert_true(json_parse(make_put(arena), arena, &request, NULL));
    call.request = request;
    /* As UpdateTable leaves the version that was, from its commit until it shows the next. */
    struct table *table = catalogue_find(db->catalogue, STR("tab"));
    atomic_store(&table->stale, true);
    uint64_t before = count_commits(db);
    assert_int_equal(service_execute(&call), SERVICE_LATER);
    while (!atomic_load(&is_done) && count_commits(db) < before + ROUNDS)
        (void)sched_yield();
    assert_false(atomic_load(&is_done));
    /* The commit failed after all: the version is good again. */
    atomic_store(&table->stale, false);
    while (!atomic_load(&is_done))
        (void)sched_yield();
    assert_int_equal(call.answer.status, 200);
    table_release(table);
    dynamodb_close(db);
    arena_free(arena);
    arena_free(setup);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_write_waits_for_a_tables_new_version_without_memory),
    };
    return cmocka_run_group_tests(tests, rows_make_folder, rows_remove_folder);
}
