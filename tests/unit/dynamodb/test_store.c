/* Both stores under the same cases; what only the one on disk promises comes last. */
#include "../test.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdatomic.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../../../emulator/dynamodb/store/store.h"
#include "base/buffer.h"
#include "base/rng.h"

enum { ARENA_BYTES = 16 * 1024 * 1024, COLLECTION = 7 };

static char folder[] = "/tmp/squall-test-store-XXXXXX";

static struct store *open_sqlite(enum durability durability)
{
    struct aws_error err = {0};
    struct store *store = NULL;

    if (!store_open_sqlite(folder, durability, &store, &err))
        fail_msg("%s", err.message);
    return store;
}

static void remove_files(void)
{
    static const char *const names[] = {"lock", "dynamodb.sqlite3", "dynamodb.sqlite3-wal",
                                        "dynamodb.sqlite3-shm"};
    char path[128];

    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        (void)snprintf(path, sizeof(path), "%s/%s", folder, names[i]);
        (void)unlink(path);
    }
}

static const char *database_path(void)
{
    static char path[128];

    (void)snprintf(path, sizeof(path), "%s/dynamodb.sqlite3", folder);
    return path;
}

static struct store *open_memory(void)
{
    struct aws_error err = {0};
    struct store *store = NULL;

    assert_true(store_open_memory(&store, &err));
    return store;
}

static struct store *open_on_disk(void)
{
    remove_files();
    return open_sqlite(DURABILITY_NORMAL);
}

static struct store *open_synchronous(void)
{
    remove_files();
    return open_sqlite(DURABILITY_FULL);
}

static const struct {
    const char *name;
    struct store *(*open)(void);
} kinds[] = {
    {"memory", open_memory},
    {"sqlite", open_on_disk},
    {"sqlite, full", open_synchronous},
};

/* One put or removal; `only_if_absent` is a condition. */
struct plan {
    struct store_change change;
    bool only_if_absent;
    bool refused;
};

static bool decide_plan(struct store_transaction *transaction)
{
    struct plan *plan = transaction->state;

    plan->refused = plan->only_if_absent && transaction->targets[0].found;
    plan->change.old_size = transaction->targets[0].found ? transaction->targets[0].item.size : -1;
    transaction->changes = &plan->change;
    return !plan->refused;
}

static bool run_plan(struct store *store, struct plan *plan, struct arena *arena)
{
    struct store_target target = {.collection = plan->change.collection, .key = plan->change.key};
    struct store_transaction transaction = {.arena = arena,
                                            .targets = &target,
                                            .target_count = 1,
                                            .decide = decide_plan,
                                            .state = plan};
    struct aws_error err = {0};

    if (!store_write(store, &transaction, &err))
        fail_msg("%s", err.message);
    return !plan->refused;
}

static void put(struct store *store, struct str partition, struct str sort, struct str json)
{
    struct arena *arena = arena_new(ARENA_BYTES);
    struct plan plan = {.change = {.collection = COLLECTION,
                                   .key = {partition, sort},
                                   .json = json,
                                   .size = (int64_t)json.len}};

    assert_true(run_plan(store, &plan, arena));
    arena_free(arena);
}

static void remove_item(struct store *store, struct str partition, struct str sort)
{
    struct arena *arena = arena_new(ARENA_BYTES);
    struct plan plan = {.change = {.collection = COLLECTION, .key = {partition, sort}}};

    assert_true(run_plan(store, &plan, arena));
    arena_free(arena);
}

/* The item, or "-". In `arena`. */
static struct str get(struct store *store, struct str partition, struct str sort,
                      struct arena *arena)
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

static struct str read_range(struct store *store, struct store_range range, size_t limit,
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

static void a_put_item_is_found_replaced_and_removed(struct store *store, struct arena *arena)
{
    assert_str_equal(get(store, STR("p"), STR("s"), arena), STR("-"));
    put(store, STR("p"), STR("s"), STR("one"));
    assert_str_equal(get(store, STR("p"), STR("s"), arena), STR("one"));
    assert_str_equal(get(store, STR("p"), STR(""), arena), STR("-"));
    put(store, STR("p"), STR("s"), STR("second"));
    assert_str_equal(get(store, STR("p"), STR("s"), arena), STR("second"));
    assert_int_equal(store_size(store, COLLECTION).items, 1);
    assert_int_equal(store_size(store, COLLECTION).bytes, 6);
    remove_item(store, STR("p"), STR("s"));
    remove_item(store, STR("p"), STR("s"));
    assert_str_equal(get(store, STR("p"), STR("s"), arena), STR("-"));
    assert_int_equal(store_size(store, COLLECTION).items, 0);
    assert_int_equal(store_size(store, COLLECTION).bytes, 0);
}

static void keys_are_bytes_and_not_text(struct store *store, struct arena *arena)
{
    put(store, STR("a\0b"), STR(""), STR("nul"));
    put(store, STR("a"), STR(""), STR("short"));
    put(store, STR("\xff\xfe"), STR("\0"), STR("no utf-8"));
    put(store, STR("' OR 1=1 --"), STR(""), STR("quote"));
    assert_str_equal(get(store, STR("a\0b"), STR(""), arena), STR("nul"));
    assert_str_equal(get(store, STR("a"), STR(""), arena), STR("short"));
    assert_str_equal(get(store, STR("\xff\xfe"), STR("\0"), arena), STR("no utf-8"));
    assert_str_equal(get(store, STR("\xff\xfe"), STR(""), arena), STR("-"));
    assert_str_equal(get(store, STR("' OR 1=1 --"), STR(""), arena), STR("quote"));
}

static void a_refused_write_changes_nothing(struct store *store, struct arena *arena)
{
    struct plan plan = {.change = {.collection = COLLECTION,
                                   .key = {STR("p"), STR("s")},
                                   .json = STR("new"),
                                   .size = 3},
                        .only_if_absent = true};

    assert_true(run_plan(store, &plan, arena));
    plan.change.json = STR("newer");
    assert_false(run_plan(store, &plan, arena));
    assert_str_equal(get(store, STR("p"), STR("s"), arena), STR("new"));
    assert_int_equal(store_size(store, COLLECTION).bytes, 3);
}

static const struct {
    const char *name, *from, *to, *after; /* NULL: none */
    bool reverse;
    size_t limit;
    const char *expected;
} partition_rows[] = {
    {"all", "", NULL, NULL, false, 99, "a ab b c d "},
    {"backward", "", NULL, NULL, true, 99, "d c b ab a "},
    {"from", "ab", NULL, NULL, false, 99, "ab b c d "},
    {"from to", "ab", "c", NULL, false, 99, "ab b "},
    {"backward from to", "ab", "c", NULL, true, 99, "b ab "},
    {"limit", "", NULL, NULL, false, 2, "a ab "},
    {"backward limit", "", NULL, NULL, true, 2, "d c "},
    {"after", "", NULL, "ab", false, 99, "b c d "},
    {"after what is gone", "", NULL, "abc", false, 99, "b c d "},
    {"after, from", "b", NULL, "b", false, 99, "c d "},
    {"after before from", "b", NULL, "a", false, 99, "b c d "},
    {"backward after", "", NULL, "c", true, 99, "b ab a "},
    {"backward after to", "a", "c", "d", true, 99, "b ab a "},
    {"backward after, from", "ab", NULL, "c", true, 99, "b ab "},
    {"after the last", "", NULL, "d", false, 99, ""},
    {"backward after the first", "", NULL, "a", true, 99, ""},
    {"empty", "x", "x", NULL, false, 99, ""},
    {"backward empty", "b", "b", NULL, true, 99, ""},
};

static void a_partition_is_read_in_sort_order(struct store *store, struct arena *arena)
{
    static const char *const sorts[] = {"c", "a", "d", "ab", "b"};

    for (size_t i = 0; i < ARRAY_LEN(sorts); i++) {
        put(store, STR("p"), str_from_c(sorts[i]), str_from_c(sorts[i]));
        put(store, STR("other"), str_from_c(sorts[i]), STR("wrong"));
    }
    for (size_t i = 0; i < ARRAY_LEN(partition_rows); i++) {
        struct store_range range = {.partition = STR("p"),
                                    .sort_from = str_from_c(partition_rows[i].from),
                                    .sort_to = str_from_c(partition_rows[i].to),
                                    .reverse = partition_rows[i].reverse};

        if (partition_rows[i].after != NULL)
            range.after = (struct store_key){STR("p"), str_from_c(partition_rows[i].after)};
        struct str found = read_range(store, range, partition_rows[i].limit, arena, NULL);
        if (!str_eq(found, str_from_c(partition_rows[i].expected)))
            fail_msg("%s: '%.*s'", partition_rows[i].name, STR_ARG(found));
    }
}

/* Page by page, in every number of segments: each item once. */
static void segments_are_disjoint_and_complete(struct store *store, struct arena *arena)
{
    enum { ITEMS = 60 };
    char name[16];

    for (int i = 0; i < ITEMS; i++) {
        (void)snprintf(name, sizeof(name), "%d", i);
        put(store, str_from_c(name), STR(""), str_from_c(name));
    }
    for (uint32_t total = 1; total <= 7; total++) {
        size_t found = 0;

        for (uint32_t segment = 0; segment < total; segment++) {
            struct store_range range = {
                .hash_from = (uint32_t)((uint64_t)segment * ((uint64_t)STORE_HASH_MAX + 1) / total),
                .hash_to =
                    (uint32_t)((uint64_t)(segment + 1) * ((uint64_t)STORE_HASH_MAX + 1) / total -
                               1)};
            struct str page;

            do {
                page = read_range(store, range, 4, arena, &range.after);
                for (size_t i = 0; i < page.len; i++)
                    found += page.ptr[i] == ' ';
            } while (page.len > 0);
        }
        assert_int_equal(found, ITEMS);
    }
}

struct pair_plan {
    struct store_change changes[2];
    bool refuse;
};

static bool decide_pair(struct store_transaction *transaction)
{
    struct pair_plan *plan = transaction->state;

    for (size_t i = 0; i < 2; i++)
        plan->changes[i].old_size =
            transaction->targets[i].found ? transaction->targets[i].item.size : -1;
    plan->changes[0].next = &plan->changes[1];
    transaction->changes = plan->changes;
    return !plan->refuse;
}

static void several_changes_are_one(struct store *store, struct arena *arena)
{
    struct store_target targets[2] = {{.collection = COLLECTION, .key = {STR("a"), STR("")}},
                                      {.collection = COLLECTION, .key = {STR("b"), STR("")}}};
    struct pair_plan plan = {.changes = {{.collection = COLLECTION,
                                          .key = {STR("a"), STR("")},
                                          .json = STR("first"),
                                          .size = 5},
                                         {.collection = COLLECTION + 1,
                                          .key = {STR("b"), STR("")},
                                          .json = STR("index"),
                                          .size = 5}},
                             .refuse = true};
    struct store_transaction transaction = {.arena = arena,
                                            .targets = targets,
                                            .target_count = 2,
                                            .decide = decide_pair,
                                            .state = &plan};
    struct aws_error err = {0};

    assert_true(store_write(store, &transaction, &err));
    assert_str_equal(get(store, STR("a"), STR(""), arena), STR("-"));
    plan.refuse = false;
    assert_true(store_write(store, &transaction, &err));
    assert_str_equal(get(store, STR("a"), STR(""), arena), STR("first"));
    assert_int_equal(store_size(store, COLLECTION + 1).items, 1);
}

static void several_items_are_read_up_to_their_bytes(struct store *store, struct arena *arena)
{
    struct store_target targets[] = {{.collection = COLLECTION, .key = {STR("a"), STR("")}},
                                     {.collection = COLLECTION, .key = {STR("none"), STR("")}},
                                     {.collection = COLLECTION, .key = {STR("b"), STR("")}},
                                     {.collection = COLLECTION, .key = {STR("c"), STR("")}}};
    struct aws_error err = {0};
    size_t count = 0;

    put(store, STR("a"), STR(""), STR("12345"));
    put(store, STR("b"), STR(""), STR("67890"));
    put(store, STR("c"), STR(""), STR("!"));
    assert_true(store_get_many(store, targets, ARRAY_LEN(targets), SIZE_MAX, arena, &count, &err));
    assert_int_equal(count, 4);
    assert_str_equal(targets[0].item.json, STR("12345"));
    assert_false(targets[1].found);
    assert_str_equal(targets[3].item.json, STR("!"));
    assert_true(store_get_many(store, targets, ARRAY_LEN(targets), 10, arena, &count, &err));
    assert_int_equal(count, 3);
    assert_true(store_get_many(store, targets, ARRAY_LEN(targets), 9, arena, &count, &err));
    assert_int_equal(count, 2);
    assert_true(store_get_many(store, targets, ARRAY_LEN(targets), 4, arena, &count, &err));
    assert_int_equal(count, 0);
}

/* Two rows that always hold the same text, however often they change. */
struct twins {
    struct store *store;
    _Atomic bool done;
};

static bool decide_twins(struct store_transaction *transaction)
{
    struct store_change *changes = transaction->state;

    for (size_t i = 0; i < 2; i++)
        changes[i].old_size =
            transaction->targets[i].found ? transaction->targets[i].item.size : -1;
    changes[0].next = &changes[1];
    transaction->changes = changes;
    return true;
}

static void write_twins(struct store *store, int number, struct arena *arena)
{
    struct store_target targets[2] = {{.collection = COLLECTION, .key = {STR("a"), STR("")}},
                                      {.collection = COLLECTION, .key = {STR("b"), STR("")}}};
    struct str text = str_printf(arena, "%d", number);
    struct store_change changes[2] = {
        {.collection = COLLECTION, .key = targets[0].key, .json = text, .size = 1},
        {.collection = COLLECTION, .key = targets[1].key, .json = text, .size = 1}};
    struct store_transaction transaction = {.arena = arena,
                                            .targets = targets,
                                            .target_count = 2,
                                            .decide = decide_twins,
                                            .state = changes};
    struct aws_error err = {0};

    assert_true(store_write(store, &transaction, &err));
}

static void *read_twins(void *state)
{
    struct twins *twins = state;
    struct arena *arena = arena_new(ARENA_BYTES);
    struct aws_error err = {0};
    size_t count = 0, differ = 0;

    while (!atomic_load(&twins->done)) {
        struct store_target targets[2] = {{.collection = COLLECTION, .key = {STR("a"), STR("")}},
                                          {.collection = COLLECTION, .key = {STR("b"), STR("")}}};

        if (!store_get_many(twins->store, targets, 2, SIZE_MAX, arena, &count, &err) ||
            !str_eq(targets[0].item.json, targets[1].item.json))
            differ++;
        arena_reset(arena);
    }
    arena_free(arena);
    return (void *)(uintptr_t)differ;
}

static void several_items_are_read_as_of_one_moment(struct store *store, struct arena *arena)
{
    enum { READERS = 3, WRITES = 500 };
    struct twins twins = {.store = store};
    pthread_t readers[READERS];
    void *differ = NULL;

    write_twins(store, 0, arena);
    for (size_t i = 0; i < READERS; i++)
        assert_int_equal(pthread_create(&readers[i], NULL, read_twins, &twins), 0);
    for (int i = 1; i < WRITES; i++)
        write_twins(store, i, arena);
    atomic_store(&twins.done, true);
    for (size_t i = 0; i < READERS; i++) {
        assert_int_equal(pthread_join(readers[i], &differ), 0);
        assert_null(differ);
    }
}

static void a_dropped_collection_is_empty(struct store *store, struct arena *arena)
{
    struct aws_error err = {0};
    bool more = true;
    char name[16];

    for (int i = 0; i < 700; i++) {
        (void)snprintf(name, sizeof(name), "%d", i);
        put(store, STR("p"), str_from_c(name), str_from_c(name));
    }
    assert_int_equal(store_size(store, COLLECTION).items, 700);
    assert_int_equal(store_last(store), COLLECTION);
    while (more)
        assert_true(store_drop(store, COLLECTION, &more, &err));
    assert_int_equal(store_size(store, COLLECTION).items, 0);
    assert_int_equal(store_last(store), 0);
    assert_str_equal(
        read_range(store, (struct store_range){.hash_to = STORE_HASH_MAX}, 9, arena, NULL),
        STR(""));
    put(store, STR("p"), STR(""), STR("again"));
    assert_int_equal(store_size(store, COLLECTION).items, 1);
}

static void an_item_past_the_arena_is_an_error_of_its_own(struct store *store, struct arena *arena)
{
    struct arena *small = arena_new(8 * 1024);
    char *big = arena_alloc_text(arena, 300 * 1000);
    struct store_target target = {.collection = COLLECTION, .key = {STR("p"), STR("")}};
    struct aws_error err = {0};

    memset(big, 'x', 300 * 1000);
    put(store, STR("p"), STR(""), (struct str){big, 300 * 1000});
    assert_false(store_get(store, &target, small, &err));
    assert_ptr_equal(err.kind, &error_out_of_memory);
    assert_int_equal(get(store, STR("p"), STR(""), arena).len, 300 * 1000);
    arena_free(small);
}

typedef void store_case(struct store *store, struct arena *arena);

static const struct {
    const char *name;
    store_case *run;
} cases[] = {
    {"a put item is found, replaced and removed", a_put_item_is_found_replaced_and_removed},
    {"keys are bytes and not text", keys_are_bytes_and_not_text},
    {"a refused write changes nothing", a_refused_write_changes_nothing},
    {"a partition is read in sort order", a_partition_is_read_in_sort_order},
    {"segments are disjoint and complete", segments_are_disjoint_and_complete},
    {"several changes are one", several_changes_are_one},
    {"several items are read up to their bytes", several_items_are_read_up_to_their_bytes},
    {"several items are read as of one moment", several_items_are_read_as_of_one_moment},
    {"a dropped collection is empty", a_dropped_collection_is_empty},
    {"an item past the arena is an error of its own",
     an_item_past_the_arena_is_an_error_of_its_own},
};

static void every_store_passes_every_case(void **state)
{
    (void)state;
    for (size_t kind = 0; kind < ARRAY_LEN(kinds); kind++) {
        for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
            struct store *store = kinds[kind].open();
            struct arena *arena = arena_new(ARENA_BYTES);

            print_message("# %s: %s\n", kinds[kind].name, cases[i].name);
            cases[i].run(store, arena);
            arena_free(arena);
            store_close(store);
        }
    }
}

static void the_stores_agree_on_random_calls(void **state)
{
    struct store *stores[2] = {open_memory(), open_on_disk()};
    struct arena *arena = arena_new(ARENA_BYTES);
    struct rng rng;

    (void)state;
    rng_init(&rng, 20261123);
    for (int round = 0; round < 4000; round++) {
        char partition[8], sort[8], json[24];

        (void)snprintf(partition, sizeof(partition), "p%d", (int)rng_below(&rng, 4));
        (void)snprintf(sort, sizeof(sort), "%02d", (int)rng_below(&rng, 30));
        (void)snprintf(json, sizeof(json), "%s/%s/%d", partition, sort, round);
        struct store_range range = {.partition = str_from_c(partition),
                                    .sort_from = str_from_c(sort),
                                    .reverse = rng_below(&rng, 2) == 1,
                                    .hash_to = STORE_HASH_MAX};
        uint64_t what = rng_below(&rng, 6);
        size_t limit = 1 + rng_below(&rng, 9);
        struct str found[2];

        if (what == 4)
            range.after = (struct store_key){range.partition, STR("15")};
        if (what == 5)
            range = (struct store_range){.hash_to = STORE_HASH_MAX};
        for (size_t i = 0; i < 2; i++) {
            if (what < 2)
                put(stores[i], str_from_c(partition), str_from_c(sort), str_from_c(json));
            else if (what == 2)
                remove_item(stores[i], str_from_c(partition), str_from_c(sort));
            found[i] = what > 2 ? read_range(stores[i], range, limit, arena, NULL)
                                : get(stores[i], str_from_c(partition), str_from_c(sort), arena);
        }
        if (!str_eq(found[0], found[1]))
            fail_msg("round %d, call %d: '%.*s' and '%.*s'", round, (int)what, STR_ARG(found[0]),
                     STR_ARG(found[1]));
        assert_int_equal(store_size(stores[0], COLLECTION).items,
                         store_size(stores[1], COLLECTION).items);
        assert_int_equal(store_size(stores[0], COLLECTION).bytes,
                         store_size(stores[1], COLLECTION).bytes);
        arena_reset(arena);
    }
    arena_free(arena);
    store_close(stores[0]);
    store_close(stores[1]);
}

/* Every writer adds one to the same item, many times: no addition is lost. */
enum { WRITERS = 4, ADDITIONS = 300 };

static bool decide_addition(struct store_transaction *transaction)
{
    struct store_change *change = transaction->state;
    int64_t value = 0;

    if (transaction->targets[0].found)
        assert_true(str_to_int64(transaction->targets[0].item.json, 0, INT32_MAX, &value));
    change->json = str_printf(transaction->arena, "%d", (int)value + 1);
    change->size = 1;
    change->old_size = transaction->targets[0].found ? 1 : -1;
    transaction->changes = change;
    return true;
}

static void *add_many(void *state)
{
    struct store *store = state;
    struct arena *arena = arena_new(ARENA_BYTES);

    for (int i = 0; i < ADDITIONS; i++) {
        struct store_change change = {.collection = COLLECTION, .key = {STR("n"), STR("")}};
        struct store_target target = {.collection = COLLECTION, .key = change.key};
        struct store_transaction transaction = {.arena = arena,
                                                .targets = &target,
                                                .target_count = 1,
                                                .decide = decide_addition,
                                                .state = &change};
        struct aws_error err = {0};

        if (!store_write(store, &transaction, &err))
            abort();
        arena_reset(arena);
    }
    arena_free(arena);
    return NULL;
}

/* One of those that nobody waits for, until the last. */
struct addition {
    struct store_pending pending; /* first */
    struct store_change change;
    struct store_target target;
    struct store_transaction transaction;
    struct aws_error err;
    struct additions *all;
};

struct additions {
    pthread_mutex_t lock;
    pthread_cond_t done;
    int left;
};

static void addition_done(struct store_pending *pending)
{
    struct addition *addition = (struct addition *)pending;
    struct additions *all = addition->all;

    if (!pending->ok)
        abort();
    arena_free(addition->transaction.arena);
    free(addition);
    pthread_mutex_lock(&all->lock);
    all->left--;
    pthread_cond_signal(&all->done);
    pthread_mutex_unlock(&all->lock);
}

static void add_later(struct store *store, struct additions *all)
{
    struct addition *addition = calloc(1, sizeof(*addition));

    assert_non_null(addition);
    addition->change = (struct store_change){.collection = COLLECTION, .key = {STR("n"), STR("")}};
    addition->target = (struct store_target){.collection = COLLECTION, .key = addition->change.key};
    addition->transaction = (struct store_transaction){.arena = arena_new(ARENA_BYTES),
                                                       .targets = &addition->target,
                                                       .target_count = 1,
                                                       .decide = decide_addition,
                                                       .state = &addition->change};
    addition->pending = (struct store_pending){
        .transaction = &addition->transaction, .err = &addition->err, .done = addition_done};
    addition->all = all;
    store_write_later(store, &addition->pending);
}

static void *add_many_later(void *store)
{
    struct additions all = {.left = ADDITIONS};

    pthread_mutex_init(&all.lock, NULL);
    pthread_cond_init(&all.done, NULL);
    for (int i = 0; i < ADDITIONS; i++)
        add_later(store, &all);
    pthread_mutex_lock(&all.lock);
    while (all.left > 0)
        pthread_cond_wait(&all.done, &all.lock);
    pthread_mutex_unlock(&all.lock);
    pthread_cond_destroy(&all.done);
    pthread_mutex_destroy(&all.lock);
    return NULL;
}

static void *read_many(void *state)
{
    struct arena *arena = arena_new(ARENA_BYTES);
    int64_t seen = 0, value = 0;

    for (int i = 0; i < ADDITIONS; i++) {
        struct str text = get(state, STR("n"), STR(""), arena);

        if (!str_to_int64(text, seen, INT32_MAX, &value))
            value = seen; /* not there yet */
        seen = value;
        arena_reset(arena);
    }
    arena_free(arena);
    return NULL;
}

static void concurrent_writers_lose_nothing(void **state)
{
    (void)state;
    for (size_t kind = 0; kind < ARRAY_LEN(kinds); kind++) {
        static void *(*const work[])(void *store) = {add_many, read_many, add_many_later};
        struct store *store = kinds[kind].open();
        struct arena *arena = arena_new(ARENA_BYTES);
        pthread_t threads[3 * WRITERS];
        uint64_t commits = 0, writes = 0;
        int64_t total = 0;

        for (size_t i = 0; i < ARRAY_LEN(threads); i++)
            assert_int_equal(pthread_create(&threads[i], NULL, work[i % ARRAY_LEN(work)], store),
                             0);
        for (size_t i = 0; i < ARRAY_LEN(threads); i++)
            pthread_join(threads[i], NULL);
        assert_true(str_to_int64(get(store, STR("n"), STR(""), arena), 0, INT32_MAX, &total));
        assert_int_equal(total, 2 * WRITERS * ADDITIONS);
        store_count(store, &commits, &writes);
        assert_int_equal(writes, 2 * WRITERS * ADDITIONS);
        assert_true(commits <= writes);
        arena_free(arena);
        store_close(store);
    }
}

static void what_was_written_is_there_after_a_restart(void **state)
{
    struct store *store = open_on_disk();
    struct arena *arena = arena_new(ARENA_BYTES);

    (void)state;
    put(store, STR("p"), STR("s"), STR("kept"));
    store_close(store);
    store = open_sqlite(DURABILITY_NORMAL);
    assert_str_equal(get(store, STR("p"), STR("s"), arena), STR("kept"));
    assert_int_equal(store_size(store, COLLECTION).bytes, 4);
    store_close(store);
    arena_free(arena);
}

/* Writes and tells each number through the pipe, until it is killed. */
static void write_until_killed(int acknowledge_fd, enum durability durability, int first)
{
    struct store *store = open_sqlite(durability);

    for (int i = first;; i++) {
        char name[16];

        (void)snprintf(name, sizeof(name), "%d", i);
        put(store, str_from_c(name), STR(""), str_from_c(name));
        if (write(acknowledge_fd, &i, sizeof(i)) != sizeof(i))
            _exit(1);
    }
}

static void nothing_acknowledged_is_lost_by_kill_9(void **state)
{
    int next = 0;

    (void)state;
    remove_files();
    for (int round = 0; round < 6; round++) {
        int ends[2], number = 0, wanted = next + 40 + round * 150;

        assert_int_equal(pipe(ends), 0);
        pid_t child = fork();
        assert_true(child >= 0);
        if (child == 0) {
            (void)close(ends[0]);
            write_until_killed(ends[1], (enum durability)(round % 3), next);
        }
        (void)close(ends[1]);
        while (number < wanted && read(ends[0], &number, sizeof(number)) == sizeof(number))
            ;
        assert_int_equal(kill(child, SIGKILL), 0);
        assert_int_equal(waitpid(child, NULL, 0), child);
        while (read(ends[0], &number, sizeof(number)) == sizeof(number))
            ;
        (void)close(ends[0]);

        struct store *store = open_sqlite(DURABILITY_NORMAL);
        struct arena *arena = arena_new(ARENA_BYTES);
        for (int i = 0; i <= number; i++) {
            char name[16];

            (void)snprintf(name, sizeof(name), "%d", i);
            assert_str_equal(get(store, str_from_c(name), STR(""), arena), str_from_c(name));
        }
        int64_t items = store_size(store, COLLECTION).items;
        assert_in_range(items, number + 1, number + 2); /* the last may have had no time to tell */
        next = (int)items;
        arena_free(arena);
        store_close(store);
    }
}

static void only_one_process_has_the_folder(void **state)
{
    struct store *store = open_on_disk(), *second = NULL;
    struct aws_error err = {0};

    (void)state;
    assert_false(store_open_sqlite(folder, DURABILITY_NORMAL, &second, &err));
    assert_ptr_equal(err.kind, &error_environment);
    assert_non_null(strstr(err.message, "in use by another squall"));
    store_close(store);
    assert_true(store_open_sqlite(folder, DURABILITY_NORMAL, &second, &err));
    store_close(second);
}

static void write_file(const char *text, size_t length)
{
    int fd = open(database_path(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, length), (ssize_t)length);
    (void)close(fd);
}

static void make_text(void)
{
    write_file("Dear diary, this is no database at all.\n", 40);
}

static void make_cut(void)
{
    write_file("SQLite format 3\0 and then nothing of use follows here", 50);
}

static void make_sqlite(const char *sql)
{
    sqlite3 *db = NULL;

    assert_int_equal(sqlite3_open(database_path(), &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
}

static void make_foreign(void)
{
    make_sqlite("CREATE TABLE bookmarks(url)");
}

static void make_newer(void)
{
    store_close(open_on_disk());
    make_sqlite("PRAGMA user_version = 99");
}

static void make_older(void)
{
    store_close(open_on_disk());
    make_sqlite("PRAGMA user_version = 2");
}

/* The pages behind the first are noise. */
static void make_damaged(void)
{
    struct store *store = open_on_disk();
    char noise[4096];

    for (int i = 0; i < 500; i++) {
        (void)snprintf(noise, sizeof(noise), "%d", i);
        put(store, str_from_c(noise), STR(""), STR("0123456789012345678901234567890123456789"));
    }
    store_close(store);
    memset(noise, 'x', sizeof(noise));
    int fd = open(database_path(), O_WRONLY | O_CLOEXEC);
    for (off_t page = 1; page < 6; page++)
        assert_int_equal(pwrite(fd, noise, sizeof(noise), page * 4096), sizeof(noise));
    (void)close(fd);
}

static const struct {
    const char *name;
    void (*make)(void);
    const char *expected;
} refused[] = {
    {"text", make_text, "is not a database"},
    {"cut", make_cut, "put back a copy"},
    {"foreign", make_foreign, "not one of squall's"},
    {"newer", make_newer, "newer squall"},
    {"older", make_older, "older squall"},
    {"damaged", make_damaged, "put back a copy"},
};

static void a_file_that_is_not_ours_is_refused_and_left_alone(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(refused); i++) {
        static char before[1 << 20], after[1 << 20];
        struct store *store = NULL;
        struct aws_error err = {0};

        remove_files();
        refused[i].make();
        int fd = open(database_path(), O_RDONLY | O_CLOEXEC);
        ssize_t length = read(fd, before, sizeof(before));
        if (store_open_sqlite(folder, DURABILITY_NORMAL, &store, &err))
            fail_msg("%s is taken", refused[i].name);
        assert_ptr_equal(err.kind, &error_environment);
        if (strstr(err.message, refused[i].expected) == NULL)
            fail_msg("%s: %s", refused[i].name, err.message);
        assert_int_equal(pread(fd, after, sizeof(after), 0), length);
        assert_memory_equal(before, after, (size_t)length);
        (void)close(fd);
    }
}

static void folder_and_files_are_for_the_owner_alone(void **state)
{
    struct store *store = open_on_disk();
    char path[160];
    struct stat file;

    (void)state;
    put(store, STR("p"), STR(""), STR("x"));
    static const char *const names[] = {"", "-wal", "-shm"};
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        (void)snprintf(path, sizeof(path), "%s%s", database_path(), names[i]);
        assert_int_equal(stat(path, &file), 0);
        assert_int_equal(file.st_mode & 0777, 0600);
    }
    store_close(store);
    struct aws_error err = {0};
    (void)snprintf(path, sizeof(path), "%s/deeper/still", folder);
    assert_true(store_open_sqlite(path, DURABILITY_OFF, &store, &err));
    store_close(store);
    assert_int_equal(stat(path, &file), 0);
    assert_int_equal(file.st_mode & 0777, 0700);
    (void)snprintf(path, sizeof(path), "rm -r '%s/deeper'", folder);
    pid_t child = fork();
    if (child == 0)
        (void)execl("/bin/sh", "sh", "-c", path, (char *)NULL);
    assert_int_equal(waitpid(child, NULL, 0), child);
}

static void a_folder_that_cannot_be_made_says_why(void **state)
{
    struct store *store = NULL;
    struct aws_error err = {0};

    (void)state;
    assert_false(store_open_sqlite("/proc/nowhere", DURABILITY_NORMAL, &store, &err));
    assert_non_null(strstr(err.message, "/proc/nowhere"));
    assert_non_null(strstr(err.message, "--data"));
}

static int make_folder(void **state)
{
    (void)state;
    return mkdtemp(folder) == NULL;
}

static int remove_folder(void **state)
{
    (void)state;
    remove_files();
    return rmdir(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_store_passes_every_case),
        cmocka_unit_test(the_stores_agree_on_random_calls),
        cmocka_unit_test(concurrent_writers_lose_nothing),
        cmocka_unit_test(what_was_written_is_there_after_a_restart),
        cmocka_unit_test(nothing_acknowledged_is_lost_by_kill_9),
        cmocka_unit_test(only_one_process_has_the_folder),
        cmocka_unit_test(a_file_that_is_not_ours_is_refused_and_left_alone),
        cmocka_unit_test(folder_and_files_are_for_the_owner_alone),
        cmocka_unit_test(a_folder_that_cannot_be_made_says_why),
    };

    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
