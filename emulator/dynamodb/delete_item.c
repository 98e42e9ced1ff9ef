/* DeleteItem. */
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
    (void)write;
    (void)found;
    (void)old;
    (void)ret;
    (void)err;
    *ret_keep = false;
    return true;
}

static bool check(struct ddb_call *call, struct item_write *write, struct attribute_value *key,
                  struct aws_error *err)
{
    struct placeholders placeholders;
    struct expr *expected = NULL;

    if (!parameters_check_mixing(call, &parameters, err) ||
        !item_read(request_get(call->request, "Key"), call->arena, key, err))
        return false;
    if (write->returns != RETURN_NONE && write->returns != RETURN_ALL_OLD)
        return aws_fail(err, &ddb_validation_exception, "Return values set to invalid value");
    if (!legacy_expected(call->request, call->arena, &expected, err) ||
        !placeholders_read(call->request, call->arena, &placeholders, err) ||
        !parameters_condition(call, EXPRESSION_CONDITION, &placeholders, &write->condition, err) ||
        !placeholders_check_used(&placeholders, call->arena, err))
        return false;
    if (expected != NULL)
        write->condition = expected;
    return true;
}

bool delete_item_run(struct ddb_call *call, struct aws_error *err)
{
    struct attribute_value key;
    struct item_write write = {.call = call,
                               .make = make,
                               .returns = write_returns_of(call->request),
                               .show_on_failure = write_shows_on_failure(call->request)};

    if (!check(call, &write, &key, err) || !table_name_find(call, &write.table, err))
        return false;
    bool ok = key_of_request(&write.table->schema, &key, call->arena, &write.key, err) &&
              condition_check_keys(write.condition, &write.table->schema, err) &&
              write_run(&write, err) && write_answer(&write, err);
    table_release(write.table);
    return ok;
}
