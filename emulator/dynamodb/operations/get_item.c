/* GetItem. */
#include "capacity.h"
#include "errors.h"
#include "item_view.h"
#include "key.h"
#include "parameters.h"
#include "table_name.h"

static const char *const legacy[] = {"AttributesToGet", NULL};
static const char *const expressions[] = {"ProjectionExpression", NULL};
static const struct parameter_set parameters = {legacy, expressions};

static bool answer(struct ddb_call *call, const struct store_target *target,
                   const struct throttle_target *throttle, const struct projection *projection,
                   struct aws_error *err)
{
    struct str item;
    bool consistent = request_bool(call->request, STR("ConsistentRead"), false);
    struct capacity used = {
        .table_units = capacity_of_read(target->found ? target->item.size : 0, consistent)};

    call_charge(call, throttle, used.table_units);
    json_object_begin(call->out);
    capacity_write(call->out, capacity_mode_of(call->request),
                   request_string(call->request, STR("TableName")), &used);
    if (target->found) {
        if (!item_view(projection, target->item.json, call->arena, &item, err))
            return false;
        json_field_raw(call->out, STR("Item"), item);
    }
    json_object_end(call->out);
    return true;
}

static bool read_and_answer(struct ddb_call *call, const struct table *table,
                            struct store_target *target, const struct projection *projection,
                            struct aws_error *err)
{
    const struct throttle_target throttle = {
        .table = table, .use = THROTTLE_READ, .partition = target->key.partition};

    return call_admit(call, &throttle, err) && store_get(call->store, target, call->arena, err) &&
           answer(call, target, &throttle, projection, err);
}

bool get_item_run(struct ddb_call *call, struct aws_error *err)
{
    struct placeholders placeholders;
    struct projection *projection = NULL;
    struct store_target target = {0};
    struct attribute_value key;
    struct table *table = NULL;

    if (!parameters_check_mixing(call, &parameters, err) ||
        !item_read(request_get(call->request, "Key"), call->arena, &key, err) ||
        !placeholders_read(call->request, call->arena, &placeholders, err) ||
        !parameters_projection(call, &placeholders, &projection, err) ||
        !placeholders_check_used(&placeholders, call->arena, err) ||
        !table_name_find(call, &table, err))
        return false;
    target.collection = table->collection;
    bool ok = key_of_request(&table->schema, &key, call->arena, &target.key, err) &&
              projection_check_keys(projection, table, err) &&
              read_and_answer(call, table, &target, projection, err);
    table_release(table);
    return ok;
}
