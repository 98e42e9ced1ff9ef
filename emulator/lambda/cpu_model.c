#include "cpu_model.h"

#include <math.h>

double cpu_quota_ms(int64_t memory_mb)
{
    return CPU_PERIOD_MS * (double)memory_mb / CPU_MB_PER_VCPU;
}

void cpu_account_init(struct cpu_account *account, int64_t memory_mb, double phase_ms)
{
    *account = (struct cpu_account){.phase_ms = phase_ms, .pool_ms = cpu_quota_ms(memory_mb)};
}

/* One thread has a whole CPU at most: from 1769 MB on nothing is taken away. */
static bool is_unthrottled(int64_t memory_mb)
{
    return (double)memory_mb >= CPU_MB_PER_VCPU;
}

static double sum_ms(const struct cpu_segment *segments, size_t count)
{
    double sum = 0;

    for (size_t i = 0; i < count; i++)
        sum += segments[i].cpu_ms + segments[i].wait_ms;
    return sum;
}

static double run_fluid(int64_t memory_mb, struct cpu_account *account,
                        const struct cpu_segment *segments, size_t count)
{
    double share = is_unthrottled(memory_mb) ? 1.0 : (double)memory_mb / CPU_MB_PER_VCPU;
    double sum = 0;

    (void)account;
    for (size_t i = 0; i < count; i++)
        sum += segments[i].cpu_ms / share + segments[i].wait_ms;
    return sum;
}

/* Time passes without running; each refill on the way fills the bucket anew. */
static void token_wait(struct cpu_account *account, double quota_ms, double wait_ms)
{
    double phase = account->phase_ms + wait_ms;

    if (phase >= CPU_PERIOD_MS) {
        account->pool_ms = quota_ms;
        phase = fmod(phase, CPU_PERIOD_MS);
    }
    account->phase_ms = phase;
}

static double token_burn(struct cpu_account *account, double quota_ms, double cpu_ms)
{
    double took = 0;

    while (cpu_ms > 0) {
        double to_refill = CPU_PERIOD_MS - account->phase_ms;
        double part = fmin(cpu_ms, fmin(account->pool_ms, to_refill));
        cpu_ms -= part;
        took += part;
        account->pool_ms -= part;
        account->phase_ms += part;
        if (cpu_ms <= 0)
            break;
        took += CPU_PERIOD_MS - account->phase_ms;
        account->phase_ms = 0;
        account->pool_ms = quota_ms;
    }
    return took;
}

/* A refill pays the CPU's debt first; the rest is the pool until the next one. */
static void kernel_refill(struct cpu_account *account, double quota_ms)
{
    account->pool_ms = quota_ms;
    if (account->local_ms < 0) {
        double paid = fmin(-account->local_ms, account->pool_ms);
        account->local_ms += paid;
        account->pool_ms -= paid;
    }
}

/* The CPU fills up to a slice from the pool; false: it is throttled until a refill. */
static bool kernel_take_slice(struct cpu_account *account)
{
    if (account->local_ms <= 0) {
        double part = fmin(CPU_SLICE_MS - account->local_ms, account->pool_ms);
        account->local_ms += part;
        account->pool_ms -= part;
    }
    return account->local_ms > 0;
}

/* Runs to the next tick or to the end of the burst; only there is the time accounted. */
static double kernel_run_to_tick(struct cpu_account *account, double cpu_ms)
{
    double to_tick = CPU_TICK_MS - fmod(account->phase_ms, CPU_TICK_MS);
    double part = fmin(cpu_ms, to_tick);

    account->local_ms -= part;
    account->phase_ms += part;
    return part;
}

static double kernel_sleep_to_refill(struct cpu_account *account, double quota_ms)
{
    double slept = CPU_PERIOD_MS - account->phase_ms;

    account->phase_ms = 0;
    kernel_refill(account, quota_ms);
    return slept;
}

static double kernel_burn(struct cpu_account *account, double quota_ms, double cpu_ms)
{
    const double nothing = 1e-9; /* what rounding leaves of a burst */
    double took = 0;

    while (cpu_ms > nothing) {
        if (!kernel_take_slice(account)) {
            took += kernel_sleep_to_refill(account, quota_ms);
            continue;
        }
        double part = kernel_run_to_tick(account, cpu_ms);
        cpu_ms -= part;
        took += part;
        if (account->phase_ms >= CPU_PERIOD_MS - nothing) {
            account->phase_ms = 0;
            kernel_refill(account, quota_ms);
        }
    }
    return took;
}

/* Asleep: the CPU keeps at most 1 ms and gives the rest back; refills still pay debts. */
static void kernel_wait(struct cpu_account *account, double quota_ms, double wait_ms)
{
    if (wait_ms <= 0)
        return;
    if (account->local_ms > CPU_KEPT_WHEN_IDLE_MS) {
        account->pool_ms += account->local_ms - CPU_KEPT_WHEN_IDLE_MS;
        account->local_ms = CPU_KEPT_WHEN_IDLE_MS;
    }
    while (account->phase_ms + wait_ms >= CPU_PERIOD_MS) {
        wait_ms -= kernel_sleep_to_refill(account, quota_ms);
        if (account->local_ms >= 0) {
            /* Nothing is left to pay: further refills change nothing but the phase. */
            wait_ms = fmod(wait_ms, CPU_PERIOD_MS);
        }
    }
    account->phase_ms += wait_ms;
}

/* How a model spends its quota on running, which answers how long that took, and on waiting. */
struct bucket {
    double (*burn)(struct cpu_account *account, double quota_ms, double cpu_ms);
    void (*wait)(struct cpu_account *account, double quota_ms, double wait_ms);
};

static double run_bucket(const struct bucket *bucket, int64_t memory_mb,
                         struct cpu_account *account, const struct cpu_segment *segments,
                         size_t count)
{
    double quota = cpu_quota_ms(memory_mb);
    double sum = 0;

    if (is_unthrottled(memory_mb))
        return sum_ms(segments, count);
    for (size_t i = 0; i < count; i++) {
        sum += bucket->burn(account, quota, segments[i].cpu_ms) + segments[i].wait_ms;
        bucket->wait(account, quota, segments[i].wait_ms);
    }
    return sum;
}

static double run_token(int64_t memory_mb, struct cpu_account *account,
                        const struct cpu_segment *segments, size_t count)
{
    static const struct bucket token = {token_burn, token_wait};

    return run_bucket(&token, memory_mb, account, segments, count);
}

static double run_kernel(int64_t memory_mb, struct cpu_account *account,
                         const struct cpu_segment *segments, size_t count)
{
    static const struct bucket kernel = {kernel_burn, kernel_wait};

    return run_bucket(&kernel, memory_mb, account, segments, count);
}

static const struct cpu_model models[] = {
    {"fluid", run_fluid},
    {"token", run_token},
    {"kernel", run_kernel},
};

const struct cpu_model *cpu_model_find(const char *name)
{
    for (size_t i = 0; i < ARRAY_LEN(models); i++) {
        if (strcmp(models[i].name, name) == 0)
            return &models[i];
    }
    return NULL;
}
