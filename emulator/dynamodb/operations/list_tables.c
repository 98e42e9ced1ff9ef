/* ListTables: a page of names in byte order. */
#include "operation.h"

enum { LIST_TABLES_MAX = 100 };

bool list_tables_run(struct ddb_call *call, struct aws_error *err)
{
    int64_t limit = request_int(call->request, STR("Limit"), LIST_TABLES_MAX);
    struct str after = request_string(call->request, STR("ExclusiveStartTableName"));
    struct str *names = NULL;
    size_t count = 0;
    bool more = false;

    if (!catalogue_list(call->catalogue, after, (size_t)limit, call->arena, &names, &count, &more,
                        err))
        return false;
    json_object_begin(call->out);
    if (more)
        json_field_string(call->out, STR("LastEvaluatedTableName"), names[count - 1]);
    json_write_name(call->out, STR("TableNames"));
    json_array_begin(call->out);
    for (size_t i = 0; i < count; i++)
        json_write_string(call->out, names[i]);
    json_array_end(call->out);
    json_object_end(call->out);
    return true;
}
