/*
 * One request's way through the gateway, and the answers that the gateway makes itself.
 */
#ifndef APIGATEWAY_GATEWAY_H
#define APIGATEWAY_GATEWAY_H

#include <stdatomic.h>

#include "apigateway/apigateway.h"
#include "base/uuid.h"
#include "lambda/service.h"
#include "rest_api.h"
#include "timeouts.h"

enum { APIGW_ID_BYTES = 17, TRACE_ID_BYTES = 128, TRACE_ROOT_MAX = 80 };

struct api_gateway {
    struct str region;
    struct str account_id;
    struct clock *clock;
    uint64_t seed;
    struct lambda_service *lambda;
    struct rest_api *apis; /* written before requests are served only */
    struct timeouts timeouts;
    _Atomic uint64_t count;
    _Atomic uint64_t errors_4xx;
    _Atomic uint64_t errors_5xx;
};

/* In the exchange's arena; the invocation's `caller`. */
struct gateway_call {
    struct api_gateway *gateway;
    struct http_exchange *exchange;
    struct route_match match;
    char request_id[UUID_TEXT_BYTES];
    char apigw_id[APIGW_ID_BYTES];
    /* "Root=1-...;Parent=...;Sampled=0" as answered; the function sees the Root alone. */
    char trace_id[TRACE_ID_BYTES];
    size_t trace_id_length;
    size_t trace_root_length;
    struct invocation invocation;
    void (*done)(struct gateway_call *call); /* the integration's, with the invocation's result */
    bool waits;                              /* suspended; `timeout` is linked */
    struct timeout timeout;
};

/* A row an integration type. */
struct integration_type {
    struct str name; /* as a definition has it, in lower case */
    bool lambda;     /* its uri names a function */
    /* Answers the call, there and then or later. NULL: absent. */
    void (*run)(struct gateway_call *call);
};
const struct integration_type *integration_type_find(struct str name);

/* The types' run functions. */
void integration_aws_run(struct gateway_call *call);
void integration_aws_proxy_run(struct gateway_call *call);
void integration_mock_run(struct gateway_call *call);

/* Calls the integration's function; done() is called with its result, unless the call was answered
 * 504 meanwhile. */
void call_invoke(struct gateway_call *call, struct str event, bool asynchronous,
                 void (*done)(struct gateway_call *call));

/* --- answers -------------------------------------------------------------------------------- */

/* Gateway responses, by the names that the Developer Guide gives them. */
enum gateway_error {
    MISSING_AUTHENTICATION_TOKEN,
    FORBIDDEN, /* a host or a stage that is none of ours */
    UNSUPPORTED_MEDIA_TYPE,
    REQUEST_TOO_LARGE,
    INTEGRATION_TIMEOUT,
    INTEGRATION_FAILURE,
    BAD_PROXY_RESPONSE, /* 502: a proxy function that failed or answered what cannot be sent */
    GATEWAY_ERROR_COUNT,
};

/* Answers and ends the call. */
void call_fail(struct gateway_call *call, enum gateway_error error);
/* The answer of call_fail() in `ret` alone. */
void call_fill_error(struct gateway_call *call, enum gateway_error error,
                     struct http_response *ret);
/* As call_fail(INTEGRATION_FAILURE) with a line for the operator, since the client learns nothing.
 */
void call_fail_because(struct gateway_call *call, const char *format, ...) PRINTF_LIKE(2, 3);
/* Adds what every answer carries and ends the call: status, body and own headers are set. */
void call_finish(struct gateway_call *call, bool traced);
/* Adds a header under the name that the gateway lets through: Date becomes x-amzn-Remapped-Date. */
void call_add_header(struct gateway_call *call, struct str name, struct str value);

/* --- mapping -------------------------------------------------------------------------------- */

/* The template for a content type (without its parameters), or NULL. */
const struct mapping_template *template_for(const struct mapping_template *templates,
                                            struct str content_type);
enum template_kind template_kind_of(struct str text);
/* The request's Content-Type without parameters; application/json when there is none. */
struct str request_content_type(const struct http_request *request);

/* Reads "'text'" or "method.request.header.NAME"; false for what this version cannot map. */
MUST_CHECK bool parameter_parse(struct str expression, struct parameter_mapping *ret);
/* The value, or false when there is none. `response_body` is the integration's. */
bool parameter_value(const struct gateway_call *call, const struct parameter_mapping *mapping,
                     struct str response_body, struct str *ret);

/* The response for `text` (the error message, or a status) up to a NUL, or NULL. */
const struct integration_response *response_select(const struct gateway_call *call,
                                                   struct str text);
/* Compiles a selection pattern, which has to fit the whole text as Java's matches() has it. */
MUST_CHECK bool pattern_compile(struct str pattern, struct arena *arena, regex_t *ret);
bool pattern_matches(const regex_t *pattern, const char *text);
/* Status, headers and body of a selected response; ends the call. */
void call_respond(struct gateway_call *call, const struct integration_response *response,
                  struct str body, bool traced);

/* --- Lambda proxy --------------------------------------------------------------------------- */

/* The event, format 1.0; false past the arena's limit. */
MUST_CHECK bool proxy_event_write(const struct gateway_call *call, struct str *ret);
/* Sets status, headers and body from the function's answer; false when it is malformed. */
MUST_CHECK bool proxy_response_read(struct gateway_call *call, struct str payload);
/* Whether a content type is one of the API's binaryMediaTypes. */
bool media_type_is_binary(const struct rest_api *api, struct str media_type);

#endif
