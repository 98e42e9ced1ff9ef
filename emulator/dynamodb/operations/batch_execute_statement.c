/* BatchExecuteStatement: statements on single items, each by itself; all read, or all write. */
#include "errors.h"
#include "key.h"
#include "partiql_error.h"
#include "partiql_key.h"
#include "partiql_request.h"
#include "partiql_select.h"
#include "partiql_write.h"
#include "table_name.h"

/* One statement. */
struct member {
    struct write_set set; /* first; of the one write: INSERT, UPDATE, DELETE */
    struct item_write write;
    const struct json_value *request;
    struct partiql_action action;
    struct table *table;      /* NULL: not known */
    struct store_target item; /* SELECT */
    bool parsed;
    bool ran;          /* came as far as its item */
    struct str answer; /* its Item; ptr NULL: none */
    struct capacity used;
    struct aws_error err;
};

struct batch {
    struct ddb_call *call;
    struct member *members;
    size_t count;
};

static bool fail_memory(struct aws_error *err)
{
    return aws_fail(err, &error_out_of_memory, "the request needs too much memory");
}

/* --- before anything is done ---------------------------------------------------------------- */

static bool parse(struct member *member, struct arena *arena)
{
    struct partiql_statement *statement = &member->action.statement;

    if (!partiql_request_read(member->request, arena, statement, NULL, &member->err))
        return false;
    return statement->kind != PARTIQL_EXISTS ||
           aws_fail(&member->err, &ddb_validation_exception,
                    "EXISTS can only be used in ExecuteTransaction write requests.");
}

static bool read_members(struct batch *batch, struct aws_error *err)
{
    const struct json_value *list = request_get(batch->call->request, "Statements");

    batch->members = arena_alloc_array(batch->call->arena, list->count, sizeof(*batch->members));
    if (batch->members == NULL)
        return fail_memory(err);
    for (const struct json_value *child = list->child; child != NULL; child = child->next) {
        struct member *member = &batch->members[batch->count++];

        member->request = child;
        member->parsed = parse(member, batch->call->arena);
    }
    return true;
}

static bool check_mixed(const struct batch *batch, struct aws_error *err)
{
    bool reads = false, writes = false;

    for (size_t i = 0; i < batch->count; i++) {
        const struct member *member = &batch->members[i];
        bool selects = member->action.statement.kind == PARTIQL_SELECT;

        reads = reads || (member->parsed && selects);
        writes = writes || (member->parsed && !selects);
    }
    return !reads || !writes ||
           aws_fail(err, &ddb_validation_exception,
                    "Read and write requests together in the same batch is not supported.");
}

/* Of an index only that it cannot be told by a key. */
static bool check_index(const struct member *member, struct aws_error *err)
{
    const struct partiql_statement *statement = &member->action.statement;
    const struct table_index *index = NULL;

    if (statement->index.len == 0)
        return true;
    index = table_index_find(member->table, statement->index);
    if (index == NULL)
        return aws_fail(err, &ddb_validation_exception,
                        "The table does not have the specified index");
    return aws_fail(err, &ddb_validation_exception, "%s",
                    index->schema.hash_count > 1 || index->schema.range_count > 1
                        ? PARTIQL_MULTI_KEYS
                        : PARTIQL_BATCH_KEYS);
}

static bool bind_select(struct member *member, struct arena *arena, struct aws_error *err)
{
    const struct partiql_statement *statement = &member->action.statement;
    const struct key_schema *schema = &member->table->schema;
    struct attribute_value key;
    struct aws_error why = {0};
    bool only_keys = false;

    if (!check_index(member, err))
        return false;
    if (!partiql_key(statement->where, schema, arena, &key, &only_keys, &why) || !only_keys)
        return aws_fail(err, &ddb_validation_exception, PARTIQL_BATCH_KEYS);
    member->item.collection = member->table->collection;
    return partiql_check_key_values(statement->where, schema, true, err) &&
           projection_check_keys(&statement->projection, member->table, err) &&
           key_of_request(schema, &key, arena, &member->item.key, err);
}

static bool bind_write(const struct batch *batch, struct member *member, struct aws_error *err)
{
    partiql_write_begin(&member->action, batch->call, member->request, &member->write);
    member->action.call.finish_later = NULL; /* one after the other */
    member->write.show_on_failure = false;   /* the service takes the member, and shows nothing */
    member->write.table = member->table;
    bool ok = member->write.kind->bind(&member->write, err);
    member->item.collection = member->table->collection;
    member->item.key = member->write.key;
    member->write.table = NULL; /* it finds its own */
    return ok;
}

/* Finds the tables and keys of all, for what is told of the batch as a whole. */
static void bind_members(const struct batch *batch)
{
    for (size_t i = 0; i < batch->count; i++) {
        struct member *member = &batch->members[i];

        if (!member->parsed || !table_name_lookup(batch->call, member->action.statement.table,
                                                  &member->table, &member->err))
            continue;
        member->ran = member->action.statement.kind == PARTIQL_SELECT
                          ? bind_select(member, batch->call->arena, &member->err)
                          : bind_write(batch, member, &member->err);
    }
}

static bool check_duplicates(const struct batch *batch, struct aws_error *err)
{
    for (size_t i = 0; i < batch->count; i++) {
        for (size_t j = 0; j < i; j++) {
            const struct member *a = &batch->members[j], *b = &batch->members[i];

            if (a->ran && b->ran && a->item.collection == b->item.collection &&
                store_key_compare(a->item.key, b->item.key) == 0)
                return aws_fail(err, &ddb_validation_exception,
                                "Provided list of item keys contains duplicates");
        }
    }
    return true;
}

/* --- each by itself ------------------------------------------------------------------------- */

static bool run_select(const struct batch *batch, struct member *member, struct aws_error *err)
{
    struct ddb_call *call = batch->call;
    bool consistent = request_bool(member->request, STR("ConsistentRead"), false);
    const struct throttle_target throttle = {
        .table = member->table, .use = THROTTLE_READ, .partition = member->item.key.partition};

    if (!call_admit(call, &throttle, err) ||
        !store_get(call->store, &member->item, call->arena, err))
        return false;
    member->used.table_units =
        capacity_of_read(member->item.found ? member->item.item.size : 0, consistent);
    call_charge(call, &throttle, member->used.table_units);
    return !member->item.found ||
           partiql_show_json(&member->action.statement, member->item.item.json, call->arena,
                             &member->answer, err);
}

static bool finish_write(struct write_set *set, bool ok, struct aws_error *err)
{
    struct member *member = (struct member *)set;

    member->used = member->write.used;
    return ok && write_returned(&member->write, &member->answer, err);
}

static bool run_write(struct member *member, struct aws_error *err)
{
    member->set = (struct write_set){
        .call = &member->action.call, .writes = &member->write, .count = 1, .finish = finish_write};
    return write_set_run(&member->set, err);
}

/* Memory is the batch's; everything else is the statement's. */
static bool run_members(const struct batch *batch, struct aws_error *err)
{
    for (size_t i = 0; i < batch->count; i++) {
        struct member *member = &batch->members[i];

        if (!member->ran)
            continue;
        bool ok = member->action.statement.kind == PARTIQL_SELECT
                      ? run_select(batch, member, &member->err)
                      : run_write(member, &member->err);
        if (ok || member->err.kind != &error_out_of_memory)
            continue;
        *err = member->err;
        return false;
    }
    return true;
}

/* --- the answer ----------------------------------------------------------------------------- */

static bool write_capacities(const struct batch *batch, struct aws_error *err)
{
    struct capacity_list list = {.kind = CAPACITY_OF_BATCH};
    struct ddb_call *call = batch->call;

    for (size_t i = 0; i < batch->count; i++) {
        const struct member *member = &batch->members[i];

        if (member->ran &&
            !capacity_list_add(&list, member->action.statement.table, &member->used, call->arena))
            return fail_memory(err);
    }
    capacity_list_write(call->out, capacity_mode_of(call->request), &list);
    return true;
}

static void write_member(const struct member *member, struct json_writer *out)
{
    json_object_begin(out);
    if (member->err.kind != NULL) {
        json_write_name(out, STR("Error"));
        json_object_begin(out);
        json_field_string(out, STR("Code"), partiql_error_code(&member->err));
        json_field_string(out, STR("Message"), aws_error_text(&member->err));
        json_object_end(out);
    } else if (member->answer.ptr != NULL) {
        json_field_raw(out, STR("Item"), member->answer);
    }
    if (member->ran)
        json_field_string(out, STR("TableName"), member->action.statement.table);
    json_object_end(out);
}

static bool answer(const struct batch *batch, struct aws_error *err)
{
    struct json_writer *out = batch->call->out;

    json_object_begin(out);
    if (!write_capacities(batch, err))
        return false;
    json_write_name(out, STR("Responses"));
    json_array_begin(out);
    for (size_t i = 0; i < batch->count; i++)
        write_member(&batch->members[i], out);
    json_array_end(out);
    json_object_end(out);
    return true;
}

bool batch_execute_statement_run(struct ddb_call *call, struct aws_error *err)
{
    struct batch batch = {.call = call};

    if (!read_members(&batch, err) || !check_mixed(&batch, err))
        return false;
    bind_members(&batch);
    bool ok = check_duplicates(&batch, err) && run_members(&batch, err) && answer(&batch, err);
    for (size_t i = 0; i < batch.count; i++)
        table_release(batch.members[i].table);
    return ok;
}
