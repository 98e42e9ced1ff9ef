/*
 * One call, from its event to its answer. Whoever takes env->invocation away (claim()) is the one
 * who answers: the environment's thread, the deadline's timer, or the service when it stops.
 */
#include "environment_call.h"

#include <math.h>
#include <time.h>

#include "base/base64.h"
#include "crash.h"
#include "errors.h"
#include "route.h"

#define MS(ms) ((int64_t)((ms)*1e6))

static struct execution_environment *env_of(struct timer *timer)
{
    return (struct execution_environment *)(void *)((char *)timer -
                                                    offsetof(struct execution_environment, timer));
}

static struct invocation *claim(struct execution_environment *env)
{
    (void)pthread_mutex_lock(&env->lock);
    struct invocation *invocation = env->invocation;
    env->invocation = NULL;
    (void)pthread_mutex_unlock(&env->lock);
    return invocation;
}

static int64_t now_ns(const struct execution_environment *env)
{
    return clock_monotonic_ns(env->service->clock);
}

static int64_t thread_cpu_ns(void)
{
    struct timespec now;

    if (clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now) != 0)
        return 0;
    return (int64_t)now.tv_sec * NS_PER_S + now.tv_nsec;
}

/* ---- the log ---- */

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

static void log_line(struct execution_environment *env, const char *line, size_t length)
{
    env_log_bytes(env, (struct str){line, length});
}

static void log_init_start(struct execution_environment *env)
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

static void log_init_failed(struct execution_environment *env, int64_t init_ns, const char *phase,
                            const char *status, const char *error_type)
{
    char line[REPORT_BYTES];

    log_line(env, line, report_init_line(line, init_ns, phase, status, error_type));
}

/*
 * END and REPORT; then the call's whole text goes to the function's log. After a time-out the
 * handler may still be writing to env->call: only what was set before it began is read here.
 */
static void log_report(struct execution_environment *env, int64_t duration_ns, const char *status,
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

static void log_tail(struct execution_environment *env, struct invocation *invocation)
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

/* ---- the call's traces of CPU and waiting ---- */

static bool is_measured(const struct lambda_service *service)
{
    return service->cpu == CPU_MODEL || service->latency != NULL;
}

/* Without a CPU model the time between the waits is what the clock on the wall says. */
static int64_t trace_clock_ns(const struct execution_environment *env)
{
    return env->service->cpu == CPU_MODEL ? thread_cpu_ns() : now_ns(env);
}

static void trace_begin(struct execution_environment *env)
{
    struct env_trace *trace = &env->trace;

    trace->count = 0;
    trace->segments = NULL;
    if (!is_measured(env->service))
        return;
    trace->segments = arena_alloc_array(env->arena, TRACE_SEGMENTS_MAX, sizeof(struct cpu_segment));
    trace->cpu_mark_ns = trace_clock_ns(env);
}

/* Past the last segment the rest adds to it. */
static struct cpu_segment *next_segment(struct env_trace *trace)
{
    if (trace->count < TRACE_SEGMENTS_MAX)
        trace->count++;
    return &trace->segments[trace->count - 1];
}

void env_trace_pause(struct execution_environment *env)
{
    struct env_trace *trace = &env->trace;

    if (trace->segments == NULL)
        return;
    int64_t used_ns = trace_clock_ns(env) - trace->cpu_mark_ns;
    next_segment(trace)->cpu_ms += used_ns > 0 ? (double)used_ns / 1e6 : 0;
}

void env_trace_resume(struct execution_environment *env, double wait_ms)
{
    struct env_trace *trace = &env->trace;

    if (trace->segments == NULL)
        return;
    trace->segments[trace->count - 1].wait_ms += wait_ms;
    trace->cpu_mark_ns = trace_clock_ns(env);
}

/* How long the call lasts where the model's function runs. */
static int64_t modelled_ns(struct execution_environment *env)
{
    const struct lambda_service *service = env->service;
    const struct env_trace *trace = &env->trace;
    int64_t memory_mb = env->version->config.memory_mb;

    /* With the model off, CPU segments are wall time already: a whole CPU's worth. */
    if (service->cpu != CPU_MODEL)
        memory_mb = LAMBDA_MEMORY_MB_MAX;
    double phase_ms = rng_unit(&env->rng) * CPU_PERIOD_MS;
    cpu_account_init(&env->cpu_account, memory_mb, phase_ms);
    return MS(service->cpu_model->run(memory_mb, &env->cpu_account, trace->segments, trace->count));
}

/* ---- the answer ---- */

static void note_memory(struct execution_environment *env)
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

static void fill_head(const struct execution_environment *env, struct invocation *invocation)
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
        log_line(env, line, (size_t)length);
}

static void answer_timeout(struct execution_environment *env, struct invocation *invocation)
{
    fill_head(env, invocation);
    fill_timeout(env, invocation);
    log_timeout(env);
    log_report(env, env->version->config.timeout_s * NS_PER_S, "timeout", NULL);
    log_tail(env, invocation);
}

static void answer(struct execution_environment *env, struct invocation *invocation,
                   int64_t duration_ns)
{
    fill_head(env, invocation);
    fill_payload(env, invocation);
    log_report(env, duration_ns, env->call.status, env->call.error_type);
    log_tail(env, invocation);
}

static void count_call_locked(struct lambda_service *service, bool failed, bool in_place)
{
    service->counters.invocations++;
    service->counters.errors += failed;
    service->counters.in_place += in_place;
}

void env_release(struct execution_environment *env)
{
    struct lambda_service *service = env->service;
    struct function_version *version = env->version;

    (void)pthread_mutex_lock(&service->lock);
    count_call_locked(service, env->call.failed, env->call.in_place);
    service->in_flight--;
    version->function->in_flight--;
    if (version->retired || service->stopping || env->call.env_ends) {
        env_shutdown_locked(env);
    } else {
        env_set_state_locked(env, ENV_IDLE);
        env->idle_since_ns = env->call.deadline_ns - version->config.timeout_s * NS_PER_S;
        env->next_idle = version->idle;
        version->idle = env;
    }
    if (service->stopping)
        (void)pthread_cond_broadcast(&service->changed);
    (void)pthread_mutex_unlock(&service->lock);
}

/* ---- the deadline ---- */

static void set_lost(struct execution_environment *env)
{
    struct lambda_service *service = env->service;

    (void)pthread_mutex_lock(&service->lock);
    count_call_locked(service, true, false);
    service->in_flight--;
    env->version->function->in_flight--;
    service->lost++;
    env_set_state_locked(env, ENV_LOST);
    (void)pthread_cond_broadcast(&service->changed);
    (void)pthread_mutex_unlock(&service->lock);
}

/* The init phase has its own limit; past it the init goes on under the function's time-out. */
static bool leave_init_phase(struct execution_environment *env)
{
    (void)pthread_mutex_lock(&env->lock);
    bool in_init = env->in_init && env->invocation != NULL;
    env->in_init = false;
    (void)pthread_mutex_unlock(&env->lock);
    if (!in_init)
        return false;
    log_init_failed(env, (int64_t)LAMBDA_INIT_MS_MAX * NS_PER_MS, "init", "timeout", NULL);
    return timers_arm(env->service->timers, &env->timer,
                      now_ns(env) + env->version->config.timeout_s * NS_PER_S);
}

static void on_deadline(struct execution_environment *env)
{
    if (leave_init_phase(env))
        return;
    struct invocation *invocation = claim(env);
    if (invocation == NULL)
        return;
    answer_timeout(env, invocation);
    env->kind->interrupt(env);
    set_lost(env);
    invocation->done(invocation);
}

static bool arm_deadline(struct execution_environment *env, int64_t due_ns, bool in_init)
{
    (void)pthread_mutex_lock(&env->lock);
    env->in_init = in_init;
    (void)pthread_mutex_unlock(&env->lock);
    return timers_arm(env->service->timers, &env->timer, due_ns);
}

/* ---- held answers ---- */

static void finish(struct execution_environment *env, struct invocation *invocation)
{
    env_release(env); /* first, so that the caller's next request finds it idle */
    invocation->done(invocation);
}

static void on_modelled_end(struct execution_environment *env)
{
    struct invocation *invocation = claim(env);

    if (invocation != NULL)
        finish(env, invocation);
}

void env_on_timer(struct timer *timer)
{
    struct execution_environment *env = env_of(timer);

    (void)pthread_mutex_lock(&env->lock);
    bool holding = env->holding;
    (void)pthread_mutex_unlock(&env->lock);
    if (holding)
        on_modelled_end(env);
    else
        on_deadline(env);
}

/* The answer is ready, and waits for its time. */
static void hold(struct execution_environment *env, struct invocation *invocation, int64_t until_ns)
{
    (void)pthread_mutex_lock(&env->service->lock);
    bool stopping = env->service->stopping;
    if (!stopping)
        env_set_state_locked(env, ENV_HELD);
    (void)pthread_mutex_unlock(&env->service->lock);
    (void)pthread_mutex_lock(&env->lock);
    env->invocation = invocation;
    env->holding = true;
    (void)pthread_mutex_unlock(&env->lock);
    if (stopping || !timers_arm(env->service->timers, &env->timer, until_ns))
        on_modelled_end(env);
}

struct invocation *env_claim(struct execution_environment *env)
{
    return claim(env);
}

void env_abandon(struct execution_environment *env, struct invocation *invocation)
{
    (void)pthread_mutex_lock(&env->service->lock);
    bool held = env->state == ENV_HELD;
    (void)pthread_mutex_unlock(&env->service->lock);
    if (held) {
        finish(env, invocation);
        return;
    }
    fill_head(env, invocation);
    (void)aws_fail(&invocation->error, &lambda_service_exception,
                   "The emulator was stopped before the function returned.");
    env->kind->interrupt(env);
    set_lost(env); /* from here on its thread may end */
    invocation->done(invocation);
}

/* ---- running ---- */

static void begin_log(struct execution_environment *env)
{
    char line[REPORT_BYTES];
    size_t length = report_start_line(line, env->call.request_id, env->version->number_text);

    log_line(env, line, length);
}

bool env_prepare(struct execution_environment *env, struct invocation *invocation, bool in_place)
{
    struct env_call *call = &env->call;
    struct arena *arena = env->arena;
    struct str arn = env->version->function->arn;

    arena_reset(arena);
    *call = (struct env_call){.cold = !env->initialised, .in_place = in_place};
    uuid_v4(&env->rng, call->request_id);
    call->answers = in_place ? invocation->arena : arena;
    call->event = invocation->event.len == 0 ? STR("{}") : invocation->event;
    call->client_context = invocation->client_context;
    call->trace_id = invocation->trace_id;
    call->arn = arn.ptr;
    if (invocation->qualifier.len > 0) {
        arn = str_printf(arena, "%.*s:%.*s", STR_ARG(arn), STR_ARG(invocation->qualifier));
        call->arn = arn.ptr;
    }
    /* On a thread the handler may outlive the request, and with it the event. */
    return call->arn != NULL &&
           (in_place || (str_copy(arena, call->event, &call->event) &&
                         str_copy(arena, call->client_context, &call->client_context) &&
                         str_copy(arena, call->trace_id, &call->trace_id)));
}

static void set_times(struct execution_environment *env, int64_t started_ns)
{
    env->call.started_ns = started_ns;
    env->call.deadline_ns = started_ns + env->version->config.timeout_s * NS_PER_S;
}

static void run_handler(struct execution_environment *env)
{
    env->context.aws_request_id = env->call.request_id;
    env->context.invoked_function_arn = env->call.arn;
    crash_note(env->context.function_name, env->call.request_id);
    env->kind->handle(env);
    crash_note(NULL, NULL);
}

int64_t env_run_in_place(struct execution_environment *env, struct invocation *invocation)
{
    int64_t started_ns = now_ns(env);

    route_sample(started_ns);
    set_times(env, started_ns);
    env->log.written = 0;
    begin_log(env);
    run_handler(env);
    int64_t duration_ns = now_ns(env) - started_ns;
    note_memory(env);
    answer(env, invocation, duration_ns);
    return duration_ns;
}

/* Holds a cold start up to what the profile says it takes there. */
static int64_t init_duration_ns(struct execution_environment *env, int64_t measured_ns)
{
    double sampled_ms =
        env->service->latency == NULL ? -1 : latency_init_ms(env->service->latency, &env->rng);

    return sampled_ms < 0 ? measured_ns : MS(sampled_ms);
}

static bool run_init(struct execution_environment *env)
{
    int64_t before_ns = now_ns(env);

    log_init_start(env);
    if (!arm_deadline(env, before_ns + (int64_t)LAMBDA_INIT_MS_MAX * NS_PER_MS, true))
        env_fail(env, "Runtime.Unknown", "No memory for a timer");
    crash_note(env->context.function_name, env->call.request_id);
    bool ok = env->kind->init(env);
    crash_note(NULL, NULL);
    int64_t took_ns = now_ns(env) - before_ns;
    env->call.init_ns = init_duration_ns(env, took_ns);
    env->initialised = ok;
    if (!ok)
        log_init_failed(env, took_ns, "init", "error", env->call.error_type);
    return ok;
}

/* False when the environment was lost during its init. */
static bool set_busy(struct execution_environment *env)
{
    (void)pthread_mutex_lock(&env->service->lock);
    bool lost = env->state == ENV_LOST;
    if (env->state == ENV_INIT)
        env_set_state_locked(env, ENV_BUSY);
    (void)pthread_mutex_unlock(&env->service->lock);
    return !lost;
}

/* Never to be used again: its caller has been answered meanwhile. */
static void end_lost(struct execution_environment *env)
{
    (void)pthread_mutex_lock(&env->lock);
    env->stopping = true;
    (void)pthread_mutex_unlock(&env->lock);
}

/* What the report says, and until when the answer waits (0: it goes at once). */
static int64_t settle(struct execution_environment *env, int64_t measured_ns, int64_t *hold_until)
{
    struct env_call *call = &env->call;
    int64_t duration_ns = measured_ns;
    int64_t timeout_ns = env->version->config.timeout_s * NS_PER_S;

    *hold_until = 0;
    if (env->trace.segments == NULL)
        return measured_ns;
    duration_ns = modelled_ns(env);
    if (env->service->cpu != CPU_MODEL && duration_ns < measured_ns)
        duration_ns = measured_ns;
    if (duration_ns > timeout_ns) {
        duration_ns = timeout_ns;
        call->status = "timeout";
        call->error_type = NULL;
        call->failed = call->env_ends = true;
    }
    *hold_until = call->started_ns + duration_ns;
    /* A cold start that was faster here than there delays the whole. */
    if (call->cold && env->service->latency != NULL)
        *hold_until += call->init_ns;
    return duration_ns;
}

static void complete(struct execution_environment *env, int64_t measured_ns)
{
    int64_t hold_until = 0;
    struct invocation *invocation = claim(env);

    (void)timers_cancel(env->service->timers, &env->timer);
    if (invocation == NULL) {
        end_lost(env);
        return;
    }
    note_memory(env);
    route_note_call(invocation->route_history, measured_ns);
    int64_t duration_ns = settle(env, measured_ns, &hold_until);
    if (env->call.status != NULL && strcmp(env->call.status, "timeout") == 0)
        answer_timeout(env, invocation);
    else
        answer(env, invocation, duration_ns);
    if (hold_until > now_ns(env))
        hold(env, invocation, hold_until);
    else
        finish(env, invocation);
}

void env_run_call(struct execution_environment *env)
{
    int64_t started_ns = 0, ended_ns = 0;
    bool ok = env->initialised || run_init(env);

    if (!set_busy(env)) {
        end_lost(env);
        return;
    }
    started_ns = now_ns(env);
    (void)pthread_mutex_lock(&env->lock);
    set_times(env, started_ns);
    (void)pthread_mutex_unlock(&env->lock);
    begin_log(env);
    if (ok && arm_deadline(env, env->call.deadline_ns, false)) {
        trace_begin(env);
        run_handler(env);
        ended_ns = now_ns(env);
    } else {
        ended_ns = started_ns;
        env->call.env_ends = true;
    }
    complete(env, ended_ns - started_ns);
}

void env_start(struct execution_environment *env, struct invocation *invocation)
{
    (void)pthread_mutex_lock(&env->lock);
    env->invocation = invocation;
    env->has_call = true;
    env->holding = false;
    env->log.written = 0;
    (void)pthread_cond_signal(&env->wake);
    (void)pthread_mutex_unlock(&env->lock);
}
