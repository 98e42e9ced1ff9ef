#include "partiql_write.h"

#include "errors.h"
#include "index_key.h"
#include "key.h"
#include "partiql_key.h"

static const struct partiql_statement *statement_of(const struct item_write *write)
{
    return &((const struct partiql_action *)(const void *)write->call)->statement;
}

static bool fail(struct aws_error *err, const char *text)
{
    return aws_fail(err, &ddb_validation_exception, "%s", text);
}

/* --- INSERT --------------------------------------------------------------------------------- */

/* The rules for keys in PartiQL's words. */
static bool check_item_key(const struct key_schema *schema, const struct attribute_value *item,
                           struct aws_error *err)
{
    for (size_t i = 0; i < schema->hash_count + schema->range_count; i++) {
        const struct attribute_value *value = item_find(item, schema->keys[i].name);

        if (value == NULL)
            return aws_fail(err, &ddb_validation_exception,
                            "Key attribute should be present in the item: Key %.*s",
                            STR_ARG(schema->keys[i].name));
        if (key_type_of(value) != schema->keys[i].type)
            return aws_fail(err, &ddb_validation_exception,
                            "Key attribute's data type should match its data type in table's "
                            "schema: Key %.*s",
                            STR_ARG(schema->keys[i].name));
    }
    return true;
}

static bool bind_insert(struct item_write *write, struct aws_error *err)
{
    const struct table *table = write->table;

    if (!check_item_key(&table->schema, &write->item, err) ||
        !key_of_item(&table->schema, &write->item, write->call->arena, &write->key, err))
        return false;
    if (item_size(&write->item) > ITEM_BYTES_MAX)
        return fail(err, "Item size has exceeded the maximum allowed size");
    return index_key_check_item(table, &write->item, err);
}

static bool make_insert(struct item_write *write, bool found, const struct attribute_value *old,
                        struct attribute_value *ret, bool *ret_keep, struct aws_error *err)
{
    if (found)
        return aws_fail(err, &ddb_duplicate_item_exception,
                        "Duplicate primary key exists in table");
    return write_put.make(write, found, old, ret, ret_keep, err);
}

static const struct write_kind write_insert = {.bind = bind_insert, .make = make_insert};

/* --- those that find their item by WHERE ---------------------------------------------------- */

/* attribute_exists(k), or the opposite. */
static bool exists(const struct item_write *write, enum expr_function function, struct expr **ret,
                   struct aws_error *err)
{
    struct arena *arena = write->call->arena;
    struct expr *test = arena_alloc(arena, sizeof(*test)),
                *path = arena_alloc(arena, sizeof(*path));
    struct expr **operands = arena_alloc(arena, sizeof(struct expr *));
    struct path_step *step = arena_alloc(arena, sizeof(*step));

    if (test == NULL || path == NULL || operands == NULL || step == NULL)
        return aws_fail(err, &error_out_of_memory, "the request needs too much memory");
    step->name = write->table->schema.keys[0].name;
    *path = (struct expr){.type = EXPR_PATH, .path = {step, 1}};
    operands[0] = path;
    *test = (struct expr){
        .type = EXPR_FUNCTION, .function = function, .operands = operands, .operand_count = 1};
    *ret = test;
    return true;
}

/* The item is there and WHERE holds; or, for DELETE, it is not there. */
static bool make_condition(struct item_write *write, struct aws_error *err)
{
    const struct partiql_statement *statement = statement_of(write);
    bool deletes = statement->kind == PARTIQL_DELETE;
    struct expr *both = arena_alloc(write->call->arena, sizeof(*both));

    if (both == NULL)
        return aws_fail(err, &error_out_of_memory, "the request needs too much memory");
    both->type = deletes ? EXPR_OR : EXPR_AND;
    both->children[1] = statement->where;
    write->condition = both;
    return exists(write, deletes ? FUNCTION_ATTRIBUTE_NOT_EXISTS : FUNCTION_ATTRIBUTE_EXISTS,
                  &both->children[0], err);
}

/* A change of a key attribute, a path into one. */
static bool check_paths(const struct item_write *write, struct aws_error *err)
{
    const struct update *update = write->update;

    for (size_t i = 0; update != NULL && i < update->count; i++) {
        const struct path *path = &update->clauses[i].path;

        if (key_has(&write->table->schema, path->steps[0].name))
            return aws_fail(err, &ddb_validation_exception,
                            OMPV "Cannot update attribute %.*s. This attribute is part of the key",
                            STR_ARG(path->steps[0].name));
    }
    return (update == NULL || update_check_keys(update, write->table, err)) &&
           condition_check_keys(statement_of(write)->where, write->table, err);
}

static bool bind_where(struct item_write *write, struct aws_error *err)
{
    const struct partiql_statement *statement = statement_of(write);
    const struct key_schema *schema = &write->table->schema;
    bool only_keys = false;

    return partiql_key(statement->where, schema, write->call->arena, &write->item, &only_keys,
                       err) &&
           partiql_check_key_values(statement->where, schema, true, err) &&
           check_paths(write, err) &&
           key_of_request(schema, &write->item, write->call->arena, &write->key, err) &&
           make_condition(write, err);
}

/* A missing item fails the condition before this. */
static bool make_update(struct item_write *write, bool found, const struct attribute_value *old,
                        struct attribute_value *ret, bool *ret_keep, struct aws_error *err)
{
    return write_update.make(write, found, old, ret, ret_keep, err);
}

static bool make_delete(struct item_write *write, bool found, const struct attribute_value *old,
                        struct attribute_value *ret, bool *ret_keep, struct aws_error *err)
{
    return write_delete.make(write, found, old, ret, ret_keep, err);
}

static const struct write_kind update_kind = {
    .bind = bind_where, .make = make_update, .reads_old = true};
static const struct write_kind delete_kind = {.bind = bind_where, .make = make_delete};
static const struct write_kind exists_kind = {.bind = bind_where};

static const struct write_kind *kind_of(enum partiql_kind kind)
{
    switch (kind) {
    case PARTIQL_INSERT:
        return &write_insert;
    case PARTIQL_UPDATE:
        return &update_kind;
    case PARTIQL_DELETE:
        return &delete_kind;
    case PARTIQL_EXISTS:
        return &exists_kind;
    case PARTIQL_SELECT:
        break;
    }
    assert(!"SELECT writes nothing");
    return NULL;
}

void partiql_write_begin(struct partiql_action *action, const struct ddb_call *call,
                         const struct json_value *request, struct item_write *ret)
{
    const struct partiql_statement *statement = &action->statement;
    struct str on_failure = request_string(request, STR("ReturnValuesOnConditionCheckFailure"));

    action->call = *call;
    action->call.request = request;
    *ret = (struct item_write){.kind = kind_of(statement->kind),
                               .call = &action->call,
                               .table_name = statement->table,
                               .update = statement->update,
                               .item = statement->item,
                               .returns = statement->returns,
                               .show_on_failure = str_eq(on_failure, STR("ALL_OLD"))};
}

/* --- the answer ----------------------------------------------------------------------------- */

static bool answer(const struct write_set *set, struct aws_error *err)
{
    const struct item_write *write = &set->writes[0];
    struct ddb_call *call = set->call;
    struct str item;

    if (!write_returned(write, &item, err))
        return false;
    json_object_begin(call->out);
    capacity_write(call->out, capacity_mode_of(call->request), write->table_name, &write->used);
    json_write_name(call->out, STR("Items"));
    json_array_begin(call->out);
    if (item.ptr != NULL)
        json_write_raw(call->out, item);
    json_array_end(call->out);
    json_object_end(call->out);
    return true;
}

static bool finish(struct write_set *set, bool ok, struct aws_error *err)
{
    return ok && answer(set, err);
}

/* Lives in the call's arena: the answer may come later. */
struct single {
    struct write_set set;
    struct item_write write;
    struct partiql_action action;
};

bool partiql_write_run(struct ddb_call *call, const struct partiql_statement *statement,
                       struct aws_error *err)
{
    struct single *single = arena_alloc(call->arena, sizeof(*single));

    if (single == NULL)
        return aws_fail(err, &error_out_of_memory, "the request needs too much memory");
    single->set =
        (struct write_set){.call = call, .writes = &single->write, .count = 1, .finish = finish};
    single->action.statement = *statement;
    partiql_write_begin(&single->action, call, call->request, &single->write);
    return write_set_run(&single->set, err);
}
