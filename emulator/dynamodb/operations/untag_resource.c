/* UntagResource: a key that is not there is no error. The answer has no body. */
#include "errors.h"
#include "resource_arn.h"
#include "tags.h"

static bool has_key(const struct json_value *keys, struct str key)
{
    for (const struct json_value *next = keys->child; next != NULL; next = next->next) {
        if (str_eq(next->text, key))
            return true;
    }
    return false;
}

static bool edit(struct table_edit *edit, const struct table *old, struct table *table,
                 struct aws_error *err)
{
    const struct ddb_call *call = edit->state;
    size_t kept = 0;

    (void)err;
    for (size_t i = 0; i < old->tag_count; i++) {
        if (!has_key(request_get(call->request, "TagKeys"), table->tags[i].key))
            table->tags[kept++] = table->tags[i];
    }
    table->tag_count = kept;
    return true;
}

bool untag_resource_run(struct ddb_call *call, struct aws_error *err)
{
    const struct json_value *keys = request_get(call->request, "TagKeys");
    struct table_edit change = {.run = edit, .state = call};
    struct str name;

    if (!resource_arn_table(call, "UntagResource", &name, err))
        return false;
    if (keys->count == 0)
        return aws_fail(err, &ddb_validation_exception,
                        "Atleast one Tag Key needs to be provided as Input.");
    return tags_check_keys(keys, err) && resource_arn_update(call, name, &change, err);
}
