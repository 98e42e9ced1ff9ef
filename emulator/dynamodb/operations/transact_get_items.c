/* TransactGetItems: several items as they were at one moment. */
#include "errors.h"
#include "item_view.h"
#include "key.h"
#include "parameters.h"
#include "transact_read.h"
#include "write.h"

static const char *const no_legacy[] = {NULL};
static const char *const expressions[] = {"ProjectionExpression", NULL};
static const struct parameter_set parameters = {no_legacy, expressions};

/* One Get; its table and its own error are in the transact_read_part of the same place. */
struct get {
    struct attribute_value key;
    struct projection *projection;
};

struct reading {
    struct transact_read read;
    struct get *wanted;
    struct arena *scratch; /* for one item at a time */
};

/* --- the request ---------------------------------------------------------------------------- */

static bool read_get(const struct json_value *item, const struct ddb_call *call, struct get *ret,
                     struct str *ret_table_name, struct aws_error *err)
{
    struct ddb_call part = *call;
    struct placeholders placeholders;
    struct json_value *request = NULL;

    if (!shape_known_members(&shape_transact_get, request_get(item, "Get"), call->arena, &request))
        return aws_fail(err, &error_out_of_memory, "the request needs too much memory");
    part.request = request;
    *ret_table_name = request_string(request, STR("TableName"));
    return parameters_check_mixing(&part, &parameters, err) &&
           item_read(request_get(request, "Key"), call->arena, &ret->key, err) &&
           placeholders_read(request, call->arena, &placeholders, err) &&
           parameters_projection(&part, &placeholders, &ret->projection, err) &&
           placeholders_check_used(&placeholders, call->arena, err);
}

static bool read_gets(struct reading *reading, struct ddb_call *call, struct aws_error *err)
{
    const struct json_value *items = request_get(call->request, "TransactItems");
    struct transact_read *read = &reading->read;

    reading->wanted = arena_alloc_array(call->arena, items->count, sizeof(*reading->wanted));
    if (reading->wanted == NULL)
        return aws_fail(err, &error_out_of_memory, "the request needs too much memory");
    if (!transact_read_init(read, call, items->count, err))
        return false;
    for (const struct json_value *item = items->child; item != NULL; item = item->next) {
        size_t i = read->count;

        if (!read_get(item, call, &reading->wanted[i], &read->parts[i].table_name, err))
            return false;
        read->count++;
    }
    return true;
}

/* Keys that do not fit are reasons to cancel; empty ones and duplicates are the request's. */
static bool bind(const struct reading *reading, struct aws_error *err)
{
    const struct transact_read *read = &reading->read;
    bool ok = true;

    for (size_t i = 0; i < read->count; i++) {
        struct transact_read_part *part = &read->parts[i];
        const struct get *get = &reading->wanted[i];

        if (key_of_request(&part->table->schema, &get->key, read->call->arena,
                           &read->targets[i].key, &part->err) &&
            projection_check_keys(get->projection, part->table, &part->err))
            continue;
        ok = false;
        if (!write_error_is_of_request(&part->err))
            continue;
        *err = part->err;
        return false;
    }
    return transact_read_check_duplicates(read, err) && (ok || transact_read_cancel(read, err));
}

/* --- the answer ----------------------------------------------------------------------------- */

/* An item of which the projection leaves nothing is not there: other than with GetItem. */
static bool write_response(const struct reading *reading, size_t index, struct aws_error *err)
{
    const struct store_target *target = &reading->read.targets[index];
    struct json_writer *out = reading->read.call->out;
    struct str item = STR("{}");

    arena_reset(reading->scratch);
    if (target->found && !item_view(reading->wanted[index].projection, target->item.json,
                                    reading->scratch, &item, err))
        return false;
    json_object_begin(out);
    if (!str_eq(item, STR("{}")))
        json_field_raw(out, STR("Item"), item);
    json_object_end(out);
    return true;
}

static bool answer(const struct reading *reading, struct aws_error *err)
{
    struct json_writer *out = reading->read.call->out;

    json_object_begin(out);
    if (!transact_read_metrics(&reading->read, err))
        return false;
    json_write_name(out, STR("Responses"));
    json_array_begin(out);
    for (size_t i = 0; i < reading->read.count; i++) {
        if (!write_response(reading, i, err))
            return false;
    }
    json_array_end(out);
    json_object_end(out);
    return true;
}

bool transact_get_items_run(struct ddb_call *call, struct aws_error *err)
{
    struct reading reading = {.read = {.call = call}};

    if (!read_gets(&reading, call, err))
        return false;
    reading.scratch = arena_new(ITEM_VIEW_BYTES_MAX);
    bool ok = (reading.scratch != NULL ||
               aws_fail(err, &error_out_of_memory, "no memory for the answer")) &&
              transact_read_find_tables(&reading.read, err) && bind(&reading, err) &&
              transact_read_run(&reading.read, err) && answer(&reading, err);
    arena_free(reading.scratch);
    transact_read_release(&reading.read);
    return ok;
}
