/* BatchGetItem: items of several tables; what is past the answer's limit is left for another call.
 */
#include "capacity.h"
#include "errors.h"
#include "fingerprint.h"
#include "item_view.h"
#include "key.h"
#include "parameters.h"
#include "table_name.h"

enum { KEYS_MAX = 100, ANSWER_BYTES_MAX = 16 * 1024 * 1024 };

static const char *const legacy[] = {"AttributesToGet", NULL};
static const char *const expressions[] = {"ProjectionExpression", NULL};
static const struct parameter_set parameters = {legacy, expressions};

/* What is asked of one table. */
struct table_part {
    struct str name;
    const struct json_value *request; /* KeysAndAttributes */
    bool consistent;
    struct projection *projection;
    struct table *table;
    size_t first; /* of its keys, among all */
    size_t count;
};

struct key {
    const struct json_value *source;
    struct attribute_value value;
    bool processed; /* read, and not throttled */
};

struct batch {
    struct ddb_call *call;
    const struct json_value *tables; /* RequestItems */
    struct table_part *parts;
    size_t part_count;
    struct key *keys;
    struct store_target *targets; /* one a key */
    size_t key_count;
    size_t read_count; /* of the targets, from the first on */
    struct capacity_list capacities;
    struct arena *scratch; /* for one item at a time */
};

/* --- the request ---------------------------------------------------------------------------- */

/* Keys that are spelt alike; 1 and 1.0 are not. */
static bool check_duplicates(const struct table_part *part, struct arena *arena,
                             struct aws_error *err)
{
    const struct json_value *keys = request_get(part->request, "Keys");
    struct str *seen = arena_alloc_array(arena, part->count, sizeof(*seen));
    size_t count = 0;

    if (seen == NULL)
        return aws_fail(err, &error_out_of_memory, "the request needs too much memory");
    for (const struct json_value *key = keys->child; key != NULL; key = key->next) {
        if (!fingerprint_json(key, arena, &seen[count]))
            return aws_fail(err, &error_out_of_memory, "the request needs too much memory");
        for (size_t i = 0; i < count; i++) {
            if (str_eq(seen[i], seen[count]))
                return aws_fail(err, &ddb_validation_exception,
                                "Provided list of item keys contains duplicates");
        }
        count++;
    }
    return true;
}

static bool read_keys(struct batch *batch, struct table_part *part, struct aws_error *err)
{
    const struct json_value *keys = request_get(part->request, "Keys");

    part->first = batch->key_count;
    part->count = keys->count;
    for (const struct json_value *key = keys->child; key != NULL; key = key->next) {
        struct key *read = &batch->keys[batch->key_count++];

        read->source = key;
        if (!item_read(key, batch->call->arena, &read->value, err))
            return false;
    }
    return true;
}

static bool read_part(struct batch *batch, const struct json_value *table, struct aws_error *err)
{
    struct table_part *part = &batch->parts[batch->part_count++];
    struct ddb_call call = *batch->call;
    struct placeholders placeholders;
    struct json_value *request = NULL;

    if (!shape_known_members(&shape_keys_and_attributes, table, call.arena, &request))
        return aws_fail(err, &error_out_of_memory, "the request needs too much memory");
    call.request = request;
    *part = (struct table_part){.name = table->name,
                                .request = request,
                                .consistent = request_bool(request, STR("ConsistentRead"), false)};
    return parameters_check_mixing(&call, &parameters, err) && read_keys(batch, part, err) &&
           placeholders_read(request, call.arena, &placeholders, err) &&
           parameters_projection(&call, &placeholders, &part->projection, err) &&
           placeholders_check_used(&placeholders, call.arena, err) &&
           check_duplicates(part, call.arena, err);
}

/* Old and new parameters do not mix, not even in different tables. */
static bool check_mixing(const struct batch *batch, struct aws_error *err)
{
    bool old = false, new = false;

    for (const struct json_value *table = batch->tables->child; table != NULL;
         table = table->next) {
        old = old || request_get(table, "AttributesToGet") != NULL;
        new = new || request_get(table, "ProjectionExpression") != NULL;
    }
    if (!old || !new)
        return true;
    return aws_fail(err, &ddb_validation_exception,
                    "Can not use both expression and non-expression parameters in the same "
                    "request: Non-expression parameters: {AttributesToGet} Expression parameters: "
                    "{ProjectionExpression}");
}

static bool count_keys(const struct batch *batch, size_t *ret, struct aws_error *err)
{
    *ret = 0;
    for (const struct json_value *table = batch->tables->child; table != NULL;
         table = table->next) {
        const struct json_value *keys = request_get(table, "Keys");

        if (keys == NULL)
            return aws_fail(err, &ddb_validation_exception,
                            "The list of keys in RequestItems for BatchGetItem is required");
        *ret += keys->count;
    }
    return *ret <= KEYS_MAX || aws_fail(err, &ddb_validation_exception,
                                        "Too many items requested for the BatchGetItem call");
}

static bool make_room(struct batch *batch, size_t keys)
{
    struct arena *arena = batch->call->arena;

    batch->parts = arena_alloc_array(arena, batch->tables->count, sizeof(*batch->parts));
    batch->keys = arena_alloc_array(arena, keys, sizeof(*batch->keys));
    batch->targets = arena_alloc_array(arena, keys, sizeof(*batch->targets));
    return batch->parts != NULL && batch->keys != NULL && batch->targets != NULL;
}

static bool read_parts(struct batch *batch, struct aws_error *err)
{
    size_t keys = 0;

    if (!count_keys(batch, &keys, err) || !check_mixing(batch, err))
        return false;
    if (!make_room(batch, keys))
        return aws_fail(err, &error_out_of_memory, "the request needs too much memory");
    for (const struct json_value *table = batch->tables->child; table != NULL;
         table = table->next) {
        /* Of a name given twice the last counts. */
        if (json_get(batch->tables, table->name) == table && !read_part(batch, table, err))
            return false;
    }
    return true;
}

/* --- with the tables ------------------------------------------------------------------------ */

static bool find_tables(const struct batch *batch, struct aws_error *err)
{
    for (size_t i = 0; i < batch->part_count; i++) {
        if (!table_name_lookup(batch->call, batch->parts[i].name, &batch->parts[i].table, err))
            return false;
    }
    return true;
}

static bool bind(const struct batch *batch, struct aws_error *err)
{
    for (size_t i = 0; i < batch->part_count; i++) {
        const struct table_part *part = &batch->parts[i];

        for (size_t k = part->first; k < part->first + part->count; k++) {
            batch->targets[k].collection = part->table->collection;
            if (!key_of_request(&part->table->schema, &batch->keys[k].value, batch->call->arena,
                                &batch->targets[k].key, err))
                return false;
        }
        if (!projection_check_keys(part->projection, part->table, err))
            return false;
    }
    return true;
}

/* An event thread tries, to a length. */
static bool read_items(struct batch *batch, struct aws_error *err)
{
    struct ddb_call *call = batch->call;
    size_t bytes_max = call->page_bytes_max > 0 ? (size_t)call->page_bytes_max : ANSWER_BYTES_MAX;

    if (!store_get_many(call->store, batch->targets, batch->key_count, bytes_max, call->arena,
                        &batch->read_count, err))
        return false;
    return batch->read_count == batch->key_count || call->page_bytes_max == 0 ||
           aws_fail(err, &error_page_too_long, "%s", "");
}

/* What the part's keys use, one by one; those that are throttled stay for another call. */
static double charge(const struct batch *batch, const struct table_part *part,
                     struct aws_error *throttled)
{
    double sum = 0;

    for (size_t k = part->first; k < part->first + part->count && k < batch->read_count; k++) {
        const struct store_target *target = &batch->targets[k];
        const struct throttle_target throttle = {
            .table = part->table, .use = THROTTLE_READ, .partition = target->key.partition};
        double units = capacity_of_read(target->found ? target->item.size : 0, part->consistent);

        batch->keys[k].processed = call_admit(batch->call, &throttle, throttled);
        if (!batch->keys[k].processed)
            continue;
        call_charge(batch->call, &throttle, units);
        sum += units;
    }
    return sum;
}

/* Only where nothing at all went through is throttling an error. */
static bool charge_all(struct batch *batch, struct aws_error *err)
{
    struct aws_error throttled = {0};
    bool any = false;

    for (size_t i = 0; i < batch->part_count; i++) {
        const struct capacity used = {.table_units = charge(batch, &batch->parts[i], &throttled)};

        any = any || used.table_units > 0;
        if (used.table_units > 0 &&
            !capacity_list_add(&batch->capacities, batch->parts[i].name, &used, batch->call->arena))
            return aws_fail(err, &error_out_of_memory, "the request needs too much memory");
    }
    if (any)
        return true;
    *err = throttled;
    return false;
}

/* --- the answer ----------------------------------------------------------------------------- */

static bool write_items(const struct batch *batch, const struct table_part *part,
                        struct aws_error *err)
{
    struct json_writer *out = batch->call->out;
    struct str item;

    json_write_name(out, part->name);
    json_array_begin(out);
    for (size_t k = part->first; k < part->first + part->count; k++) {
        const struct store_target *target = &batch->targets[k];

        if (!batch->keys[k].processed || !target->found)
            continue;
        arena_reset(batch->scratch);
        if (!item_view(part->projection, target->item.json, batch->scratch, &item, err))
            return false;
        json_write_raw(out, item);
    }
    json_array_end(out);
    return true;
}

static bool is_processed(const struct batch *batch, const struct table_part *part)
{
    for (size_t k = part->first; k < part->first + part->count; k++) {
        if (!batch->keys[k].processed)
            return false;
    }
    return true;
}

/* The keys that are left, with the options that came with them. */
static void write_unprocessed(const struct batch *batch, const struct table_part *part)
{
    struct json_writer *out = batch->call->out;

    if (is_processed(batch, part))
        return;
    json_write_name(out, part->name);
    json_object_begin(out);
    for (const struct json_value *member = part->request->child; member != NULL;
         member = member->next) {
        if (!str_eq(member->name, STR("Keys")) && member->type != JSON_NULL)
            json_field_raw(out, member->name, member->raw);
    }
    json_write_name(out, STR("Keys"));
    json_array_begin(out);
    for (size_t k = part->first; k < part->first + part->count; k++) {
        if (!batch->keys[k].processed)
            json_write_raw(out, batch->keys[k].source->raw);
    }
    json_array_end(out);
    json_object_end(out);
}

static bool answer(const struct batch *batch, struct aws_error *err)
{
    struct json_writer *out = batch->call->out;

    json_object_begin(out);
    capacity_list_write(out, capacity_mode_of(batch->call->request), &batch->capacities);
    json_write_name(out, STR("Responses"));
    json_object_begin(out);
    for (size_t i = 0; i < batch->part_count; i++) {
        if (!write_items(batch, &batch->parts[i], err))
            return false;
    }
    json_object_end(out);
    json_write_name(out, STR("UnprocessedKeys"));
    json_object_begin(out);
    for (size_t i = 0; i < batch->part_count; i++)
        write_unprocessed(batch, &batch->parts[i]);
    json_object_end(out);
    json_object_end(out);
    return true;
}

bool batch_get_item_run(struct ddb_call *call, struct aws_error *err)
{
    struct batch batch = {.call = call, .tables = request_get(call->request, "RequestItems")};

    if (!read_parts(&batch, err))
        return false;
    batch.scratch = arena_new(ITEM_VIEW_BYTES_MAX);
    bool ok = (batch.scratch != NULL ||
               aws_fail(err, &error_out_of_memory, "no memory for the answer")) &&
              find_tables(&batch, err) && bind(&batch, err) && read_items(&batch, err) &&
              charge_all(&batch, err) && answer(&batch, err);
    arena_free(batch.scratch);
    for (size_t i = 0; i < batch.part_count; i++)
        table_release(batch.parts[i].table);
    return ok;
}
