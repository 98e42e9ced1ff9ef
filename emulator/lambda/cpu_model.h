/*
 * Memory buys CPU: how long a call lasts under a function's share of a CPU, from what it did here.
 *
 * A call is a trace of segments, each some CPU time and then some waiting. Lambda gives a function
 * MB / 1769 of a vCPU; one thread never has more than one. The kernel's bandwidth control grants
 * it in periods of 20 ms, which short calls feel as steps.
 *
 * Pure: no clocks, no threads. Source: Lambda Developer Guide, "Configure Lambda function memory";
 * "Demystifying Serverless Costs on Public Platforms" (EuroSys 2026, arXiv 2506.01283), section on
 * CPU throttling.
 */
#ifndef LAMBDA_CPU_MODEL_H
#define LAMBDA_CPU_MODEL_H

#include "base/base.h"

#define CPU_PERIOD_MS         20.0
#define CPU_MB_PER_VCPU       1769.0
#define CPU_TICK_MS           4.0
#define CPU_SLICE_MS          5.0
#define CPU_KEPT_WHEN_IDLE_MS 1.0

struct cpu_segment {
    double cpu_ms;
    double wait_ms; /* after it */
};

/*
 * The state of one function's CPU account between calls, for the models that have one. `pool_ms` is
 * what is left of this period's quota, `local_ms` what the CPU has taken from it (below 0: debt).
 */
struct cpu_account {
    double phase_ms; /* time since the last refill, in [0, CPU_PERIOD_MS) */
    double pool_ms;
    double local_ms;
};

/* CPU ms that a period grants: 20 x MB / 1769. */
double cpu_quota_ms(int64_t memory_mb);
/* An account at the given phase that has not been used in this period. */
void cpu_account_init(struct cpu_account *account, int64_t memory_mb, double phase_ms);

/*
 * How long the trace lasts, in ms.
 *   fluid   CPU / share + wait
 *   token   each period grants the quota, cut exactly; what is left at its end is lost
 *   kernel  the completely fair scheduler's bandwidth control: time is accounted at ticks of 4 ms
 *           and at sleep, so a call overruns to the tick and pays the debt from later periods
 */
struct cpu_model {
    const char *name;
    double (*run)(int64_t memory_mb, struct cpu_account *account,
                  const struct cpu_segment *segments, size_t count);
};

/* NULL for a name that is no row. */
const struct cpu_model *cpu_model_find(const char *name);

#endif
