/*
 * Shared objects: the handler is called on the environment's thread, or on an event thread that
 * borrows the environment, and reaches its host through the context's function table.
 */
#include "environment.h"

#include <math.h>
#include <time.h>

#include "route.h"

/* The context is the environment's first member. */
static struct execution_environment *env_of(struct lambda_context *context)
{
    return (struct execution_environment *)(void *)context;
}

static void *host_alloc(struct lambda_context *context, size_t bytes)
{
    return arena_alloc(env_of(context)->arena, bytes);
}

/* The first answer counts. One that does not fit into memory is told as too large. */
static void set_answer(struct lambda_context *context, const char *json, size_t length, bool failed)
{
    struct env_call *call = &env_of(context)->call;
    struct str text = {json, length};

    if (call->answered)
        return;
    call->answered = true;
    call->failed = failed;
    if (length > LAMBDA_PAYLOAD_BYTES || !str_copy(call->answers, text, &call->payload))
        call->payload = (struct str){json, (size_t)LAMBDA_PAYLOAD_BYTES + 1};
}

static void host_respond(struct lambda_context *context, const char *json, size_t length)
{
    set_answer(context, json, length, false);
}

static void host_fail(struct lambda_context *context, const char *json, size_t length,
                      const char *type)
{
    (void)type; /* in the payload already; the log's Error Type is for failures of the sandbox */
    set_answer(context, json, length, true);
}

static void host_log(struct lambda_context *context, const char *text, size_t length)
{
    env_log(env_of(context), (struct str){text, length});
}

/*
 * Really slept, also under the CPU model: what the function does after it must happen after it. In
 * place it holds up the event thread, once: the route runs on threads from then on.
 */
static void host_sleep_ms(struct lambda_context *context, int64_t ms)
{
    struct execution_environment *env = env_of(context);
    struct timespec left = {.tv_sec = (time_t)(ms / 1000), .tv_nsec = (long)(ms % 1000) * 1000000};

    if (ms <= 0)
        return;
    env->call.waited = true;
    env_trace_pause(env);
    while (nanosleep(&left, &left) != 0)
        continue;
    env_trace_resume(env, (double)ms);
}

static int64_t host_remaining_ms(struct lambda_context *context)
{
    struct execution_environment *env = env_of(context);
    int64_t left_ns = env->call.deadline_ns - clock_monotonic_ns(env->service->clock);

    return left_ns > 0 ? left_ns / NS_PER_MS : 0;
}

/*
 * The call itself. What it waits in our own room is its place in the writers' queue, which is short
 * while may_wait() says no; a network's time counts as the function's own.
 */
static void call_dynamodb(struct execution_environment *env, struct str operation,
                          struct str request, struct dynamodb_response *ret)
{
    const struct lambda_service *service = env->service;
    const struct dynamodb_client *client = service->dynamodb;
    bool here = client->may_wait != NULL;
    int64_t began_ns = here ? clock_monotonic_ns(service->clock) : 0;
    int64_t cpu_ns = here ? thread_cpu_ns() : 0;

    client->call(client->state, operation, request, str_from_c(service->region), env->arena, ret);
    if (!here)
        return;
    int64_t wall_ns = clock_monotonic_ns(service->clock) - began_ns;
    int64_t used_ns = thread_cpu_ns() - cpu_ns;
    if (wall_ns > used_ns)
        env->call.queued_ns += wall_ns - used_ns;
}

/* The emulator's own work in here is not the function's: it waits, as long as the profile says. */
static void host_dynamodb(struct lambda_context *context, const char *operation,
                          const char *request, size_t length, struct dynamodb_response *ret)
{
    struct execution_environment *env = env_of(context);
    const struct lambda_service *service = env->service;
    struct str name = str_from_c(operation);

    *ret = (struct dynamodb_response){.error_type = "EndpointConnectionError",
                                      .error_message = "No DynamoDB is configured"};
    if (service->dynamodb == NULL)
        return;
    env_trace_pause(env);
    int64_t before_ns = env->trace.segments == NULL ? 0 : clock_monotonic_ns(service->clock);
    call_dynamodb(env, name, (struct str){request, length}, ret);
    if (env->trace.segments == NULL)
        return;
    double wait_ms =
        service->latency == NULL ? -1 : latency_dynamodb_ms(service->latency, name, &env->rng);
    if (wait_ms < 0)
        wait_ms = (double)(clock_monotonic_ns(service->clock) - before_ns) / 1e6;
    env_trace_resume(env, wait_ms);
}

/* What Lambda sets itself, of that what makes sense within this process. */
static const char *runtime_variable(const struct execution_environment *env, struct str name)
{
    const struct {
        struct str name;
        const char *value;
    } rows[] = {
        {STR("AWS_REGION"), env->service->region},
        {STR("AWS_DEFAULT_REGION"), env->service->region},
        {STR("AWS_LAMBDA_FUNCTION_NAME"), env->context.function_name},
        {STR("AWS_LAMBDA_FUNCTION_VERSION"), env->context.function_version},
        {STR("AWS_LAMBDA_INITIALIZATION_TYPE"), "on-demand"},
        {STR("AWS_LAMBDA_LOG_GROUP_NAME"), env->context.log_group_name},
        {STR("AWS_LAMBDA_LOG_STREAM_NAME"), env->context.log_stream_name},
        {STR("LAMBDA_TASK_ROOT"), env->version->code->folder},
        {STR("_HANDLER"), env->version->config.handler.ptr},
    };

    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        if (str_eq(rows[i].name, name))
            return rows[i].value;
    }
    return NULL;
}

/* A configured variable; the version's text is NUL-terminated. */
static const char *host_environment(struct lambda_context *context, const char *name)
{
    const struct function_config *config = &env_of(context)->version->config;
    struct str wanted = str_from_c(name);

    for (size_t i = 0; i < config->environment_count; i++) {
        if (str_eq(config->environment[i].name, wanted))
            return config->environment[i].value.ptr;
    }
    return runtime_variable(env_of(context), wanted);
}

static const struct lambda_host host = {
    .alloc = host_alloc,
    .respond = host_respond,
    .fail = host_fail,
    .log = host_log,
    .sleep_ms = host_sleep_ms,
    .remaining_ms = host_remaining_ms,
    .dynamodb = host_dynamodb,
    .environment = host_environment,
};

static bool init(struct execution_environment *env)
{
    const struct lambda_handler *handler = env->version->code->handler;

    env->context.host = &host;
    env->context.aws_request_id = "";
    env->call.deadline_ns =
        clock_monotonic_ns(env->service->clock) + (int64_t)LAMBDA_INIT_MS_MAX * NS_PER_MS;
    if (handler->init == NULL || handler->init(&env->context, &env->handler_state))
        return true;
    /* What the same handler's bootstrap reports. */
    env->call.answered = env->call.failed = true;
    env->call.status = "error";
    env->call.error_type = "Runtime.InitError";
    env->call.payload = STR("{\"errorMessage\":\"the handler's init failed\","
                            "\"errorType\":\"Runtime.InitError\",\"stackTrace\":[]}");
    return false;
}

static void handle(struct execution_environment *env)
{
    env->version->code->handler->handle(env->handler_state, env->call.event.ptr,
                                        env->call.event.len, &env->context);
    env_trace_pause(env);
}

static void shutdown_handler(struct execution_environment *env)
{
    const struct lambda_handler *handler = env->version->code->handler;

    if (handler->shutdown != NULL)
        handler->shutdown(env->handler_state);
}

static bool is_alive(struct execution_environment *env)
{
    (void)env;
    return true;
}

/* A thread cannot be stopped from outside. */
static void interrupt(struct execution_environment *env)
{
    (void)env;
}

/*
 * What an in-process handler can be said to use for itself: the invocation's memory, the event and
 * the answer. Its own malloc() is the process's and not told apart.
 */
static int64_t max_memory_mb(struct execution_environment *env)
{
    const size_t mb = (size_t)1024 * 1024;
    size_t bytes = arena_bytes(env->arena) + env->call.payload.len;

    return (int64_t)((bytes + mb - 1) / mb);
}

const struct env_kind env_in_process = {
    .init = init,
    .handle = handle,
    .shutdown = shutdown_handler,
    .is_alive = is_alive,
    .interrupt = interrupt,
    .max_memory_mb = max_memory_mb,
};
