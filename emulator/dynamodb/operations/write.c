#include "write.h"

#include <sched.h>

#include "errors.h"
#include "item_change.h"
#include "item_collection.h"
#include "request_token.h"
#include "table_name.h"

static enum return_values returns_of(const struct json_value *request)
{
    static const struct {
        struct str name;
        enum return_values returns;
    } rows[] = {
        {STR_INIT("ALL_OLD"), RETURN_ALL_OLD},
        {STR_INIT("UPDATED_OLD"), RETURN_UPDATED_OLD},
        {STR_INIT("ALL_NEW"), RETURN_ALL_NEW},
        {STR_INIT("UPDATED_NEW"), RETURN_UPDATED_NEW},
    };
    struct str name = request_string(request, STR("ReturnValues"));

    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        if (str_eq(rows[i].name, name))
            return rows[i].returns;
    }
    return RETURN_NONE;
}

bool write_begin(const struct write_kind *kind, struct ddb_call *call, struct item_write *ret,
                 struct aws_error *err)
{
    struct str on_failure =
        request_string(call->request, STR("ReturnValuesOnConditionCheckFailure"));

    *ret = (struct item_write){.kind = kind,
                               .call = call,
                               .table_name = request_string(call->request, STR("TableName")),
                               .returns = returns_of(call->request),
                               .show_on_failure = str_eq(on_failure, STR("ALL_OLD"))};
    return kind->check(ret, err);
}

/* --- within the transaction ----------------------------------------------------------------- */

static bool needs_old(const struct item_write *write)
{
    return write->condition != NULL || write->kind->reads_old ||
           item_change_needs_old(write->table);
}

static bool decode_old(struct item_write *write, struct aws_error *err)
{
    write->old = (struct attribute_value){.type = VALUE_M};
    return !write->target.found || !needs_old(write) ||
           item_decode(write->target.item.json, write->call->arena, &write->old, err);
}

static bool fail_condition(struct item_write *write, struct aws_error *err)
{
    (void)aws_fail(err, &ddb_conditional_check_failed_exception, "The conditional request failed");
    if (write->show_on_failure && write->target.found)
        err->detail =
            str_printf(write->call->arena, "\"Item\":%.*s", STR_ARG(write->target.item.json));
    return false;
}

static bool encode_new(struct item_write *write, struct aws_error *err)
{
    struct buffer json;

    write->new_size = (int64_t)item_size(&write->new_item);
    buffer_init(&json, write->call->arena);
    item_write(&json, &write->new_item);
    if (buffer_done(&json, &write->new_json))
        return true;
    return aws_fail(err, &error_out_of_memory, "the request needs too much memory");
}

static bool add_changes(struct item_write *write, struct store_change **changes,
                        struct aws_error *err)
{
    const struct item_change change = {
        .table = write->table,
        .key = write->key,
        .old = {write->target.found, &write->old, write->target.item.json, write->target.item.size},
        .now = {write->kept, &write->new_item, write->new_json, write->new_size},
        .by_service = write->by_service,
        .arena = write->call->arena,
    };

    write->used.table_units =
        capacity_of_write(write->target.found ? write->target.item.size : 0, write->new_size);
    return item_change_rows(&change, changes, &write->used, err);
}

/* --- throughput ----------------------------------------------------------------------------- */

static struct throttle_target throttle_of(const struct item_write *write,
                                          const struct table_index *index)
{
    return (struct throttle_target){.table = write->table,
                                    .index = index,
                                    .use = THROTTLE_WRITE,
                                    .partition =
                                        index == NULL ? write->key.partition : (struct str){0}};
}

/* A global index that is at its limit stops the write to its table. */
static bool admit_indexes(const struct item_write *write, struct aws_error *err)
{
    for (size_t i = 0; write->call->throttles != NULL && i < write->used.index_count; i++) {
        const struct capacity_index *used = &write->used.indexes[i];
        const struct throttle_target target =
            throttle_of(write, table_index_find(write->table, used->name));

        if (used->global && used->units > 0 && !call_admit(write->call, &target, err))
            return false;
    }
    return true;
}

/* A failed condition costs what the table's write would have, a transaction everything twice. */
static void charge(const struct item_write *write)
{
    const struct throttle_target table = throttle_of(write, NULL);
    bool failed = write->err.kind != NULL;
    double times = write->in_transaction ? 2 : 1;

    if (write->call->throttles == NULL ||
        (failed && write->err.kind != &ddb_conditional_check_failed_exception))
        return;
    call_charge(write->call, &table, times * write->used.table_units);
    for (size_t i = 0; !failed && i < write->used.index_count; i++) {
        const struct throttle_target target =
            throttle_of(write, table_index_find(write->table, write->used.indexes[i].name));

        call_charge(write->call, &target, times * write->used.indexes[i].units);
    }
}

/* --- the decision --------------------------------------------------------------------------- */

/* With the old item in hand. */
static bool decide(struct item_write *write, struct store_change **changes, struct aws_error *err)
{
    write->used = (struct capacity){
        .table_units = capacity_of_write(write->target.found ? write->target.item.size : 0, 0)};
    const struct throttle_target throttle = throttle_of(write, NULL);
    if (!call_admit(write->call, &throttle, err) || !decode_old(write, err))
        return false;
    if (!condition_holds(write->condition, &write->old))
        return fail_condition(write, err);
    if (write->kind->make == NULL)
        return true;
    return write->kind->make(write, write->target.found, &write->old, &write->new_item,
                             &write->kept, err) &&
           (!write->kept || encode_new(write, err)) && add_changes(write, changes, err) &&
           admit_indexes(write, err);
}

/* One set on its way through the store. */
struct run {
    struct write_set *set;
    bool stale; /* a table has a newer version, or is gone */
    bool waits; /* one that is stale has no successor yet: the run decides nothing */
    struct store_target single; /* where one is enough */
    struct store_transaction transaction;
};

static bool is_stale(const struct write_set *set)
{
    for (size_t i = 0; i < set->count; i++) {
        if (atomic_load(&set->writes[i].table->stale))
            return true;
    }
    return false;
}

/* Every write is decided, also when one before it has failed. What one takes of the throughput, the
 * next of its set does not have, unless they are admitted as one. */
static bool decide_writes(const struct write_set *set, struct store_change **changes)
{
    bool ok = true;

    for (size_t i = 0; i < set->count; i++) {
        struct item_write *write = &set->writes[i];
        struct store_change *before = *changes;

        if (!decide(write, changes, &write->err)) {
            *changes = before;
            ok = ok && set->independent && write_error_is_throttling(&write->err);
        }
        if (set->independent)
            charge(write);
    }
    for (size_t i = 0; i < set->count && !set->independent; i++)
        charge(&set->writes[i]);
    return ok;
}

/* The last target is the token's row, when there is a token. */
static bool decide_all(struct store_transaction *transaction)
{
    struct run *run = transaction->state;
    const struct write_set *set = run->set;

    run->stale = run->waits || is_stale(set);
    if (run->stale)
        return false;
    for (size_t i = 0; i < set->count; i++)
        set->writes[i].target = transaction->targets[i];
    if (set->token != NULL && !request_token_is_new(set->token, &transaction->targets[set->count]))
        return false;
    if (!decide_writes(set, &transaction->changes))
        return false;
    if (set->token != NULL)
        request_token_keep(set->token, &transaction->changes);
    return true;
}

/* --- around it ------------------------------------------------------------------------------ */

static void release_tables(const struct write_set *set)
{
    for (size_t i = 0; i < set->count; i++) {
        table_release(set->writes[i].table);
        set->writes[i].table = NULL;
    }
}

static bool find_tables(const struct write_set *set, struct aws_error *err)
{
    release_tables(set);
    for (size_t i = 0; i < set->count; i++) {
        struct item_write *write = &set->writes[i];

        if (!table_name_lookup(write->call, write->table_name, &write->table, err))
            return false;
    }
    return true;
}

static int compare_items(const void *a, const void *b)
{
    const struct item_write *one = *(struct item_write *const *)a;
    const struct item_write *other = *(struct item_write *const *)b;

    if (one->table->collection != other->table->collection)
        return one->table->collection < other->table->collection ? -1 : 1;
    return store_key_compare(one->key, other->key);
}

static bool check_duplicates(const struct write_set *set, struct aws_error *err)
{
    struct item_write **sorted =
        arena_alloc_array(set->call->arena, set->count, sizeof(struct item_write *));
    size_t count = 0;

    if (sorted == NULL)
        return aws_fail(err, &error_out_of_memory, "the request needs too much memory");
    for (size_t i = 0; i < set->count; i++) {
        if (set->writes[i].err.kind == NULL)
            sorted[count++] = &set->writes[i];
    }
    qsort(sorted, count, sizeof(struct item_write *), compare_items);
    for (size_t i = 1; i < count; i++) {
        if (compare_items(&sorted[i - 1], &sorted[i]) == 0)
            return aws_fail(err, &ddb_validation_exception, "%s", set->duplicates);
    }
    return true;
}

bool write_error_is_of_request(const struct aws_error *err)
{
    return err->kind == &error_out_of_memory ||
           (err->kind == &ddb_validation_exception &&
            str_starts_with(str_from_c(err->message),
                            STR("One or more parameter values are not valid. ")));
}

bool write_error_is_throttling(const struct aws_error *err)
{
    return err->kind == &ddb_provisioned_throughput_exceeded_exception ||
           err->kind == &ddb_throttling_exception;
}

static bool request_is_sound(const struct write_set *set, struct aws_error *err)
{
    for (size_t i = 0; i < set->count; i++) {
        if (!write_error_is_of_request(&set->writes[i].err))
            continue;
        *err = set->writes[i].err;
        return false;
    }
    return true;
}

static bool writes_are_sound(struct write_set *set, struct aws_error *err)
{
    for (size_t i = 0; i < set->count; i++) {
        const struct aws_error *own = &set->writes[i].err;

        if (own->kind == NULL || (set->independent && write_error_is_throttling(own)))
            continue;
        *err = *own;
        set->writes_failed = true;
        return false;
    }
    return true;
}

static bool bind_all(struct run *run, struct aws_error *err)
{
    struct write_set *set = run->set;

    if (!find_tables(set, err))
        return false;
    for (size_t i = 0; i < set->count; i++) {
        struct item_write *write = &set->writes[i];

        write->err.kind = NULL;
        if (write->kind->bind(write, &write->err))
            run->transaction.targets[i] =
                (struct store_target){.collection = write->table->collection, .key = write->key};
    }
    if (set->token != NULL)
        run->transaction.targets[set->count] = request_token_target(set->token);
    return request_is_sound(set, err) && (set->duplicates == NULL || check_duplicates(set, err)) &&
           writes_are_sound(set, err);
}

static size_t count_targets(const struct write_set *set)
{
    return set->count + (set->token != NULL);
}

static bool run_begin(struct run *run, struct write_set *set, struct aws_error *err)
{
    size_t count = count_targets(set);

    set->writes_failed = false;
    run->set = set;
    run->stale = run->waits = false;
    run->transaction = (struct store_transaction){
        .arena = set->call->arena,
        .targets = count == 1
                       ? &run->single
                       : arena_alloc_array(set->call->arena, count, sizeof(struct store_target)),
        .target_count = count,
        .decide = decide_all,
        .state = run};
    return run->transaction.targets != NULL ||
           aws_fail(err, &error_out_of_memory, "the request needs too much memory");
}

/*
 * A change of a table is committed, or about to be, and its thread has not shown the new version
 * yet. To begin again now would find the old one: each round would take from the arena, and a
 * thread that is slow to come would use it up.
 */
static bool is_changing(const struct write_set *set)
{
    for (size_t i = 0; i < set->count; i++) {
        const struct table *table = set->writes[i].table;

        if (atomic_load(&table->stale) && catalogue_shows(set->call->catalogue, table))
            return true;
    }
    return false;
}

/* The store has run it; `ok` false: and failed. */
static bool run_end(struct run *run, bool ok, struct aws_error *err)
{
    struct write_set *set = run->set;

    ok = ok && (set->token == NULL || request_token_check(set->token, err)) &&
         request_is_sound(set, err) && writes_are_sound(set, err);
    ok = set->finish(set, ok, err);
    release_tables(set);
    return ok;
}

static bool run_now(struct write_set *set, struct aws_error *err)
{
    struct run run;
    bool ok = run_begin(&run, set, err);

    do {
        while (ok && run.stale && is_changing(set))
            (void)sched_yield();
        ok = ok && bind_all(&run, err) && store_write(set->call->store, &run.transaction, err);
    } while (ok && run.stale);
    return run_end(&run, ok, err);
}

/* A set that nobody waits for. */
struct later {
    struct store_pending pending; /* first */
    struct run run;
    struct aws_error err;
};

/*
 * On the thread that committed, which may be the one that is to show a table's new version: it
 * cannot wait for that here, so the run goes round through the store, looking at nothing.
 */
static bool begin_again(struct later *later)
{
    struct run *run = &later->run;

    run->waits = is_changing(run->set);
    run->transaction.target_count = run->waits ? 0 : count_targets(run->set);
    return run->waits || bind_all(run, &later->err);
}

static void later_done(struct store_pending *pending)
{
    struct later *later = (struct later *)pending;
    struct ddb_call *call = later->run.set->call;
    bool ok = pending->ok;

    if (ok && later->run.stale) {
        ok = begin_again(later);
        if (ok) {
            store_write_later(call->store, pending);
            return;
        }
    }
    (void)!run_end(&later->run, ok, &later->err);
    call->finish_later(call, &later->err);
}

static bool run_later(struct write_set *set, struct aws_error *err)
{
    struct later *later = arena_alloc(set->call->arena, sizeof(*later));

    if (later == NULL) {
        (void)aws_fail(err, &error_out_of_memory, "the request needs too much memory");
        return set->finish(set, false, err);
    }
    if (!run_begin(&later->run, set, err) || !bind_all(&later->run, err))
        return run_end(&later->run, false, err);
    later->pending = (struct store_pending){
        .transaction = &later->run.transaction, .err = &later->err, .done = later_done};
    store_write_later(set->call->store, &later->pending);
    return aws_fail(err, &error_later, "%s", "");
}

bool write_set_run(struct write_set *set, struct aws_error *err)
{
    return set->call->finish_later != NULL ? run_later(set, err) : run_now(set, err);
}

double write_units(const struct item_write *write)
{
    double units = write->used.table_units;

    for (size_t i = 0; i < write->used.index_count; i++)
        units += write->used.indexes[i].units;
    return units;
}

/* --- the answer of a single write ----------------------------------------------------------- */

/* Keys are never among the updated attributes. */
static bool updated(const struct item_write *write, const struct attribute_value *item,
                    struct str *ret, struct aws_error *err)
{
    struct arena *arena = write->call->arena;
    struct attribute_value part = {.type = VALUE_M};
    struct projection paths;
    struct buffer text;

    if (!update_paths(write->update, arena, &paths, err) ||
        (paths.count > 0 && !projection_apply(&paths, item, arena, &part, err)))
        return false;
    if (part.map.count == 0)
        return true;
    buffer_init(&text, arena);
    item_write(&text, &part);
    return buffer_done(&text, ret) ||
           aws_fail(err, &error_out_of_memory, "the request needs too much memory");
}

bool write_returned(const struct item_write *write, struct str *ret, struct aws_error *err)
{
    *ret = (struct str){0};
    switch (write->returns) {
    case RETURN_NONE:
        return true;
    case RETURN_ALL_OLD:
        if (write->target.found)
            *ret = write->target.item.json;
        return true;
    case RETURN_ALL_NEW:
        if (write->kept)
            *ret = write->new_json;
        return true;
    case RETURN_UPDATED_OLD:
        return write->update == NULL || updated(write, &write->old, ret, err);
    case RETURN_UPDATED_NEW:
        return write->update == NULL || !write->kept || updated(write, &write->new_item, ret, err);
    }
    return true;
}

static bool answer(struct item_write *write, struct aws_error *err)
{
    struct ddb_call *call = write->call;
    struct str attributes;

    if (!write_returned(write, &attributes, err))
        return false;
    json_object_begin(call->out);
    if (attributes.ptr != NULL)
        json_field_raw(call->out, STR("Attributes"), attributes);
    capacity_write(call->out, capacity_mode_of(call->request), write->table_name, &write->used);
    if (item_collection_is_asked(call->request) && table_has_local_indexes(write->table)) {
        json_write_name(call->out, STR("ItemCollectionMetrics"));
        item_collection_write(call->out, write->table, &write->item);
    }
    json_object_end(call->out);
    return true;
}

/* A set of one. */
struct single {
    struct write_set set; /* first */
    struct item_write write;
};

static bool finish_single(struct write_set *set, bool ok, struct aws_error *err)
{
    return ok && answer(&set->writes[0], err);
}

static bool run_single(struct single *single, const struct write_kind *kind, struct ddb_call *call,
                       struct aws_error *err)
{
    single->set = (struct write_set){
        .call = call, .writes = &single->write, .count = 1, .finish = finish_single};
    return write_begin(kind, call, &single->write, err) && write_set_run(&single->set, err);
}

bool write_single_run(const struct write_kind *kind, struct ddb_call *call, struct aws_error *err)
{
    struct single *kept = NULL;
    struct single single;

    if (call->finish_later == NULL)
        return run_single(&single, kind, call, err);
    kept = arena_alloc(call->arena, sizeof(*kept));
    if (kept == NULL)
        return aws_fail(err, &error_out_of_memory, "the request needs too much memory");
    return run_single(kept, kind, call, err);
}
