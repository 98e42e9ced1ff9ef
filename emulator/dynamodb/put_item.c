/* PutItem: the whole item is replaced. */
#include "errors.h"
#include "key.h"
#include "legacy.h"
#include "parameters.h"
#include "table_name.h"
#include "write.h"

static const char *const legacy[] = {"Expected", "ConditionalOperator", NULL};
static const char *const expressions[] = {"ConditionExpression", NULL};
static const struct parameter_set parameters = {legacy, expressions};

static bool make(struct item_write *write, bool found, const struct attribute_value *old,
                 struct attribute_value *ret, bool *ret_keep, struct aws_error *err)
{
    (void)found;
    (void)old;
    (void)err;
    *ret = *write->item;
    *ret_keep = true;
    return true;
}

static bool check(struct ddb_call *call, struct item_write *write, struct attribute_value *item,
                  struct aws_error *err)
{
    struct placeholders placeholders;
    struct expr *expected = NULL;

    if (!parameters_check_mixing(call, &parameters, err) ||
        !item_read(request_get(call->request, "Item"), call->arena, item, err))
        return false;
    if (write->returns != RETURN_NONE && write->returns != RETURN_ALL_OLD)
        return aws_fail(err, &ddb_validation_exception, "ReturnValues can only be ALL_OLD or NONE");
    if (item_size(item) > ITEM_BYTES_MAX)
        return aws_fail(err, &ddb_validation_exception,
                        "Item size has exceeded the maximum allowed size");
    if (!legacy_expected(call->request, call->arena, &expected, err) ||
        !placeholders_read(call->request, call->arena, &placeholders, err) ||
        !parameters_condition(call, EXPRESSION_CONDITION, &placeholders, &write->condition, err) ||
        !placeholders_check_used(&placeholders, call->arena, err))
        return false;
    if (expected != NULL)
        write->condition = expected;
    return true;
}

bool put_item_run(struct ddb_call *call, struct aws_error *err)
{
    struct attribute_value item;
    struct item_write write = {.call = call,
                               .item = &item,
                               .make = make,
                               .returns = write_returns_of(call->request),
                               .show_on_failure = write_shows_on_failure(call->request)};

    if (!check(call, &write, &item, err) || !table_name_find(call, &write.table, err))
        return false;
    bool ok = key_of_item(&write.table->schema, &item, call->arena, &write.key, err) &&
              condition_check_keys(write.condition, &write.table->schema, err) &&
              write_run(&write, err) && write_answer(&write, err);
    table_release(write.table);
    return ok;
}
