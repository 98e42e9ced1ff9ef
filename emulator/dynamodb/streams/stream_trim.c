#include "stream_trim.h"

#include "stream.h"
#include "stream_record.h"

enum { STEP_RECORDS = 500 };

struct trim {
    struct store *store;
    struct catalogue *catalogue;
    const _Atomic bool *stop;
    struct arena *arena;
    int64_t now_ms;
    struct aws_error *err;
};

/* Some of a stream's oldest records, as changes that remove them. */
struct step {
    struct table *table;
    int64_t collection;
    struct arena *arena;
    struct store_change *changes;
    int count;
    bool failed;
};

static bool take_record(void *state, const struct store_item *item)
{
    struct step *step = state;
    struct store_change *change = arena_alloc(step->arena, sizeof(*change));

    step->failed = change == NULL || !str_copy(step->arena, item->key.sort, &change->key.sort);
    if (step->failed)
        return false;
    change->next = step->changes;
    change->collection = step->collection;
    change->key.partition = stream_record_partition;
    change->old_size = item->size;
    step->changes = change;
    return ++step->count < STEP_RECORDS;
}

/* A table that has gone takes its records along. */
static bool decide_step(struct store_transaction *transaction)
{
    struct step *step = transaction->state;

    step->failed = atomic_load(&step->table->stale);
    transaction->changes = step->changes;
    return !step->failed;
}

/* `ret_more`: there may be others. */
static bool run_step(struct trim *trim, struct table *table, int64_t collection, bool *ret_more)
{
    const struct stream_sequence end = {trim->now_ms - STREAM_KEPT_MS - STREAM_ITERATOR_MS, 0};
    struct step step = {.table = table, .collection = collection, .arena = trim->arena};
    const struct store_range old = {.collection = collection,
                                    .partition = stream_record_partition,
                                    .sort_to = stream_sequence_text(end, trim->arena)};
    struct store_transaction transaction = {
        .arena = trim->arena, .decide = decide_step, .state = &step};

    *ret_more = false;
    if (end.ms < 0)
        return true;
    if (!store_read(trim->store, &old, take_record, &step, trim->err))
        return false;
    if (step.count > 0 && !step.failed && !store_write(trim->store, &transaction, trim->err))
        return false;
    *ret_more = step.count == STEP_RECORDS && !step.failed && !atomic_load(trim->stop);
    return true;
}

static bool drop_gone(struct table_edit *edit, const struct table *old, struct table *table,
                      struct aws_error *err)
{
    size_t kept = 0;

    (void)old;
    (void)err;
    for (size_t i = 0; i < table->stream_count; i++) {
        if (!stream_is_gone(&table->streams[i], edit->now_ms))
            table->streams[kept++] = table->streams[i];
    }
    table->stream_count = kept;
    return true;
}

/* The table may have gone meanwhile, which is as good. */
static void forget_streams(struct trim *trim, struct table *table)
{
    struct table_edit edit = {.run = drop_gone};
    struct table *old = NULL, *now = NULL;
    struct aws_error ignored = {0};

    if (!catalogue_update(trim->catalogue, table->name, &edit, trim->arena, &old, &now, &ignored))
        return;
    table_release(old);
    table_release(now);
}

static bool trim_table(void *state, struct table *table)
{
    struct trim *trim = state;
    bool gone = false, more = false, ok = !atomic_load(trim->stop);

    for (size_t i = 0; ok && i < table->stream_count; i++) {
        gone = gone || stream_is_gone(&table->streams[i], trim->now_ms);
        do {
            ok = run_step(trim, table, table->streams[i].collection, &more);
            arena_reset(trim->arena);
        } while (ok && more);
    }
    if (ok && gone)
        forget_streams(trim, table);
    arena_reset(trim->arena);
    return ok;
}

bool stream_trim(struct store *store, struct catalogue *catalogue, const _Atomic bool *stop,
                 struct arena *arena, struct aws_error *err)
{
    struct aws_error failed = {0};
    struct trim trim = {.store = store,
                        .catalogue = catalogue,
                        .stop = stop,
                        .arena = arena,
                        .now_ms = stream_log_now_ms(catalogue_stream_log(catalogue)),
                        .err = &failed};

    (void)catalogue_each(catalogue, trim_table, &trim);
    if (failed.kind != NULL)
        *err = failed;
    return failed.kind == NULL;
}
