/* DescribeTable. */
#include "errors.h"
#include "operation.h"
#include "table_description.h"
#include "table_name.h"

bool describe_table_run(struct ddb_call *call, struct aws_error *err)
{
    struct str name;

    if (!table_name_read(call, request_string(call->request, STR("TableName")), &name, err))
        return false;
    struct table *table = catalogue_find(call->catalogue, name);
    if (table == NULL)
        return aws_fail(err, &ddb_resource_not_found_exception,
                        "Requested resource not found: Table: %.*s not found", STR_ARG(name));
    const struct table_picture picture = {.view = TABLE_VIEW_ACTIVE,
                                          .region = call->region,
                                          .store = call->store,
                                          .now_ms = catalogue_now_ms(call->catalogue)};
    json_object_begin(call->out);
    json_write_name(call->out, STR("Table"));
    table_describe(call->out, table, &picture);
    json_object_end(call->out);
    table_release(table);
    return true;
}
