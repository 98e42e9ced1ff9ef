/*
 * The API Gateway room: REST APIs from OpenAPI definitions, deployed to a stage, served on the API
 * listener. Source: API Gateway Developer Guide.
 */
#ifndef APIGATEWAY_APIGATEWAY_H
#define APIGATEWAY_APIGATEWAY_H

#include "base/clock.h"
#include "base/error.h"
#include "base/json.h"
#include "base/rng.h"
#include "http/http.h"

struct api_gateway;
struct lambda_service;

struct api_gateway_options {
    struct str region;
    struct str account_id;
    struct clock *clock;
    uint64_t seed;
    struct lambda_service *lambda; /* borrowed */
};

MUST_CHECK bool api_gateway_new(const struct api_gateway_options *options, struct api_gateway **ret,
                                struct aws_error *err);
void api_gateway_free(struct api_gateway *gateway);

/*
 * ImportRestApi and CreateDeployment in one: `definition` is OpenAPI 2.0 or 3.0 with
 * x-amazon-apigateway-integration (intrinsic functions already resolved). What is read but not yet
 * served is told by log_notice(), one line each. Errors: BadRequestException for a definition that
 * AWS would refuse.
 */
MUST_CHECK bool api_gateway_import(struct api_gateway *gateway, struct str api_id, struct str name,
                                   struct str stage, const struct json_value *definition,
                                   struct aws_error *err);

/* The API listener; http_service.handle, state is the gateway. */
void api_gateway_handle_http(void *state, struct http_exchange *exchange);

/* For the list printed at start: calls `each` once a method. */
void api_gateway_list(struct api_gateway *gateway, void *context,
                      void (*each)(void *context, struct str method, struct str stage,
                                   struct str path, struct str integration));

struct api_gateway_counters {
    uint64_t count; /* requests */
    uint64_t errors_4xx;
    uint64_t errors_5xx;
};
void api_gateway_count(struct api_gateway *gateway, struct api_gateway_counters *ret);

#endif
