/*
 * Type AWS_PROXY with Lambda: the whole request is the event, the function's answer is the whole
 * response.
 *
 * Source: Developer Guide, "Lambda proxy integrations in API Gateway", output format.
 */
#include "base/base64.h"
#include "gateway.h"

/* --- the response --------------------------------------------------------------------------- */

bool media_type_is_binary(const struct rest_api *api, struct str media_type)
{
    for (size_t i = 0; i < api->binary_media_type_count; i++) {
        struct str wanted = api->binary_media_types[i];
        if (str_eq(wanted, STR("*/*")) || str_eq_nocase(wanted, media_type))
            return true;
        if (str_ends_with(wanted, STR("/*")) &&
            str_starts_with(media_type, str_slice(wanted, 0, wanted.len - 1)))
            return true;
    }
    return false;
}

static bool only_known_members(const struct json_value *answer)
{
    static const struct str known[] = {STR_INIT("isBase64Encoded"), STR_INIT("statusCode"),
                                       STR_INIT("headers"), STR_INIT("multiValueHeaders"),
                                       STR_INIT("body")};

    for (const struct json_value *member = answer->child; member != NULL; member = member->next) {
        bool found = false;
        for (size_t i = 0; i < ARRAY_LEN(known) && !found; i++)
            found = str_eq(known[i], member->name);
        if (!found)
            return false;
    }
    return true;
}

static bool read_status(const struct json_value *value, int *ret)
{
    struct str text;
    int64_t status = 200;

    if (value != NULL && !json_is(value, JSON_NULL) && !json_int64(value, 100, 999, &status) &&
        !(json_string(value, &text) && str_to_int64(text, 100, 999, &status)))
        return false;
    *ret = (int)status;
    return true;
}

/* A string's own text; a number's or a boolean's JSON. False for a list or an object. */
static bool scalar_text(const struct json_value *value, struct str *ret)
{
    if (json_is(value, JSON_ARRAY) || json_is(value, JSON_OBJECT))
        return false;
    if (json_is(value, JSON_NULL))
        *ret = (struct str){NULL, 0};
    else
        *ret = json_is(value, JSON_STRING) ? value->text : value->raw;
    return true;
}

static const struct json_value *header_of(const struct json_value *headers, struct str name)
{
    const struct json_value *member = json_members(headers);

    while (member != NULL && !str_eq_nocase(member->name, name))
        member = member->next;
    return member;
}

/* "a, b" of one header's list, and then its single value. */
static bool joined_values(struct arena *arena, const struct json_value *list,
                          const struct json_value *single, struct str *ret)
{
    struct buffer out;
    struct str text;

    buffer_init(&out, arena);
    for (const struct json_value *row = list->child; row != NULL; row = row->next) {
        if (!scalar_text(row, &text))
            return false;
        if (row != list->child)
            buffer_add_literal(&out, ", ");
        buffer_add(&out, text);
    }
    if (single != NULL) {
        if (!scalar_text(single, &text))
            return false;
        if (list->child != NULL)
            buffer_add_literal(&out, ", ");
        buffer_add(&out, text);
    }
    return buffer_done(&out, ret);
}

static void add_header(struct gateway_call *call, struct str name, struct str value, bool *typed)
{
    *typed = *typed || str_eq_nocase(name, STR("Content-Type"));
    call_add_header(call, name, value);
}

static bool read_headers(struct gateway_call *call, const struct json_value *headers,
                         const struct json_value *multi, bool *typed)
{
    bool has_headers = headers != NULL && !json_is(headers, JSON_NULL);
    bool has_multi = multi != NULL && !json_is(multi, JSON_NULL);
    struct str value;

    if ((has_headers && !json_is(headers, JSON_OBJECT)) ||
        (has_multi && !json_is(multi, JSON_OBJECT)))
        return false;
    for (const struct json_value *row = has_headers ? headers->child : NULL; row != NULL;
         row = row->next) {
        if (!scalar_text(row, &value))
            return false;
        if (header_of(multi, row->name) == NULL)
            add_header(call, row->name, value, typed);
    }
    for (const struct json_value *row = has_multi ? multi->child : NULL; row != NULL;
         row = row->next) {
        if (!json_is(row, JSON_ARRAY) ||
            !joined_values(call->exchange->arena, row, header_of(headers, row->name), &value))
            return false;
        add_header(call, row->name, value, typed);
    }
    return true;
}

/* The first type that the client accepts decides whether Base64 is undone. */
static bool wants_binary(const struct gateway_call *call)
{
    struct str accept;

    if (!http_request_header(&call->exchange->request, STR("Accept"), &accept))
        return media_type_is_binary(call->match.api, STR("*/*"));
    accept = str_slice(accept, 0, str_find_char(accept, ','));
    accept = str_trim(str_slice(accept, 0, str_find_char(accept, ';')));
    return media_type_is_binary(call->match.api, accept);
}

static bool read_body(struct gateway_call *call, const struct json_value *answer)
{
    const struct json_value *body = json_member(answer, "body");
    const struct json_value *encoded = json_member(answer, "isBase64Encoded");
    struct http_response *response = &call->exchange->response;

    if (body != NULL && !scalar_text(body, &response->body))
        return false;
    if (json_is(encoded, JSON_TRUE) && wants_binary(call))
        return base64_decode(call->exchange->arena, response->body, &response->body);
    return encoded == NULL || json_is(encoded, JSON_TRUE) || json_is(encoded, JSON_FALSE) ||
           json_is(encoded, JSON_NULL);
}

bool proxy_response_read(struct gateway_call *call, struct str payload)
{
    struct json_value *answer = NULL;
    bool typed = false;

    if (!json_parse(payload, call->exchange->arena, &answer, NULL) ||
        !json_is(answer, JSON_OBJECT) || !only_known_members(answer) ||
        !read_status(json_member(answer, "statusCode"), &call->exchange->response.status) ||
        !read_headers(call, json_member(answer, "headers"),
                      json_member(answer, "multiValueHeaders"), &typed) ||
        !read_body(call, answer))
        return false;
    if (!typed)
        http_response_header(&call->exchange->response, STR("Content-Type"),
                             STR("application/json"));
    return true;
}

/* --- the call ------------------------------------------------------------------------------- */

static void done(struct gateway_call *call)
{
    const struct invocation *invocation = &call->invocation;

    if (invocation->error.kind != NULL)
        call_fail_because(call, "%s: %s", invocation->error.kind->name, invocation->error.message);
    else if (invocation->function_error || !proxy_response_read(call, invocation->payload))
        call_fail(call, BAD_PROXY_RESPONSE);
    else
        call_finish(call, true);
}

void integration_aws_proxy_run(struct gateway_call *call)
{
    struct str event;

    if (!str_eq(call->match.method->integration.http_method, STR("POST")))
        call_fail_because(call, "the httpMethod of a Lambda integration must be POST");
    else if (!proxy_event_write(call, &event))
        call_fail_because(call, "the event is past the memory limit");
    else
        call_invoke(call, event, false, done);
}
