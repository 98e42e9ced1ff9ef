#include "write.h"

#include "errors.h"
#include "item_change.h"
#include "item_collection.h"
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

/* A failed condition costs what the table's write would have. */
static void charge(const struct item_write *write)
{
    const struct throttle_target table = throttle_of(write, NULL);
    bool failed = write->err.kind != NULL;

    if (write->call->throttles == NULL ||
        (failed && write->err.kind != &ddb_conditional_check_failed_exception))
        return;
    call_charge(write->call, &table, write->used.table_units);
    for (size_t i = 0; !failed && i < write->used.index_count; i++) {
        const struct throttle_target target =
            throttle_of(write, table_index_find(write->table, write->used.indexes[i].name));

        call_charge(write->call, &target, write->used.indexes[i].units);
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

struct run {
    struct item_write *writes;
    size_t count;
    bool stale; /* a table has a newer version, or is gone */
};

static bool decide_all(struct store_transaction *transaction)
{
    struct run *run = transaction->state;
    bool ok = true;

    run->stale = false;
    for (size_t i = 0; i < run->count; i++)
        run->stale = run->stale || atomic_load(&run->writes[i].table->stale);
    for (size_t i = 0; i < run->count && !run->stale; i++) {
        struct item_write *write = &run->writes[i];

        write->target = transaction->targets[i];
        if (!decide(write, &transaction->changes, &write->err))
            ok = false; /* the others are looked at, too */
    }
    for (size_t i = 0; i < run->count && !run->stale; i++)
        charge(&run->writes[i]);
    return ok && !run->stale;
}

/* --- around it ------------------------------------------------------------------------------ */

void writes_release(struct item_write *writes, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        table_release(writes[i].table);
        writes[i].table = NULL;
    }
}

static bool bind_all(const struct run *run, struct store_target *targets, struct aws_error *err)
{
    writes_release(run->writes, run->count);
    for (size_t i = 0; i < run->count; i++) {
        if (!table_name_find(run->writes[i].call, &run->writes[i].table, err))
            return false;
    }
    for (size_t i = 0; i < run->count; i++) {
        struct item_write *write = &run->writes[i];

        if (!write->kind->bind(write, err)) {
            write->err = *err;
            return false;
        }
        targets[i] =
            (struct store_target){.collection = write->table->collection, .key = write->key};
    }
    return true;
}

static bool first_failure(const struct run *run, struct aws_error *err)
{
    for (size_t i = 0; i < run->count; i++) {
        if (run->writes[i].err.kind == NULL)
            continue;
        *err = run->writes[i].err;
        return false;
    }
    return true;
}

bool writes_run(struct item_write *writes, size_t count, bool *ret_reached_items,
                struct aws_error *err)
{
    struct ddb_call *call = writes[0].call;
    struct run run = {.writes = writes, .count = count};
    struct store_target single;
    struct store_target *targets =
        count == 1 ? &single : arena_alloc_array(call->arena, count, sizeof(*targets));
    struct store_transaction transaction = {.arena = call->arena,
                                            .targets = targets,
                                            .target_count = count,
                                            .decide = decide_all,
                                            .state = &run};

    *ret_reached_items = false;
    if (targets == NULL)
        return aws_fail(err, &error_out_of_memory, "the request needs too much memory");
    do {
        if (!bind_all(&run, targets, err) || !store_write(call->store, &transaction, err))
            return false;
    } while (run.stale);
    *ret_reached_items = true;
    return first_failure(&run, err);
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
static bool write_updated(struct item_write *write, const struct attribute_value *item,
                          struct aws_error *err)
{
    struct attribute_value part;
    struct projection paths;
    struct buffer text;

    if (!update_paths(write->update, write->call->arena, &paths, err))
        return false;
    if (paths.count == 0)
        return true;
    if (!projection_apply(&paths, item, write->call->arena, &part, err))
        return false;
    if (part.map.count == 0)
        return true;
    buffer_init(&text, write->call->arena);
    item_write(&text, &part);
    json_field_raw(write->call->out, STR("Attributes"), buffer_str(&text));
    return true;
}

static bool write_attributes(struct item_write *write, struct aws_error *err)
{
    struct json_writer *out = write->call->out;

    switch (write->returns) {
    case RETURN_NONE:
        return true;
    case RETURN_ALL_OLD:
        if (write->target.found)
            json_field_raw(out, STR("Attributes"), write->target.item.json);
        return true;
    case RETURN_ALL_NEW:
        if (write->kept)
            json_field_raw(out, STR("Attributes"), write->new_json);
        return true;
    case RETURN_UPDATED_OLD:
        return write->update == NULL || write_updated(write, &write->old, err);
    case RETURN_UPDATED_NEW:
        return write->update == NULL || !write->kept || write_updated(write, &write->new_item, err);
    }
    return true;
}

static bool answer(struct item_write *write, struct aws_error *err)
{
    struct ddb_call *call = write->call;

    json_object_begin(call->out);
    if (!write_attributes(write, err))
        return false;
    capacity_write(call->out, capacity_mode_of(call->request),
                   request_string(call->request, STR("TableName")), &write->used);
    if (item_collection_is_asked(call->request) && table_has_local_indexes(write->table)) {
        json_write_name(call->out, STR("ItemCollectionMetrics"));
        item_collection_write(call->out, write->table, &write->item);
    }
    json_object_end(call->out);
    return true;
}

/* A write that nobody waits for. */
struct later {
    struct store_pending pending; /* first */
    struct item_write write;
    struct run run;
    struct store_target target;
    struct store_transaction transaction;
    struct aws_error err;
};

/* On the thread that committed. */
static void later_done(struct store_pending *pending)
{
    struct later *later = (struct later *)pending;
    struct ddb_call *call = later->write.call;
    bool ok = pending->ok;

    if (ok && later->run.stale) {
        ok = bind_all(&later->run, &later->target, &later->err);
        if (ok) {
            store_write_later(call->store, pending);
            return;
        }
    }
    ok = ok && first_failure(&later->run, &later->err) && answer(&later->write, &later->err);
    writes_release(&later->write, 1);
    call->finish_later(call, &later->err);
}

static bool run_later(struct later *later, struct aws_error *err)
{
    struct ddb_call *call = later->write.call;

    later->run = (struct run){.writes = &later->write, .count = 1};
    later->transaction = (struct store_transaction){.arena = call->arena,
                                                    .targets = &later->target,
                                                    .target_count = 1,
                                                    .decide = decide_all,
                                                    .state = &later->run};
    later->pending = (struct store_pending){
        .transaction = &later->transaction, .err = &later->err, .done = later_done};
    if (!bind_all(&later->run, &later->target, err)) {
        writes_release(&later->write, 1);
        return false;
    }
    store_write_later(call->store, &later->pending);
    return aws_fail(err, &error_later, "%s", "");
}

static bool single_later(const struct write_kind *kind, struct ddb_call *call,
                         struct aws_error *err)
{
    struct later *later = arena_alloc(call->arena, sizeof(*later));

    if (later == NULL)
        return aws_fail(err, &error_out_of_memory, "the request needs too much memory");
    return write_begin(kind, call, &later->write, err) && run_later(later, err);
}

bool write_single_run(const struct write_kind *kind, struct ddb_call *call, struct aws_error *err)
{
    struct item_write write;
    bool reached_items = false;

    if (call->finish_later != NULL)
        return single_later(kind, call, err);
    if (!write_begin(kind, call, &write, err))
        return false;
    bool ok = writes_run(&write, 1, &reached_items, err) && answer(&write, err);
    writes_release(&write, 1);
    return ok;
}
