/* TransactGetItems: several items as they were at one moment. */
#include "capacity.h"
#include "errors.h"
#include "item_view.h"
#include "key.h"
#include "parameters.h"
#include "table_name.h"
#include "transact_write.h"

/* A text in the store is at most ten times the item's size: a list of empty strings. */
enum { READ_BYTES_MAX = 10 * TRANSACTION_BYTES_MAX };

static const char *const no_legacy[] = {NULL};
static const char *const expressions[] = {"ProjectionExpression", NULL};
static const struct parameter_set parameters = {no_legacy, expressions};

/* One Get. */
struct get {
    struct str table_name;
    struct attribute_value key;
    struct projection *projection;
    struct table *table;
    struct aws_error err; /* of this one alone */
};

struct reading {
    struct ddb_call *call;
    struct get *parts;
    struct store_target *targets;
    size_t count;
    struct arena *scratch; /* for one item at a time */
};

/* --- the request ---------------------------------------------------------------------------- */

static bool read_get(const struct json_value *item, const struct ddb_call *call, struct get *ret,
                     struct aws_error *err)
{
    struct ddb_call part = *call;
    struct placeholders placeholders;
    struct json_value *request = NULL;

    if (!shape_known_members(&shape_transact_get, request_get(item, "Get"), call->arena, &request))
        return aws_fail(err, &error_out_of_memory, "the request needs too much memory");
    part.request = request;
    ret->table_name = request_string(request, STR("TableName"));
    return parameters_check_mixing(&part, &parameters, err) &&
           item_read(request_get(request, "Key"), call->arena, &ret->key, err) &&
           placeholders_read(request, call->arena, &placeholders, err) &&
           parameters_projection(&part, &placeholders, &ret->projection, err) &&
           placeholders_check_used(&placeholders, call->arena, err);
}

static bool read_parts(struct reading *reading, struct aws_error *err)
{
    const struct json_value *items = request_get(reading->call->request, "TransactItems");
    struct arena *arena = reading->call->arena;

    reading->parts = arena_alloc_array(arena, items->count, sizeof(*reading->parts));
    reading->targets = arena_alloc_array(arena, items->count, sizeof(*reading->targets));
    if (reading->parts == NULL || reading->targets == NULL)
        return aws_fail(err, &error_out_of_memory, "the request needs too much memory");
    for (const struct json_value *item = items->child; item != NULL; item = item->next) {
        if (!read_get(item, reading->call, &reading->parts[reading->count], err))
            return false;
        reading->count++;
    }
    return true;
}

/* --- with the tables ------------------------------------------------------------------------ */

static bool find_tables(const struct reading *reading, struct aws_error *err)
{
    for (size_t i = 0; i < reading->count; i++) {
        if (!table_name_lookup(reading->call, reading->parts[i].table_name,
                               &reading->parts[i].table, err))
            return false;
    }
    return true;
}

static bool is_same_item(const struct store_target *a, const struct store_target *b)
{
    return a->collection == b->collection && store_key_compare(a->key, b->key) == 0;
}

/* At most a hundred: compared one with another. */
static bool check_duplicates(const struct reading *reading, struct aws_error *err)
{
    for (size_t i = 0; i < reading->count; i++) {
        for (size_t k = 0; k < i; k++) {
            if (reading->parts[i].err.kind == NULL && reading->parts[k].err.kind == NULL &&
                is_same_item(&reading->targets[i], &reading->targets[k]))
                return aws_fail(err, &ddb_validation_exception, TRANSACTION_DUPLICATES);
        }
    }
    return true;
}

static const struct aws_error *part_error(const void *parts, size_t index)
{
    return &((const struct get *)parts)[index].err;
}

/* Keys that do not fit are reasons to cancel; empty ones and duplicates are the request's. */
static bool bind(const struct reading *reading, struct aws_error *err)
{
    bool ok = true;

    for (size_t i = 0; i < reading->count; i++) {
        struct get *get = &reading->parts[i];
        const struct key_schema *schema = &get->table->schema;

        reading->targets[i].collection = get->table->collection;
        if (key_of_request(schema, &get->key, reading->call->arena, &reading->targets[i].key,
                           &get->err) &&
            projection_check_keys(get->projection, get->table, &get->err))
            continue;
        ok = false;
        if (!write_error_is_of_request(&get->err))
            continue;
        *err = get->err;
        return false;
    }
    return check_duplicates(reading, err) &&
           (ok || transaction_cancel(part_error, reading->parts, reading->count,
                                     reading->call->arena, err));
}

static struct throttle_target throttle_of(const struct reading *reading, size_t index)
{
    return (struct throttle_target){.table = reading->parts[index].table,
                                    .use = THROTTLE_READ,
                                    .partition = reading->targets[index].key.partition};
}

static bool admit(const struct reading *reading, struct aws_error *err)
{
    bool ok = true;

    for (size_t i = 0; i < reading->count; i++) {
        const struct throttle_target throttle = throttle_of(reading, i);

        if (!call_admit(reading->call, &throttle, &reading->parts[i].err))
            ok = false;
    }
    return ok || transaction_cancel(part_error, reading->parts, reading->count,
                                    reading->call->arena, err);
}

/* An event thread tries, to a length. */
static bool read_items(const struct reading *reading, struct aws_error *err)
{
    struct ddb_call *call = reading->call;
    size_t bytes_max = call->page_bytes_max > 0 ? (size_t)call->page_bytes_max : READ_BYTES_MAX;
    size_t found = 0;
    int64_t bytes = 0;

    if (!store_get_many(call->store, reading->targets, reading->count, bytes_max, call->arena,
                        &found, err))
        return false;
    if (found < reading->count && call->page_bytes_max > 0)
        return aws_fail(err, &error_page_too_long, "%s", "");
    for (size_t i = 0; i < found; i++)
        bytes += reading->targets[i].found ? reading->targets[i].item.size : 0;
    if (found == reading->count && bytes <= TRANSACTION_BYTES_MAX)
        return true;
    return aws_fail(err, &ddb_validation_exception, "Payload in response is too large.%lld",
                    (long long)bytes);
}

/* --- the answer ----------------------------------------------------------------------------- */

static double units_of(const struct store_target *target)
{
    return capacity_of_read(target->found ? target->item.size : 0, true);
}

static void charge(const struct reading *reading)
{
    for (size_t i = 0; i < reading->count; i++) {
        const struct throttle_target throttle = throttle_of(reading, i);

        call_charge(reading->call, &throttle, 2 * units_of(&reading->targets[i]));
    }
}

static bool write_capacities(const struct reading *reading, struct aws_error *err)
{
    enum capacity_mode mode = capacity_mode_of(reading->call->request);
    struct capacity_list list = {.kind = CAPACITY_OF_TRANSACT_READ};

    for (size_t i = 0; mode != CAPACITY_NONE && i < reading->count; i++) {
        const struct capacity used = {.table_units = units_of(&reading->targets[i])};

        if (!capacity_list_add(&list, reading->parts[i].table_name, &used, reading->call->arena))
            return aws_fail(err, &error_out_of_memory, "the request needs too much memory");
    }
    capacity_list_write(reading->call->out, mode, &list);
    return true;
}

/* An item of which the projection leaves nothing is not there: other than with GetItem. */
static bool write_response(const struct reading *reading, size_t index, struct aws_error *err)
{
    const struct store_target *target = &reading->targets[index];
    struct json_writer *out = reading->call->out;
    struct str item = STR("{}");

    arena_reset(reading->scratch);
    if (target->found && !item_view(reading->parts[index].projection, target->item.json,
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
    struct json_writer *out = reading->call->out;

    charge(reading);
    json_object_begin(out);
    if (!write_capacities(reading, err))
        return false;
    json_write_name(out, STR("Responses"));
    json_array_begin(out);
    for (size_t i = 0; i < reading->count; i++) {
        if (!write_response(reading, i, err))
            return false;
    }
    json_array_end(out);
    json_object_end(out);
    return true;
}

bool transact_get_items_run(struct ddb_call *call, struct aws_error *err)
{
    struct reading reading = {.call = call};

    if (!read_parts(&reading, err))
        return false;
    reading.scratch = arena_new(ITEM_VIEW_BYTES_MAX);
    bool ok = (reading.scratch != NULL ||
               aws_fail(err, &error_out_of_memory, "no memory for the answer")) &&
              find_tables(&reading, err) && bind(&reading, err) && admit(&reading, err) &&
              read_items(&reading, err) && answer(&reading, err);
    arena_free(reading.scratch);
    for (size_t i = 0; i < reading.count; i++)
        table_release(reading.parts[i].table);
    return ok;
}
