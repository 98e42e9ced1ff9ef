/* DescribeTimeToLive: a table that had one once is like one that never had. */
#include "operation.h"
#include "table_name.h"

bool describe_time_to_live_run(struct ddb_call *call, struct aws_error *err)
{
    struct table *table = NULL;

    if (!table_name_find_control(call, &table, err))
        return false;
    json_object_begin(call->out);
    json_write_name(call->out, STR("TimeToLiveDescription"));
    json_object_begin(call->out);
    if (table->time_to_live_enabled)
        json_field_string(call->out, STR("AttributeName"), table->time_to_live_attribute);
    json_field_string(call->out, STR("TimeToLiveStatus"),
                      table->time_to_live_enabled ? STR("ENABLED") : STR("DISABLED"));
    json_object_end(call->out);
    json_object_end(call->out);
    table_release(table);
    return true;
}
