/* The life of an environment: its thread, its states, its end. */
#include "environment.h"

#include <limits.h>
#include <signal.h>

#include "crash.h"
#include "environment_call.h"

/* A handler's stack: deep enough for parsers, small enough for a thousand environments. */
enum { ENV_STACK_BYTES = 512 * 1024 };

/* A pair that is not here is a bug: env_set_state_locked() asserts it. */
static const bool may_go[ENV_STATE_COUNT][ENV_STATE_COUNT] = {
    [ENV_INIT] = {[ENV_BUSY] = true, [ENV_LOST] = true, [ENV_SHUTDOWN] = true},
    [ENV_IDLE] = {[ENV_BUSY] = true, [ENV_SHUTDOWN] = true},
    [ENV_BUSY] = {[ENV_IDLE] = true, [ENV_HELD] = true, [ENV_LOST] = true, [ENV_SHUTDOWN] = true},
    [ENV_HELD] = {[ENV_IDLE] = true, [ENV_SHUTDOWN] = true},
    [ENV_LOST] = {[ENV_SHUTDOWN] = true},
};

bool env_may_go(enum env_state from, enum env_state to)
{
    return may_go[from][to];
}

void env_set_state_locked(struct execution_environment *env, enum env_state state)
{
    assert(env_may_go(env->state, state));
    env->state = state;
}

static void *env_main(void *argument);

/* Signals belong to the main thread: it decides when the process ends. */
static bool start_thread(struct execution_environment *env)
{
    pthread_attr_t attributes;
    sigset_t all, before;

    (void)sigfillset(&all);
    for (const int *fault = (const int[]){SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, 0}; *fault != 0;
         fault++)
        (void)sigdelset(&all, *fault);
    (void)pthread_attr_init(&attributes);
    (void)pthread_attr_setstacksize(&attributes, ENV_STACK_BYTES);
    (void)pthread_sigmask(SIG_SETMASK, &all, &before);
    bool ok = pthread_create(&env->thread, &attributes, env_main, env) == 0;
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    (void)pthread_attr_destroy(&attributes);
    return ok;
}

static void env_free(struct execution_environment *env)
{
    (void)pthread_cond_destroy(&env->wake);
    (void)pthread_mutex_destroy(&env->lock);
    arena_free(env->arena);
    free(env);
}

/* Today's date and random digits, as CloudWatch names streams. */
static void name_log_stream(struct execution_environment *env)
{
    char now[CLOCK_TEXT_BYTES], digits[33];

    clock_format_iso(clock_wall_ms(env->service->clock), now);
    hex_random(&env->rng, 32, digits);
    (void)snprintf(env->log_stream, sizeof(env->log_stream), "%.4s/%.2s/%.2s/[%s]%s", now, now + 5,
                   now + 8, env->version->number_text, digits);
    (void)snprintf(env->log_group, sizeof(env->log_group), "/aws/lambda/%.*s",
                   STR_ARG(env->version->function->name));
}

static void fill_context(struct execution_environment *env)
{
    struct lambda_context *context = &env->context;

    context->aws_request_id = "";
    context->function_name = env->version->function->name.ptr;
    context->function_version = env->version->number_text;
    context->invoked_function_arn = env->version->arn.ptr;
    context->log_group_name = env->log_group;
    context->log_stream_name = env->log_stream;
    context->memory_limit_mb = env->version->config.memory_mb;
}

static void link_locked(struct lambda_service *service, struct execution_environment *env)
{
    env->next = service->environments;
    env->link = &service->environments;
    if (env->next != NULL)
        env->next->link = &env->next;
    service->environments = env;
    service->counters.environments++;
}

static void unlink_locked(struct execution_environment *env)
{
    *env->link = env->next;
    if (env->next != NULL)
        env->next->link = env->link;
    env->service->counters.environments--;
}

struct execution_environment *env_new(struct lambda_service *service,
                                      struct function_version *version)
{
    struct execution_environment *env = calloc(1, sizeof(*env));

    if (env == NULL)
        return NULL;
    env->service = service;
    env->version = version;
    env->kind = version->code->kind == CODE_BOOTSTRAP ? &env_in_child : &env_in_process;
    env->state = ENV_INIT;
    env->timer.fire = env_on_timer;
    env->log = (struct log_ring){env->log_bytes, sizeof(env->log_bytes), 0};
    env->arena = arena_new(LAMBDA_INVOCATION_BYTES);
    (void)pthread_mutex_init(&env->lock, NULL);
    (void)pthread_cond_init(&env->wake, NULL);
    (void)pthread_mutex_lock(&service->lock);
    env->rng = rng_fork(&service->rng);
    link_locked(service, env);
    (void)pthread_mutex_unlock(&service->lock);
    name_log_stream(env);
    fill_context(env);
    if (env->arena != NULL && start_thread(env))
        return env;
    (void)pthread_mutex_lock(&service->lock);
    unlink_locked(env);
    (void)pthread_mutex_unlock(&service->lock);
    env_free(env);
    return NULL;
}

/* False when the environment is to end. */
static bool wait_for_call(struct execution_environment *env)
{
    (void)pthread_mutex_lock(&env->lock);
    while (!env->has_call && !env->stopping)
        (void)pthread_cond_wait(&env->wake, &env->lock);
    bool has_call = env->has_call;
    env->has_call = false;
    (void)pthread_mutex_unlock(&env->lock);
    return has_call;
}

/* The last steps of the thread: from here on only env_join_finished() knows the environment. */
static void leave(struct execution_environment *env)
{
    struct lambda_service *service = env->service;

    (void)timers_cancel(service->timers, &env->timer);
    (void)pthread_mutex_lock(&service->lock);
    /* Whoever claimed the call is about to call the environment lost. */
    while (env->state == ENV_BUSY || env->state == ENV_INIT)
        (void)pthread_cond_wait(&service->changed, &service->lock);
    if (env->state == ENV_LOST) {
        service->lost--;
        env_set_state_locked(env, ENV_SHUTDOWN);
    }
    assert(env->state == ENV_SHUTDOWN);
    unlink_locked(env);
    version_release(env->version);
    env->next = service->finished;
    service->finished = env;
    (void)pthread_cond_broadcast(&service->changed);
    (void)pthread_mutex_unlock(&service->lock);
}

static void *env_main(void *argument)
{
    struct execution_environment *env = argument;
    void *crash_stack = malloc(CRASH_STACK_BYTES);

    if (crash_stack != NULL)
        crash_thread_stack(crash_stack);
    while (wait_for_call(env))
        env_run_call(env);
    if (env->initialised)
        env->kind->shutdown(env);
    if (crash_stack != NULL)
        crash_thread_stack(NULL);
    free(crash_stack);
    leave(env);
    return NULL;
}

/* Takes the environment's lock second, as service_state.h says. */
void env_shutdown_locked(struct execution_environment *env)
{
    env_set_state_locked(env, ENV_SHUTDOWN);
    (void)pthread_mutex_lock(&env->lock);
    env->stopping = true;
    (void)pthread_cond_signal(&env->wake);
    (void)pthread_mutex_unlock(&env->lock);
}

void env_join_finished(struct lambda_service *service)
{
    (void)pthread_mutex_lock(&service->lock);
    struct execution_environment *env = service->finished;
    service->finished = NULL;
    (void)pthread_mutex_unlock(&service->lock);
    while (env != NULL) {
        struct execution_environment *next = env->next;
        (void)pthread_join(env->thread, NULL);
        env_free(env);
        env = next;
    }
}

void env_discard(struct execution_environment *env)
{
    struct lambda_service *service = env->service;

    (void)pthread_mutex_lock(&service->lock);
    service->in_flight--;
    env->version->function->in_flight--;
    env_shutdown_locked(env);
    (void)pthread_mutex_unlock(&service->lock);
}
