#include "write.h"

#include "capacity.h"
#include "errors.h"
#include "key.h"

enum return_values write_returns_of(const struct json_value *request)
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

bool write_shows_on_failure(const struct json_value *request)
{
    return str_eq(request_string(request, STR("ReturnValuesOnConditionCheckFailure")),
                  STR("ALL_OLD"));
}

static bool decode_old(struct item_write *write, struct aws_error *err)
{
    write->old = (struct attribute_value){.type = VALUE_M};
    write->old_decoded = true;
    return !write->target.found ||
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

    write->change.size = (int64_t)item_size(&write->new_item);
    buffer_init(&json, write->call->arena);
    item_write(&json, &write->new_item);
    if (buffer_done(&json, &write->change.json))
        return true;
    return aws_fail(err, &error_out_of_memory, "the request needs too much memory");
}

/* With the old item in hand. */
static bool decide(struct item_write *write, struct aws_error *err)
{
    if (atomic_load(&write->table->stale))
        return aws_fail(err, &ddb_resource_not_found_exception, "Requested resource not found");
    if ((write->condition != NULL || write->reads_old) && !decode_old(write, err))
        return false;
    if (!condition_holds(write->condition, &write->old))
        return fail_condition(write, err);
    return write->make(write, write->target.found, &write->old, &write->new_item, &write->kept,
                       err) &&
           (!write->kept || encode_new(write, err));
}

static bool decide_transaction(struct store_transaction *transaction)
{
    struct item_write *write = transaction->state;

    write->target = transaction->targets[0];
    if (!decide(write, &write->err))
        return false;
    if (!write->kept && !write->target.found)
        return true; /* nothing there before and after */
    write->change.collection = write->table->collection;
    write->change.key = write->key;
    write->change.old_size = write->target.found ? write->target.item.size : -1;
    transaction->changes = &write->change;
    return true;
}

bool write_run(struct item_write *write, struct aws_error *err)
{
    struct store_target target = {.collection = write->table->collection, .key = write->key};
    struct store_transaction transaction = {.arena = write->call->arena,
                                            .targets = &target,
                                            .target_count = 1,
                                            .decide = decide_transaction,
                                            .state = write};

    if (!store_write(write->call->store, &transaction, err))
        return false;
    if (write->err.kind == NULL)
        return true;
    *err = write->err;
    return false;
}

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
            json_field_raw(out, STR("Attributes"), write->change.json);
        return true;
    case RETURN_UPDATED_OLD:
        return write->update == NULL || write_updated(write, &write->old, err);
    case RETURN_UPDATED_NEW:
        return write->update == NULL || !write->kept || write_updated(write, &write->new_item, err);
    }
    return true;
}

bool write_answer(struct item_write *write, struct aws_error *err)
{
    struct ddb_call *call = write->call;
    int64_t old_bytes = write->target.found ? write->target.item.size : 0;
    struct capacity used = {.table_units =
                                capacity_of_write(old_bytes, write->kept ? write->change.size : 0)};

    json_object_begin(call->out);
    if (!write_attributes(write, err))
        return false;
    capacity_write(call->out, capacity_mode_of(call->request),
                   request_string(call->request, STR("TableName")), &used);
    json_object_end(call->out);
    return true;
}
