/* DescribeTable. */
#include "operation.h"
#include "table_description.h"
#include "table_name.h"

bool describe_table_run(struct ddb_call *call, struct aws_error *err)
{
    struct table *table = NULL;

    if (!table_name_find_control(call, &table, err))
        return false;
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
