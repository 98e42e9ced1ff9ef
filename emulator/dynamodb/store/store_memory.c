/*
 * The store that keeps nothing: a skip list a collection (Pugh 1990), under one lock. It has no
 * group commit, because nothing waits for a disk.
 */
#include "store.h"

#include <pthread.h>
#include <stdatomic.h>

#include "base/rng.h"

enum { LEVELS_MAX = 16, COLLECTIONS_MAX = 1 << 20, FIRST_COLLECTION = STORE_TOKENS };

/* One row. `forward` has `levels` entries; key and JSON lie behind them in the same block. */
struct node {
    uint32_t hash;
    struct store_key key;
    struct str json;
    int64_t size;
    int levels;
    struct node *forward[];
};

struct collection {
    struct node *head; /* LEVELS_MAX levels and no row; NULL: never used */
    struct store_size size;
};

/* `lock` guards the collections; `rng` is the writer's. */
struct memory_store {
    struct store store; /* first */
    pthread_rwlock_t lock;
    struct collection *collections; /* from FIRST_COLLECTION on */
    size_t collection_count;
    struct rng rng;
    _Atomic uint64_t writes;
};

static struct node *node_new(int levels, struct store_key key, struct str json, int64_t size)
{
    size_t list_bytes = sizeof(struct node) + (size_t)levels * sizeof(struct node *);
    size_t key_bytes = key.partition.len + key.sort.len;
    struct node *node = calloc(1, list_bytes + key_bytes + json.len);

    if (node == NULL)
        return NULL;
    char *text = (char *)node + list_bytes;
    memcpy(text, key.partition.len > 0 ? key.partition.ptr : "", key.partition.len);
    memcpy(text + key.partition.len, key.sort.len > 0 ? key.sort.ptr : "", key.sort.len);
    memcpy(text + key_bytes, json.len > 0 ? json.ptr : "", json.len);
    node->hash = store_hash(key.partition);
    node->key.partition = (struct str){text, key.partition.len};
    node->key.sort = (struct str){text + key.partition.len, key.sort.len};
    node->json = (struct str){text + key_bytes, json.len};
    node->size = size;
    node->levels = levels;
    return node;
}

static int compare(const struct node *node, uint32_t hash, struct store_key key)
{
    if (node->hash != hash)
        return node->hash < hash ? -1 : 1;
    int order = str_compare(node->key.partition, key.partition);
    return order != 0 ? order : str_compare(node->key.sort, key.sort);
}

/* The last node before (hash, key) on each level; answers the first that is not before it. */
static struct node *find(const struct collection *collection, uint32_t hash, struct store_key key,
                         struct node *before[LEVELS_MAX])
{
    struct node *node = collection->head;

    for (int level = LEVELS_MAX - 1; level >= 0; level--) {
        while (node->forward[level] != NULL && compare(node->forward[level], hash, key) < 0)
            node = node->forward[level];
        before[level] = node;
    }
    return node->forward[0];
}

static struct collection *collection_find(struct memory_store *store, int64_t collection)
{
    size_t place = (size_t)(collection - FIRST_COLLECTION);

    if (collection < FIRST_COLLECTION || place >= store->collection_count ||
        store->collections[place].head == NULL)
        return NULL;
    return &store->collections[place];
}

static struct node *find_exact(struct memory_store *store, int64_t collection, struct store_key key,
                               struct node *before[LEVELS_MAX])
{
    struct collection *rows = collection_find(store, collection);
    uint32_t hash = store_hash(key.partition);
    struct node *node = rows == NULL ? NULL : find(rows, hash, key, before);

    return node != NULL && compare(node, hash, key) == 0 ? node : NULL;
}

static struct collection *collection_make(struct memory_store *store, int64_t collection)
{
    size_t place = (size_t)(collection - FIRST_COLLECTION);

    if (collection < FIRST_COLLECTION || collection >= COLLECTIONS_MAX)
        return NULL;
    if (place >= store->collection_count) {
        size_t count = place + 64;
        struct collection *grown = realloc(store->collections, count * sizeof(*grown));

        if (grown == NULL)
            return NULL;
        memset(grown + store->collection_count, 0,
               (count - store->collection_count) * sizeof(*grown));
        store->collections = grown;
        store->collection_count = count;
    }
    struct collection *rows = &store->collections[place];
    if (rows->head == NULL)
        rows->head = node_new(LEVELS_MAX, (struct store_key){0}, (struct str){0}, 0);
    return rows->head == NULL ? NULL : rows;
}

static int random_levels(struct rng *rng)
{
    uint64_t chance = rng_next(rng);
    int levels = 1;

    for (; levels < LEVELS_MAX && (chance & 3) == 0; levels++)
        chance >>= 2;
    return levels;
}

static void unlink_node(struct collection *rows, struct node *node, struct node **before)
{
    for (int level = 0; level < node->levels; level++)
        before[level]->forward[level] = node->forward[level];
    rows->size.items--;
    rows->size.bytes -= node->size;
    free(node);
}

static void link_node(struct collection *rows, struct node *node, struct node **before)
{
    for (int level = 0; level < node->levels; level++) {
        node->forward[level] = before[level]->forward[level];
        before[level]->forward[level] = node;
    }
    rows->size.items++;
    rows->size.bytes += node->size;
}

/* The new nodes are made before anything changes, so that a write is whole or not at all. */
static bool make_nodes(struct memory_store *store, struct store_transaction *transaction,
                       struct node **ret)
{
    size_t made = 0;

    for (struct store_change *change = transaction->changes; change != NULL;
         change = change->next, made++) {
        ret[made] = NULL;
        if (change->json.ptr == NULL)
            continue;
        if (collection_make(store, change->collection) != NULL)
            ret[made] =
                node_new(random_levels(&store->rng), change->key, change->json, change->size);
        if (ret[made] != NULL)
            continue;
        while (made-- > 0)
            free(ret[made]);
        return false;
    }
    return true;
}

static bool apply_changes_locked(struct memory_store *store, struct store_transaction *transaction)
{
    struct node *before[LEVELS_MAX];
    size_t count = 0, i = 0;

    for (struct store_change *change = transaction->changes; change != NULL; change = change->next)
        count++;
    struct node **made = calloc(count + 1, sizeof(struct node *));
    bool ok = made != NULL && make_nodes(store, transaction, made);
    for (struct store_change *change = transaction->changes; ok && change != NULL;
         change = change->next, i++) {
        struct collection *rows = collection_find(store, change->collection);
        uint32_t hash = store_hash(change->key.partition);

        if (rows == NULL)
            continue; /* to remove from what never was */
        struct node *old = find(rows, hash, change->key, before);
        if (old != NULL && compare(old, hash, change->key) == 0)
            unlink_node(rows, old, before);
        if (made[i] != NULL)
            link_node(rows, made[i], before);
    }
    free(made);
    return ok;
}

static bool get_locked(struct memory_store *store, struct store_target *target, struct arena *arena,
                       struct aws_error *err)
{
    struct node *before[LEVELS_MAX];
    struct node *node = find_exact(store, target->collection, target->key, before);

    target->found = false;
    return node == NULL || store_target_fill(target, arena, node->json, node->size, err);
}

static bool memory_store_get(struct store *store, struct store_target *target, struct arena *arena,
                             struct aws_error *err)
{
    struct memory_store *memory = (struct memory_store *)store;

    pthread_rwlock_rdlock(&memory->lock);
    bool ok = get_locked(memory, target, arena, err);
    pthread_rwlock_unlock(&memory->lock);
    return ok;
}

static bool memory_store_get_many(struct store *store, struct store_target *targets, size_t count,
                                  size_t bytes_max, struct arena *arena, size_t *ret_count,
                                  struct aws_error *err)
{
    struct memory_store *memory = (struct memory_store *)store;
    size_t bytes = 0;
    bool ok = true;

    *ret_count = 0;
    pthread_rwlock_rdlock(&memory->lock);
    for (size_t i = 0; ok && i < count && bytes <= bytes_max; i++) {
        ok = get_locked(memory, &targets[i], arena, err);
        bytes += targets[i].found ? targets[i].item.json.len : 0;
        *ret_count += bytes <= bytes_max;
    }
    pthread_rwlock_unlock(&memory->lock);
    return ok;
}

static bool memory_store_write(struct store *store, struct store_transaction *transaction,
                               struct aws_error *err)
{
    struct memory_store *memory = (struct memory_store *)store;
    bool ok = true;

    transaction->changes = NULL;
    pthread_rwlock_wrlock(&memory->lock);
    for (size_t i = 0; ok && i < transaction->target_count; i++)
        ok = get_locked(memory, &transaction->targets[i], transaction->arena, err);
    if (ok && transaction->decide(transaction) && !apply_changes_locked(memory, transaction))
        ok = aws_fail(err, &error_environment, "no memory left for the item");
    pthread_rwlock_unlock(&memory->lock);
    atomic_fetch_add(&memory->writes, 1);
    return ok;
}

/* Nothing here waits for a disk. */
static void memory_store_write_later(struct store *store, struct store_pending *pending)
{
    pending->ok = memory_store_write(store, pending->transaction, pending->err);
    pending->done(pending);
}

static void memory_store_settle(struct store *store)
{
    (void)store;
}

static bool is_in_partition(const struct node *node, const struct store_range *range)
{
    return node != NULL && str_eq(node->key.partition, range->partition) &&
           (range->sort_to.ptr == NULL || str_compare(node->key.sort, range->sort_to) < 0);
}

static bool visit_node(const struct node *node, store_visit *visit, void *state)
{
    struct store_item item = {.key = node->key, .json = node->json, .size = node->size};

    return visit(state, &item);
}

static void read_forward(const struct collection *rows, const struct store_range *range,
                         store_visit *visit, void *state)
{
    struct node *before[LEVELS_MAX];
    bool scan = range->partition.len == 0, after = range->after.partition.len > 0;
    struct store_key from = {range->partition, range->sort_from};
    uint32_t hash = scan ? range->hash_from : store_hash(range->partition);

    if (after && (scan || str_compare(range->after.sort, range->sort_from) >= 0)) {
        from = range->after;
        hash = store_hash(from.partition);
    }
    struct node *node = find(rows, hash, from, before);
    if (after && node != NULL && compare(node, hash, range->after) == 0)
        node = node->forward[0];
    while (node != NULL && (scan ? node->hash <= range->hash_to : is_in_partition(node, range)) &&
           visit_node(node, visit, state))
        node = node->forward[0];
}

/* The list has no way back: each step is a search for the last row before the one just seen. */
static void read_backward(const struct collection *rows, const struct store_range *range,
                          store_visit *visit, void *state)
{
    struct node *before[LEVELS_MAX];
    uint32_t hash = store_hash(range->partition);
    struct str to = range->sort_to;

    if (range->after.partition.len > 0 &&
        (to.ptr == NULL || str_compare(range->after.sort, to) < 0))
        to = range->after.sort;
    /* Behind the whole partition: its bytes with one more. */
    char *behind = malloc(range->partition.len + 1);
    if (behind == NULL)
        return;
    memcpy(behind, range->partition.ptr, range->partition.len);
    behind[range->partition.len] = '\0';
    struct store_key end = {{behind, range->partition.len + 1}, {0}};
    if (to.ptr != NULL)
        end = (struct store_key){range->partition, to};
    for (;;) {
        (void)find(rows, hash, end, before);
        const struct node *node = before[0];

        if (node == rows->head || !str_eq(node->key.partition, range->partition) ||
            str_compare(node->key.sort, range->sort_from) < 0 || !visit_node(node, visit, state))
            break;
        end = node->key;
    }
    free(behind);
}

static bool memory_store_read(struct store *store, const struct store_range *range,
                              store_visit *visit, void *state, struct aws_error *err)
{
    struct memory_store *memory = (struct memory_store *)store;

    (void)err;
    pthread_rwlock_rdlock(&memory->lock);
    const struct collection *rows = collection_find(memory, range->collection);
    if (rows != NULL)
        (range->reverse ? read_backward : read_forward)(rows, range, visit, state);
    pthread_rwlock_unlock(&memory->lock);
    return true;
}

static void collection_clear(struct collection *rows)
{
    for (struct node *node = rows->head, *next; node != NULL; node = next) {
        next = node->forward[0];
        free(node);
    }
    *rows = (struct collection){0};
}

/* Freed outside the lock: a large one takes a second. */
static bool memory_store_drop(struct store *store, int64_t collection, bool *ret_more,
                              struct aws_error *err)
{
    struct memory_store *memory = (struct memory_store *)store;
    struct collection gone = {0};

    (void)err;
    pthread_rwlock_wrlock(&memory->lock);
    struct collection *rows = collection_find(memory, collection);
    if (rows != NULL) {
        gone = *rows;
        *rows = (struct collection){0};
    }
    pthread_rwlock_unlock(&memory->lock);
    collection_clear(&gone);
    *ret_more = false;
    return true;
}

static int64_t memory_store_last(struct store *store)
{
    struct memory_store *memory = (struct memory_store *)store;
    int64_t last = 0;

    pthread_rwlock_rdlock(&memory->lock);
    for (size_t i = 0; i < memory->collection_count; i++) {
        if (memory->collections[i].size.items > 0)
            last = (int64_t)i + FIRST_COLLECTION;
    }
    pthread_rwlock_unlock(&memory->lock);
    return last > 0 ? last : 0;
}

static struct store_size memory_store_size(struct store *store, int64_t collection)
{
    struct memory_store *memory = (struct memory_store *)store;
    struct store_size size = {0};

    pthread_rwlock_rdlock(&memory->lock);
    const struct collection *rows = collection_find(memory, collection);
    if (rows != NULL)
        size = rows->size;
    pthread_rwlock_unlock(&memory->lock);
    return size;
}

static void memory_store_count(struct store *store, uint64_t *commits, uint64_t *writes)
{
    *writes = atomic_load(&((struct memory_store *)store)->writes);
    *commits = *writes;
}

static bool memory_store_is_busy(struct store *store)
{
    (void)store;
    return false;
}

static void memory_store_close(struct store *store)
{
    struct memory_store *memory = (struct memory_store *)store;

    for (size_t i = 0; i < memory->collection_count; i++)
        collection_clear(&memory->collections[i]);
    free(memory->collections);
    pthread_rwlock_destroy(&memory->lock);
    free(memory);
}

static const struct store_ops memory_store_ops = {
    .get = memory_store_get,
    .get_many = memory_store_get_many,
    .read = memory_store_read,
    .write = memory_store_write,
    .write_later = memory_store_write_later,
    .settle = memory_store_settle,
    .drop = memory_store_drop,
    .size = memory_store_size,
    .last = memory_store_last,
    .count = memory_store_count,
    .is_busy = memory_store_is_busy,
    .is_writing = memory_store_is_busy,
    .close = memory_store_close,
};

bool store_open_memory(struct store **ret, struct aws_error *err)
{
    struct memory_store *store = calloc(1, sizeof(*store));

    if (store == NULL)
        return aws_fail(err, &error_environment, "no memory for the store");
    store->store.ops = &memory_store_ops;
    rng_init_random(&store->rng);
    pthread_rwlock_init(&store->lock, NULL);
    *ret = &store->store;
    return true;
}
