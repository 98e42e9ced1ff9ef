/* One call's trace of CPU and waiting, and how long the model says that it lasts. */
#include "environment_call.h"

#include <time.h>

static int64_t now_ns(const struct execution_environment *env)
{
    return clock_monotonic_ns(env->service->clock);
}

int64_t thread_cpu_ns(void)
{
    struct timespec now;

    if (clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now) != 0)
        return 0;
    return (int64_t)now.tv_sec * NS_PER_S + now.tv_nsec;
}

static bool is_measured(const struct lambda_service *service)
{
    return service->cpu == CPU_MODEL || service->latency != NULL;
}

/* Without a CPU model the time between the waits is what the clock on the wall says. */
static int64_t trace_clock_ns(const struct execution_environment *env)
{
    return env->service->cpu == CPU_MODEL ? thread_cpu_ns() : now_ns(env);
}

void call_trace_begin(struct execution_environment *env)
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
int64_t call_modelled_ns(struct execution_environment *env)
{
    const struct lambda_service *service = env->service;
    const struct env_trace *trace = &env->trace;
    int64_t memory_mb = env->version->config.memory_mb;

    /* With the model off, CPU segments are wall time already: a whole CPU's worth. */
    if (service->cpu != CPU_MODEL)
        memory_mb = LAMBDA_MEMORY_MB_MAX;
    double phase_ms = rng_unit(&env->rng) * CPU_PERIOD_MS;
    cpu_account_init(&env->cpu_account, memory_mb, phase_ms);
    double total_ms =
        service->cpu_model->run(memory_mb, &env->cpu_account, trace->segments, trace->count);
    return (int64_t)(total_ms * 1e6);
}
