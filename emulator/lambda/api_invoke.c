/* Invoke and the old InvokeAsync: headers to an invocation, and its result to headers. */
#include "api.h"

#include "base/base64.h"
#include "errors.h"

struct pending {
    struct invocation invocation; /* first */
    struct api_call *call;
};

static void suspend(struct invocation *invocation)
{
    struct pending *pending = invocation->caller;

    http_exchange_suspend(pending->call->exchange);
}

/* As X-Ray names a request that is not traced. */
static struct str trace_header(struct api_call *call)
{
    char root[25], parent[17], lineage[9];
    struct lambda_service *service = call->service;

    (void)pthread_mutex_lock(&service->lock);
    hex_random(&service->rng, 24, root);
    hex_random(&service->rng, 16, parent);
    hex_random(&service->rng, 8, lineage);
    (void)pthread_mutex_unlock(&service->lock);
    return str_printf(call->arena, "Root=1-%08llx-%s;Parent=%s;Sampled=0;Lineage=1:%s:0",
                      (unsigned long long)(clock_wall_ms(service->clock) / 1000), root, parent,
                      lineage);
}

static void add_result_headers(struct http_response *response, const struct invocation *invocation)
{
    http_response_header(response, STR("X-Amz-Executed-Version"), invocation->executed_version);
    if (invocation->function_error)
        http_response_header(response, STR("X-Amz-Function-Error"), STR("Unhandled"));
    if (invocation->log_tail)
        http_response_header(response, STR("X-Amz-Log-Result"), invocation->log_result);
}

static void finish(struct invocation *invocation)
{
    struct pending *pending = invocation->caller;
    struct api_call *call = pending->call;
    struct http_response *response = &call->exchange->response;
    bool synchronous = !invocation->asynchronous && !invocation->dry_run;

    if (invocation->error.kind != NULL) {
        api_send_error(call, &invocation->error);
        return;
    }
    response->status = invocation->dry_run ? 204 : invocation->asynchronous ? 202 : 200;
    http_response_header(response, STR("Content-Type"), STR("application/json"));
    http_response_header(response, STR("x-amzn-RequestId"), str_from_c(invocation->request_id));
    http_response_header(response, STR("x-amzn-Remapped-Content-Length"), STR("0"));
    if (synchronous)
        add_result_headers(response, invocation);
    http_response_header(response, STR("X-Amzn-Trace-Id"), trace_header(call));
    response->body = synchronous ? invocation->payload : STR("");
    http_exchange_finish(call->exchange);
}

static bool read_type(const struct api_call *call, struct invocation *invocation,
                      struct aws_error *err)
{
    struct str type = STR("RequestResponse"), log = STR("None");

    (void)http_request_header(&call->exchange->request, STR("X-Amz-Invocation-Type"), &type);
    (void)http_request_header(&call->exchange->request, STR("X-Amz-Log-Type"), &log);
    invocation->asynchronous = str_eq(type, STR("Event"));
    invocation->dry_run = str_eq(type, STR("DryRun"));
    invocation->log_tail = str_eq(log, STR("Tail"));
    if (!invocation->asynchronous && !invocation->dry_run && !str_eq(type, STR("RequestResponse")))
        return aws_fail(err, &lambda_validation,
                        "1 validation error detected: Value '%.*s' at 'invocationType' failed to "
                        "satisfy constraint: Member must satisfy enum value set: [Event, "
                        "RequestResponse, DryRun]",
                        STR_ARG(type));
    if (!invocation->log_tail && !str_eq(log, STR("None")))
        return aws_fail(err, &lambda_validation,
                        "1 validation error detected: Value '%.*s' at 'logType' failed to satisfy "
                        "constraint: Member must satisfy enum value set: [None, Tail]",
                        STR_ARG(log));
    return true;
}

static bool read_client_context(const struct api_call *call, struct invocation *invocation,
                                struct aws_error *err)
{
    struct str text = {0};

    if (!http_request_header(&call->exchange->request, STR("X-Amz-Client-Context"), &text))
        return true;
    if (text.len > LAMBDA_CLIENT_CONTEXT_BYTES)
        return aws_fail(err, &lambda_invalid_request_content,
                        "Client context must be less than or equal to %d bytes",
                        LAMBDA_CLIENT_CONTEXT_BYTES);
    if (!base64_decode(call->arena, text, &invocation->client_context) ||
        !json_is_valid(invocation->client_context, NULL))
        return aws_fail(err, &lambda_invalid_request_content,
                        "Client context must be a valid Base64-encoded JSON object.");
    return true;
}

/* One history a function; two that share one are judged together. */
static uint32_t *history_of(const struct api_call *call)
{
    uint32_t hash = 2166136261U;

    for (size_t i = 0; i < call->function_text.len; i++)
        hash = (hash ^ (unsigned char)call->function_text.ptr[i]) * 16777619U;
    return &call->service->route_histories[hash % ROUTE_HISTORIES];
}

void api_invoke(struct api_call *call, bool old_form)
{
    struct pending *pending = arena_alloc(call->arena, sizeof(*pending));
    struct aws_error err = {0};

    if (pending == NULL) {
        (void)aws_fail(&err, &lambda_service_exception, "out of memory");
        api_send_error(call, &err);
        return;
    }
    struct invocation *invocation = &pending->invocation;
    pending->call = call;
    *invocation = (struct invocation){
        .function = call->target.name,
        .qualifier = call->target.qualifier,
        .event = call->exchange->request.body,
        .arena = call->arena,
        .route_history = history_of(call),
        .caller = pending,
        .will_wait = suspend,
        .done = finish,
    };
    (void)http_request_header(&call->exchange->request, STR("X-Amzn-Trace-Id"),
                              &invocation->trace_id);
    if (!read_type(call, invocation, &err) || !read_client_context(call, invocation, &err)) {
        api_send_error(call, &err);
        return;
    }
    invocation->asynchronous = invocation->asynchronous || old_form;
    lambda_invoke(call->service, invocation);
}
