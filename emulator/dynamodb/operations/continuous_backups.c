/*
 * DescribeContinuousBackups and UpdateContinuousBackups. Nothing is kept to go back to, so
 * point-in-time recovery is off and stays off.
 *
 * Source: API Reference, ContinuousBackupsDescription; texts as the service answers.
 */
#include "errors.h"
#include "operation.h"
#include "table_name.h"

static bool describe(struct ddb_call *call, struct aws_error *err)
{
    struct json_writer *out = call->out;
    struct str name;

    if (!table_name_read(call, request_string(call->request, STR("TableName")), &name, err))
        return false;
    struct table *table = catalogue_find(call->catalogue, name);
    if (table == NULL)
        return aws_fail(err, &ddb_table_not_found_exception, "Table not found: %.*s",
                        STR_ARG(name));
    table_release(table);
    json_object_begin(out);
    json_write_name(out, STR("ContinuousBackupsDescription"));
    json_object_begin(out);
    json_field_string(out, STR("ContinuousBackupsStatus"), STR("ENABLED"));
    json_write_name(out, STR("PointInTimeRecoveryDescription"));
    json_object_begin(out);
    json_field_string(out, STR("PointInTimeRecoveryStatus"), STR("DISABLED"));
    json_object_end(out);
    json_object_end(out);
    json_object_end(out);
    return true;
}

bool describe_continuous_backups_run(struct ddb_call *call, struct aws_error *err)
{
    return describe(call, err);
}

bool update_continuous_backups_run(struct ddb_call *call, struct aws_error *err)
{
    const struct json_value *wanted =
        request_get(call->request, "PointInTimeRecoverySpecification");

    if (request_bool(wanted, STR("PointInTimeRecoveryEnabled"), false))
        return aws_fail(err, &ddb_validation_exception,
                        "Point-in-time recovery is not supported by this endpoint");
    return describe(call, err);
}
