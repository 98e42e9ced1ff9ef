#include "../test.h"

#include <math.h>

#include "cpu_model.h"

#define assert_near(actual, expected, tolerance)                                                   \
    do {                                                                                           \
        double actual_value = (actual), expected_value = (expected);                               \
        if (fabs(actual_value - expected_value) > (tolerance))                                     \
            fail_msg("%.6f is not near %.6f", actual_value, expected_value);                       \
    } while (0)

/* The mean over start phases, as a run of many calls shows it. */
static double mean_ms(const char *name, int64_t memory_mb, double cpu_ms, double wait_ms)
{
    const struct cpu_model *model = cpu_model_find(name);
    const struct cpu_segment segment = {cpu_ms, wait_ms};
    double sum = 0;
    enum { PHASES = 400 };

    for (int i = 0; i < PHASES; i++) {
        struct cpu_account account;
        cpu_account_init(&account, memory_mb, CPU_PERIOD_MS * i / PHASES);
        sum += model->run(memory_mb, &account, &segment, 1);
    }
    return sum / PHASES;
}

static void a_whole_cpu_takes_nothing_away(void **state)
{
    static const char *const names[] = {"fluid", "token", "kernel"};

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        assert_near(mean_ms(names[i], 1769, 17.3, 5), 22.3, 1e-9);
        assert_near(mean_ms(names[i], 10240, 17.3, 5), 22.3, 1e-9);
    }
    assert_null(cpu_model_find("nobody"));
}

static void fluid_is_proportional(void **state)
{
    (void)state;
    assert_near(mean_ms("fluid", 884, 10, 3), 10 * 1769.0 / 884 + 3, 1e-9);
    assert_near(cpu_quota_ms(128), 1.447, 0.001);
}

static void token_follows_a_hand_worked_call(void **state)
{
    /* 177 MB: 2.001 ms a period. */
    static const struct {
        double phase_ms, cpu_ms, wait_ms, total_ms;
    } rows[] = {
        {0, 1.0, 0, 1.0},    /* below the quota: bursts are free */
        {0, 2.5, 0, 20.499}, /* the rest of the period is waited for */
        {19, 2.5, 0, 2.5},   /* 1 ms before the refill, the rest behind it */
        {0, 1.0, 30, 31.0},  /* waiting costs nothing */
        {10, 10, 0, 71.995}, /* 10 ms to the refill, three whole periods, the rest */
    };
    const struct cpu_model *model = cpu_model_find("token");

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        const struct cpu_segment segment = {rows[i].cpu_ms, rows[i].wait_ms};
        struct cpu_account account;
        cpu_account_init(&account, 177, rows[i].phase_ms);
        double total = model->run(177, &account, &segment, 1);
        if (fabs(total - rows[i].total_ms) > 0.01)
            fail_msg("row %zu: %.4f ms is not %.4f", i, total, rows[i].total_ms);
    }
}

static void waiting_segments_refill_the_bucket(void **state)
{
    const struct cpu_segment many[] = {{1.4, 20}, {1.4, 20}, {1.4, 20}, {1.4, 20}};
    const struct cpu_model *model = cpu_model_find("token");
    struct cpu_account account;

    (void)state;
    cpu_account_init(&account, 128, 0);
    assert_near(model->run(128, &account, many, ARRAY_LEN(many)), 4 * 21.4, 1e-9);
}

/*
 * A handler of 17.3 ms, as measured on AWS (arXiv 2506.01283): about 17 ms from 1400 MB, 21 at 743
 * to 1340, 41 at 520 to 700, 61 at 400 to 450, 221 at 128. The proportional model is off by a fifth
 * there; the aim is a mean error of 10 %.
 */
static void plateaus_of_periods_are_those_measured_on_aws(void **state)
{
    static const struct {
        int64_t memory_mb;
        double aws_ms;
    } rows[] = {{1500, 17.3}, {1100, 21}, {900, 21}, {600, 41}, {425, 61}, {128, 221}};
    static const struct {
        const char *model;
        double at_most;
    } bars[] = {{"token", 0.10}, {"kernel", 0.13}};

    (void)state;
    for (size_t bar = 0; bar < ARRAY_LEN(bars); bar++) {
        double error = 0;
        for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
            double ms = mean_ms(bars[bar].model, rows[i].memory_mb, 17.3, 0);
            error += fabs(ms - rows[i].aws_ms) / rows[i].aws_ms / ARRAY_LEN(rows);
        }
        if (error > bars[bar].at_most)
            fail_msg("%s: mean error %.3f", bars[bar].model, error);
    }
}

/* Throttled in the kernel's way: 4 ms on, then off until the debt is paid: 4 / 55 of the time. */
static void kernel_gives_a_spinning_thread_its_share_in_ticks(void **state)
{
    (void)state;
    double total = mean_ms("kernel", 128, 400, 0);
    assert_near(400 / total, 128 / 1769.0, 0.005);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_whole_cpu_takes_nothing_away),
        cmocka_unit_test(fluid_is_proportional),
        cmocka_unit_test(token_follows_a_hand_worked_call),
        cmocka_unit_test(waiting_segments_refill_the_bucket),
        cmocka_unit_test(plateaus_of_periods_are_those_measured_on_aws),
        cmocka_unit_test(kernel_gives_a_spinning_thread_its_share_in_ticks),
    };

    return cmocka_run_group_tests_name("lambda/cpu_model", tests, NULL, NULL);
}
