/*
 * Answers: the gateway's own errors to the byte, and what every answer carries.
 *
 * Source: Developer Guide, "Gateway response types"; "Amazon API Gateway important notes" for the
 * headers that are renamed. Texts as recorded from the service.
 */
#include <stdarg.h>

#include "base/log.h"
#include "gateway.h"

static const struct {
    int status;
    struct str error_type;
    struct str body;
} errors[GATEWAY_ERROR_COUNT] = {
    [MISSING_AUTHENTICATION_TOKEN] = {403, STR_INIT("MissingAuthenticationTokenException"),
                                      STR_INIT("{\"message\":\"Missing Authentication Token\"}")},
    [FORBIDDEN] = {403, STR_INIT("ForbiddenException"), STR_INIT("{\"message\":\"Forbidden\"}")},
    [UNSUPPORTED_MEDIA_TYPE] = {415, STR_INIT("BadRequestException"),
                                STR_INIT("{\"message\":\"Unsupported Media Type\"}")},
    [REQUEST_TOO_LARGE] = {413, STR_INIT("RequestTooLargeException"),
                           STR_INIT("{\"message\":\"Request Too Long\"}")},
    [INTEGRATION_TIMEOUT] = {504, STR_INIT("InternalServerErrorException"),
                             STR_INIT("{\"message\": \"Endpoint request timed out\"}")},
    [INTEGRATION_FAILURE] = {500, STR_INIT("InternalServerErrorException"),
                             STR_INIT("{\"message\": \"Internal server error\"}")},
    [BAD_PROXY_RESPONSE] = {502, STR_INIT("InternalServerErrorException"),
                            STR_INIT("{\"message\": \"Internal server error\"}")},
};

/* Sent by the gateway itself, so that a function's are renamed. */
static const struct str remapped[] = {
    STR_INIT("Authorization"), STR_INIT("Connection"),   STR_INIT("Content-Length"),
    STR_INIT("Content-MD5"),   STR_INIT("Date"),         STR_INIT("Expect"),
    STR_INIT("Host"),          STR_INIT("Max-Forwards"), STR_INIT("Proxy-Authenticate"),
    STR_INIT("Server"),        STR_INIT("Trailer"),      STR_INIT("Transfer-Encoding"),
    STR_INIT("Upgrade"),       STR_INIT("User-Agent"),   STR_INIT("WWW-Authenticate"),
};

static void add_ids(struct gateway_call *call, struct http_response *response)
{
    http_response_header(response, STR("x-amzn-RequestId"),
                         (struct str){call->request_id, UUID_TEXT_BYTES - 1});
    http_response_header(response, STR("x-amz-apigw-id"),
                         (struct str){call->apigw_id, APIGW_ID_BYTES - 1});
}

static void count_status(struct gateway_call *call, int status)
{
    if (status >= 500)
        atomic_fetch_add_explicit(&call->gateway->errors_5xx, 1, memory_order_relaxed);
    else if (status >= 400)
        atomic_fetch_add_explicit(&call->gateway->errors_4xx, 1, memory_order_relaxed);
}

void call_fill_error(struct gateway_call *call, enum gateway_error error, struct http_response *ret)
{
    ret->status = errors[error].status;
    ret->body = errors[error].body;
    ret->header_count = 0; /* of an answer that was begun */
    http_response_header(ret, STR("Content-Type"), STR("application/json"));
    add_ids(call, ret);
    http_response_header(ret, STR("x-amzn-ErrorType"), errors[error].error_type);
    count_status(call, ret->status);
}

void call_fail(struct gateway_call *call, enum gateway_error error)
{
    call_fill_error(call, error, &call->exchange->response);
    http_exchange_finish(call->exchange);
}

void call_fail_because(struct gateway_call *call, const char *format, ...)
{
    char why[512];
    va_list args;

    va_start(args, format);
    (void)vsnprintf(why, sizeof(why), format, args);
    va_end(args);
    log_notice("%.*s %.*s answers 500: %s", STR_ARG(call->match.method->http_method),
               STR_ARG(call->match.resource->path), why);
    call_fail(call, INTEGRATION_FAILURE);
}

void call_finish(struct gateway_call *call, bool traced)
{
    struct http_response *response = &call->exchange->response;

    add_ids(call, response);
    if (traced)
        http_response_header(response, STR("X-Amzn-Trace-Id"),
                             (struct str){call->trace_id, call->trace_id_length});
    count_status(call, response->status);
    http_exchange_finish(call->exchange);
}

void call_add_header(struct gateway_call *call, struct str name, struct str value)
{
    for (size_t i = 0; i < ARRAY_LEN(remapped); i++) {
        if (str_eq_nocase(name, remapped[i]))
            name = str_printf(call->exchange->arena, "x-amzn-Remapped-%.*s", STR_ARG(name));
    }
    if (name.len > 0)
        http_response_header(&call->exchange->response, name, value);
}
