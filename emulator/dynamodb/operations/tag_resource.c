/* TagResource: adds tags, and changes those that are there. The answer has no body. */
#include "errors.h"
#include "resource_arn.h"
#include "table_request.h"
#include "tags.h"

static bool set_tag(struct table *table, struct str key, struct str value)
{
    for (size_t i = 0; i < table->tag_count; i++) {
        if (str_eq(table->tags[i].key, key))
            return str_copy(table->arena, value, &table->tags[i].value);
    }
    return table_add_tag(table, key, value);
}

static bool edit(struct table_edit *edit, const struct table *old, struct table *table,
                 struct aws_error *err)
{
    const struct ddb_call *call = edit->state;

    (void)old;
    for (const struct json_value *tag = request_get(call->request, "Tags")->child; tag != NULL;
         tag = tag->next) {
        if (!set_tag(table, request_string(tag, STR("Key")), request_string(tag, STR("Value"))))
            return aws_fail(err, &error_out_of_memory, "the table's definition is too long");
    }
    return table->tag_count <= TAGS_MAX || tags_fail_too_many(err);
}

bool tag_resource_run(struct ddb_call *call, struct aws_error *err)
{
    const struct json_value *tags = request_get(call->request, "Tags");
    struct table_edit change = {.run = edit, .state = call};
    struct str name;

    if (!resource_arn_table(call, "TagResource", &name, err))
        return false;
    if (tags->count == 0)
        return aws_fail(err, &ddb_validation_exception,
                        "Atleast one Tag needs to be provided as Input.");
    return tags_check(tags, err) && resource_arn_update(call, name, &change, err);
}
