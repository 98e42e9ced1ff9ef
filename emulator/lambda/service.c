/* The service as a whole: birth, functions, end. */
#include "lambda/service.h"

#include "base/log.h"
#include "crash.h"
#include "environment.h"
#include "errors.h"
#include "function_name.h"
#include "invoke.h"

/* How often idle environments are looked at. */
#define REAP_EVERY_NS (30 * NS_PER_S)

/* The model that --cpu model uses; the others are for comparison. */
static const char cpu_model_name[] = "token";

/* A version that nobody finds any more: its idle environments end, the busy ones when they are
 * done. */
static void retire_version(void *state, struct function_version *version)
{
    (void)state;
    while (version->idle != NULL) {
        struct execution_environment *env = version->idle;
        version->idle = env->next_idle;
        env_shutdown_locked(env);
    }
}

static struct lambda_service *service_of(struct timer *timer)
{
    return (struct lambda_service *)(void *)((char *)timer -
                                             offsetof(struct lambda_service, reaper));
}

/* The stack's top is the warmest: behind the first that has idled too long all have. */
static void reap_version_locked(struct function_version *version, int64_t before_ns)
{
    struct execution_environment **at = &version->idle;

    while (*at != NULL && (*at)->idle_since_ns >= before_ns)
        at = &(*at)->next_idle;
    struct execution_environment *env = *at;
    *at = NULL;
    while (env != NULL) {
        struct execution_environment *next = env->next_idle;
        env_shutdown_locked(env);
        env = next;
    }
}

static void reap(struct timer *timer)
{
    struct lambda_service *service = service_of(timer);
    int64_t now_ns = clock_monotonic_ns(service->clock);
    int64_t before_ns = now_ns - LAMBDA_IDLE_S * NS_PER_S;

    (void)pthread_mutex_lock(&service->lock);
    for (struct lambda_function *function = service->store.functions; function != NULL;
         function = function->next) {
        reap_version_locked(function->latest, before_ns);
        for (struct function_version *version = function->published; version != NULL;
             version = version->next)
            reap_version_locked(version, before_ns);
    }
    (void)pthread_mutex_unlock(&service->lock);
    env_join_finished(service);
    if (!timers_arm(service->timers, timer, now_ns + REAP_EVERY_NS))
        log_error("no memory for a timer: idle environments stay");
}

static char *copy_text(struct str text)
{
    return text.len == 0 ? strdup("") : strndup(text.ptr, text.len);
}

static bool options_check(const struct lambda_service_options *options, struct aws_error *err)
{
    if (options->cpu == CPU_ENFORCE)
        return aws_fail(err, &error_environment,
                        "--cpu enforce is not part of this version; --cpu model holds answers "
                        "until their modelled end");
    return true;
}

bool lambda_service_new(const struct lambda_service_options *options, struct lambda_service **ret,
                        struct aws_error *err)
{
    struct lambda_service *service = NULL;
    struct latency_profile *latency = NULL;

    if (!options_check(options, err) ||
        (options->latency_file != NULL &&
         !latency_profile_load(options->latency_file, &latency, err)))
        return false;
    service = calloc(1, sizeof(*service));
    if (service == NULL) {
        latency_profile_free(latency);
        return aws_fail(err, &error_environment, "no memory for the Lambda service");
    }
    (void)pthread_mutex_init(&service->lock, NULL);
    (void)pthread_cond_init(&service->changed, NULL);
    rng_init(&service->rng, options->seed);
    service->clock = options->clock;
    service->dynamodb = options->dynamodb;
    service->latency = latency;
    service->cpu = options->cpu;
    service->cpu_model = cpu_model_find(cpu_model_name);
    service->isolate = options->isolate;
    service->aws_port = options->aws_port;
    service->region = copy_text(options->region);
    service->account_id = copy_text(options->account_id);
    if (options->dynamodb_endpoint != NULL)
        service->dynamodb_endpoint = strdup(options->dynamodb_endpoint);
    service->timers = timers_new(options->clock);
    service->reaper.fire = reap;
    if (service->region == NULL || service->account_id == NULL || service->timers == NULL) {
        lambda_service_free(service);
        return aws_fail(err, &error_environment, "no memory for the Lambda service");
    }
    service->store = (struct function_store){
        .region = str_from_c(service->region),
        .account_id = str_from_c(service->account_id),
        .clock = service->clock,
        .rng = &service->rng,
        .retire = retire_version,
    };
    if (!timers_arm(service->timers, &service->reaper,
                    clock_monotonic_ns(service->clock) + REAP_EVERY_NS)) {
        lambda_service_free(service);
        return aws_fail(err, &error_environment, "no thread for the Lambda service's timers");
    }
    crash_install();
    *ret = service;
    return true;
}

void lambda_service_set_aws_port(struct lambda_service *service, uint16_t port)
{
    service->aws_port = port;
}

static bool name_check(struct str name, struct aws_error *err)
{
    if (!function_name_is_plain(name))
        return aws_fail(err, &lambda_validation,
                        "1 validation error detected: Value '%.*s' at 'functionName' failed to "
                        "satisfy constraint: Member must satisfy regular expression pattern: "
                        "[a-zA-Z0-9-_]+",
                        STR_ARG(name));
    if (name.len > LAMBDA_FUNCTION_NAME_BYTES)
        return aws_fail(err, &lambda_invalid_parameter_value,
                        "1 validation error detected: Value '%.*s' at 'functionName' failed to "
                        "satisfy constraint: Member must have length less than or equal to %d",
                        STR_ARG(name), LAMBDA_FUNCTION_NAME_BYTES);
    return true;
}

static struct function_config config_of(const struct function_spec *spec)
{
    return (struct function_config){
        .handler = spec->handler,
        .runtime = spec->runtime.len == 0 ? STR("provided.al2023") : spec->runtime,
        .role =
            spec->role.len == 0 ? STR("arn:aws:iam::000000000000:role/lambda-role") : spec->role,
        .description = spec->description,
        .architecture = spec->architecture.len == 0 ? STR("x86_64") : spec->architecture,
        .memory_mb = spec->memory_mb == 0 ? LAMBDA_MEMORY_MB_MIN : spec->memory_mb,
        .timeout_s = spec->timeout_s == 0 ? 3 : spec->timeout_s,
        .environment = spec->environment,
        .environment_count = spec->environment_count,
    };
}

bool lambda_function_create(struct lambda_service *service, const struct function_spec *spec,
                            struct aws_error *err)
{
    struct function_config config = config_of(spec);
    struct function_code *code = NULL;
    struct lambda_function *function = NULL;

    if (!name_check(spec->name, err) || !config_check(&config, err) ||
        !code_new(spec->code, spec->name, service->isolate, &code, err))
        return false;
    (void)pthread_mutex_lock(&service->lock);
    bool ok = store_create(&service->store, spec->name, &config, code, &function, err);
    if (ok && spec->reserved_concurrency >= 0 &&
        !function_reserve(&service->store, function, spec->reserved_concurrency, err)) {
        function_delete(&service->store, function);
        code = NULL;
        ok = false;
    }
    (void)pthread_mutex_unlock(&service->lock);
    if (!ok)
        code_free(code);
    return ok;
}

/* Waits until nothing is in flight or the moment has come; answers what is still in flight. */
static int64_t wait_in_flight(struct lambda_service *service, int64_t until_wall_ns)
{
    struct timespec until = {.tv_sec = (time_t)(until_wall_ns / NS_PER_S),
                             .tv_nsec = (long)(until_wall_ns % NS_PER_S)};
    int result = 0;

    (void)pthread_mutex_lock(&service->lock);
    while (service->in_flight > 0 && result == 0)
        result = pthread_cond_timedwait(&service->changed, &service->lock, &until);
    int64_t left = service->in_flight;
    (void)pthread_mutex_unlock(&service->lock);
    return left;
}

/* Answers one call that still waits: held ones as they are, others with an error. */
static bool abandon_next(struct lambda_service *service, bool held_only)
{
    struct execution_environment *found = NULL;
    struct invocation *invocation = NULL;

    (void)pthread_mutex_lock(&service->lock);
    for (struct execution_environment *env = service->environments;
         env != NULL && invocation == NULL; env = env->next) {
        if (held_only && env->state != ENV_HELD)
            continue;
        invocation = env_claim(env);
        found = env;
    }
    (void)pthread_mutex_unlock(&service->lock);
    if (invocation == NULL)
        return false;
    env_abandon(found, invocation);
    return true;
}

static void shut_down_idle(struct lambda_service *service)
{
    (void)pthread_mutex_lock(&service->lock);
    for (struct execution_environment *env = service->environments; env != NULL; env = env->next) {
        if (env->state == ENV_IDLE)
            env_shutdown_locked(env);
    }
    for (struct lambda_function *function = service->store.functions; function != NULL;
         function = function->next) {
        function->latest->idle = NULL;
        for (struct function_version *version = function->published; version != NULL;
             version = version->next)
            version->idle = NULL;
    }
    (void)pthread_mutex_unlock(&service->lock);
}

/* Waits up to 50 ms for a change; answers how many environments there are, and how many are lost.
 */
static uint64_t wait_change(struct lambda_service *service, uint64_t enough, uint64_t *lost)
{
    int64_t until_ns = clock_wall_ns(clock_system()) + 50 * NS_PER_MS;
    struct timespec until = {.tv_sec = (time_t)(until_ns / NS_PER_S),
                             .tv_nsec = (long)(until_ns % NS_PER_S)};

    (void)pthread_mutex_lock(&service->lock);
    if (service->counters.environments > enough)
        (void)pthread_cond_timedwait(&service->changed, &service->lock, &until);
    uint64_t environments = service->counters.environments;
    *lost = (uint64_t)service->lost;
    (void)pthread_mutex_unlock(&service->lock);
    return environments;
}

/*
 * Until only lost environments are left; what starts in this moment is answered too. Those with a
 * process end soon after it was killed, and get a moment for it.
 */
static void wait_environments(struct lambda_service *service)
{
    uint64_t lost = 0, environments = 0;
    int moments = 4;

    do {
        while (abandon_next(service, false))
            continue;
        environments = wait_change(service, lost, &lost);
        if (environments <= lost)
            environments = moments-- > 0 && lost > 0 ? wait_change(service, 0, &lost) : 0;
    } while (environments > 0);
}

void lambda_service_stop(struct lambda_service *service, int64_t grace_ms)
{
    int64_t until_ns = clock_wall_ns(clock_system()) + grace_ms * NS_PER_MS;

    (void)timers_cancel(service->timers, &service->reaper);
    (void)pthread_mutex_lock(&service->lock);
    service->stopping = true;
    (void)pthread_mutex_unlock(&service->lock);
    while (abandon_next(service, true))
        continue;
    if (wait_in_flight(service, until_ns) > 0) {
        while (abandon_next(service, false))
            continue;
    }
    async_drop_all(service);
    shut_down_idle(service);
    wait_environments(service);
    env_join_finished(service);
}

void lambda_service_free(struct lambda_service *service)
{
    if (service == NULL)
        return;
    env_join_finished(service);
    (void)pthread_mutex_lock(&service->lock);
    bool in_use = service->counters.environments > 0;
    (void)pthread_mutex_unlock(&service->lock);
    /* A handler that never returned still uses all this: it goes with the process. */
    if (in_use)
        return;
    timers_free(service->timers);
    store_deinit(&service->store);
    latency_profile_free(service->latency);
    (void)pthread_cond_destroy(&service->changed);
    (void)pthread_mutex_destroy(&service->lock);
    free(service->dynamodb_endpoint);
    free(service->region);
    free(service->account_id);
    free(service);
}

void lambda_count(struct lambda_service *service, struct lambda_counters *ret)
{
    (void)pthread_mutex_lock(&service->lock);
    *ret = service->counters;
    (void)pthread_mutex_unlock(&service->lock);
}

bool lambda_log_read(struct lambda_service *service, struct str function, struct arena *arena,
                     struct str *ret, struct aws_error *err)
{
    (void)pthread_mutex_lock(&service->lock);
    const struct lambda_function *found = store_find(&service->store, function);
    bool ok = found != NULL;
    if (ok) {
        (void)pthread_mutex_lock(&found->log->lock);
        ok = log_ring_tail(&found->log->ring, FUNCTION_LOG_BYTES, arena, ret);
        (void)pthread_mutex_unlock(&found->log->lock);
        if (!ok)
            (void)aws_fail(err, &error_out_of_memory, "no memory for the log");
    } else {
        (void)aws_fail(err, &lambda_resource_not_found, "Function not found: %.*s",
                       STR_ARG(function));
    }
    (void)pthread_mutex_unlock(&service->lock);
    return ok;
}
