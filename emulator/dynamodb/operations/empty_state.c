/*
 * What tools ask of a table or an account when they manage it, and what is not here: no backups, no
 * exports, no replicas, no Kinesis streams, no policies. The answers are those of the service where
 * nobody has set any of it up.
 *
 * Source: API Reference, the actions' output; texts as the service answers.
 */
#include "errors.h"
#include "operation.h"
#include "resource_arn.h"
#include "table_name.h"

static bool answer_empty_list(struct ddb_call *call, const char *member)
{
    json_object_begin(call->out);
    json_write_name(call->out, str_from_c(member));
    json_array_begin(call->out);
    json_array_end(call->out);
    json_object_end(call->out);
    return true;
}

bool list_backups_run(struct ddb_call *call, struct aws_error *err)
{
    (void)err;
    return answer_empty_list(call, "BackupSummaries");
}

bool list_bulk_operations_run(struct ddb_call *call, struct aws_error *err)
{
    (void)err;
    return answer_empty_list(call, "BulkOperationsSummaryList");
}

bool list_exports_run(struct ddb_call *call, struct aws_error *err)
{
    (void)err;
    return answer_empty_list(call, "ExportSummaries");
}

bool list_global_tables_run(struct ddb_call *call, struct aws_error *err)
{
    (void)err;
    return answer_empty_list(call, "GlobalTables");
}

bool list_imports_run(struct ddb_call *call, struct aws_error *err)
{
    (void)err;
    return answer_empty_list(call, "ImportSummaryList");
}

bool list_contributor_insights_run(struct ddb_call *call, struct aws_error *err)
{
    struct table *table = NULL;

    if (request_get(call->request, "TableName") != NULL &&
        !table_name_find_control(call, &table, err))
        return false;
    table_release(table);
    return answer_empty_list(call, "ContributorInsightsSummaries");
}

bool describe_contributor_insights_run(struct ddb_call *call, struct aws_error *err)
{
    struct str index = request_string(call->request, STR("IndexName"));
    struct table *table = NULL;

    if (!table_name_find_control(call, &table, err))
        return false;
    const struct table_index *found = table_index_find(table, index);
    bool ok = index.len == 0 || (found != NULL && found->kind == INDEX_GLOBAL) ||
              aws_fail(err, &ddb_resource_not_found_exception,
                       "Requested resource not found: Index: %.*s not found for table: %.*s",
                       STR_ARG(index), STR_ARG(table->name));
    if (ok) {
        json_object_begin(call->out);
        json_field_string(call->out, STR("ContributorInsightsStatus"), STR("DISABLED"));
        if (index.len > 0)
            json_field_string(call->out, STR("IndexName"), index);
        json_field_string(call->out, STR("TableName"), table->name);
        json_object_end(call->out);
    }
    table_release(table);
    return ok;
}

bool describe_kinesis_streaming_destination_run(struct ddb_call *call, struct aws_error *err)
{
    struct table *table = NULL;

    if (!table_name_find_control(call, &table, err))
        return false;
    json_object_begin(call->out);
    json_write_name(call->out, STR("KinesisDataStreamDestinations"));
    json_array_begin(call->out);
    json_array_end(call->out);
    json_field_string(call->out, STR("TableName"), table->name);
    json_object_end(call->out);
    table_release(table);
    return true;
}

bool describe_table_replica_auto_scaling_run(struct ddb_call *call, struct aws_error *err)
{
    struct str name;

    if (!table_name_read(call, request_string(call->request, STR("TableName")), &name, err))
        return false;
    struct table *table = catalogue_find(call->catalogue, name);
    if (table == NULL)
        return aws_fail(err, &ddb_resource_not_found_exception,
                        "Global table with name: '%.*s' does not exist.", STR_ARG(name));
    json_object_begin(call->out);
    json_write_name(call->out, STR("TableAutoScalingDescription"));
    json_object_begin(call->out);
    json_write_name(call->out, STR("Replicas"));
    json_array_begin(call->out);
    json_array_end(call->out);
    json_field_string(call->out, STR("TableName"), table->name);
    json_field_string(call->out, STR("TableStatus"), STR("ACTIVE"));
    json_object_end(call->out);
    json_object_end(call->out);
    table_release(table);
    return true;
}

/* Of a table that is there; both operations of policies begin so. */
static bool check_policy_owner(struct ddb_call *call, const char *action, struct aws_error *err)
{
    struct str name;

    if (!resource_arn_table(call, action, &name, err))
        return false;
    struct table *table = catalogue_find(call->catalogue, name);
    if (table == NULL)
        return aws_fail(err, &ddb_resource_not_found_exception,
                        "Requested resource not found: Table: %.*s not found", STR_ARG(name));
    table_release(table);
    return true;
}

bool get_resource_policy_run(struct ddb_call *call, struct aws_error *err)
{
    return check_policy_owner(call, "GetResourcePolicy", err) &&
           aws_fail(err, &ddb_policy_not_found_exception,
                    "Resource-based policy not found for the provided ResourceArn: %.*s",
                    STR_ARG(request_string(call->request, STR("ResourceArn"))));
}

/* There is none to delete, which is no error. */
bool delete_resource_policy_run(struct ddb_call *call, struct aws_error *err)
{
    if (!check_policy_owner(call, "DeleteResourcePolicy", err))
        return false;
    json_object_begin(call->out);
    json_object_end(call->out);
    return true;
}
