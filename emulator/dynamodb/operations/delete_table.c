/* DeleteTable. The table is gone when the answer, which says DELETING, is sent; its rows go
 * later (dropped.h). */
#include "operation.h"
#include "table_description.h"
#include "table_name.h"

static bool forget(void *state, int64_t collection)
{
    throttle_forget(state, collection);
    return true;
}

bool delete_table_run(struct ddb_call *call, struct aws_error *err)
{
    struct table *table = NULL;
    struct str name;

    if (!table_name_read(call, request_string(call->request, STR("TableName")), &name, err) ||
        !catalogue_delete(call->catalogue, name, call->arena, &table, err))
        return false;
    const struct table_picture picture = {.view = TABLE_VIEW_DELETING,
                                          .region = call->region,
                                          .store = call->store,
                                          .now_ms = catalogue_now_ms(call->catalogue)};
    (void)table_each_collection(table, forget, call->throttles);
    housekeeper_wake(call->housekeeper);
    json_object_begin(call->out);
    json_write_name(call->out, STR("TableDescription"));
    table_describe(call->out, table, &picture);
    json_object_end(call->out);
    table_release(table);
    return true;
}
