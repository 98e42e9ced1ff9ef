/* CreateTable. The table takes items at once; the answer shows the state that the service shows. */
#include "errors.h"
#include "housekeeper.h"
#include "operation.h"
#include "table_description.h"

bool create_table_run(struct ddb_call *call, struct aws_error *err)
{
    struct table *table = NULL;

    if (!catalogue_create(call->catalogue, call->request, call->arena, &table, err))
        return false;
    const struct table_picture picture = {.view = TABLE_VIEW_CREATING,
                                          .region = call->region,
                                          .store = call->store,
                                          .now_ms = catalogue_now_ms(call->catalogue)};
    json_object_begin(call->out);
    json_write_name(call->out, STR("TableDescription"));
    table_describe(call->out, table, &picture);
    json_object_end(call->out);
    if (table->stream_count > 0)
        housekeeper_wake(call->housekeeper); /* its records will grow old */
    table_release(table);
    return true;
}
