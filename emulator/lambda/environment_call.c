/*
 * One call, from its event to its answer. Whoever takes env->invocation away (claim()) is the one
 * who answers: the environment's thread, the deadline's timer, or the service when it stops.
 */
#include "environment_call.h"

#include "crash.h"
#include "errors.h"
#include "route.h"

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

/* ---- giving the environment back ---- */

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
    call_log_init_failed(env, (int64_t)LAMBDA_INIT_MS_MAX * NS_PER_MS, "init", "timeout", NULL);
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
    call_answer_timeout(env, invocation);
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
    call_fill_head(env, invocation);
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

    call_log_line(env, line, length);
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
    call_note_memory(env);
    call_answer(env, invocation, duration_ns);
    return duration_ns;
}

/* Holds a cold start up to what the profile says it takes there. */
static int64_t init_duration_ns(struct execution_environment *env, int64_t measured_ns)
{
    double sampled_ms =
        env->service->latency == NULL ? -1 : latency_init_ms(env->service->latency, &env->rng);

    return sampled_ms < 0 ? measured_ns : (int64_t)(sampled_ms * 1e6);
}

static bool run_init(struct execution_environment *env)
{
    int64_t before_ns = now_ns(env);

    call_log_init_start(env);
    if (!arm_deadline(env, before_ns + (int64_t)LAMBDA_INIT_MS_MAX * NS_PER_MS, true))
        env_fail(env, "Runtime.Unknown", "No memory for a timer");
    crash_note(env->context.function_name, env->call.request_id);
    bool ok = env->kind->init(env);
    crash_note(NULL, NULL);
    int64_t took_ns = now_ns(env) - before_ns;
    env->call.init_ns = init_duration_ns(env, took_ns);
    env->initialised = ok;
    call_note_memory(env);
    if (!ok)
        call_log_init_failed(env, took_ns, "init", "error", env->call.error_type);
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
    if (env->trace.segments == NULL || env->trace.count == 0) /* none, or it died in between */
        return measured_ns;
    duration_ns = call_modelled_ns(env);
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
    call_note_memory(env);
    route_note_call(invocation->route_history, measured_ns - env->call.queued_ns);
    int64_t duration_ns = settle(env, measured_ns, &hold_until);
    if (env->call.status != NULL && strcmp(env->call.status, "timeout") == 0)
        call_answer_timeout(env, invocation);
    else
        call_answer(env, invocation, duration_ns);
    if (hold_until > now_ns(env))
        hold(env, invocation, hold_until);
    else
        finish(env, invocation);
}

/* An environment that ended while it was idle begins anew: a cold start. */
static void check_alive(struct execution_environment *env)
{
    if (!env->initialised || env->kind->is_alive(env))
        return;
    env->kind->shutdown(env);
    env->initialised = false;
    env->call.cold = true;
}

void env_run_call(struct execution_environment *env)
{
    int64_t started_ns = 0, ended_ns = 0;

    check_alive(env);
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
        call_trace_begin(env);
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
