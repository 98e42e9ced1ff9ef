#include "expiry.h"

#include "index_key.h"
#include "item_change.h"
#include "key.h"

enum { STEP_ITEMS = 64 };

#define SECONDS_KEPT (INT64_C(5) * 365 * 24 * 3600) /* longer ago never expires */

const struct table_index *expiry_index(const struct table *table)
{
    for (size_t i = 0; i < table->index_count; i++) {
        if (table->indexes[i].kind == INDEX_TIME_TO_LIVE)
            return &table->indexes[i];
    }
    return NULL;
}

/* From, and up to but not with. */
struct window {
    struct number from;
    struct number to;
};

static struct number seconds(int64_t count)
{
    struct number number = {0};
    struct aws_error err = {0};
    char text[24];
    int length = snprintf(text, sizeof(text), "%lld", (long long)count);

    if (!number_parse((struct str){text, (size_t)length}, &number, &err))
        assert(false); /* any int64_t is a number */
    return number;
}

static bool is_expired(const struct table_index *index, const struct attribute_value *item,
                       const struct window *window)
{
    const struct attribute_value *value = item_find(item, index->schema.keys[0].name);

    return value != NULL && value->type == VALUE_N &&
           number_compare(value->number, window->from) >= 0 &&
           number_compare(value->number, window->to) < 0;
}

/* --- one step: some items of the index, and one transaction --------------------------------- */

struct step {
    struct table *table;
    const struct table_index *index;
    struct arena *arena;
    struct window window;
    struct store_target targets[STEP_ITEMS];
    size_t count;
    size_t removed;
    bool stale;
    struct aws_error err;
};

static bool take_item(void *state, const struct store_item *row)
{
    struct step *step = state;
    struct store_target *target = &step->targets[step->count];
    struct attribute_value item;
    struct str json; /* the key stays in it */

    *target = (struct store_target){.collection = step->table->collection};
    if (!str_copy(step->arena, row->json, &json))
        return aws_fail(&step->err, &error_out_of_memory, "no memory to delete what has expired");
    if (!item_decode(json, step->arena, &item, &step->err) ||
        !key_of_item(&step->table->schema, &item, step->arena, &target->key, &step->err))
        return false;
    return ++step->count < STEP_ITEMS;
}

static bool remove_item(struct step *step, struct store_transaction *transaction,
                        const struct store_target *target)
{
    struct attribute_value old = {.type = VALUE_M};
    const struct item_change change = {
        .table = step->table,
        .key = target->key,
        .old = {true, &old, target->item.json, target->item.size},
        .by_service = true,
        .arena = step->arena,
    };
    struct capacity used = {0};

    if (!item_decode(target->item.json, step->arena, &old, &step->err))
        return false;
    if (!is_expired(step->index, &old, &step->window))
        return true;
    step->removed++;
    return item_change_rows(&change, &transaction->changes, &used, &step->err);
}

static bool decide(struct store_transaction *transaction)
{
    struct step *step = transaction->state;

    step->stale = atomic_load(&step->table->stale);
    for (size_t i = 0; i < step->count && !step->stale; i++) {
        if (transaction->targets[i].found &&
            !remove_item(step, transaction, &transaction->targets[i]))
            return false;
    }
    return !step->stale;
}

static bool bound(struct number number, struct arena *arena, struct str *ret)
{
    const struct attribute_value value = {.type = VALUE_N, .number = number};
    struct buffer bytes;

    buffer_init(&bytes, arena);
    index_key_add_open(&bytes, &value);
    return buffer_done(&bytes, ret);
}

/* What is expired goes from the front of the index, so that each step finds the next there. */
static bool run_step(struct step *step, struct store *store, struct aws_error *err)
{
    struct store_range range = {.collection = step->index->collection};
    struct store_transaction transaction = {
        .arena = step->arena, .targets = step->targets, .decide = decide, .state = step};

    if (!index_key_partition(&step->index->schema, NULL, step->arena, &range.partition) ||
        !bound(step->window.from, step->arena, &range.sort_from) ||
        !bound(step->window.to, step->arena, &range.sort_to))
        return aws_fail(err, &error_out_of_memory, "no memory to delete what has expired");
    if (!store_read(store, &range, take_item, step, err))
        return false;
    transaction.target_count = step->count;
    if (step->err.kind == NULL && step->count > 0 && !store_write(store, &transaction, err))
        return false;
    if (step->err.kind == NULL)
        return true;
    *err = step->err;
    return false;
}

bool expiry_sweep(struct store *store, struct catalogue *catalogue, struct str table,
                  const _Atomic bool *stop, struct arena *arena, struct aws_error *err)
{
    int64_t now_s = catalogue_now_ms(catalogue) / 1000;
    bool ok = true, more = true;

    while (ok && more && !atomic_load(stop)) {
        struct step step = {.arena = arena,
                            .window = {seconds(now_s - SECONDS_KEPT), seconds(now_s)}};

        arena_reset(arena);
        step.table = catalogue_find(catalogue, table);
        step.index = step.table == NULL ? NULL : expiry_index(step.table);
        ok = step.index == NULL || run_step(&step, store, err);
        more = step.count == STEP_ITEMS && (step.removed > 0 || step.stale);
        table_release(step.table);
    }
    return ok;
}
