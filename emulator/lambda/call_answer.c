/* From what a call left in its environment to what its caller gets. */
#include "environment_call.h"

#include "errors.h"

void call_note_memory(struct execution_environment *env)
{
    int64_t used_mb = env->kind->max_memory_mb(env);

    (void)pthread_mutex_lock(&env->lock);
    if (used_mb > env->max_memory_mb)
        env->max_memory_mb = used_mb;
    (void)pthread_mutex_unlock(&env->lock);
}

void env_fail(struct execution_environment *env, const char *error_type, const char *text)
{
    struct env_call *call = &env->call;

    call->answered = call->failed = true;
    call->status = "error";
    call->error_type = error_type;
    call->payload = str_printf(
        env->arena, "{\"errorType\":\"%s\",\"errorMessage\":\"RequestId: %s Error: %s\"}",
        error_type, call->request_id, text);
}

void call_fill_head(const struct execution_environment *env, struct invocation *invocation)
{
    memcpy(invocation->request_id, env->call.request_id, sizeof(env->call.request_id));
    if (env->version->number == 0)
        invocation->executed_version = STR("$LATEST");
    else if (!str_copy(invocation->arena, str_from_c(env->version->number_text),
                       &invocation->executed_version))
        invocation->executed_version = STR("");
}

static void fill_payload(struct execution_environment *env, struct invocation *invocation)
{
    const struct env_call *call = &env->call;

    invocation->function_error = call->failed;
    invocation->payload = STR("null");
    if (!call->answered)
        return;
    if (call->payload.len > LAMBDA_PAYLOAD_BYTES) {
        invocation->function_error = true;
        invocation->payload =
            STR("{\"errorMessage\":\"Response payload size exceeded maximum allowed payload size "
                "(6291556 bytes).\",\"errorType\":\"Function.ResponseSizeTooLarge\"}");
    } else if (call->in_place) {
        invocation->payload = call->payload;
    } else if (!str_copy(invocation->arena, call->payload, &invocation->payload)) {
        (void)aws_fail(&invocation->error, &lambda_service_exception,
                       "The answer does not fit into this request's memory");
    }
}

/* "3.00 seconds" in the words that Lambda has for it. */
static void fill_timeout(struct execution_environment *env, struct invocation *invocation)
{
    int64_t timeout_s = env->version->config.timeout_s;

    invocation->function_error = true;
    invocation->payload = str_printf(
        invocation->arena,
        "{\"errorType\":\"Sandbox.Timedout\",\"errorMessage\":\"RequestId: %s Error: Task timed "
        "out after %lld.00 seconds\"}",
        env->call.request_id, (long long)timeout_s);
}

static void log_timeout(struct execution_environment *env)
{
    char now[CLOCK_TEXT_BYTES], line[REPORT_BYTES];

    clock_format_iso(clock_wall_ms(env->service->clock), now);
    int length = snprintf(line, sizeof(line), "%s %s Task timed out after %lld.00 seconds\n\n", now,
                          env->call.request_id, (long long)env->version->config.timeout_s);
    if (length > 0 && length < (int)sizeof(line))
        call_log_line(env, line, (size_t)length);
}

void call_answer_timeout(struct execution_environment *env, struct invocation *invocation)
{
    call_fill_head(env, invocation);
    fill_timeout(env, invocation);
    log_timeout(env);
    call_log_report(env, env->version->config.timeout_s * NS_PER_S, "timeout", NULL);
    call_log_tail(env, invocation);
}

void call_answer(struct execution_environment *env, struct invocation *invocation,
                 int64_t duration_ns)
{
    call_fill_head(env, invocation);
    fill_payload(env, invocation);
    call_log_report(env, duration_ns, env->call.status, env->call.error_type);
    call_log_tail(env, invocation);
}
