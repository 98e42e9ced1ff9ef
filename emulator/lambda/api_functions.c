/* Operations on functions, their configuration and concurrency. */
#include "api.h"

#include "errors.h"

/* ---- reading ---- */

static size_t list_versions_of(struct api_call *call, const struct lambda_function *function,
                               bool with_published, size_t *row, size_t skip, size_t max)
{
    /* Oldest first, as AWS lists them, behind $LATEST. */
    for (int64_t number = 0; number <= (with_published ? function->last_number : 0); number++) {
        const struct function_version *version = function_find_version(function, number);
        if (version == NULL)
            continue;
        if (*row >= skip + max)
            return *row;
        if (*row >= skip)
            config_write(&call->writer, version, CONFIG_LISTED, with_published, call->region);
        ++*row;
    }
    return 0;
}

bool api_list_functions(struct api_call *call, struct aws_error *err)
{
    struct str which = {0};
    size_t skip = 0, max = 0, row = 0, next = 0;

    if (!api_page(call, &skip, &max, err))
        return false;
    bool all =
        http_request_query(&call->exchange->request, STR("FunctionVersion"), call->arena, &which);
    if (all && !str_eq(which, STR("ALL")))
        return aws_fail(err, &lambda_validation,
                        "1 validation error detected: Value '%.*s' at 'functionVersion' failed to "
                        "satisfy constraint: Member must satisfy enum value set: [ALL]",
                        STR_ARG(which));
    json_object_begin(&call->writer);
    json_write_name(&call->writer, STR("Functions"));
    json_array_begin(&call->writer);
    for (const struct lambda_function *function = call->service->store.functions;
         function != NULL && next == 0; function = function->next)
        next = list_versions_of(call, function, all, &row, skip, max);
    json_array_end(&call->writer);
    api_write_marker(call, next);
    json_object_end(&call->writer);
    return true;
}

bool api_list_versions(struct api_call *call, struct aws_error *err)
{
    const struct lambda_function *function = api_find_function(call, err);
    size_t skip = 0, max = 0, row = 0;

    if (function == NULL || !api_page(call, &skip, &max, err))
        return false;
    json_object_begin(&call->writer);
    json_write_name(&call->writer, STR("Versions"));
    json_array_begin(&call->writer);
    size_t next = list_versions_of(call, function, true, &row, skip, max);
    json_array_end(&call->writer);
    api_write_marker(call, next);
    json_object_end(&call->writer);
    return true;
}

static void write_concurrency(struct json_writer *writer, int64_t reserved)
{
    json_object_begin(writer);
    if (reserved >= 0)
        json_field_int(writer, STR("ReservedConcurrentExecutions"), reserved);
    json_object_end(writer);
}

bool api_get_function(struct api_call *call, struct aws_error *err)
{
    const struct function_version *version = api_find_version(call, err);

    if (version == NULL)
        return false;
    json_object_begin(&call->writer);
    json_write_name(&call->writer, STR("Configuration"));
    config_write(&call->writer, version, CONFIG_WHOLE, call->target.qualifier.len > 0,
                 call->region);
    json_write_name(&call->writer, STR("Code"));
    json_object_begin(&call->writer);
    json_field_string(&call->writer, STR("RepositoryType"), STR("S3"));
    json_field_string(&call->writer, STR("Location"),
                      str_printf(call->arena, "file://%s", version->code->path));
    json_object_end(&call->writer);
    if (version->function->reserved >= 0) {
        json_write_name(&call->writer, STR("Concurrency"));
        write_concurrency(&call->writer, version->function->reserved);
    }
    json_object_end(&call->writer);
    return true;
}

bool api_get_configuration(struct api_call *call, struct aws_error *err)
{
    const struct function_version *version = api_find_version(call, err);

    if (version == NULL)
        return false;
    config_write(&call->writer, version, CONFIG_WHOLE, call->target.qualifier.len > 0,
                 call->region);
    return true;
}

bool api_get_account_settings(struct api_call *call, struct aws_error *err)
{
    const struct function_store *store = &call->service->store;
    struct json_writer *writer = &call->writer;
    int64_t bytes = 0;

    (void)err;
    for (const struct lambda_function *function = store->functions; function != NULL;
         function = function->next)
        bytes += function->latest->code->bytes;
    json_object_begin(writer);
    json_write_name(writer, STR("AccountLimit"));
    json_object_begin(writer);
    json_field_int(writer, STR("TotalCodeSize"), INT64_C(80530636800));
    json_field_int(writer, STR("CodeSizeUnzipped"), 262144000);
    json_field_int(writer, STR("CodeSizeZipped"), 52428800);
    json_field_int(writer, STR("ConcurrentExecutions"), LAMBDA_CONCURRENCY);
    json_field_int(writer, STR("UnreservedConcurrentExecutions"),
                   LAMBDA_CONCURRENCY - store->reserved_sum);
    json_object_end(writer);
    json_write_name(writer, STR("AccountUsage"));
    json_object_begin(writer);
    json_field_int(writer, STR("TotalCodeSize"), bytes);
    json_field_int(writer, STR("FunctionCount"), (int64_t)store->count);
    json_object_end(writer);
    json_object_end(writer);
    return true;
}

/* ---- changing ---- */

static bool fail_upload(struct aws_error *err)
{
    return aws_fail(err, &lambda_invalid_parameter_value,
                    "Code is not uploaded to this emulator: it runs from a folder or a .so that a "
                    "template or 'squall serve --function NAME=PATH' names. A changed file is "
                    "taken at the next start.");
}

bool api_create_function(struct api_call *call, struct aws_error *err)
{
    const struct str *name = NULL;

    if (!api_body_string(call, STR("FunctionName"), &name, err))
        return false;
    if (name != NULL && store_find(&call->service->store, *name) != NULL)
        return aws_fail(err, &lambda_resource_conflict, "Function already exist: %.*s",
                        STR_ARG(*name));
    return fail_upload(err);
}

bool api_update_code(struct api_call *call, struct aws_error *err)
{
    return api_find_function(call, err) != NULL && fail_upload(err);
}

/* Names that Lambda sets itself; a function's configuration may not. */
static bool is_reserved_variable(struct str name)
{
    static const struct str names[] = {
        STR_INIT("_HANDLER"),
        STR_INIT("_X_AMZN_TRACE_ID"),
        STR_INIT("AWS_DEFAULT_REGION"),
        STR_INIT("AWS_REGION"),
        STR_INIT("AWS_EXECUTION_ENV"),
        STR_INIT("AWS_LAMBDA_FUNCTION_NAME"),
        STR_INIT("AWS_LAMBDA_FUNCTION_MEMORY_SIZE"),
        STR_INIT("AWS_LAMBDA_FUNCTION_VERSION"),
        STR_INIT("AWS_LAMBDA_INITIALIZATION_TYPE"),
        STR_INIT("AWS_LAMBDA_LOG_GROUP_NAME"),
        STR_INIT("AWS_LAMBDA_LOG_STREAM_NAME"),
        STR_INIT("AWS_ACCESS_KEY"),
        STR_INIT("AWS_ACCESS_KEY_ID"),
        STR_INIT("AWS_SECRET_ACCESS_KEY"),
        STR_INIT("AWS_SESSION_TOKEN"),
        STR_INIT("AWS_LAMBDA_RUNTIME_API"),
        STR_INIT("LAMBDA_TASK_ROOT"),
        STR_INIT("LAMBDA_RUNTIME_DIR"),
    };

    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        if (str_eq(names[i], name))
            return true;
    }
    return false;
}

static bool read_variable(const struct json_value *value, struct http_header *ret,
                          struct aws_error *err)
{
    ret->name = value->name;
    if (!json_string(value, &ret->value) || memchr(ret->value.ptr, '\0', ret->value.len) != NULL)
        return aws_fail(err, &lambda_serialization,
                        "Expected the environment variable '%.*s' to be a string",
                        STR_ARG(value->name));
    if (is_reserved_variable(value->name))
        return aws_fail(err, &lambda_invalid_parameter_value,
                        "Lambda was unable to configure your environment variables because the "
                        "environment variables you have provided contains reserved keys that are "
                        "currently not supported for modification. Reserved keys used in this "
                        "request: %.*s",
                        STR_ARG(value->name));
    return true;
}

static bool read_environment(struct api_call *call, struct function_update *update,
                             struct aws_error *err)
{
    const struct json_value *environment = json_member(call->body, "Environment");
    const struct json_value *variables = json_member(environment, "Variables");
    size_t count = 0;

    if (environment == NULL || json_is(environment, JSON_NULL))
        return true;
    update->has_environment = true;
    if (variables == NULL || json_is(variables, JSON_NULL))
        return true;
    if (!json_is(variables, JSON_OBJECT))
        return aws_fail(err, &lambda_serialization, "Expected 'Variables' to be an object");
    struct http_header *list =
        arena_alloc_array(call->arena, variables->count, sizeof(struct http_header));
    if (list == NULL)
        return aws_fail(err, &lambda_service_exception, "out of memory");
    for (const struct json_value *value = variables->child; value != NULL; value = value->next) {
        if (!read_variable(value, &list[count++], err))
            return false;
    }
    update->environment = list;
    update->environment_count = count;
    return true;
}

static bool read_update(struct api_call *call, struct function_update *update,
                        struct aws_error *err)
{
    return api_body_string(call, STR("Description"), &update->description, err) &&
           api_body_string(call, STR("Handler"), &update->handler, err) &&
           api_body_string(call, STR("Role"), &update->role, err) &&
           api_body_string(call, STR("Runtime"), &update->runtime, err) &&
           api_body_int(call, STR("MemorySize"), &update->memory_mb, err) &&
           api_body_int(call, STR("Timeout"), &update->timeout_s, err) &&
           read_environment(call, update, err);
}

static bool check_revision(const struct api_call *call, const struct function_version *version,
                           struct aws_error *err)
{
    const struct str *revision_id = NULL;

    if (!api_body_string(call, STR("RevisionId"), &revision_id, err))
        return false;
    if (revision_id == NULL || str_eq(*revision_id, str_from_c(version->revision_id)))
        return true;
    return aws_fail(err, &lambda_precondition_failed,
                    "The Revision Id provided does not match the latest Revision Id. Call the "
                    "GetFunction/GetAlias API to retrieve the latest Revision Id");
}

/* The update takes effect at once: the answer says InProgress, and the next question Successful. */
bool api_update_configuration(struct api_call *call, struct aws_error *err)
{
    struct lambda_function *function = api_find_function(call, err);
    struct function_update update = {0};

    if (function == NULL || !check_revision(call, function->latest, err) ||
        !read_update(call, &update, err) ||
        !function_update(&call->service->store, function, &update, err))
        return false;
    config_write(&call->writer, function->latest, CONFIG_UPDATING, false, call->region);
    uuid_v4(&call->service->rng, function->latest->revision_id);
    return true;
}

bool api_publish_version(struct api_call *call, struct aws_error *err)
{
    struct lambda_function *function = api_find_function(call, err);
    const struct str *description = NULL, *sha256 = NULL, *revision_id = NULL;
    struct function_version *version = NULL;

    if (function == NULL || !api_body_string(call, STR("Description"), &description, err) ||
        !api_body_string(call, STR("CodeSha256"), &sha256, err) ||
        !api_body_string(call, STR("RevisionId"), &revision_id, err) ||
        !function_publish(&call->service->store, function, description,
                          sha256 == NULL ? STR("") : *sha256,
                          revision_id == NULL ? STR("") : *revision_id, &version, err))
        return false;
    config_write(&call->writer, version, CONFIG_WHOLE, true, call->region);
    return true;
}

bool api_delete_function(struct api_call *call, struct aws_error *err)
{
    struct str qualifier = call->target.qualifier;
    int64_t number = 0;

    if (str_eq(qualifier, STR("$LATEST")))
        return aws_fail(err, &lambda_invalid_parameter_value,
                        "$LATEST version cannot be deleted without deleting the function.");
    if (qualifier.len > 0 && qualifier.ptr[0] != '$' &&
        !str_to_int64(qualifier, 1, INT64_MAX, &number))
        return aws_fail(err, &lambda_invalid_parameter_value,
                        "Deletion of aliases is not currently supported.");
    struct lambda_function *function = api_find_function(call, err);
    if (function == NULL)
        return false;
    if (number > 0)
        return function_delete_version(&call->service->store, function, number, err);
    function_delete(&call->service->store, function);
    return true;
}

/* ---- concurrency ---- */

/* These answer for a missing function with ":$LATEST". */
static struct lambda_function *find_for_concurrency(struct api_call *call, struct aws_error *err)
{
    struct lambda_function *function = store_find(&call->service->store, call->target.name);

    if (function == NULL)
        (void)aws_fail(err, &lambda_resource_not_found,
                       "Function not found: arn:aws:lambda:%.*s:%s:function:%.*s:$LATEST",
                       STR_ARG(call->region), call->service->account_id,
                       STR_ARG(call->target.name));
    return function;
}

bool api_put_concurrency(struct api_call *call, struct aws_error *err)
{
    struct lambda_function *function = find_for_concurrency(call, err);
    int64_t reserved = -1;

    if (function == NULL ||
        !api_body_int(call, STR("ReservedConcurrentExecutions"), &reserved, err))
        return false;
    if (reserved < 0)
        return aws_fail(err, &lambda_validation,
                        "1 validation error detected: Value '%lld' at "
                        "'reservedConcurrentExecutions' failed to satisfy constraint: Member must "
                        "have value greater than or equal to 0",
                        (long long)reserved);
    if (!function_reserve(&call->service->store, function, reserved, err))
        return false;
    write_concurrency(&call->writer, reserved);
    return true;
}

bool api_get_concurrency(struct api_call *call, struct aws_error *err)
{
    const struct lambda_function *function = find_for_concurrency(call, err);

    if (function == NULL)
        return false;
    write_concurrency(&call->writer, function->reserved);
    return true;
}

bool api_delete_concurrency(struct api_call *call, struct aws_error *err)
{
    struct lambda_function *function = find_for_concurrency(call, err);

    return function != NULL && function_reserve(&call->service->store, function, -1, err);
}
