/* Every store under several threads: what one reads is of one moment, and no write is lost. */
#include "store_rig.h"

#include <pthread.h>
#include <stdatomic.h>

/* Two rows that always hold the same text, however often they change. Readers end by themselves: on
 * a busy machine the lock in memory, which prefers them, would leave the writer no room. */
enum { READS_MAX = 20000 };

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

    for (size_t i = 0; i < READS_MAX && !atomic_load(&twins->done); i++) {
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

static void several_items_are_read_as_of_one_moment(void **state)
{
    enum { READERS = 3, WRITES = 500 };

    (void)state;
    for (size_t kind = 0; kind < RIG_KINDS; kind++) {
        struct twins twins = {.store = rig_kinds[kind].open()};
        struct arena *arena = arena_new(ARENA_BYTES);
        pthread_t readers[READERS];
        void *differ = NULL;

        write_twins(twins.store, 0, arena);
        for (size_t i = 0; i < READERS; i++)
            assert_int_equal(pthread_create(&readers[i], NULL, read_twins, &twins), 0);
        for (int i = 1; i < WRITES; i++)
            write_twins(twins.store, i, arena);
        atomic_store(&twins.done, true);
        for (size_t i = 0; i < READERS; i++) {
            assert_int_equal(pthread_join(readers[i], &differ), 0);
            assert_null(differ);
        }
        arena_free(arena);
        store_close(twins.store);
    }
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
        struct str text = rig_get(state, STR("n"), STR(""), arena);

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
    for (size_t kind = 0; kind < RIG_KINDS; kind++) {
        static void *(*const work[])(void *store) = {add_many, read_many, add_many_later};
        struct store *store = rig_kinds[kind].open();
        struct arena *arena = arena_new(ARENA_BYTES);
        pthread_t threads[3 * WRITERS];
        uint64_t commits = 0, writes = 0;
        int64_t total = 0;

        for (size_t i = 0; i < ARRAY_LEN(threads); i++)
            assert_int_equal(pthread_create(&threads[i], NULL, work[i % ARRAY_LEN(work)], store),
                             0);
        for (size_t i = 0; i < ARRAY_LEN(threads); i++)
            pthread_join(threads[i], NULL);
        assert_true(str_to_int64(rig_get(store, STR("n"), STR(""), arena), 0, INT32_MAX, &total));
        assert_int_equal(total, 2 * WRITERS * ADDITIONS);
        store_count(store, &commits, &writes);
        assert_int_equal(writes, 2 * WRITERS * ADDITIONS);
        assert_true(commits <= writes);
        arena_free(arena);
        store_close(store);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(several_items_are_read_as_of_one_moment),
        cmocka_unit_test(concurrent_writers_lose_nothing),
    };

    return cmocka_run_group_tests(tests, rig_make_folder, rig_remove_folder);
}
