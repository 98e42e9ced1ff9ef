/*
 * Rooms that this version is built without answer here, weakly: a room's own functions take their
 * place as soon as they are linked.
 */
#include "apigateway/apigateway.h"
#include "dynamodb/dynamodb.h"
#include "template/template.h"

#define WEAK __attribute__((weak))

WEAK bool dynamodb_open(const struct dynamodb_options *options, struct dynamodb **ret,
                        struct aws_error *err)
{
    (void)options, (void)ret, (void)err;
    return true;
}

WEAK void dynamodb_close(struct dynamodb *db)
{
    (void)db;
}

WEAK void dynamodb_execute(struct dynamodb *db, struct str operation, struct str request,
                           struct str region, struct arena *arena, struct dynamodb_answer *ret)
{
    (void)db, (void)operation, (void)request, (void)region, (void)arena;
    ret->status = 400;
    ret->error_type = "UnknownOperationException";
    ret->body = STR("{\"__type\":\"UnknownOperationException\"}");
}

WEAK void dynamodb_handle_http(void *state, struct http_exchange *exchange)
{
    (void)state;
    exchange->response.status = 400;
    exchange->response.body = STR("{\"__type\":\"UnknownOperationException\"}");
    http_exchange_finish(exchange);
}

WEAK void dynamodb_count(struct dynamodb *db, struct dynamodb_counters *ret)
{
    (void)db, (void)ret;
}

WEAK bool template_deploy(const char *path, const struct template_target *target,
                          struct aws_error *err)
{
    (void)path, (void)target, (void)err;
    return true;
}

WEAK bool api_gateway_new(const struct api_gateway_options *options, struct api_gateway **ret,
                          struct aws_error *err)
{
    (void)options, (void)ret, (void)err;
    return true;
}

WEAK void api_gateway_free(struct api_gateway *gateway)
{
    (void)gateway;
}

WEAK void api_gateway_handle_http(void *state, struct http_exchange *exchange)
{
    (void)state;
    exchange->response.status = 403;
    exchange->response.body = STR("{\"message\":\"Missing Authentication Token\"}");
    http_exchange_finish(exchange);
}

WEAK void api_gateway_list(struct api_gateway *gateway, void *context,
                           void (*each)(void *context, struct str method, struct str stage,
                                        struct str path, struct str integration))
{
    (void)gateway, (void)context, (void)each;
}

WEAK void api_gateway_count(struct api_gateway *gateway, struct api_gateway_counters *ret)
{
    (void)gateway, (void)ret;
}
