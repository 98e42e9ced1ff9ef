/*
 * The gateway: APIs by id and stage, and the order of a request's steps.
 */
#include "gateway.h"

#include "base/log.h"

/* Named by their place in a definition: x-amazon-apigateway-integration.type. */
static const struct integration_type types[] = {
    {STR_INIT("aws"), true, integration_aws_run},
    {STR_INIT("aws_proxy"), true, integration_aws_proxy_run},
    {STR_INIT("mock"), false, integration_mock_run},
    {STR_INIT("http"), false, NULL},
    {STR_INIT("http_proxy"), false, NULL},
};

const struct integration_type *integration_type_find(struct str name)
{
    for (size_t i = 0; i < ARRAY_LEN(types); i++) {
        if (str_eq_nocase(types[i].name, name))
            return &types[i];
    }
    return NULL;
}

static void expire(struct timeout *timeout);

bool api_gateway_new(const struct api_gateway_options *options, struct api_gateway **ret,
                     struct aws_error *err)
{
    struct api_gateway *gateway = calloc(1, sizeof(*gateway));

    if (gateway == NULL)
        return aws_fail(err, &error_out_of_memory, "no memory for API Gateway");
    gateway->region = options->region;
    gateway->account_id = options->account_id;
    gateway->clock = options->clock;
    gateway->seed = options->seed;
    gateway->lambda = options->lambda;
    if (!timeouts_start(&gateway->timeouts, options->clock, expire, err)) {
        api_gateway_free(gateway);
        return false;
    }
    *ret = gateway;
    return true;
}

void api_gateway_free(struct api_gateway *gateway)
{
    if (gateway == NULL)
        return;
    timeouts_stop(&gateway->timeouts);
    while (gateway->apis != NULL) {
        struct rest_api *api = gateway->apis;
        gateway->apis = api->next;
        rest_api_free(api);
    }
    free(gateway);
}

bool api_gateway_import(struct api_gateway *gateway, struct str api_id, struct str name,
                        struct str stage, const struct json_value *definition,
                        struct aws_error *err)
{
    struct rest_api **last = &gateway->apis;
    struct rest_api *api = NULL;

    for (; *last != NULL; last = &(*last)->next) {
        if (str_eq((*last)->id, api_id) && str_eq((*last)->stage, stage))
            return aws_fail(err, &api_bad_request, "API '%.*s' has a stage '%.*s' already",
                            STR_ARG(api_id), STR_ARG(stage));
    }
    if (!rest_api_import(api_id, name, stage, gateway->seed, definition, &api, err))
        return false;
    *last = api; /* in the order of their coming, which is the order of looking */
    return true;
}

/* --- which API ------------------------------------------------------------------------------ */

/* Cuts "/{wanted}" off the front of `path`, where it stands alone; `path` may begin with more than
 * one slash. */
static bool cut_segment(struct str path, struct str wanted, struct str *ret)
{
    size_t slashes = 0;

    while (slashes < path.len && path.ptr[slashes] == '/')
        slashes++;
    struct str rest = str_slice(path, slashes, path.len);
    if (slashes == 0 || !str_starts_with(rest, wanted))
        return false;
    rest = str_slice(rest, wanted.len, rest.len);
    if (rest.len > 0 && rest.ptr[0] != '/')
        return false;
    *ret = rest.len == 0 ? STR("/") : rest;
    return true;
}

/* /restapis/{api}/{stage}/_user_request_/{path} */
static enum gateway_error match_by_path(struct gateway_call *call, struct str path)
{
    const struct http_request *request = &call->exchange->request;

    for (struct rest_api *api = call->gateway->apis; api != NULL; api = api->next) {
        struct str rest = path;
        if (!cut_segment(rest, api->id, &rest) || !cut_segment(rest, api->stage, &rest) ||
            !cut_segment(rest, STR("_user_request_"), &rest))
            continue;
        return route_match(api, request->method, rest, &call->match) ? GATEWAY_ERROR_COUNT
                                                                     : MISSING_AUTHENTICATION_TOKEN;
    }
    return FORBIDDEN;
}

/* {api}.execute-api.HOST/{stage}/{path} */
static enum gateway_error match_by_host(struct gateway_call *call, struct str api_id)
{
    const struct http_request *request = &call->exchange->request;
    struct str rest;

    for (struct rest_api *api = call->gateway->apis; api != NULL; api = api->next) {
        if (!str_eq_nocase(api->id, api_id) || !cut_segment(request->path, api->stage, &rest))
            continue;
        return route_match(api, request->method, rest, &call->match) ? GATEWAY_ERROR_COUNT
                                                                     : MISSING_AUTHENTICATION_TOKEN;
    }
    return FORBIDDEN;
}

/* /{stage}/{path} of the first API that has it, else /{path}. */
static enum gateway_error match_any(struct gateway_call *call)
{
    const struct http_request *request = &call->exchange->request;
    struct str rest;

    for (struct rest_api *api = call->gateway->apis; api != NULL; api = api->next) {
        if (cut_segment(request->path, api->stage, &rest) &&
            route_match(api, request->method, rest, &call->match))
            return GATEWAY_ERROR_COUNT;
    }
    for (struct rest_api *api = call->gateway->apis; api != NULL; api = api->next) {
        if (route_match(api, request->method, request->path, &call->match))
            return GATEWAY_ERROR_COUNT;
    }
    return MISSING_AUTHENTICATION_TOKEN;
}

/* GATEWAY_ERROR_COUNT: there is one. */
static enum gateway_error match(struct gateway_call *call)
{
    const struct http_request *request = &call->exchange->request;
    struct str host = {NULL, 0}, rest;

    if (cut_segment(request->path, STR("restapis"), &rest) &&
        str_find(rest, STR("/_user_request_")) < rest.len)
        return match_by_path(call, rest);
    if (http_request_header(request, STR("Host"), &host)) {
        size_t mark = str_find(host, STR(".execute-api."));
        if (mark < host.len)
            return match_by_host(call, str_slice(host, 0, mark));
    }
    return match_any(call);
}

/* --- one request ---------------------------------------------------------------------------- */

static char *add_text(char *at, const char *text, size_t length)
{
    memcpy(at, text, length);
    return at + length;
}

static char *add_random(char *at, struct rng *rng, size_t digits)
{
    hex_random(rng, digits, at); /* its NUL is overwritten or is the end */
    return at + digits;
}

/* The client's Root where it sent one, or NULL. */
static const char *given_root(const struct http_request *request, size_t *ret_length)
{
    struct str given;

    if (!http_request_header(request, STR("X-Amzn-Trace-Id"), &given) ||
        !str_starts_with(given, STR("Root=")))
        return NULL;
    *ret_length = str_find_char(given, ';');
    return *ret_length <= TRACE_ROOT_MAX ? given.ptr : NULL;
}

/* "Root=1-{epoch, 8 hex}-{24 hex}"; by hand, since every request pays for it. */
static void make_trace(struct gateway_call *call)
{
    static const char digits[] = "0123456789abcdef";
    int64_t seconds = clock_wall_ms(call->gateway->clock) / 1000;
    struct rng *rng = call->exchange->rng;
    size_t length = 0;
    const char *given = given_root(&call->exchange->request, &length);
    char *at = call->trace_id;

    if (given != NULL) {
        at = add_text(at, given, length);
    } else {
        at = add_text(at, "Root=1-", 7);
        for (int shift = 28; shift >= 0; shift -= 4)
            *at++ = digits[(seconds >> shift) & 15];
        *at++ = '-';
        at = add_random(at, rng, 24);
    }
    call->trace_root_length = (size_t)(at - call->trace_id);
    at = add_text(at, ";Parent=", 8);
    at = add_random(at, rng, 16);
    at = add_text(at, ";Sampled=0", 11); /* with its NUL */
    call->trace_id_length = (size_t)(at - call->trace_id) - 1;
}

/* Eleven bytes in the URL-safe Base64 alphabet, as the service's own look. */
static void make_apigw_id(struct rng *rng, char ret[APIGW_ID_BYTES])
{
    static const char alphabet[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    uint64_t bits = 0;

    for (size_t i = 0; i < APIGW_ID_BYTES - 2; i++) {
        if (i % 10 == 0)
            bits = rng_next(rng);
        ret[i] = alphabet[bits & 63];
        bits >>= 6;
    }
    ret[APIGW_ID_BYTES - 2] = '=';
    ret[APIGW_ID_BYTES - 1] = '\0';
}

void api_gateway_handle_http(void *state, struct http_exchange *exchange)
{
    struct api_gateway *gateway = state;
    struct gateway_call *call = (struct gateway_call *)(void *)arena_alloc_text(
        exchange->arena, sizeof(*call)); /* every member is set before it is read */

    atomic_fetch_add_explicit(&gateway->count, 1, memory_order_relaxed);
    if (call == NULL) { /* the target alone filled the arena */
        exchange->response.status = 500;
        http_exchange_finish(exchange);
        return;
    }
    call->gateway = gateway;
    call->exchange = exchange;
    uuid_v4(exchange->rng, call->request_id);
    make_apigw_id(exchange->rng, call->apigw_id);
    make_trace(call);
    enum gateway_error refusal = exchange->request.body_too_long ? REQUEST_TOO_LARGE : match(call);
    if (refusal != GATEWAY_ERROR_COUNT)
        call_fail(call, refusal);
    else if (call->match.method->integration.type->run == NULL)
        call_fail_because(call, "integrations of type %.*s are not part of this version",
                          STR_ARG(call->match.method->integration.type->name));
    else
        call->match.method->integration.type->run(call);
}

/* --- calling a function --------------------------------------------------------------------- */

static void expire(struct timeout *timeout)
{
    struct gateway_call *call =
        (struct gateway_call *)(void *)((char *)timeout - offsetof(struct gateway_call, timeout));
    struct http_response instead = {0};

    call_fill_error(call, INTEGRATION_TIMEOUT, &instead);
    if (!http_exchange_expire(call->exchange, &instead))
        log_error("no memory to answer a call whose integration took too long");
}

static void will_wait(struct invocation *invocation)
{
    struct gateway_call *call = invocation->caller;

    call->waits = true;
    http_exchange_suspend(call->exchange);
    timeouts_add(&call->gateway->timeouts, &call->timeout,
                 call->match.method->integration.timeout_ms);
}

static void invocation_done(struct invocation *invocation)
{
    struct gateway_call *call = invocation->caller;

    if (call->waits && !timeouts_remove(&call->gateway->timeouts, &call->timeout))
        http_exchange_finish(call->exchange); /* answered 504: only given back */
    else
        call->done(call);
}

void call_invoke(struct gateway_call *call, struct str event, bool asynchronous,
                 void (*done)(struct gateway_call *call))
{
    call->done = done;
    call->waits = false;
    call->invocation = (struct invocation){
        .function = call->match.method->integration.function,
        .event = event,
        .asynchronous = asynchronous,
        .trace_id = {call->trace_id, call->trace_root_length},
        .arena = call->exchange->arena,
        .route_history = &call->match.method->route_history,
        .caller = call,
        .will_wait = will_wait,
        .done = invocation_done,
    };
    lambda_invoke(call->gateway->lambda, &call->invocation);
}

/* --- what is there -------------------------------------------------------------------------- */

struct listing {
    const struct rest_api *api;
    void *context;
    void (*each)(void *context, struct str method, struct str stage, struct str path,
                 struct str integration);
};

/* A function's name, or the integration's type. */
static struct str integration_name(const struct integration *integration)
{
    struct str name = integration->function, before = name;

    if (name.len == 0)
        return integration->type->name;
    while (before.len > 0) {
        struct str part = str_split(&before, ':');
        if (str_eq(part, STR("function")))
            return str_slice(before, 0, str_find_char(before, ':'));
    }
    return name;
}

static void list_below(const struct listing *listing, const struct resource *resource)
{
    for (const struct method *method = resource->methods; method != NULL; method = method->next)
        listing->each(listing->context, method->http_method, listing->api->stage, resource->path,
                      integration_name(&method->integration));
    for (const struct resource *child = resource->children; child != NULL; child = child->next)
        list_below(listing, child);
}

void api_gateway_list(struct api_gateway *gateway, void *context,
                      void (*each)(void *context, struct str method, struct str stage,
                                   struct str path, struct str integration))
{
    for (const struct rest_api *api = gateway->apis; api != NULL; api = api->next)
        list_below(&(struct listing){api, context, each}, &api->root);
}

void api_gateway_count(struct api_gateway *gateway, struct api_gateway_counters *ret)
{
    ret->count = atomic_load_explicit(&gateway->count, memory_order_relaxed);
    ret->errors_4xx = atomic_load_explicit(&gateway->errors_4xx, memory_order_relaxed);
    ret->errors_5xx = atomic_load_explicit(&gateway->errors_5xx, memory_order_relaxed);
}
