/*
 * x-amazon-apigateway-integration -> struct integration.
 *
 * Source: Developer Guide, "x-amazon-apigateway-integration object"; errors as PutIntegration
 * answers them.
 */
#include "base/log.h"
#include "gateway.h"

enum { TIMEOUT_MS_MIN = 50, TIMEOUT_MS_MAX = 300000, TIMEOUT_MS_DEFAULT = 29000 };

static bool no_memory(struct aws_error *err)
{
    return aws_fail(err, &error_out_of_memory, "the API definition is too large");
}

/* --- templates and parameters --------------------------------------------------------------- */

static bool import_templates(struct rest_api *api, struct str where, const char *what,
                             const struct json_value *definition, struct mapping_template **ret,
                             struct aws_error *err)
{
    const struct json_value *row = json_members(definition);

    for (; row != NULL; row = row->next) {
        struct mapping_template *template = arena_alloc(api->arena, sizeof(*template));
        struct str text = {NULL, 0}; /* null: the body as it is */
        if (!json_is(row, JSON_NULL) && !json_string(row, &text))
            return aws_fail(err, &api_bad_request, "%.*s: a template is a string", STR_ARG(where));
        if (template == NULL || !str_copy(api->arena, text, &template->text) ||
            !str_copy(api->arena, row->name, &template->content_type))
            return no_memory(err);
        template->kind = template_kind_of(text);
        if (template->kind == TEMPLATE_VTL)
            log_notice("%.*s: the %s template for %.*s needs the template language, which is not "
                       "part of this version: it answers 500",
                       STR_ARG(where), what, STR_ARG(row->name));
        *ret = template;
        ret = &template->next;
    }
    return true;
}

/* Rows "PREFIXname": "expression". */
static bool import_parameters(struct rest_api *api, struct str where, struct str prefix,
                              const struct json_value *definition, struct parameter_mapping **ret,
                              struct aws_error *err)
{
    const struct json_value *row = json_members(definition);

    for (; row != NULL; row = row->next) {
        struct str expression;
        if (!json_string(row, &expression))
            return aws_fail(err, &api_bad_request,
                            "Invalid mapping expression specified: "
                            "Validation Result: parameter %.*s",
                            STR_ARG(row->name));
        struct parameter_mapping *mapping = arena_alloc(api->arena, sizeof(*mapping));
        if (mapping == NULL || !str_copy(api->arena, expression, &expression) ||
            !str_copy(api->arena, row->name, &mapping->header))
            return no_memory(err);
        if (!str_starts_with(mapping->header, prefix) || !parameter_parse(expression, mapping)) {
            log_notice("%.*s: the parameter mapping %.*s = %.*s has no effect", STR_ARG(where),
                       STR_ARG(row->name), STR_ARG(expression));
            continue;
        }
        mapping->header = str_slice(mapping->header, prefix.len, mapping->header.len);
        *ret = mapping;
        ret = &mapping->next;
    }
    return true;
}

/* --- responses ------------------------------------------------------------------------------ */

static const struct method_response *find_response(const struct method *method, int status)
{
    const struct method_response *response = method->responses;

    while (response != NULL && response->status != status)
        response = response->next;
    return response;
}

/* A response can only set what the method's own response declares. */
static bool check_declared(const struct method *method, const struct integration_response *response,
                           struct aws_error *err)
{
    const struct method_response *declared = find_response(method, response->status);

    for (const struct parameter_mapping *mapping = response->parameters; mapping != NULL;
         mapping = mapping->next) {
        const struct json_value *header = declared != NULL ? json_members(declared->headers) : NULL;
        while (header != NULL && !str_eq_nocase(header->name, mapping->header))
            header = header->next;
        if (header == NULL)
            return aws_fail(err, &api_bad_request,
                            "Invalid mapping expression parameter specified: "
                            "method.response.header.%.*s",
                            STR_ARG(mapping->header));
    }
    return true;
}

static bool read_status(const struct json_value *value, int *ret)
{
    struct str text;
    int64_t status = 0;

    if (!json_int64(value, 100, 599, &status) &&
        !(json_string(value, &text) && str_to_int64(text, 100, 599, &status)))
        return false;
    *ret = (int)status;
    return true;
}

static bool import_response(struct rest_api *api, const struct method *method, struct str where,
                            const struct json_value *row, struct integration_response *response,
                            struct aws_error *err)
{
    if (!read_status(json_member(row, "statusCode"), &response->status))
        return aws_fail(err, &api_bad_request, "Invalid statusCode in the response '%.*s' of %.*s",
                        STR_ARG(row->name), STR_ARG(where));
    response->declared = find_response(method, response->status) != NULL;
    if (!import_templates(api, where, "response", json_member(row, "responseTemplates"),
                          &response->templates, err) ||
        !import_parameters(api, where, STR("method.response.header."),
                           json_member(row, "responseParameters"), &response->parameters, err) ||
        !check_declared(method, response, err))
        return false;
    response->is_default = str_eq(row->name, STR("default")) || row->name.len == 0;
    if (!response->is_default && !pattern_compile(row->name, api->arena, &response->pattern))
        return aws_fail(err, &api_bad_request,
                        "Invalid selection pattern specified for response: %.*s",
                        STR_ARG(row->name));
    return true;
}

static bool import_responses(struct rest_api *api, struct method *method, struct str where,
                             const struct json_value *definition, struct aws_error *err)
{
    const struct json_value *row = json_members(definition);
    struct integration_response **last = &method->integration.responses;

    for (; row != NULL; row = row->next) {
        struct integration_response *response = arena_alloc(api->arena, sizeof(*response));
        if (response == NULL)
            return no_memory(err);
        response->is_default = true; /* until there is a pattern to free */
        if (!import_response(api, method, where, row, response, err))
            return false;
        *last = response;
        last = &response->next;
    }
    return true;
}

/* --- the integration ------------------------------------------------------------------------ */

static bool read_passthrough(const struct json_value *value, enum passthrough *ret)
{
    static const struct {
        struct str name;
        enum passthrough passthrough;
    } names[] = {{STR_INIT("WHEN_NO_MATCH"), WHEN_NO_MATCH},
                 {STR_INIT("WHEN_NO_TEMPLATES"), WHEN_NO_TEMPLATES},
                 {STR_INIT("NEVER"), NEVER}};
    struct str text;

    if (value == NULL)
        return true; /* WHEN_NO_MATCH */
    if (!json_string(value, &text))
        return false;
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        if (str_eq_nocase(names[i].name, text)) {
            *ret = names[i].passthrough;
            return true;
        }
    }
    return false;
}

/* arn:aws:apigateway:REGION:lambda:path/2015-03-31/functions/ARN/invocations */
static bool read_function(struct integration *integration, struct aws_error *err)
{
    struct str uri = integration->uri;
    size_t start = str_find(uri, STR("/functions/"));
    size_t end = str_find(uri, STR("/invocations"));

    if (!str_starts_with(uri, STR("arn:")))
        return aws_fail(err, &api_bad_request, "Invalid ARN specified in the request");
    if (str_find(uri, STR(":path/")) == uri.len && str_find(uri, STR(":action/")) == uri.len)
        return aws_fail(err, &api_bad_request,
                        "AWS ARN for integration must contain path or action");
    if (str_find(uri, STR(":lambda:path/")) == uri.len || start >= end || end == uri.len)
        return aws_fail(err, &api_bad_request,
                        "Integrations of type 'AWS_PROXY' currently only supports Lambda function "
                        "and Firehose stream invocations.");
    integration->function = str_slice(uri, start + sizeof("/functions/") - 1, end);
    return true;
}

static bool import_target(struct rest_api *api, struct integration *integration, struct str where,
                          const struct json_value *definition, struct aws_error *err)
{
    struct str text = {NULL, 0};

    if (!json_string(json_member(definition, "type"), &text) ||
        (integration->type = integration_type_find(text)) == NULL)
        return aws_fail(
            err, &api_bad_request,
            "Invalid integration type of %.*s: aws, aws_proxy, http, http_proxy or mock",
            STR_ARG(where));
    if (integration->type->run == NULL)
        log_notice("%.*s: integrations of type %.*s are not part of this version: it answers 500",
                   STR_ARG(where), STR_ARG(integration->type->name));
    if (!integration->type->lambda)
        return true;
    text = (struct str){NULL, 0};
    if (!json_string(json_member(definition, "httpMethod"), &text) || text.len == 0)
        return aws_fail(err, &api_bad_request,
                        "Enumeration value for HttpMethod must be non-empty");
    if (!str_copy(api->arena, text, &integration->http_method))
        return no_memory(err);
    if (!json_string(json_member(definition, "uri"), &text))
        return aws_fail(err, &api_bad_request, "Invalid ARN specified in the request");
    if (!str_copy(api->arena, text, &integration->uri))
        return no_memory(err);
    return read_function(integration, err);
}

bool integration_import(struct rest_api *api, struct method *method, struct str where,
                        const struct json_value *definition, struct aws_error *err)
{
    struct integration *integration = &method->integration;
    const struct json_value *timeout = json_member(definition, "timeoutInMillis");

    integration->timeout_ms = TIMEOUT_MS_DEFAULT;
    if (timeout != NULL &&
        !json_int64(timeout, TIMEOUT_MS_MIN, TIMEOUT_MS_MAX, &integration->timeout_ms))
        return aws_fail(err, &api_bad_request, "Timeout should be between 50 ms and 29000 ms");
    if (!read_passthrough(json_member(definition, "passthroughBehavior"),
                          &integration->passthrough))
        return aws_fail(err, &api_bad_request,
                        "Invalid passthroughBehavior of %.*s: when_no_match, when_no_templates or "
                        "never",
                        STR_ARG(where));
    return import_target(api, integration, where, definition, err) &&
           import_templates(api, where, "request", json_member(definition, "requestTemplates"),
                            &integration->templates, err) &&
           import_parameters(api, where, STR("integration.request.header."),
                             json_member(definition, "requestParameters"), &integration->parameters,
                             err) &&
           import_responses(api, method, where, json_member(definition, "responses"), err);
}
