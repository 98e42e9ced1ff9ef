/*
 * What a mapping moves between request, integration and response. Parameter mappings are complete
 * but for arrays in a body's path; of the template language only what needs none: the body as it
 * is, and plain text.
 *
 * Source: Developer Guide, "API Gateway request and response data mapping reference".
 */
#include "gateway.h"

#include "base/log.h"

/* --- templates ------------------------------------------------------------------------------ */

enum template_kind template_kind_of(struct str text)
{
    static const struct str passes[] = {STR_INIT(""), STR_INIT("$input.body"),
                                        STR_INIT("$input.json('$')"),
                                        STR_INIT("$input.json(\"$\")")};
    struct str trimmed = str_trim(text);

    for (size_t i = 0; i < ARRAY_LEN(passes); i++) {
        if (str_eq(trimmed, passes[i]))
            return TEMPLATE_PASS;
    }
    bool plain = str_find_char(text, '$') == text.len && str_find_char(text, '#') == text.len;
    return plain ? TEMPLATE_LITERAL : TEMPLATE_VTL;
}

static struct str without_parameters(struct str content_type)
{
    return str_trim(str_slice(content_type, 0, str_find_char(content_type, ';')));
}

struct str request_content_type(const struct http_request *request)
{
    struct str value;

    if (!http_request_header(request, STR("Content-Type"), &value))
        return STR("application/json");
    return without_parameters(value);
}

const struct mapping_template *template_for(const struct mapping_template *templates,
                                            struct str content_type)
{
    while (templates != NULL && !str_eq_nocase(templates->content_type, content_type))
        templates = templates->next;
    return templates;
}

/* By Accept, else application/json, else the first. */
static const struct mapping_template *response_template(const struct mapping_template *templates,
                                                        const struct http_request *request)
{
    const struct mapping_template *found = NULL;
    struct str accept;

    if (templates == NULL)
        return NULL;
    if (http_request_header(request, STR("Accept"), &accept))
        found = template_for(templates,
                             without_parameters(str_slice(accept, 0, str_find_char(accept, ','))));
    if (found == NULL)
        found = template_for(templates, STR("application/json"));
    return found == NULL ? templates : found;
}

/* --- parameters ----------------------------------------------------------------------------- */

static const struct {
    struct str prefix;
    enum parameter_source source;
    bool whole_too; /* the prefix without its dot means the whole */
} sources[] = {
    {STR_INIT("method.request.header."), FROM_REQUEST_HEADER, false},
    {STR_INIT("method.request.querystring."), FROM_REQUEST_QUERY, false},
    {STR_INIT("method.request.path."), FROM_REQUEST_PATH, false},
    {STR_INIT("method.request.body."), FROM_REQUEST_BODY, true},
    {STR_INIT("integration.response.header."), FROM_RESPONSE_HEADER, false},
    {STR_INIT("integration.response.body."), FROM_RESPONSE_BODY, true},
    {STR_INIT("context."), FROM_CONTEXT, false},
    {STR_INIT("stageVariables."), FROM_STAGE_VARIABLE, false},
};

bool parameter_parse(struct str expression, struct parameter_mapping *ret)
{
    if (expression.len >= 2 && expression.ptr[0] == '\'' &&
        expression.ptr[expression.len - 1] == '\'') {
        ret->source = FROM_LITERAL;
        ret->name = str_slice(expression, 1, expression.len - 1);
        return true;
    }
    for (size_t i = 0; i < ARRAY_LEN(sources); i++) {
        struct str prefix = sources[i].prefix;
        bool whole =
            sources[i].whole_too && str_eq(expression, str_slice(prefix, 0, prefix.len - 1));
        if (!whole && !str_starts_with(expression, prefix))
            continue;
        ret->source = sources[i].source;
        ret->name = str_slice(expression, prefix.len, expression.len);
        /* $.a[0], filters and wildcards. */
        return str_find_char(ret->name, '[') == ret->name.len;
    }
    return false;
}

/* The member at a.b.c as text: a string's own, anything else as JSON. */
static bool body_value(const struct gateway_call *call, struct str body, struct str path,
                       struct str *ret)
{
    struct json_value *tree = NULL;
    const struct json_value *at = NULL;

    if (path.len == 0) {
        *ret = body;
        return body.len > 0;
    }
    if (!json_parse(body, call->exchange->arena, &tree, NULL))
        return false;
    for (at = tree; at != NULL && path.len > 0;)
        at = json_get(at, str_split(&path, '.'));
    if (at == NULL || json_is(at, JSON_NULL))
        return false;
    *ret = json_is(at, JSON_STRING) ? at->text : at->raw;
    return true;
}

static bool path_value(const struct gateway_call *call, struct str name, struct str *ret)
{
    for (size_t i = 0; i < call->match.parameter_count; i++) {
        if (str_eq(call->match.parameters[i].name, name)) {
            *ret = call->match.parameters[i].value;
            return true;
        }
    }
    return false;
}

/* What Lambda's Invoke answers beside its payload. */
static bool response_header_value(const struct gateway_call *call, struct str name, struct str *ret)
{
    const struct invocation *invocation = &call->invocation;

    if (str_eq_nocase(name, STR("X-Amz-Function-Error")) && invocation->function_error)
        *ret = STR("Unhandled");
    else if (str_eq_nocase(name, STR("X-Amz-Executed-Version")))
        *ret = invocation->executed_version;
    else if (str_eq_nocase(name, STR("x-amzn-RequestId")))
        *ret = str_from_c(invocation->request_id);
    else if (str_eq_nocase(name, STR("Content-Type")))
        *ret = STR("application/json");
    else
        return false;
    return ret->len > 0;
}

static bool context_value(const struct gateway_call *call, struct str name, struct str *ret)
{
    const struct http_request *request = &call->exchange->request;
    const struct {
        struct str name;
        struct str value;
    } values[] = {
        {STR("requestId"), str_from_c(call->request_id)},
        {STR("extendedRequestId"), str_from_c(call->apigw_id)},
        {STR("stage"), call->match.api->stage},
        {STR("apiId"), call->match.api->id},
        {STR("accountId"), call->gateway->account_id},
        {STR("httpMethod"), request->method},
        {STR("resourcePath"), call->match.resource->path},
        {STR("resourceId"), str_from_c(call->match.resource->id)},
        {STR("identity.sourceIp"), request->source_ip},
        {STR("protocol"), STR("HTTP/1.1")},
    };

    for (size_t i = 0; i < ARRAY_LEN(values); i++) {
        if (str_eq(values[i].name, name)) {
            *ret = values[i].value;
            return true;
        }
    }
    return false;
}

bool parameter_value(const struct gateway_call *call, const struct parameter_mapping *mapping,
                     struct str response_body, struct str *ret)
{
    const struct http_request *request = &call->exchange->request;

    switch (mapping->source) {
    case FROM_LITERAL:
        *ret = mapping->name;
        return true;
    case FROM_REQUEST_HEADER:
        return http_request_header(request, mapping->name, ret);
    case FROM_REQUEST_QUERY:
        return http_request_query(request, mapping->name, call->exchange->arena, ret);
    case FROM_REQUEST_PATH:
        return path_value(call, mapping->name, ret);
    case FROM_REQUEST_BODY:
        return body_value(call, request->body, mapping->name, ret);
    case FROM_RESPONSE_HEADER:
        return response_header_value(call, mapping->name, ret);
    case FROM_RESPONSE_BODY:
        return body_value(call, response_body, mapping->name, ret);
    case FROM_CONTEXT:
        return context_value(call, mapping->name, ret);
    case FROM_STAGE_VARIABLE:
        return false;
    }
    return false;
}

/* --- the response --------------------------------------------------------------------------- */

const struct integration_response *response_select(const struct gateway_call *call, struct str text)
{
    const struct integration *integration = &call->match.method->integration;
    const struct integration_response *found = NULL;
    struct str copy; /* with the NUL that regexec() wants */

    if (!str_copy(call->exchange->arena, text, &copy))
        return NULL;
    for (const struct integration_response *response = integration->responses; response != NULL;
         response = response->next) {
        if (response->is_default)
            found = response;
        else if (pattern_matches(&response->pattern, copy.ptr))
            return response;
    }
    return found;
}

void call_respond(struct gateway_call *call, const struct integration_response *response,
                  struct str body, bool traced)
{
    struct http_response *answer = &call->exchange->response;
    const struct mapping_template *template =
        response_template(response->templates, &call->exchange->request);
    struct str type = STR("application/json");

    if (!response->declared) {
        call_fail_because(call, "the method has no response of status %d", response->status);
        return;
    }
    if (template != NULL && template->kind == TEMPLATE_VTL) {
        call_fail_because(call,
                          "its response template for %.*s needs the template language, which "
                          "is not part of this version",
                          STR_ARG(template->content_type));
        return;
    }
    answer->status = response->status;
    answer->body = body;
    if (template != NULL) {
        type = template->content_type;
        if (template->kind == TEMPLATE_LITERAL)
            answer->body = template->text;
    }
    for (const struct parameter_mapping *mapping = response->parameters; mapping != NULL;
         mapping = mapping->next) {
        struct str value;
        if (!parameter_value(call, mapping, body, &value))
            continue;
        if (str_eq_nocase(mapping->header, STR("Content-Type")))
            type = value;
        else
            call_add_header(call, mapping->header, value);
    }
    http_response_header(answer, STR("Content-Type"), type);
    call_finish(call, traced);
}
