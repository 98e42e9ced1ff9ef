/* DeleteItem. */
#include "errors.h"
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
        !item_read(request_get(call->request, "Key"), call->arena, &write->item, err))
        return false;
    if (write->returns != RETURN_NONE && write->returns != RETURN_ALL_OLD)
        return aws_fail(err, &ddb_validation_exception, "Return values set to invalid value");
    return parameters_only_condition(call, &write->condition, err);
}

static bool bind(struct item_write *write, struct aws_error *err)
{
    const struct key_schema *schema = &write->table->schema;

    return key_of_request(schema, &write->item, write->call->arena, &write->key, err) &&
           condition_check_keys(write->condition, write->table, err);
}

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

const struct write_kind write_delete = {.check = check, .bind = bind, .make = make};

bool delete_item_run(struct ddb_call *call, struct aws_error *err)
{
    return write_single_run(&write_delete, call, err);
}
