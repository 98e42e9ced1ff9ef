/*
 * Type AWS with Lambda: the request's body (or a template's text) is the event, the function's
 * answer goes through the integration responses.
 *
 * Source: Developer Guide, "Set up Lambda custom integrations", "Integration request passthrough
 * behaviors".
 */
#include "gateway.h"

/* --- the request ---------------------------------------------------------------------------- */

/* The event; false when the call has been answered already. */
static bool map_request(struct gateway_call *call, struct str *ret)
{
    const struct integration *integration = &call->match.method->integration;
    const struct http_request *request = &call->exchange->request;
    const struct mapping_template *template = NULL;

    if (integration->templates != NULL)
        template = template_for(integration->templates, request_content_type(request));
    if (template == NULL) {
        bool pass = integration->templates == NULL ? integration->passthrough != NEVER
                                                   : integration->passthrough == WHEN_NO_MATCH;
        if (!pass)
            call_fail(call, UNSUPPORTED_MEDIA_TYPE);
        *ret = request->body;
        return pass;
    }
    if (template->kind == TEMPLATE_VTL) {
        call_fail_because(call,
                          "its mapping template for %.*s needs the template language, which "
                          "is not part of this version",
                          STR_ARG(template->content_type));
        return false;
    }
    *ret = template->kind == TEMPLATE_LITERAL ? template->text : request->body;
    return true;
}

/* X-Amz-Invocation-Type: Event, set by a request parameter. */
static bool is_asynchronous(const struct gateway_call *call)
{
    const struct parameter_mapping *mapping = call->match.method->integration.parameters;
    struct str value;

    for (; mapping != NULL; mapping = mapping->next) {
        if (str_eq_nocase(mapping->header, STR("X-Amz-Invocation-Type")) &&
            parameter_value(call, mapping, (struct str){NULL, 0}, &value))
            return str_eq(value, STR("Event"));
    }
    return false;
}

/* --- the response --------------------------------------------------------------------------- */

/* Only a method that has patterns needs to know the error's message. */
static bool has_patterns(const struct integration *integration)
{
    const struct integration_response *response = integration->responses;

    while (response != NULL && response->is_default)
        response = response->next;
    return response != NULL;
}

static struct str error_message(const struct gateway_call *call, struct str payload)
{
    struct json_value *answer = NULL;
    struct str message = {NULL, 0};

    if (!json_parse(payload, call->exchange->arena, &answer, NULL) ||
        !json_string(json_member(answer, "errorMessage"), &message))
        return (struct str){NULL, 0};
    return message;
}

/* What Lambda answers to an event that it does not take; it goes through the integration response
 * like any other answer. */
static bool refused_payload(struct gateway_call *call, struct str *ret)
{
    const struct aws_error *error = &call->invocation.error;
    struct buffer out;
    struct json_writer writer;

    if (error->kind->http_status != 400 && error->kind->http_status != 413)
        return false;
    buffer_init(&out, call->exchange->arena);
    json_writer_init(&writer, &out, JSON_COMPACT);
    json_object_begin(&writer);
    json_field_string(&writer, STR("Type"), STR("User"));
    json_field_string(&writer, STR("message"), str_from_c(error->message));
    json_object_end(&writer);
    return buffer_done(&out, ret);
}

static void done(struct gateway_call *call)
{
    const struct invocation *invocation = &call->invocation;
    const struct integration *integration = &call->match.method->integration;
    struct str payload = invocation->payload;
    struct str message = {NULL, 0};

    if (invocation->error.kind != NULL && !refused_payload(call, &payload)) {
        call_fail_because(call, "%s: %s", invocation->error.kind->name, invocation->error.message);
        return;
    }
    if (has_patterns(integration))
        message = error_message(call, payload);
    const struct integration_response *response = response_select(call, message);
    if (response == NULL)
        call_fail_because(call, "no integration response fits '%.*s'", STR_ARG(message));
    else
        call_respond(call, response, payload, true);
}

void integration_aws_run(struct gateway_call *call)
{
    const struct integration *integration = &call->match.method->integration;
    struct str event;

    if (!str_eq(integration->http_method, STR("POST"))) {
        call_fail_because(call, "the httpMethod of a Lambda integration must be POST");
        return;
    }
    if (map_request(call, &event))
        call_invoke(call, event, is_asynchronous(call), done);
}
