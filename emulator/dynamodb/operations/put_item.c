/* PutItem: the whole item is replaced. */
#include "errors.h"
#include "index_key.h"
#include "key.h"
#include "legacy.h"
#include "parameters.h"
#include "write.h"

static const char *const legacy[] = {"Expected", "ConditionalOperator", NULL};
static const char *const expressions[] = {"ConditionExpression", NULL};
static const struct parameter_set parameters = {legacy, expressions};

static bool check(struct item_write *write, struct aws_error *err)
{
    struct ddb_call *call = write->call;

    if (!parameters_check_mixing(call, &parameters, err) ||
        !item_read(request_get(call->request, "Item"), call->arena, &write->item, err))
        return false;
    if (write->returns != RETURN_NONE && write->returns != RETURN_ALL_OLD)
        return aws_fail(err, &ddb_validation_exception, "ReturnValues can only be ALL_OLD or NONE");
    if (item_size(&write->item) > ITEM_BYTES_MAX)
        return aws_fail(err, &ddb_validation_exception,
                        "Item size has exceeded the maximum allowed size");
    return parameters_only_condition(call, &write->condition, err);
}

static bool bind(struct item_write *write, struct aws_error *err)
{
    const struct table *table = write->table;

    return key_of_item(&table->schema, &write->item, write->call->arena, &write->key, err) &&
           index_key_check_item(table, &write->item, err) &&
           condition_check_keys(write->condition, table, err);
}

static bool make(struct item_write *write, bool found, const struct attribute_value *old,
                 struct attribute_value *ret, bool *ret_keep, struct aws_error *err)
{
    (void)found;
    (void)old;
    (void)err;
    *ret = write->item;
    *ret_keep = true;
    return true;
}

const struct write_kind write_put = {.check = check, .bind = bind, .make = make};

bool put_item_run(struct ddb_call *call, struct aws_error *err)
{
    return write_single_run(&write_put, call, err);
}
