/* What one call writes into the logs. */
#include "environment_call.h"

#include "base/base64.h"

void env_log(struct execution_environment *env, struct str text)
{
    if (text.len == 0)
        return;
    (void)pthread_mutex_lock(&env->lock);
    log_ring_add(&env->log, text);
    if (text.ptr[text.len - 1] != '\n')
        log_ring_add(&env->log, STR("\n"));
    (void)pthread_mutex_unlock(&env->lock);
}

void env_log_bytes(struct execution_environment *env, struct str text)
{
    (void)pthread_mutex_lock(&env->lock);
    log_ring_add(&env->log, text);
    (void)pthread_mutex_unlock(&env->lock);
}

void call_log_line(struct execution_environment *env, const char *line, size_t length)
{
    env_log_bytes(env, (struct str){line, length});
}

void call_log_init_start(struct execution_environment *env)
{
    char line[REPORT_BYTES];
    int length = snprintf(line, sizeof(line),
                          "INIT_START Runtime Version: %.*s\tRuntime Version ARN: "
                          "arn:aws:lambda:%s::runtime:%.*s\n",
                          STR_ARG(env->version->config.runtime), env->service->region,
                          STR_ARG(env->version->config.runtime));

    if (length > 0 && length < (int)sizeof(line))
        function_log_add(env->version->function->log, &(struct str){line, (size_t)length}, 1);
}

void call_log_init_failed(struct execution_environment *env, int64_t init_ns, const char *phase,
                          const char *status, const char *error_type)
{
    char line[REPORT_BYTES];

    call_log_line(env, line, report_init_line(line, init_ns, phase, status, error_type));
}

/*
 * END and REPORT; then the call's whole text goes to the function's log. After a time-out the
 * handler may still be writing to env->call: only what was set before it began is read here.
 */
void call_log_report(struct execution_environment *env, int64_t duration_ns, const char *status,
                     const char *error_type)
{
    const struct env_call *call = &env->call;
    char lines[2 * REPORT_BYTES];
    size_t length = report_end_line(lines, call->request_id);
    struct report report = {
        .request_id = call->request_id,
        .duration_ns = duration_ns,
        .init_ns = call->cold ? call->init_ns : -1,
        .memory_mb = env->version->config.memory_mb,
        .status = status,
        .error_type = error_type,
    };
    struct str parts[2];

    (void)pthread_mutex_lock(&env->lock);
    report.max_memory_mb = env->max_memory_mb;
    length += report_line(lines + length, &report);
    log_ring_add(&env->log, (struct str){lines, length});
    log_ring_parts(&env->log, parts);
    function_log_add(env->version->function->log, parts, ARRAY_LEN(parts));
    (void)pthread_mutex_unlock(&env->lock);
}

void call_log_tail(struct execution_environment *env, struct invocation *invocation)
{
    struct str tail = {0};

    if (!invocation->log_tail)
        return;
    (void)pthread_mutex_lock(&env->lock);
    bool ok = log_ring_tail(&env->log, LAMBDA_LOG_TAIL_BYTES, invocation->arena, &tail);
    (void)pthread_mutex_unlock(&env->lock);
    if (!ok || !base64_encode(invocation->arena, tail, &invocation->log_result))
        invocation->log_result = STR("");
}
