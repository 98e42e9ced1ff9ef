/* Figures: aws-lambda-power-tuning 4.4.0, run by hand; see ../../data/power-tuning/README.md. */
#include "../test.h"

#include <math.h>

#include "statistics.h"

static void a_trimmed_mean_is_the_tools_to_the_last_digit(void **state)
{
    static const struct {
        double values[11];
        size_t count;
        double discard, mean;
    } rows[] = {
        {{75.59, 48.82, 24.18, 2130.01, 18.21}, 5, 0.2, 49.53},
        {{38.54, 2809.16, 6.94, 25.81, 96.44}, 5, 0.25, 53.596666666666664},
        {{29.04, 17.76, 48.38, 2289.18, 95.99}, 5, 0.4, 48.38},
        {{82.33, 96.47, 5.97, 102.83, 84.77, 60.01, 25.33, 81.08, 24.07, 33.63, 71.37},
         11,
         0.2,
         62.645714285714284},
        {{3, 1, 2}, 3, 0, 2},
        {{3, 1, 2}, 3, 0.2, 2}, /* too few to leave one out */
        {{7}, 1, 0.4, 7},
        {{0}, 0, 0.2, 0},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        double values[11];
        memcpy(values, rows[i].values, sizeof(values));
        double mean = trimmed_mean(values, rows[i].count, rows[i].discard);
        if (mean != rows[i].mean)
            fail_msg("row %zu: %.20g is not %.20g", i, mean, rows[i].mean);
    }
}

/* Five runs; init of the first `cold` ones. Billed is ceil(duration + init). */
static struct size_statistics five_runs(const double *durations, double init, size_t cold,
                                        double discard)
{
    struct invocation_figures runs[5] = {0};
    struct size_statistics row;

    for (size_t i = 0; i < 5; i++) {
        runs[i].duration_ms = durations[i];
        runs[i].init_ms = i < cold ? init : 0;
        runs[i].billed_ms = ceil(durations[i] + runs[i].init_ms);
    }
    assert_true(statistics_of(runs, 5, 512, 2.1e-9, discard, &row));
    return row;
}

static void init_counts_before_the_trimming(void **state)
{
    static const double durations[] = {117.96, 122.6, 75.07, 141.5, 192.67};
    struct size_statistics row = five_runs(durations, 259.54, 1, 0.2);

    (void)state;
    assert_true(row.average_duration_ms == 152.25666666666666);
    assert_true(row.average_price == 0.0000012852000000000002);
    assert_true(row.total_cost == 0.0000076608);
    assert_int_equal(row.cold_starts, 1);
    assert_int_equal(row.runs, 5);
    assert_int_equal(row.memory_mb, 512);
}

static void cold_starts_alone_are_not_trimmed(void **state)
{
    static const double durations[] = {174.07, 133.18, 50.46, 3.66, 102.81};
    struct size_statistics row = five_runs(durations, 51.45, 5, 0);

    (void)state;
    assert_true(row.average_duration_ms == 144.286);
    assert_true(row.average_price == 0.000001218);
    assert_true(row.total_cost == 0.0000060816);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_trimmed_mean_is_the_tools_to_the_last_digit),
        cmocka_unit_test(init_counts_before_the_trimming),
        cmocka_unit_test(cold_starts_alone_are_not_trimmed),
    };

    return cmocka_run_group_tests_name("tuning/statistics", tests, NULL, NULL);
}
