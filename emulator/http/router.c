#include "http/router.h"

/* --- answers of our own --------------------------------------------------------------------- */

static void answer(struct http_exchange *exchange, int status, struct str type, struct str body)
{
    exchange->response.status = status;
    exchange->response.body = body;
    http_response_header(&exchange->response, STR("Content-Type"), type);
    http_exchange_finish(exchange);
}

static void answer_error(struct http_exchange *exchange, int status, struct str error_type,
                         struct str body)
{
    http_response_header(&exchange->response, STR("x-amzn-ErrorType"), error_type);
    answer(exchange, status, STR("application/json"), body);
}

static void health(const struct router *router, struct http_exchange *exchange)
{
    (void)router;
    answer(exchange, 200, STR("application/json"), STR("{\"status\":\"ok\"}"));
}

static void metrics(const struct router *router, struct http_exchange *exchange)
{
    struct buffer out;
    struct str text;

    buffer_init(&out, exchange->arena);
    router->metrics(router->metrics_state, &out);
    if (!buffer_done(&out, &text))
        answer(exchange, 500, STR("text/plain"), STR("past the memory limit\n"));
    else
        answer(exchange, 200, STR("text/plain; version=0.0.4; charset=utf-8"), text);
}

static void console(const struct router *router, struct http_exchange *exchange)
{
    (void)router;
    answer(exchange, 404, STR("text/plain; charset=utf-8"),
           STR("The console is not part of this version (docs/absent.md). What is here:\n"
               "/_squall/health and /_squall/metrics.\n"));
}

static void to_api(const struct router *router, struct http_exchange *exchange)
{
    router->api.handle(router->api.state, exchange);
}

static void to_lambda(const struct router *router, struct http_exchange *exchange)
{
    router->lambda.handle(router->lambda.state, exchange);
}

static void to_dynamodb(const struct router *router, struct http_exchange *exchange)
{
    router->dynamodb.handle(router->dynamodb.state, exchange);
}

/* What is absent answers in its service's own form, so that a client's error is readable. */
static void absent_states(const struct router *router, struct http_exchange *exchange)
{
    (void)router;
    answer_error(exchange, 400, STR("UnknownOperationException"),
                 STR("{\"__type\":\"UnknownOperationException\",\"message\":\"Step Functions is "
                     "not part of this version of squall\"}"));
}

static void absent_control(const struct router *router, struct http_exchange *exchange)
{
    (void)router;
    answer_error(exchange, 404, STR("NotFoundException"),
                 STR("{\"message\":\"The API Gateway control API is not part of this version of "
                     "squall: describe the API in a template\"}"));
}

static void unknown(const struct router *router, struct http_exchange *exchange)
{
    (void)router;
    answer_error(exchange, 404, STR("UnknownOperationException"),
                 STR("{\"message\":\"No service has this path: squall serves DynamoDB (POST / with "
                     "X-Amz-Target) and Lambda (/2015-03-31/functions) on this port\"}"));
}

/* DynamoDB says nothing at all, Lambda in the words of its Invoke. */
static void body_too_long(struct http_exchange *exchange, bool dynamodb)
{
    if (dynamodb) {
        exchange->response.status = 413;
        http_exchange_finish(exchange);
        return;
    }
    answer_error(exchange, 413, STR("RequestEntityTooLargeException"),
                 STR("{\"Message\":\"Request must be smaller than 6291456 bytes "
                     "for the InvokeFunction operation\"}"));
}

/* --- routes --------------------------------------------------------------------------------- */

enum guard {
    GUARD_NONE,   /* the service has rules of its own */
    GUARD_HOST,   /* any origin, our host */
    GUARD_ORIGIN, /* our origin, our host */
};

struct route {
    enum guard guard;
    void (*handle)(const struct router *router, struct http_exchange *exchange);
};

/* The first row whose beginning fits; on all listeners but DynamoDB's own. */
static const struct {
    struct str path;
    bool exact;
    struct route route;
} own_routes[] = {
    {STR_INIT("/_squall/health"), true, {GUARD_ORIGIN, health}},
    {STR_INIT("/_squall/metrics"), true, {GUARD_ORIGIN, metrics}},
    {STR_INIT("/_squall"), true, {GUARD_ORIGIN, console}},
    {STR_INIT("/_squall/"), false, {GUARD_ORIGIN, console}},
};

/* X-Amz-Target up to the dot. */
static const struct {
    struct str target;
    struct route route;
} target_routes[] = {
    {STR_INIT("DynamoDB_20120810."), {GUARD_NONE, to_dynamodb}},
    {STR_INIT("DynamoDBStreams_20120810."), {GUARD_NONE, to_dynamodb}},
    {STR_INIT("AWSStepFunctions."), {GUARD_ORIGIN, absent_states}},
};

/* The beginning of a path on the AWS listener; '0' stands for any digit (Lambda's API dates). */
static const struct {
    struct str path;
    struct route route;
} path_routes[] = {
    {STR_INIT("/0000-00-00/"), {GUARD_ORIGIN, to_lambda}},
    {STR_INIT("/restapis"), {GUARD_ORIGIN, absent_control}},
    {STR_INIT("/v2/apis"), {GUARD_ORIGIN, absent_control}},
    {STR_INIT("/apikeys"), {GUARD_ORIGIN, absent_control}},
    {STR_INIT("/usageplans"), {GUARD_ORIGIN, absent_control}},
};

static const struct route api_route = {GUARD_HOST, to_api};
static const struct route dynamodb_route = {GUARD_NONE, to_dynamodb};
static const struct route unknown_route = {GUARD_ORIGIN, unknown};

static bool path_fits(struct str path, struct str pattern)
{
    if (path.len < pattern.len)
        return false;
    for (size_t i = 0; i < pattern.len; i++) {
        bool digit = path.ptr[i] >= '0' && path.ptr[i] <= '9';
        if (pattern.ptr[i] == '0' ? !digit : path.ptr[i] != pattern.ptr[i])
            return false;
    }
    return true;
}

/* An API by its own address, on either listener: {api}.execute-api..., or LocalStack's path. */
static bool is_api_address(const struct http_request *request)
{
    struct str host = {NULL, 0};

    if (str_starts_with(request->path, STR("/restapis/")) &&
        str_find(request->path, STR("/_user_request_")) < request->path.len)
        return true;
    return http_request_header(request, STR("Host"), &host) &&
           str_find(host, STR(".execute-api.")) < host.len;
}

/* The row of X-Amz-Target, or NULL. */
static const struct route *route_target(const struct http_request *request)
{
    struct str target;

    if (!http_request_header(request, STR("X-Amz-Target"), &target))
        return NULL;
    for (size_t i = 0; i < ARRAY_LEN(target_routes); i++) {
        if (str_starts_with(target, target_routes[i].target))
            return &target_routes[i].route;
    }
    return NULL;
}

static const struct route *route_aws(const struct http_request *request)
{
    const struct route *by_target = route_target(request);

    if (by_target != NULL)
        return by_target;
    for (size_t i = 0; i < ARRAY_LEN(path_routes); i++) {
        if (path_fits(request->path, path_routes[i].path))
            return is_api_address(request) ? &api_route : &path_routes[i].route;
    }
    if (is_api_address(request))
        return &api_route;
    return str_eq(request->path, STR("/")) ? &dynamodb_route : &unknown_route;
}

static const struct route *route_of(const struct http_request *request)
{
    /* DynamoDB answers 404 to what is none of its own, as on its own host. */
    if (request->listener == HTTP_LISTENER_DYNAMODB)
        return &dynamodb_route;
    if (str_starts_with(request->path, STR("/_squall"))) {
        for (size_t i = 0; i < ARRAY_LEN(own_routes); i++) {
            if (own_routes[i].exact ? str_eq(request->path, own_routes[i].path)
                                    : str_starts_with(request->path, own_routes[i].path))
                return &own_routes[i].route;
        }
    }
    return request->listener == HTTP_LISTENER_API ? &api_route : route_aws(request);
}

void router_handle(void *state, struct http_exchange *exchange)
{
    const struct router *router = state;
    const struct http_request *request = &exchange->request;
    const struct route *route = route_of(request);
    struct str host;

    if (route->guard != GUARD_NONE && http_request_header(request, STR("Host"), &host) &&
        !host_is_ours(host, router->host)) {
        answer_error(exchange, 403, STR("ForbiddenException"), STR("{\"message\":\"Forbidden\"}"));
        return;
    }
    if (route->guard == GUARD_ORIGIN && origin_is_foreign(request)) {
        answer_error(
            exchange, 403, STR("ForbiddenException"),
            STR("{\"message\":\"Forbidden: a page of another origin may not call this\"}"));
        return;
    }
    /* API Gateway answers in its own form; the others never see such a body. */
    if (request->body_too_long && route != &api_route)
        body_too_long(exchange, route->handle == to_dynamodb);
    else
        route->handle(router, exchange);
}
