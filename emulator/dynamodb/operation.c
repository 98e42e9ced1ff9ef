#include "operation.h"

#include "errors.h"
#include "resource_arn.h"
#include "stream.h"
#include "table_name.h"

const struct error_kind error_page_too_long = {"PageTooLong", 500, true};
const struct error_kind error_later = {"Later", 500, true};

/* By name, for the search. */
static const struct ddb_operation operations[] = {
    {STR_INIT("BatchExecuteStatement"), DDB_CONTROL, &shape_batch_execute_statement, NULL,
     batch_execute_statement_run},
    {STR_INIT("BatchGetItem"), DDB_PAGE, &shape_batch_get_item, NULL, batch_get_item_run},
    {STR_INIT("BatchWriteItem"), DDB_WRITE, &shape_batch_write_item, NULL, batch_write_item_run},
    {STR_INIT("CreateTable"), DDB_CONTROL, &shape_create_table, table_name_check_early,
     create_table_run},
    {STR_INIT("DeleteItem"), DDB_WRITE, &shape_delete_item, NULL, delete_item_run},
    {STR_INIT("DeleteResourcePolicy"), DDB_READ, &shape_resource_policy, NULL,
     delete_resource_policy_run},
    {STR_INIT("DeleteTable"), DDB_CONTROL, &shape_table_name_only, table_name_check_early,
     delete_table_run},
    {STR_INIT("DescribeContinuousBackups"), DDB_READ, &shape_table_name_only,
     table_name_check_early, describe_continuous_backups_run},
    {STR_INIT("DescribeContributorInsights"), DDB_READ, &shape_describe_contributor_insights,
     table_name_check_early, describe_contributor_insights_run},
    {STR_INIT("DescribeEndpoints"), DDB_READ, &shape_no_members, NULL, describe_endpoints_run},
    {STR_INIT("DescribeKinesisStreamingDestination"), DDB_READ, &shape_table_name_only,
     table_name_check_early, describe_kinesis_streaming_destination_run},
    {STR_INIT("DescribeLimits"), DDB_READ, &shape_no_members, NULL, describe_limits_run},
    {STR_INIT("DescribeTable"), DDB_READ, &shape_table_name_only, table_name_check_early,
     describe_table_run},
    {STR_INIT("DescribeTableReplicaAutoScaling"), DDB_READ, &shape_table_name_only,
     table_name_check_early, describe_table_replica_auto_scaling_run},
    {STR_INIT("DescribeTimeToLive"), DDB_READ, &shape_table_name_only, table_name_check_early,
     describe_time_to_live_run},
    {STR_INIT("ExecuteStatement"), DDB_WRITE, &shape_execute_statement, NULL,
     execute_statement_run},
    {STR_INIT("ExecuteTransaction"), DDB_WRITE, &shape_execute_transaction, NULL,
     execute_transaction_run},
    {STR_INIT("GetItem"), DDB_READ, &shape_get_item, NULL, get_item_run},
    {STR_INIT("GetResourcePolicy"), DDB_READ, &shape_resource_policy, NULL,
     get_resource_policy_run},
    {STR_INIT("ListBackups"), DDB_READ, &shape_no_members, NULL, list_backups_run},
    {STR_INIT("ListBulkOperations"), DDB_READ, &shape_no_members, NULL, list_bulk_operations_run},
    {STR_INIT("ListContributorInsights"), DDB_READ, &shape_list_contributor_insights, NULL,
     list_contributor_insights_run},
    {STR_INIT("ListExports"), DDB_READ, &shape_no_members, NULL, list_exports_run},
    {STR_INIT("ListGlobalTables"), DDB_READ, &shape_no_members, NULL, list_global_tables_run},
    {STR_INIT("ListImports"), DDB_READ, &shape_no_members, NULL, list_imports_run},
    {STR_INIT("ListTables"), DDB_READ, &shape_list_tables, NULL, list_tables_run},
    {STR_INIT("ListTagsOfResource"), DDB_READ, &shape_list_tags_of_resource,
     resource_arn_check_early, list_tags_of_resource_run},
    {STR_INIT("PutItem"), DDB_WRITE, &shape_put_item, NULL, put_item_run},
    {STR_INIT("Query"), DDB_PAGE, &shape_query, NULL, query_run},
    {STR_INIT("Scan"), DDB_PAGE, &shape_scan, NULL, scan_run},
    {STR_INIT("TagResource"), DDB_CONTROL, &shape_tag_resource, resource_arn_check_early,
     tag_resource_run},
    {STR_INIT("TransactGetItems"), DDB_PAGE, &shape_transact_get_items, NULL,
     transact_get_items_run},
    {STR_INIT("TransactWriteItems"), DDB_WRITE, &shape_transact_write_items, NULL,
     transact_write_items_run},
    {STR_INIT("UntagResource"), DDB_CONTROL, &shape_untag_resource, resource_arn_check_early,
     untag_resource_run},
    {STR_INIT("UpdateContinuousBackups"), DDB_READ, &shape_update_continuous_backups,
     table_name_check_early, update_continuous_backups_run},
    {STR_INIT("UpdateItem"), DDB_WRITE, &shape_update_item, NULL, update_item_run},
    {STR_INIT("UpdateTable"), DDB_CONTROL, &shape_update_table, table_name_check_early,
     update_table_run},
    {STR_INIT("UpdateTimeToLive"), DDB_CONTROL, &shape_update_time_to_live, table_name_check_early,
     update_time_to_live_run},
};

static const struct ddb_operation stream_operations[] = {
    {STR_INIT("DescribeStream"), DDB_READ, &shape_describe_stream, stream_arn_check_early,
     describe_stream_run},
    {STR_INIT("GetRecords"), DDB_PAGE, &shape_get_records, NULL, get_records_run},
    {STR_INIT("GetShardIterator"), DDB_READ, &shape_get_shard_iterator, stream_arn_check_early,
     get_shard_iterator_run},
    {STR_INIT("ListStreams"), DDB_READ, &shape_list_streams, NULL, list_streams_run},
};

static const struct service {
    struct str target; /* of X-Amz-Target, what comes before the point */
    const struct ddb_operation *operations;
    size_t count;
} services[] = {
    {STR_INIT("DynamoDB_20120810"), operations, ARRAY_LEN(operations)},
    {STR_INIT("DynamoDBStreams_20120810"), stream_operations, ARRAY_LEN(stream_operations)},
};

static int compare_name(const void *name, const void *operation)
{
    return str_compare(*(const struct str *)name, ((const struct ddb_operation *)operation)->name);
}

static const struct ddb_operation *find_in(const struct service *service, struct str name)
{
    return bsearch(&name, service->operations, service->count, sizeof(operations[0]), compare_name);
}

const struct ddb_operation *operation_find(struct str name)
{
    const struct ddb_operation *found = NULL;

    for (size_t i = 0; i < ARRAY_LEN(services) && found == NULL; i++)
        found = find_in(&services[i], name);
    return found;
}

const struct ddb_operation *operation_of_target(struct str target)
{
    struct str service = str_split(&target, '.');

    for (size_t i = 0; i < ARRAY_LEN(services); i++) {
        if (str_eq(services[i].target, service))
            return find_in(&services[i], target);
    }
    return NULL;
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
