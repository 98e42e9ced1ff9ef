/*
 * Type MOCK: the request template names the status that the integration "answered"; the responses
 * are selected by it.
 *
 * Source: Developer Guide, "Mock integrations for REST APIs in API Gateway".
 */
#include "gateway.h"

void integration_mock_run(struct gateway_call *call)
{
    const struct integration *integration = &call->match.method->integration;
    const struct mapping_template *template = NULL;
    struct json_value *request = NULL;
    struct str text = call->exchange->request.body;
    int64_t status = 0;

    if (integration->templates != NULL)
        template =
            template_for(integration->templates, request_content_type(&call->exchange->request));
    if (template == NULL && integration->passthrough != WHEN_NO_MATCH &&
        (integration->templates != NULL || integration->passthrough == NEVER)) {
        call_fail(call, UNSUPPORTED_MEDIA_TYPE);
        return;
    }
    if (template != NULL && template->kind == TEMPLATE_LITERAL)
        text = template->text;
    if (template != NULL && template->kind == TEMPLATE_VTL) {
        call_fail_because(call,
                          "its mapping template for %.*s needs the template language, which "
                          "is not part of this version",
                          STR_ARG(template->content_type));
        return;
    }
    if (!json_parse(text, call->exchange->arena, &request, NULL) ||
        !json_int64(json_member(request, "statusCode"), 100, 599, &status)) {
        call_fail_because(call, "a mock's request template has to render {\"statusCode\": N}");
        return;
    }
    const struct integration_response *response =
        response_select(call, str_printf(call->exchange->arena, "%d", (int)status));
    if (response == NULL)
        call_fail_because(call, "no integration response fits status %d", (int)status);
    else
        call_respond(call, response, (struct str){NULL, 0}, false);
}
