/*
 * DescribeEndpoints. Clients that discover endpoints go on with the address that this answers, so
 * it is the one that they have reached; a call that came over no wire gets the service's.
 */
#include "operation.h"

enum { CACHE_MINUTES = 1440 };

bool describe_endpoints_run(struct ddb_call *call, struct aws_error *err)
{
    struct json_writer *out = call->out;
    struct str address = call->host;

    (void)err;
    if (address.len == 0)
        address = str_printf(call->arena, "dynamodb.%.*s.amazonaws.com", STR_ARG(call->region));
    json_object_begin(out);
    json_write_name(out, STR("Endpoints"));
    json_array_begin(out);
    json_object_begin(out);
    json_field_string(out, STR("Address"), address);
    json_field_int(out, STR("CachePeriodInMinutes"), CACHE_MINUTES);
    json_object_end(out);
    json_array_end(out);
    json_object_end(out);
    return true;
}
