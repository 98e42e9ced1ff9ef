/* TransactWriteItems: puts, updates, deletes and checks, all of them or none. */
#include "errors.h"
#include "key.h"
#include "parameters.h"
#include "transact_write.h"

/* --- ConditionCheck ------------------------------------------------------------------------- */

static const char *const no_legacy[] = {NULL};
static const char *const expressions[] = {"ConditionExpression", NULL};
static const struct parameter_set parameters = {no_legacy, expressions};

static bool check(struct item_write *write, struct aws_error *err)
{
    struct ddb_call *call = write->call;

    return parameters_check_mixing(call, &parameters, err) &&
           item_read(request_get(call->request, "Key"), call->arena, &write->item, err) &&
           parameters_only_condition(call, &write->condition, err);
}

static bool bind(struct item_write *write, struct aws_error *err)
{
    const struct key_schema *schema = &write->table->schema;

    return key_of_request(schema, &write->item, write->call->arena, &write->key, err) &&
           condition_check_keys(write->condition, write->table, err);
}

const struct write_kind write_check = {.check = check, .bind = bind};

/* --- the request ---------------------------------------------------------------------------- */

static const struct action {
    struct str name;
    const struct shape *shape;
    const struct write_kind *kind;
} actions[] = {
    {STR_INIT("ConditionCheck"), &shape_transact_condition_check, &write_check},
    {STR_INIT("Put"), &shape_transact_put, &write_put},
    {STR_INIT("Delete"), &shape_transact_delete, &write_delete},
    {STR_INIT("Update"), &shape_transact_update, &write_update},
};

/* An item of TransactItems has exactly one of the actions. */
static bool find_action(const struct json_value *item, const struct action **ret,
                        struct aws_error *err)
{
    size_t found = 0;

    for (size_t i = 0; i < ARRAY_LEN(actions); i++) {
        if (request_member(item, actions[i].name) == NULL)
            continue;
        *ret = &actions[i];
        found++;
    }
    return found == 1 ||
           aws_fail(err, &ddb_validation_exception,
                    "TransactItems can only contain one of Check, Put, Update or Delete");
}

static bool begin_action(const struct json_value *item, struct ddb_call *call,
                         struct item_write *write, struct aws_error *err)
{
    const struct action *action = NULL;
    struct json_value *request = NULL;

    if (!find_action(item, &action, err))
        return false;
    if (!shape_known_members(action->shape, request_member(item, action->name), call->arena,
                             &request))
        return aws_fail(err, &error_out_of_memory, "the request needs too much memory");
    call->request = request;
    return write_begin(action->kind, call, write, err);
}

/* One by one: what is wrong with an action is told before anything is known of the next. */
static bool begin_actions(struct transact_write *transaction, struct aws_error *err)
{
    const struct json_value *items = transaction->parameters;
    struct write_set *set = &transaction->set;
    struct ddb_call *calls = arena_alloc_array(set->call->arena, items->count, sizeof(*calls));

    set->writes = arena_alloc_array(set->call->arena, items->count, sizeof(*set->writes));
    if (calls == NULL || set->writes == NULL)
        return aws_fail(err, &error_out_of_memory, "the request needs too much memory");
    for (const struct json_value *item = items->child; item != NULL; item = item->next) {
        size_t i = set->count++;

        calls[i] = *set->call;
        if (!begin_action(item, &calls[i], &set->writes[i], err))
            return false;
    }
    return true;
}

static bool answer(struct transact_write *transaction, struct aws_error *err)
{
    struct json_writer *out = transaction->set.call->out;

    json_object_begin(out);
    if (!transact_write_metrics(transaction, err))
        return false;
    json_object_end(out);
    return true;
}

bool transact_write_items_run(struct ddb_call *call, struct aws_error *err)
{
    struct transact_write *transaction = arena_alloc(call->arena, sizeof(*transaction));

    if (transaction == NULL)
        return aws_fail(err, &error_out_of_memory, "the request needs too much memory");
    transaction->set.call = call;
    transaction->parameters = request_get(call->request, "TransactItems");
    transaction->answer = answer;
    return begin_actions(transaction, err) && transact_write_run(transaction, err);
}
