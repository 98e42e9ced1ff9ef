/* Operations on aliases. */
#include "api.h"

#include "errors.h"

static bool fail_weight(struct str version, struct str weight, struct aws_error *err)
{
    return aws_fail(err, &lambda_validation,
                    "1 validation error detected: Value '{%.*s=%.*s}' at "
                    "'routingConfig.additionalVersionWeights' failed to satisfy constraint: Map "
                    "value must satisfy constraint: [Member must have value less than or equal to "
                    "1.0, Member must have value greater than or equal to 0.0, Member must not be "
                    "null]",
                    STR_ARG(version), STR_ARG(weight));
}

static bool fail_key(struct str version, struct str weight, struct aws_error *err)
{
    return aws_fail(err, &lambda_validation,
                    "1 validation error detected: Value '{%.*s=%.*s}' at "
                    "'routingConfig.additionalVersionWeights' failed to satisfy constraint: Map "
                    "keys must satisfy constraint: [Member must have length less than or equal to "
                    "1024, Member must have length greater than or equal to 1, Member must "
                    "satisfy regular expression pattern: [0-9]+]",
                    STR_ARG(version), STR_ARG(weight));
}

static bool read_routing(const struct api_call *call, struct alias_update *update,
                         struct aws_error *err)
{
    const struct json_value *routing = json_member(call->body, "RoutingConfig");
    const struct json_value *weights = json_member(routing, "AdditionalVersionWeights");
    double weight = 0;

    if (!json_is(routing, JSON_OBJECT))
        return true;
    update->has_routing = true;
    if (!json_is(weights, JSON_OBJECT) || weights->count == 0)
        return true;
    if (weights->count > 1)
        return aws_fail(err, &lambda_invalid_parameter_value,
                        "Number of items in AdditionalVersionWeights cannot be greater than 1");
    const struct json_value *row = weights->child;
    if (!str_to_int64(row->name, 1, INT64_MAX, &update->other_version))
        return fail_key(row->name, row->raw, err);
    if (!json_double(row, &weight) || weight < 0 || weight > 1)
        return fail_weight(row->name, row->raw, err);
    update->other_weight = weight;
    return true;
}

static bool read_update(const struct api_call *call, struct alias_update *update,
                        struct aws_error *err)
{
    const struct str *revision_id = NULL;

    if (!api_body_string(call, STR("Description"), &update->description, err) ||
        !api_body_string(call, STR("FunctionVersion"), &update->version, err) ||
        !api_body_string(call, STR("RevisionId"), &revision_id, err) ||
        !read_routing(call, update, err))
        return false;
    if (revision_id != NULL)
        update->revision_id = *revision_id;
    return true;
}

static bool fail_null(const char *member, struct aws_error *err)
{
    return aws_fail(err, &lambda_validation,
                    "1 validation error detected: Value null at '%s' failed to satisfy "
                    "constraint: Member must not be null",
                    member);
}

bool api_create_alias(struct api_call *call, struct aws_error *err)
{
    struct lambda_function *function = api_find_function(call, err);
    const struct str *name = NULL;
    struct alias_update update = {0};
    struct function_alias *alias = NULL;

    if (function == NULL || !api_body_string(call, STR("Name"), &name, err) ||
        !read_update(call, &update, err))
        return false;
    if (name == NULL || update.version == NULL)
        return fail_null(name == NULL ? "name" : "functionVersion", err);
    if (!alias_create(&call->service->store, function, *name, &update, &alias, err))
        return false;
    alias_write(&call->writer, function, alias, call->region);
    return true;
}

bool api_update_alias(struct api_call *call, struct aws_error *err)
{
    struct lambda_function *function = api_find_function(call, err);
    struct alias_update update = {0};
    struct function_alias *alias = NULL;

    if (function == NULL || !read_update(call, &update, err) ||
        !alias_update(&call->service->store, function, call->name, &update, &alias, err))
        return false;
    alias_write(&call->writer, function, alias, call->region);
    return true;
}

bool api_get_alias(struct api_call *call, struct aws_error *err)
{
    const struct lambda_function *function = store_find(&call->service->store, call->target.name);
    const struct function_alias *alias =
        function == NULL ? NULL : function_find_alias(function, call->name);

    if (alias == NULL)
        return aws_fail(err, &lambda_resource_not_found,
                        "Cannot find alias arn: arn:aws:lambda:%.*s:%s:function:%.*s:%.*s",
                        STR_ARG(call->region), call->service->account_id,
                        STR_ARG(call->target.name), STR_ARG(call->name));
    alias_write(&call->writer, function, alias, call->region);
    return true;
}

/* Deleting an alias that is not there is no error. */
bool api_delete_alias(struct api_call *call, struct aws_error *err)
{
    struct lambda_function *function = api_find_function(call, err);

    if (function == NULL)
        return false;
    alias_delete(function, call->name);
    return true;
}

bool api_list_aliases(struct api_call *call, struct aws_error *err)
{
    const struct lambda_function *function = api_find_function(call, err);
    size_t skip = 0, max = 0, row = 0;
    struct str version = {0};
    int64_t number = -1;

    if (function == NULL || !api_page(call, &skip, &max, err))
        return false;
    if (http_request_query(&call->exchange->request, STR("FunctionVersion"), call->arena,
                           &version) &&
        !str_to_int64(version, 1, INT64_MAX, &number))
        number = 0;
    json_object_begin(&call->writer);
    json_write_name(&call->writer, STR("Aliases"));
    json_array_begin(&call->writer);
    for (const struct function_alias *alias = function->aliases; alias != NULL;
         alias = alias->next) {
        if (number >= 0 && alias->version != number)
            continue;
        if (row >= skip && row < skip + max)
            alias_write(&call->writer, function, alias, call->region);
        row++;
    }
    json_array_end(&call->writer);
    api_write_marker(call, row > skip + max ? skip + max : 0);
    json_object_end(&call->writer);
    return true;
}
