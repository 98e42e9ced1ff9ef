/* BatchWriteItem: puts and deletes without conditions, each of them for itself. */
#include "errors.h"
#include "key.h"
#include "table_name.h"
#include "write_metrics.h"

enum { REQUESTS_MAX = 25 };

/* The keys of an item that is put are told in the words for keys. */
static bool bind_put(struct item_write *write, struct aws_error *err)
{
    const struct key_schema *schema = &write->table->schema;

    for (size_t i = 0; i < schema->hash_count + schema->range_count; i++) {
        const struct attribute_value *value = item_find(&write->item, schema->keys[i].name);

        if (value == NULL || key_type_of(value) != schema->keys[i].type)
            return aws_fail(err, &ddb_validation_exception,
                            "The provided key element does not match the schema");
    }
    return write_put.bind(write, err);
}

static bool check_put(struct item_write *write, struct aws_error *err)
{
    return write_put.check(write, err);
}

static bool make_put(struct item_write *write, bool found, const struct attribute_value *old,
                     struct attribute_value *ret, bool *ret_keep, struct aws_error *err)
{
    return write_put.make(write, found, old, ret, ret_keep, err);
}

static const struct write_kind batch_put = {.check = check_put, .bind = bind_put, .make = make_put};

/* Lives in the call's arena. */
struct batch {
    struct write_set set;            /* first */
    const struct json_value *tables; /* RequestItems */
    const struct json_value **items; /* one a write: PutRequest or DeleteRequest around it */
    struct ddb_call *calls;          /* the same */
};

/* --- the request ---------------------------------------------------------------------------- */

static bool begin_request(struct batch *batch, struct str table_name, const struct json_value *item,
                          struct aws_error *err)
{
    size_t i = batch->set.count++;
    const struct json_value *put = request_get(item, "PutRequest");
    const struct json_value *key = request_get(item, "DeleteRequest");
    struct json_value *request = NULL;

    if ((put == NULL) == (key == NULL))
        return aws_fail(err, &ddb_validation_exception,
                        "Supplied AttributeValue has more than one datatypes set, must contain "
                        "exactly one of the supported datatypes");
    if (!shape_known_members(put != NULL ? &shape_put_request : &shape_delete_request,
                             put != NULL ? put : key, batch->set.call->arena, &request))
        return aws_fail(err, &error_out_of_memory, "the request needs too much memory");
    batch->items[i] = item;
    batch->calls[i] = *batch->set.call;
    batch->calls[i].request = request;
    if (!write_begin(put != NULL ? &batch_put : &write_delete, &batch->calls[i],
                     &batch->set.writes[i], err))
        return false;
    batch->set.writes[i].table_name = table_name;
    return true;
}

static bool count_requests(const struct batch *batch, size_t *ret, struct aws_error *err)
{
    *ret = 0;
    for (const struct json_value *table = batch->tables->child; table != NULL;
         table = table->next) {
        if (table->count == 0)
            return aws_fail(err, &ddb_validation_exception,
                            "The batch write request list for a table cannot be null or empty: "
                            "%.*s",
                            STR_ARG(table->name));
        *ret += table->count;
    }
    return *ret <= REQUESTS_MAX || aws_fail(err, &ddb_validation_exception,
                                            "Too many items requested for the BatchWriteItem call");
}

static bool begin_requests(struct batch *batch, struct aws_error *err)
{
    struct arena *arena = batch->set.call->arena;
    size_t count = 0;

    if (!count_requests(batch, &count, err))
        return false;
    batch->items = arena_alloc_array(arena, count, sizeof(struct json_value *));
    batch->calls = arena_alloc_array(arena, count, sizeof(*batch->calls));
    batch->set.writes = arena_alloc_array(arena, count, sizeof(*batch->set.writes));
    if (batch->items == NULL || batch->calls == NULL || batch->set.writes == NULL)
        return aws_fail(err, &error_out_of_memory, "the request needs too much memory");
    for (const struct json_value *table = batch->tables->child; table != NULL;
         table = table->next) {
        if (json_get(batch->tables, table->name) != table)
            continue; /* of a name given twice the last counts */
        for (const struct json_value *item = table->child; item != NULL; item = item->next) {
            if (!begin_request(batch, table->name, item, err))
                return false;
        }
    }
    return true;
}

/* --- the answer ----------------------------------------------------------------------------- */

/* What was throttled; a table's requests stand together. */
static void write_unprocessed(const struct batch *batch)
{
    struct json_writer *out = batch->set.call->out;
    struct str table = {0};

    for (size_t i = 0; i < batch->set.count; i++) {
        const struct item_write *write = &batch->set.writes[i];

        if (write->err.kind == NULL)
            continue;
        if (table.ptr != NULL && !str_eq(table, write->table_name))
            json_array_end(out);
        if (table.ptr == NULL || !str_eq(table, write->table_name)) {
            json_write_name(out, write->table_name);
            json_array_begin(out);
        }
        table = write->table_name;
        json_write_raw(out, batch->items[i]->raw);
    }
    if (table.ptr != NULL)
        json_array_end(out);
}

/* Only where nothing at all went through is throttling an error. */
static bool check_processed(const struct write_set *set, struct aws_error *err)
{
    for (size_t i = 0; i < set->count; i++) {
        if (set->writes[i].err.kind == NULL)
            return true;
    }
    *err = set->writes[0].err;
    return false;
}

static bool finish(struct write_set *set, bool ok, struct aws_error *err)
{
    const struct batch *batch = (const struct batch *)set;
    struct json_writer *out = set->call->out;

    if (!ok || !check_processed(set, err))
        return false;
    json_object_begin(out);
    if (!write_metrics(set, CAPACITY_OF_BATCH, err))
        return false;
    json_write_name(out, STR("UnprocessedItems"));
    json_object_begin(out);
    write_unprocessed(batch);
    json_object_end(out);
    json_object_end(out);
    return true;
}

bool batch_write_item_run(struct ddb_call *call, struct aws_error *err)
{
    struct batch *batch = arena_alloc(call->arena, sizeof(*batch));

    if (batch == NULL)
        return aws_fail(err, &error_out_of_memory, "the request needs too much memory");
    batch->tables = request_get(call->request, "RequestItems");
    batch->set = (struct write_set){.call = call,
                                    .duplicates = "Provided list of item keys contains duplicates",
                                    .independent = true,
                                    .finish = finish};
    return begin_requests(batch, err) && write_set_run(&batch->set, err);
}
