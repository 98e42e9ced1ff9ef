/* DescribeLimits: an account's quotas, as the service has them where nobody asked for more. */
#include "operation.h"

bool describe_limits_run(struct ddb_call *call, struct aws_error *err)
{
    (void)err;
    json_object_begin(call->out);
    json_field_int(call->out, STR("AccountMaxReadCapacityUnits"), 80000);
    json_field_int(call->out, STR("AccountMaxWriteCapacityUnits"), 80000);
    json_field_int(call->out, STR("TableMaxReadCapacityUnits"), 40000);
    json_field_int(call->out, STR("TableMaxWriteCapacityUnits"), 40000);
    json_object_end(call->out);
    return true;
}
