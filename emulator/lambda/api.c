/*
 * The Lambda API's front: a row an operation. A request is matched, its function name and body are
 * read, the operation runs under the service's lock, and the answer is sent.
 *
 * Source: Lambda API Reference, Actions.
 */
#include "api.h"

#include "errors.h"

struct api_row {
    const char *method;
    const char *pattern; /* {} takes one segment: the function first, then a name */
    api_run *run;
    int status;
    bool bare_function; /* an ARN or name without qualifier is all that {} may be */
};

#define F "/2015-03-31/functions"

static const struct api_row rows[] = {
    {"GET", "/2016-08-19/account-settings", api_get_account_settings, 200, false},
    {"GET", F, api_list_functions, 200, false},
    {"POST", F, api_create_function, 201, false},
    {"GET", F "/{}", api_get_function, 200, false},
    {"DELETE", F "/{}", api_delete_function, 204, false},
    {"PUT", F "/{}/code", api_update_code, 200, false},
    {"GET", F "/{}/configuration", api_get_configuration, 200, false},
    {"PUT", F "/{}/configuration", api_update_configuration, 200, false},
    {"POST", F "/{}/versions", api_publish_version, 201, false},
    {"GET", F "/{}/versions", api_list_versions, 200, false},
    {"POST", F "/{}/aliases", api_create_alias, 201, false},
    {"GET", F "/{}/aliases", api_list_aliases, 200, false},
    {"GET", F "/{}/aliases/{}", api_get_alias, 200, false},
    {"PUT", F "/{}/aliases/{}", api_update_alias, 200, false},
    {"DELETE", F "/{}/aliases/{}", api_delete_alias, 204, false},
    {"PUT", "/2017-10-31/functions/{}/concurrency", api_put_concurrency, 200, true},
    {"DELETE", "/2017-10-31/functions/{}/concurrency", api_delete_concurrency, 204, true},
    {"GET", "/2019-09-30/functions/{}/concurrency", api_get_concurrency, 200, true},
    {"POST", F "/{}/invocations", NULL, 200, false},
    {"POST", "/2014-11-13/functions/{}/invoke-async", NULL, 202, false},
};

/* ---- reading the request ---- */

/* Decodes the segment for a {} of the pattern. */
static bool take_parameter(struct api_call *call, struct str segment, int count)
{
    struct str *ret = count == 0 ? &call->function_text : &call->name;

    return segment.len > 0 && http_percent_decode(segment, false, call->arena, ret);
}

static bool match(struct api_call *call, const char *pattern, struct str path)
{
    struct str wanted = str_from_c(pattern);
    int parameters = 0;

    /* A slash at the end is the same resource. */
    if (path.len > 1 && path.ptr[path.len - 1] == '/')
        path.len--;
    while (wanted.len > 0 && path.len > 0) {
        struct str want = str_split(&wanted, '/'), have = str_split(&path, '/');
        if (str_eq(want, STR("{}")) ? !take_parameter(call, have, parameters++)
                                    : !str_eq(want, have))
            return false;
    }
    return wanted.len == 0 && path.len == 0;
}

static const struct api_row *find_row(struct api_call *call, bool *path_known)
{
    const struct http_request *request = &call->exchange->request;

    *path_known = false;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        if (!match(call, rows[i].pattern, request->path))
            continue;
        *path_known = true;
        if (str_eq(request->method, str_from_c(rows[i].method)))
            return &rows[i];
    }
    return NULL;
}

/* The region of the signature's credential scope: KEY/20261123/REGION/lambda/aws4_request. */
static struct str caller_region(const struct api_call *call)
{
    struct str authorization = {0};
    const struct str credential = STR("Credential=");

    if (!http_request_header(&call->exchange->request, STR("Authorization"), &authorization))
        return str_from_c(call->service->region);
    size_t at = str_find(authorization, credential);
    if (at == authorization.len)
        return str_from_c(call->service->region);
    struct str scope = str_slice(authorization, at + credential.len, authorization.len);
    (void)str_split(&scope, '/');
    (void)str_split(&scope, '/');
    struct str region = str_split(&scope, '/');
    return region.len == 0 ? str_from_c(call->service->region) : region;
}

static bool read_target(struct api_call *call, const struct api_row *row, struct aws_error *err)
{
    struct str qualifier = {0};

    if (call->function_text.len == 0)
        return true;
    (void)http_request_query(&call->exchange->request, STR("Qualifier"), call->arena, &qualifier);
    if (!function_name_parse(call->function_text, qualifier, &call->target, err))
        return false;
    if (call->target.region.len > 0 && !str_eq(call->target.region, call->region))
        return aws_fail(err, &lambda_resource_not_found,
                        "Functions from '%.*s' are not reachable in this region ('%.*s')",
                        STR_ARG(call->target.region), STR_ARG(call->region));
    if (call->target.account_id.len > 0 &&
        !str_eq(call->target.account_id, str_from_c(call->service->account_id)))
        return aws_fail(err, &lambda_access_denied,
                        "Functions of account %.*s are not here; this is account %s",
                        STR_ARG(call->target.account_id), call->service->account_id);
    if (row->bare_function && call->target.qualifier.len > 0)
        return aws_fail(err, &lambda_invalid_parameter_value,
                        "This operation is permitted on Lambda functions only. Aliases and "
                        "versions do not support this operation. Please specify either a function "
                        "name or an unqualified function ARN.");
    return true;
}

static bool read_body(struct api_call *call, struct aws_error *err)
{
    struct json_value *value = NULL;
    struct json_error why = {0};

    if (call->exchange->request.body.len == 0)
        return true;
    if (!json_parse(call->exchange->request.body, call->arena, &value, &why))
        return aws_fail(err, &lambda_serialization, "Could not parse request body into json: %s",
                        why.reason);
    if (!json_is(value, JSON_OBJECT))
        return aws_fail(err, &lambda_serialization,
                        "Could not parse request body into json: the body is no object");
    call->body = value;
    return true;
}

bool api_body_string(const struct api_call *call, struct str name, const struct str **ret,
                     struct aws_error *err)
{
    const struct json_value *value = json_get(call->body, name);

    if (value == NULL || json_is(value, JSON_NULL))
        return true;
    if (!json_is(value, JSON_STRING))
        return aws_fail(err, &lambda_serialization, "Expected '%.*s' to be a string",
                        STR_ARG(name));
    *ret = &value->text;
    return true;
}

bool api_body_int(const struct api_call *call, struct str name, int64_t *ret, struct aws_error *err)
{
    const struct json_value *value = json_get(call->body, name);

    if (value == NULL || json_is(value, JSON_NULL))
        return true;
    return json_int64(value, INT32_MIN, INT32_MAX, ret) ||
           aws_fail(err, &lambda_serialization, "Expected '%.*s' to be an integer", STR_ARG(name));
}

bool api_page(const struct api_call *call, size_t *skip, size_t *max, struct aws_error *err)
{
    const struct http_request *request = &call->exchange->request;
    struct str text = {0};
    int64_t number = 0;

    *skip = 0;
    *max = LAMBDA_LIST_ITEMS;
    if (http_request_query(request, STR("MaxItems"), call->arena, &text)) {
        if (!str_to_int64(text, 1, 10000, &number))
            return aws_fail(err, &lambda_validation,
                            "1 validation error detected: Value '%.*s' at 'maxItems' failed to "
                            "satisfy constraint: Member must have value between 1 and 10000",
                            STR_ARG(text));
        if ((size_t)number < *max)
            *max = (size_t)number;
    }
    if (http_request_query(request, STR("Marker"), call->arena, &text) && text.len > 0) {
        if (!str_to_int64(text, 0, INT32_MAX, &number))
            return aws_fail(err, &lambda_invalid_parameter_value, "Invalid Marker: '%.*s'",
                            STR_ARG(text));
        *skip = (size_t)number;
    }
    return true;
}

void api_write_marker(struct api_call *call, size_t next)
{
    if (next > 0)
        json_field_string(&call->writer, STR("NextMarker"), str_printf(call->arena, "%zu", next));
}

/* ---- finding ---- */

struct lambda_function *api_find_function(struct api_call *call, struct aws_error *err)
{
    struct lambda_function *function = store_find(&call->service->store, call->target.name);

    if (function == NULL)
        (void)aws_fail(err, &lambda_resource_not_found,
                       "Function not found: arn:aws:lambda:%.*s:%s:function:%.*s%s%.*s",
                       STR_ARG(call->region), call->service->account_id, STR_ARG(call->target.name),
                       call->target.qualifier.len > 0 ? ":" : "", STR_ARG(call->target.qualifier));
    return function;
}

struct function_version *api_find_version(struct api_call *call, struct aws_error *err)
{
    const struct lambda_function *function = api_find_function(call, err);

    if (function == NULL)
        return NULL;
    struct function_version *version =
        function_resolve(&call->service->store, function, call->target.qualifier);
    if (version == NULL)
        (void)aws_fail(err, &lambda_resource_not_found,
                       "Function not found: arn:aws:lambda:%.*s:%s:function:%.*s:%.*s",
                       STR_ARG(call->region), call->service->account_id, STR_ARG(call->target.name),
                       STR_ARG(call->target.qualifier));
    return version;
}

/* ---- answering ---- */

static void add_request_id(struct api_call *call)
{
    char *id = arena_alloc_text(call->arena, UUID_TEXT_BYTES);

    if (id == NULL)
        return;
    (void)pthread_mutex_lock(&call->service->lock);
    uuid_v4(&call->service->rng, id);
    (void)pthread_mutex_unlock(&call->service->lock);
    http_response_header(&call->exchange->response, STR("x-amzn-RequestId"), str_from_c(id));
}

void api_send_error(struct api_call *call, const struct aws_error *err)
{
    struct http_response *response = &call->exchange->response;
    const struct error_kind *kind = lambda_error_kind(err);

    response->status = kind->http_status;
    response->header_count = 0;
    http_response_header(response, STR("Content-Type"), STR("application/json"));
    add_request_id(call);
    http_response_header(response, STR("x-amzn-ErrorType"), str_from_c(kind->name));
    if (kind == &lambda_too_many_requests)
        http_response_header(response, STR("Retry-After"), STR("1"));
    if (!lambda_error_body(err, call->arena, &response->body))
        response->body = STR("{\"Message\":\"out of memory\"}");
    http_exchange_finish(call->exchange);
}

static bool run_locked(struct api_call *call, const struct api_row *row, struct aws_error *err)
{
    (void)pthread_mutex_lock(&call->service->lock);
    bool ok = row->run(call, err);
    (void)pthread_mutex_unlock(&call->service->lock);
    return ok;
}

static void send_answer(struct api_call *call)
{
    struct http_response *response = &call->exchange->response;
    struct str body = {0};
    struct aws_error err = {0};

    if (!buffer_done(&call->out, &body)) {
        (void)aws_fail(&err, &lambda_service_exception, "The answer does not fit into memory");
        api_send_error(call, &err);
        return;
    }
    response->status = call->status;
    http_response_header(response, STR("Content-Type"), STR("application/json"));
    add_request_id(call);
    response->body = call->status == 204 ? STR("") : body;
    http_exchange_finish(call->exchange);
}

static bool fail_unknown(const struct api_call *call, bool path_known, struct aws_error *err)
{
    const struct http_request *request = &call->exchange->request;

    if (path_known)
        return aws_fail(err, &lambda_method_not_allowed, "%.*s is not allowed on %.*s",
                        STR_ARG(request->method), STR_ARG(request->path));
    return aws_fail(err, &lambda_unknown_operation,
                    "No operation of the Lambda API here has the path %.*s",
                    STR_ARG(request->path));
}

void lambda_handle_http(void *state, struct http_exchange *exchange)
{
    struct aws_error err = {0};
    struct api_call *call = arena_alloc(exchange->arena, sizeof(*call));
    bool path_known = false;

    if (call == NULL) {
        exchange->response.status = 500;
        http_exchange_finish(exchange);
        return;
    }
    call->service = state;
    call->exchange = exchange;
    call->arena = exchange->arena;
    call->region = caller_region(call);
    const struct api_row *row = find_row(call, &path_known);
    if (row == NULL) {
        (void)fail_unknown(call, path_known, &err);
        api_send_error(call, &err);
        return;
    }
    call->status = row->status;
    buffer_init(&call->out, call->arena);
    json_writer_init(&call->writer, &call->out, JSON_COMPACT);
    bool invokes = row->run == NULL;
    if (!read_target(call, row, &err) ||
        (!invokes && (!read_body(call, &err) || !run_locked(call, row, &err))))
        api_send_error(call, &err);
    else if (invokes)
        api_invoke(call, row->status == 202);
    else
        send_answer(call);
}
