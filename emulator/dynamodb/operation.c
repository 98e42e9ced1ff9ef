#include "operation.h"

#include "errors.h"
#include "table_name.h"

const struct error_kind error_page_too_long = {"PageTooLong", 500, true};
const struct error_kind error_later = {"Later", 500, true};

/* By name, for the search. */
static const struct ddb_operation operations[] = {
    {STR_INIT("CreateTable"), DDB_CONTROL, &shape_create_table, table_name_check_early,
     create_table_run},
    {STR_INIT("DeleteItem"), DDB_WRITE, &shape_delete_item, NULL, delete_item_run},
    {STR_INIT("DeleteTable"), DDB_CONTROL, &shape_table_name_only, table_name_check_early,
     delete_table_run},
    {STR_INIT("DescribeTable"), DDB_READ, &shape_table_name_only, table_name_check_early,
     describe_table_run},
    {STR_INIT("GetItem"), DDB_READ, &shape_get_item, NULL, get_item_run},
    {STR_INIT("ListTables"), DDB_READ, &shape_list_tables, NULL, list_tables_run},
    {STR_INIT("PutItem"), DDB_WRITE, &shape_put_item, NULL, put_item_run},
    {STR_INIT("Query"), DDB_PAGE, &shape_query, NULL, query_run},
    {STR_INIT("Scan"), DDB_PAGE, &shape_scan, NULL, scan_run},
    {STR_INIT("UpdateItem"), DDB_WRITE, &shape_update_item, NULL, update_item_run},
};

static int compare_name(const void *name, const void *operation)
{
    return str_compare(*(const struct str *)name, ((const struct ddb_operation *)operation)->name);
}

const struct ddb_operation *operation_find(struct str name)
{
    return bsearch(&name, operations, ARRAY_LEN(operations), sizeof(operations[0]), compare_name);
}

bool operation_run(const struct ddb_operation *operation, struct ddb_call *call,
                   struct aws_error *err)
{
    if (call->request->type != JSON_OBJECT)
        return aws_fail(err, &ddb_serialization_exception, "%s", "");
    return shape_check_types(operation->shape, call->request, err) &&
           (operation->check_early == NULL || operation->check_early(call, err)) &&
           shape_check_constraints(operation->shape, call->request, call->arena, err) &&
           operation->run(call, err);
}

bool call_admit(const struct ddb_call *call, const struct throttle_target *target,
                struct aws_error *err)
{
    return throttle_admit(call->throttles, target, call->region, call->arena, err);
}

void call_charge(const struct ddb_call *call, const struct throttle_target *target, double units)
{
    throttle_charge(call->throttles, target, units);
}
