/* ListTagsOfResource: a table's tags are one page, so any NextToken is read as the service reads
 * one that it never gave: from the beginning. */
#include "resource_arn.h"

bool list_tags_of_resource_run(struct ddb_call *call, struct aws_error *err)
{
    struct json_writer *out = call->out;
    struct str name;

    if (!resource_arn_table(call, "ListTagsOfResource", &name, err))
        return false;
    struct table *table = catalogue_find(call->catalogue, name);
    if (table == NULL)
        return resource_arn_fail_not_found(call, err);
    json_object_begin(out);
    table_write_tags(out, table);
    json_object_end(out);
    table_release(table);
    return true;
}
