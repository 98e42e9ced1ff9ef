/* ExecuteTransaction: PartiQL statements, all of them or none; all read, or all write. */
#include "errors.h"
#include "key.h"
#include "partiql_key.h"
#include "partiql_request.h"
#include "partiql_select.h"
#include "partiql_write.h"
#include "table_name.h"
#include "transact_read.h"
#include "transact_write.h"

struct transaction {
    struct ddb_call *call;
    const struct json_value *list;
    struct partiql_action *actions;
    size_t count;
};

static bool fail_memory(struct aws_error *err)
{
    return aws_fail(err, &error_out_of_memory, "the request needs too much memory");
}

/* A mistake in one statement that is the whole request's. */
static bool fail_statement(size_t index, const char *text, struct aws_error *err)
{
    return aws_fail(err, &ddb_validation_exception,
                    "Validation failed in TransactStatements[%zu]: %s", index, text);
}

/* --- statements ----------------------------------------------------------------------------- */

static bool parse(struct transaction *transaction, const struct json_value *request,
                  struct aws_error *err)
{
    size_t index = transaction->count++;
    struct partiql_statement *statement = &transaction->actions[index].statement;
    struct aws_error why = {0};
    bool of_values = false;

    if (!partiql_request_read(request, transaction->call->arena, statement, &of_values, &why)) {
        if (!of_values && why.kind == &ddb_validation_exception)
            return fail_statement(index, why.message, err);
        *err = why;
        return false;
    }
    return statement->returns == RETURN_NONE ||
           fail_statement(index, "RETURNING clause is not supported in ExecuteTransaction.", err);
}

static bool read_statements(struct transaction *transaction, struct aws_error *err)
{
    transaction->list = request_get(transaction->call->request, "TransactStatements");
    transaction->actions = arena_alloc_array(transaction->call->arena, transaction->list->count,
                                             sizeof(*transaction->actions));
    if (transaction->actions == NULL)
        return fail_memory(err);
    for (const struct json_value *child = transaction->list->child; child != NULL;
         child = child->next) {
        if (!parse(transaction, child, err))
            return false;
    }
    return true;
}

static bool check_mixed(const struct transaction *transaction, bool *ret_reads,
                        struct aws_error *err)
{
    size_t reads = 0;

    for (size_t i = 0; i < transaction->count; i++)
        reads += transaction->actions[i].statement.kind == PARTIQL_SELECT;
    *ret_reads = reads > 0;
    return reads == 0 || reads == transaction->count ||
           aws_fail(err, &ddb_validation_exception,
                    "ExecuteTransaction API does not support both read and write operations in the "
                    "same request.");
}

/* --- reads ---------------------------------------------------------------------------------- */

/* A key that does not fit is a reason to cancel. */
static bool bind_read(const struct transaction *transaction, const struct transact_read *read,
                      size_t index, struct aws_error *err)
{
    const struct partiql_statement *statement = &transaction->actions[index].statement;
    struct transact_read_part *part = &read->parts[index];
    struct arena *arena = transaction->call->arena;
    const struct key_schema *schema = &part->table->schema;
    struct attribute_value key;
    struct aws_error why = {0};
    bool only_keys = false;

    if (statement->index.len > 0)
        return fail_statement(index, "Reads on indices are not supported within transactions.",
                              err);
    if (!partiql_key(statement->where, schema, arena, &key, &only_keys, &why) || !only_keys)
        return fail_statement(index,
                              "Select statements within ExecuteTransaction must specify the "
                              "primary key in the where clause.",
                              err);
    if (partiql_check_key_values(statement->where, schema, true, &part->err) &&
        key_of_request(schema, &key, arena, &read->targets[index].key, &part->err))
        return true;
    if (part->err.kind == &ddb_validation_exception)
        return true;
    *err = part->err;
    return false;
}

static bool bind_reads(const struct transaction *transaction, const struct transact_read *read,
                       struct aws_error *err)
{
    for (size_t i = 0; i < read->count; i++) {
        if (!bind_read(transaction, read, i, err))
            return false;
    }
    for (size_t i = 0; i < read->count; i++) {
        if (read->parts[i].err.kind != NULL)
            return transact_read_cancel(read, err);
    }
    return transact_read_check_duplicates(read, err);
}

static bool write_reads(const struct transaction *transaction, const struct transact_read *read,
                        struct aws_error *err)
{
    struct ddb_call *call = transaction->call;

    json_object_begin(call->out);
    json_write_name(call->out, STR("Responses"));
    json_array_begin(call->out);
    for (size_t i = 0; i < read->count; i++) {
        const struct store_target *target = &read->targets[i];
        struct str item;

        json_object_begin(call->out);
        if (target->found) {
            if (!partiql_show_json(&transaction->actions[i].statement, target->item.json,
                                   call->arena, &item, err))
                return false;
            json_field_raw(call->out, STR("Item"), item);
        }
        json_object_end(call->out);
    }
    json_array_end(call->out);
    if (!transact_read_metrics(read, err))
        return false;
    json_object_end(call->out);
    return true;
}

static bool run_reads(const struct transaction *transaction, struct aws_error *err)
{
    struct transact_read read;

    if (!transact_read_init(&read, transaction->call, transaction->count, err))
        return false;
    for (; read.count < transaction->count; read.count++)
        read.parts[read.count].table_name = transaction->actions[read.count].statement.table;
    bool ok = transact_read_find_tables(&read, err) && bind_reads(transaction, &read, err) &&
              transact_read_run(&read, err) && write_reads(transaction, &read, err);
    transact_read_release(&read);
    return ok;
}

/* --- writes --------------------------------------------------------------------------------- */

static bool check_exists(const struct transaction *transaction, size_t index, struct aws_error *err)
{
    const struct partiql_statement *statement = &transaction->actions[index].statement;
    struct attribute_value key;
    struct table *table = NULL;
    struct aws_error why = {0};
    bool only_keys = false;

    if (statement->index.len > 0)
        return fail_statement(index, "Operations on indices are not supported in transactions",
                              err);
    if (!table_name_lookup(transaction->call, statement->table, &table, err))
        return false;
    bool ok = partiql_key(statement->where, &table->schema, transaction->call->arena, &key,
                          &only_keys, &why) &&
              !only_keys;
    table_release(table);
    return ok || fail_statement(index,
                                "EXISTS() must contain a single item read with additional "
                                "condition",
                                err);
}

static bool begin_writes(const struct transaction *transaction, struct write_set *set,
                         struct aws_error *err)
{
    const struct json_value *child = transaction->list->child;

    for (; set->count < transaction->count; set->count++, child = child->next) {
        struct partiql_action *action = &transaction->actions[set->count];
        struct item_write *write = &set->writes[set->count];

        if (action->statement.kind == PARTIQL_EXISTS && !check_exists(transaction, set->count, err))
            return false;
        partiql_write_begin(action, transaction->call, child, write);
        if (action->statement.kind != PARTIQL_INSERT)
            write->update_bytes = request_string(child, STR("Statement")).len;
    }
    return true;
}

static bool answer_writes(struct transact_write *transaction, struct aws_error *err)
{
    struct json_writer *out = transaction->set.call->out;

    json_object_begin(out);
    json_field_raw(out, STR("Responses"), STR("[]"));
    if (!transact_write_metrics(transaction, err))
        return false;
    json_object_end(out);
    return true;
}

static bool run_writes(const struct transaction *transaction, struct aws_error *err)
{
    struct ddb_call *call = transaction->call;
    struct transact_write *writes = arena_alloc(call->arena, sizeof(*writes));

    if (writes == NULL)
        return fail_memory(err);
    writes->set.call = call;
    writes->set.writes =
        arena_alloc_array(call->arena, transaction->count, sizeof(*writes->set.writes));
    if (writes->set.writes == NULL)
        return fail_memory(err);
    writes->parameters = transaction->list;
    writes->answer = answer_writes;
    return begin_writes(transaction, &writes->set, err) && transact_write_run(writes, err);
}

bool execute_transaction_run(struct ddb_call *call, struct aws_error *err)
{
    struct transaction transaction = {.call = call};
    bool reads = false;

    if (!read_statements(&transaction, err) || !check_mixed(&transaction, &reads, err))
        return false;
    return reads ? run_reads(&transaction, err) : run_writes(&transaction, err);
}
