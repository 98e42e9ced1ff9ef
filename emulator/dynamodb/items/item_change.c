#include "item_change.h"

#include "stream_record.h"

bool item_change_needs_old(const struct table *table)
{
    return table->index_count > 0 || table_stream_enabled(table) != NULL;
}

static bool add_row(const struct item_change *change, int64_t collection,
                    const struct index_row *row, int64_t old_size, struct store_change **changes,
                    struct aws_error *err)
{
    struct store_change *added = arena_alloc(change->arena, sizeof(*added));

    if (added == NULL)
        return aws_fail(err, &error_out_of_memory, "the request needs too much memory");
    *added = (struct store_change){.next = *changes,
                                   .collection = collection,
                                   .key = row->key,
                                   .json = row->json,
                                   .size = row->size,
                                   .old_size = old_size};
    *changes = added;
    return true;
}

static bool same_key(const struct index_row *a, const struct index_row *b)
{
    return a->present && b->present && str_eq(a->key.partition, b->key.partition) &&
           str_eq(a->key.sort, b->key.sort);
}

/* While an index is being filled, the row of an older item may be missing yet. */
static int64_t size_there(const struct table_index *index, const struct index_row *row)
{
    return index->creating ? STORE_SIZE_UNKNOWN : row->size;
}

/* An entry that stays as it was costs nothing; one whose key changes is two. */
static bool add_index(const struct item_change *change, const struct table_index *index,
                      struct store_change **changes, double *ret_units, struct aws_error *err)
{
    struct index_row old, now;

    *ret_units = 0;
    if (!index_row_make(change->table, index, &change->old, change->arena, &old, err) ||
        !index_row_make(change->table, index, &change->now, change->arena, &now, err))
        return false;
    if (same_key(&old, &now)) {
        if (str_eq(old.json, now.json) && !index->creating)
            return true;
        if (!str_eq(old.projected, now.projected))
            *ret_units = capacity_of_write(old.size, now.size);
        return add_row(change, index->collection, &now, size_there(index, &old), changes, err);
    }
    if (old.present) {
        const struct index_row removal = {.key = old.key};

        *ret_units += capacity_of_write(old.size, 0);
        if (!add_row(change, index->collection, &removal, size_there(index, &old), changes, err))
            return false;
    }
    if (now.present) {
        *ret_units += capacity_of_write(0, now.size);
        return add_row(change, index->collection, &now, STORE_SIZE_NONE, changes, err);
    }
    return true;
}

static bool add_indexes(const struct item_change *change, struct store_change **changes,
                        struct capacity *used, struct aws_error *err)
{
    const struct table *table = change->table;

    used->indexes = arena_alloc_array(change->arena, table->index_count, sizeof(*used->indexes));
    if (used->indexes == NULL)
        return aws_fail(err, &error_out_of_memory, "the request needs too much memory");
    for (size_t i = 0; i < table->index_count; i++) {
        const struct table_index *index = &table->indexes[i];
        double units = 0;

        if (!add_index(change, index, changes, &units, err))
            return false;
        if (index->kind != INDEX_TIME_TO_LIVE)
            used->indexes[used->index_count++] = (struct capacity_index){
                .name = index->name, .global = index->kind == INDEX_GLOBAL, .units = units};
    }
    return true;
}

bool item_change_rows(const struct item_change *change, struct store_change **changes,
                      struct capacity *used, struct aws_error *err)
{
    const struct table_stream *stream = table_stream_enabled(change->table);
    const struct index_row row = {
        .key = change->key, .json = change->now.json, .size = change->now.size};

    if (!change->old.found && !change->now.found)
        return true;
    if (!add_row(change, change->table->collection, &row,
                 change->old.found ? change->old.size : STORE_SIZE_NONE, changes, err))
        return false;
    return (change->table->index_count == 0 || add_indexes(change, changes, used, err)) &&
           (stream == NULL || stream_record_add(change, stream, changes, err));
}
