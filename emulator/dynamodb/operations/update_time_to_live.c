/*
 * UpdateTimeToLive. Enabled, a table has a hidden index in the order of expiry: what is in the
 * table comes into it like into any new index, and the housekeeper deletes from its front.
 *
 * Source: API Reference, UpdateTimeToLive; Developer Guide, "Using time to live (TTL)".
 */
#include "errors.h"
#include "operation.h"
#include "table_name.h"

struct change {
    struct str attribute;
    bool enabled;
};

static bool fail_full(struct aws_error *err)
{
    return aws_fail(err, &error_out_of_memory, "the table's definition is too long");
}

static bool add_index(struct table *table, struct str attribute, int64_t collection)
{
    struct table_index *all = arena_alloc_array(table->arena, table->index_count + 1, sizeof(*all));

    if (all == NULL)
        return false;
    if (table->index_count > 0)
        memcpy(all, table->indexes, table->index_count * sizeof(*all));
    table->indexes = all;
    all[table->index_count] = (struct table_index){
        .kind = INDEX_TIME_TO_LIVE,
        .creating = true,
        .collection = collection,
        .schema = {.keys = {{.type = 'N'}}, .range_count = 1},
        .projection = PROJECTION_KEYS_ONLY,
    };
    return str_copy(table->arena, attribute, &all[table->index_count++].schema.keys[0].name);
}

static bool check(const struct change *change, const struct table *table, struct aws_error *err)
{
    bool same = str_eq(change->attribute, table->time_to_live_attribute);

    if (!table->time_to_live_enabled && !change->enabled)
        return aws_fail(err, &ddb_validation_exception, "TimeToLive is already disabled");
    if (table->time_to_live_enabled && !same)
        return aws_fail(err, &ddb_validation_exception,
                        "TimeToLive is active on a different AttributeName: current AttributeName "
                        "is %.*s",
                        STR_ARG(table->time_to_live_attribute));
    if (table->time_to_live_enabled && change->enabled)
        return aws_fail(err, &ddb_validation_exception, "TimeToLive is already enabled");
    return true;
}

static bool edit(struct table_edit *edit, const struct table *old, struct table *table,
                 struct aws_error *err)
{
    const struct change *change = edit->state;

    if (!check(change, old, err))
        return false;
    table->time_to_live_enabled = change->enabled;
    if (!change->enabled) {
        assert(table->indexes[table->index_count - 1].kind == INDEX_TIME_TO_LIVE);
        table->index_count--;
        return true;
    }
    return (str_copy(table->arena, change->attribute, &table->time_to_live_attribute) &&
            add_index(table, change->attribute, edit->next_collection++)) ||
           fail_full(err);
}

bool update_time_to_live_run(struct ddb_call *call, struct aws_error *err)
{
    const struct json_value *asked = request_get(call->request, "TimeToLiveSpecification");
    struct change change = {request_string(asked, STR("AttributeName")),
                            request_bool(asked, STR("Enabled"), false)};
    struct table_edit update = {.run = edit, .state = &change};
    struct table *old = NULL, *table = NULL;
    struct str name;

    if (change.attribute.len == 0)
        return aws_fail(err, &ddb_validation_exception,
                        "TimeToLiveSpecification.AttributeName must be non empty");
    if (!table_name_read(call, request_string(call->request, STR("TableName")), &name, err) ||
        !catalogue_update(call->catalogue, name, &update, call->arena, &old, &table, err))
        return false;
    table_release(old);
    table_release(table);
    housekeeper_wake(call->housekeeper);
    json_object_begin(call->out);
    json_write_name(call->out, STR("TimeToLiveSpecification"));
    json_object_begin(call->out);
    json_field_string(call->out, STR("AttributeName"), change.attribute);
    json_field_bool(call->out, STR("Enabled"), change.enabled);
    json_object_end(call->out);
    json_object_end(call->out);
    return true;
}
