#include "store_rig.h"

#include <unistd.h>

#include "base/buffer.h"

/* --- the folder ----------------------------------------------------------------------------- */

static char folder[] = "/tmp/squall-test-store-XXXXXX";

const char *rig_folder(void)
{
    return folder;
}

void rig_remove_files(void)
{
    static const char *const names[] = {"lock", "dynamodb.sqlite3", "dynamodb.sqlite3-wal",
                                        "dynamodb.sqlite3-shm"};
    char path[128];

    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        (void)snprintf(path, sizeof(path), "%s/%s", folder, names[i]);
        (void)unlink(path);
    }
}

const char *rig_database_path(void)
{
    static char path[128];

    (void)snprintf(path, sizeof(path), "%s/dynamodb.sqlite3", folder);
    return path;
}

int rig_make_folder(void **state)
{
    (void)state;
    return mkdtemp(folder) == NULL;
}

int rig_remove_folder(void **state)
{
    (void)state;
    rig_remove_files();
    return rmdir(folder);
}

/* --- stores --------------------------------------------------------------------------------- */

struct store *rig_reopen(enum durability durability)
{
    struct aws_error err = {0};
    struct store *store = NULL;

    if (!store_open_sqlite(folder, durability, &store, &err))
        fail_msg("%s", err.message);
    return store;
}

struct store *rig_open_memory(void)
{
    struct aws_error err = {0};
    struct store *store = NULL;

    assert_true(store_open_memory(&store, &err));
    return store;
}

struct store *rig_open_on_disk(void)
{
    rig_remove_files();
    return rig_reopen(DURABILITY_NORMAL);
}

static struct store *open_synchronous(void)
{
    rig_remove_files();
    return rig_reopen(DURABILITY_FULL);
}

const struct rig_kind rig_kinds[RIG_KINDS] = {
    {"memory", rig_open_memory},
    {"sqlite", rig_open_on_disk},
    {"sqlite, full", open_synchronous},
};

/* --- reads and writes ----------------------------------------------------------------------- */

static bool decide_write(struct store_transaction *transaction)
{
    struct rig_write *write = transaction->state;

    write->refused = write->only_if_absent && transaction->targets[0].found;
    write->change.old_size = transaction->targets[0].found ? transaction->targets[0].item.size : -1;
    transaction->changes = &write->change;
    return !write->refused;
}

bool rig_run(struct store *store, struct rig_write *write, struct arena *arena)
{
    struct store_target target = {.collection = write->change.collection, .key = write->change.key};
    struct store_transaction transaction = {.arena = arena,
                                            .targets = &target,
                                            .target_count = 1,
                                            .decide = decide_write,
                                            .state = write};
    struct aws_error err = {0};

    if (!store_write(store, &transaction, &err))
        fail_msg("%s", err.message);
    return !write->refused;
}

void rig_put(struct store *store, struct str partition, struct str sort, struct str json)
{
    struct arena *arena = arena_new(ARENA_BYTES);
    struct rig_write write = {.change = {.collection = COLLECTION,
                                         .key = {partition, sort},
                                         .json = json,
                                         .size = (int64_t)json.len}};

    assert_true(rig_run(store, &write, arena));
    arena_free(arena);
}

void rig_remove(struct store *store, struct str partition, struct str sort)
{
    struct arena *arena = arena_new(ARENA_BYTES);
    struct rig_write write = {.change = {.collection = COLLECTION, .key = {partition, sort}}};

    assert_true(rig_run(store, &write, arena));
    arena_free(arena);
}

struct str rig_get(struct store *store, struct str partition, struct str sort, struct arena *arena)
{
    struct store_target target = {.collection = COLLECTION, .key = {partition, sort}};
    struct aws_error err = {0};

    if (!store_get(store, &target, arena, &err))
        fail_msg("%s", err.message);
    return target.found ? target.item.json : STR("-");
}

struct collector {
    struct buffer text;
    size_t limit;
    struct store_key last;
    struct arena *arena;
};

static bool collect(void *state, const struct store_item *item)
{
    struct collector *collector = state;

    buffer_add(&collector->text, item->json);
    buffer_add_char(&collector->text, ' ');
    assert_true(str_copy(collector->arena, item->key.partition, &collector->last.partition));
    assert_true(str_copy(collector->arena, item->key.sort, &collector->last.sort));
    return --collector->limit > 0;
}

struct str rig_read_range(struct store *store, struct store_range range, size_t limit,
                          struct arena *arena, struct store_key *last)
{
    struct collector collector = {.limit = limit, .arena = arena};
    struct aws_error err = {0};

    range.collection = COLLECTION;
    buffer_init(&collector.text, arena);
    if (!store_read(store, &range, collect, &collector, &err))
        fail_msg("%s", err.message);
    if (last != NULL)
        *last = collector.last;
    return buffer_str(&collector.text);
}
