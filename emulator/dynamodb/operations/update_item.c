/* UpdateItem: some attributes change; an item that is not there comes into being. */
#include "errors.h"
#include "index_key.h"
#include "key.h"
#include "legacy.h"
#include "parameters.h"
#include "write.h"

static const char *const legacy[] = {"AttributeUpdates", "Expected", "ConditionalOperator", NULL};
static const char *const expressions[] = {"UpdateExpression", "ConditionExpression", NULL};
static const struct parameter_set parameters = {legacy, expressions};

static bool only_removes(const struct update *update)
{
    for (size_t i = 0; i < update->count; i++) {
        if (update->clauses[i].action != UPDATE_REMOVE &&
            update->clauses[i].action != UPDATE_DELETE)
            return false;
    }
    return update->count > 0;
}

/* The key with nothing else: what an update begins with where there is no item. */
static bool begin_item(struct item_write *write, struct attribute_value *ret, struct aws_error *err)
{
    const struct attribute_value *key = &write->item;
    size_t count = key->map.count;

    *ret = (struct attribute_value){.type = VALUE_M};
    ret->map.attributes =
        arena_alloc_array(write->call->arena, count, sizeof(*ret->map.attributes));
    if (ret->map.attributes == NULL)
        return aws_fail(err, &error_out_of_memory, "the request needs too much memory");
    memcpy(ret->map.attributes, key->map.attributes, count * sizeof(*ret->map.attributes));
    ret->map.count = count;
    return true;
}

/* A nested value may have come one level too deep only now. */
static bool check_depth(const struct attribute_value *value, int depth)
{
    if (depth > VALUE_DEPTH_MAX)
        return false;
    for (size_t i = 0; value->type == VALUE_L && i < value->list.count; i++) {
        if (!check_depth(&value->list.elements[i], depth + 1))
            return false;
    }
    for (size_t i = 0; value->type == VALUE_M && i < value->map.count; i++) {
        if (!check_depth(&value->map.attributes[i].value, depth + 1))
            return false;
    }
    return true;
}

static bool make(struct item_write *write, bool found, const struct attribute_value *old,
                 struct attribute_value *ret, bool *ret_keep, struct aws_error *err)
{
    struct attribute_value begun;

    *ret_keep = found || !only_removes(write->update);
    if (!*ret_keep)
        return true;
    if (!found && !begin_item(write, &begun, err))
        return false;
    if (!update_apply(write->update, found ? old : &begun, write->call->arena, ret, err))
        return false;
    if (!check_depth(ret, 0))
        return aws_fail(err, &ddb_validation_exception,
                        "Nesting Levels have exceeded supported limits: Attributes in the item "
                        "have nested levels beyond supported limit");
    if (item_size(ret) > ITEM_BYTES_MAX)
        return aws_fail(err, &ddb_validation_exception,
                        "Item size to update has exceeded the maximum allowed size");
    return index_key_check_update(write->table, ret, write->in_transaction, err);
}

static bool read_update(struct ddb_call *call, struct placeholders *placeholders,
                        struct update **ret, struct aws_error *err)
{
    const struct json_value *text = request_get(call->request, "UpdateExpression");

    if (text != NULL)
        return update_parse(text->text, placeholders, call->arena, ret, err);
    if (*ret != NULL)
        return true;
    *ret = arena_alloc(call->arena, sizeof(**ret)); /* no clauses: the key alone */
    return *ret != NULL || aws_fail(err, &error_out_of_memory, "the request needs too much memory");
}

static bool check(struct item_write *write, struct aws_error *err)
{
    struct ddb_call *call = write->call;
    const struct json_value *updates = request_get(call->request, "AttributeUpdates");
    struct placeholders placeholders;
    struct expr *expected = NULL;
    struct update *update = NULL;

    if (!parameters_check_mixing(call, &parameters, err) ||
        !item_read(request_get(call->request, "Key"), call->arena, &write->item, err) ||
        (updates != NULL && !legacy_updates(updates, call->arena, &update, err)) ||
        !legacy_expected(call->request, call->arena, &expected, err) ||
        !placeholders_read(call->request, call->arena, &placeholders, err) ||
        !read_update(call, &placeholders, &update, err) ||
        !parameters_condition(call, EXPRESSION_CONDITION, &placeholders, &write->condition, err) ||
        !placeholders_check_used(&placeholders, call->arena, err))
        return false;
    write->update = update;
    write->update_bytes = request_string(call->request, STR("UpdateExpression")).len;
    for (size_t i = 0; i < placeholders.value_count; i++)
        write->update_bytes += value_size(&placeholders.values[i].value);
    if (expected != NULL)
        write->condition = expected;
    return true;
}

/* What AttributeUpdates bring to an index's key is looked at before the item is, as in a Put. */
static bool check_index_values(const struct item_write *write, struct aws_error *err)
{
    const struct update *update = write->update;
    struct attribute_value brought = {.type = VALUE_M};

    if (!update->legacy || update->count == 0)
        return true;
    brought.map.attributes =
        arena_alloc_array(write->call->arena, update->count, sizeof(*brought.map.attributes));
    if (brought.map.attributes == NULL)
        return aws_fail(err, &error_out_of_memory, "the request needs too much memory");
    for (size_t i = 0; i < update->count; i++) {
        const struct update_clause *clause = &update->clauses[i];

        if (clause->operand != NULL)
            brought.map.attributes[brought.map.count++] =
                (struct attribute){clause->path.steps[0].name, *clause->operand};
    }
    return index_key_check_item(write->table, &brought, err);
}

/* No path of the update may begin with a key attribute, none may lead into one. */
static bool check_paths(const struct item_write *write, struct aws_error *err)
{
    for (size_t i = 0; i < write->update->count; i++) {
        const struct path *path = &write->update->clauses[i].path;

        if (!key_has(&write->table->schema, path->steps[0].name))
            continue;
        return aws_fail(err, &ddb_validation_exception,
                        OMPV "Cannot update attribute %.*s. This attribute is part of the key",
                        STR_ARG(path->steps[0].name));
    }
    return check_index_values(write, err) && update_check_keys(write->update, write->table, err);
}

static bool bind(struct item_write *write, struct aws_error *err)
{
    const struct key_schema *schema = &write->table->schema;

    return key_of_request(schema, &write->item, write->call->arena, &write->key, err) &&
           check_paths(write, err) && condition_check_keys(write->condition, write->table, err);
}

const struct write_kind write_update = {
    .check = check, .bind = bind, .make = make, .reads_old = true};

bool update_item_run(struct ddb_call *call, struct aws_error *err)
{
    return write_single_run(&write_update, call, err);
}
