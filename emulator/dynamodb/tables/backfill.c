#include "backfill.h"

#include "errors.h"
#include "index_row.h"

/* Other writers wait for a step, a millisecond or two. */
enum { STEP_ITEMS = 64, STEP_BYTES = 128 * 1024 };

/* --- which index ---------------------------------------------------------------------------- */

static const struct table_index *find_creating(const struct table *table, int64_t collection)
{
    for (size_t i = 0; i < table->index_count; i++) {
        const struct table_index *index = &table->indexes[i];

        if (index->creating && (collection == 0 || index->collection == collection))
            return index;
    }
    return NULL;
}

static bool visit_table(void *state, struct table *table)
{
    const struct table_index *index = find_creating(table, 0);
    struct backfill *backfill = state;

    if (index == NULL || table->name.len > sizeof(backfill->table))
        return true;
    *backfill = (struct backfill){
        .running = true, .collection = index->collection, .table_length = table->name.len};
    memcpy(backfill->table, table->name.ptr, table->name.len);
    return false;
}

/* --- one step ------------------------------------------------------------------------------- */

struct step {
    struct table *table;
    const struct table_index *index;
    struct arena *arena;
    struct store_target targets[STEP_ITEMS];
    size_t count;
    size_t bytes;
    bool full; /* no memory for a key */
    bool stale;
    struct aws_error err; /* of decide() */
};

static bool take_key(void *state, const struct store_item *item)
{
    struct step *step = state;
    struct store_target *target = &step->targets[step->count];

    *target = (struct store_target){.collection = step->table->collection};
    step->full = !str_copy(step->arena, item->key.partition, &target->key.partition) ||
                 !str_copy(step->arena, item->key.sort, &target->key.sort);
    if (step->full)
        return false;
    step->count++;
    step->bytes += item->json.len;
    return step->count < STEP_ITEMS && step->bytes < STEP_BYTES;
}

static bool add_row(struct step *step, struct store_transaction *transaction,
                    const struct store_target *target)
{
    struct attribute_value item = {.type = VALUE_M};
    const struct item_version version = {true, &item, target->item.json, target->item.size};
    struct store_change *change = arena_alloc(step->arena, sizeof(*change));
    struct index_row row;

    if (change == NULL)
        return aws_fail(&step->err, &error_out_of_memory, "a step of an index is too large");
    if (!item_decode(target->item.json, step->arena, &item, &step->err) ||
        !index_row_make(step->table, step->index, &version, step->arena, &row, &step->err))
        return false;
    if (!row.present)
        return true;
    *change = (struct store_change){.next = transaction->changes,
                                    .collection = step->index->collection,
                                    .key = row.key,
                                    .json = row.json,
                                    .size = row.size,
                                    .old_size = STORE_SIZE_UNKNOWN};
    transaction->changes = change;
    return true;
}

static bool decide(struct store_transaction *transaction)
{
    struct step *step = transaction->state;

    step->stale = atomic_load(&step->table->stale);
    for (size_t i = 0; i < step->count && !step->stale; i++) {
        if (transaction->targets[i].found && !add_row(step, transaction, &transaction->targets[i]))
            return false;
    }
    return !step->stale;
}

static bool mark_whole(struct table_edit *edit, const struct table *old, struct table *table,
                       struct aws_error *err)
{
    const struct backfill *backfill = edit->state;
    bool found = false;

    (void)old;
    for (size_t i = 0; i < table->index_count; i++) {
        if (table->indexes[i].collection != backfill->collection)
            continue;
        table->indexes[i].creating = false;
        found = true;
    }
    return found || aws_fail(err, &ddb_resource_not_found_exception, "the index is gone");
}

/* An index or a table that went meanwhile is no failure. */
static bool finish(struct backfill *backfill, struct catalogue *catalogue, struct arena *arena,
                   struct aws_error *err)
{
    struct table_edit edit = {.run = mark_whole, .state = backfill};
    struct table *old = NULL, *table = NULL;
    struct aws_error why = {0};

    bool ok = catalogue_update(catalogue, (struct str){backfill->table, backfill->table_length},
                               &edit, arena, &old, &table, &why);
    table_release(old);
    table_release(table);
    backfill->running = !ok && why.kind != &ddb_resource_not_found_exception;
    if (backfill->running)
        *err = why;
    return !backfill->running;
}

static void move_on(struct backfill *backfill, struct store_key key)
{
    assert(key.partition.len <= sizeof(backfill->partition) &&
           key.sort.len <= sizeof(backfill->sort));
    memcpy(backfill->partition, key.partition.ptr, key.partition.len);
    backfill->partition_length = key.partition.len;
    if (key.sort.len > 0)
        memcpy(backfill->sort, key.sort.ptr, key.sort.len);
    backfill->sort_length = key.sort.len;
}

static bool fill(struct backfill *backfill, struct store *store, struct step *step,
                 struct aws_error *err)
{
    const struct store_range range = {
        .collection = step->table->collection,
        .hash_to = STORE_HASH_MAX,
        .after = {{backfill->partition, backfill->partition_length},
                  {backfill->sort, backfill->sort_length}},
    };
    struct store_transaction transaction = {
        .arena = step->arena, .targets = step->targets, .decide = decide, .state = step};

    if (!store_read(store, &range, take_key, step, err))
        return false;
    if (step->full)
        return aws_fail(err, &error_out_of_memory, "a step of an index is too large");
    transaction.target_count = step->count;
    if (step->count == 0)
        return true;
    if (!store_write(store, &transaction, err))
        return false;
    if (step->err.kind != NULL) {
        *err = step->err;
        return false;
    }
    /* The table has changed: the same items again, in its new version. */
    if (!step->stale)
        move_on(backfill, step->targets[step->count - 1].key);
    return true;
}

bool backfill_step(struct backfill *backfill, struct store *store, struct catalogue *catalogue,
                   struct arena *arena, bool *ret_more, struct aws_error *err)
{
    struct step step = {.arena = arena};

    if (!backfill->running)
        (void)catalogue_each(catalogue, visit_table, backfill);
    *ret_more = backfill->running;
    if (!backfill->running)
        return true;
    step.table = catalogue_find(catalogue, (struct str){backfill->table, backfill->table_length});
    if (step.table != NULL)
        step.index = find_creating(step.table, backfill->collection);
    backfill->running = step.index != NULL;
    bool ok = step.index == NULL || fill(backfill, store, &step, err);
    table_release(step.table);
    if (ok && step.index != NULL && step.count == 0)
        return finish(backfill, catalogue, arena, err);
    return ok;
}
