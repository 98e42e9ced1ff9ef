#include "store.h"

#include "base/md5.h"

void store_close(struct store *store)
{
    if (store != NULL)
        store->ops->close(store);
}

bool store_get(struct store *store, struct store_target *target, struct arena *arena,
               struct aws_error *err)
{
    return store->ops->get(store, target, arena, err);
}

bool store_get_many(struct store *store, struct store_target *targets, size_t count,
                    size_t bytes_max, struct arena *arena, size_t *ret_count, struct aws_error *err)
{
    return store->ops->get_many(store, targets, count, bytes_max, arena, ret_count, err);
}

bool store_read(struct store *store, const struct store_range *range, store_visit *visit,
                void *state, struct aws_error *err)
{
    return store->ops->read(store, range, visit, state, err);
}

bool store_write(struct store *store, struct store_transaction *transaction, struct aws_error *err)
{
    return store->ops->write(store, transaction, err);
}

void store_write_later(struct store *store, struct store_pending *pending)
{
    store->ops->write_later(store, pending);
}

void store_settle(struct store *store)
{
    store->ops->settle(store);
}

bool store_drop(struct store *store, int64_t collection, bool *ret_more, struct aws_error *err)
{
    return store->ops->drop(store, collection, ret_more, err);
}

int64_t store_last(struct store *store)
{
    return store->ops->last(store);
}

struct store_size store_size(struct store *store, int64_t collection)
{
    return store->ops->size(store, collection);
}

void store_count(struct store *store, uint64_t *commits, uint64_t *writes)
{
    store->ops->count(store, commits, writes);
}

bool store_is_busy(struct store *store)
{
    return store->ops->is_busy(store);
}

bool store_is_writing(struct store *store)
{
    return store->ops->is_writing(store);
}

/* As the service does it, so that a scan and its segments have the service's order: the first bits
 * of the MD5 of a word and the key's bytes. */
uint32_t store_hash(struct str partition)
{
    static const struct str salt = STR_INIT("Outliers");
    unsigned char sum[MD5_BYTES];
    struct md5 hash;

    md5_init(&hash);
    md5_add(&hash, salt.ptr, salt.len);
    md5_add(&hash, partition.ptr, partition.len);
    md5_finish(&hash, sum);
    return ((uint32_t)sum[0] << 24 | (uint32_t)sum[1] << 16 | (uint32_t)sum[2] << 8 | sum[3]) >> 1;
}

int store_key_compare(struct store_key a, struct store_key b)
{
    uint32_t hash_a = store_hash(a.partition), hash_b = store_hash(b.partition);

    if (hash_a != hash_b)
        return hash_a < hash_b ? -1 : 1;
    int order = str_compare(a.partition, b.partition);
    return order != 0 ? order : str_compare(a.sort, b.sort);
}

bool store_target_fill(struct store_target *target, struct arena *arena, struct str json,
                       int64_t size, struct aws_error *err)
{
    target->found = true;
    target->item.size = size;
    if (str_copy(arena, json, &target->item.json))
        return true;
    return aws_fail(err, &error_out_of_memory, "the request needs too much memory");
}
