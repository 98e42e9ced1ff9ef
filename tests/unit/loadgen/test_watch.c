#include "../test.h"

#include "loadgen/watch.h"

#include "base/clock.h"

/* A loop that is busy throughout is the limit, however idle the others are. */
static void one_busy_loop_is_the_limit(void **state)
{
    struct generator sum = {0};
    struct generator idle = {.threads = 1, .cpu_s = 1, .busy = 0.1, .lag_p99_ms = 3};
    struct generator busy = {.threads = 1, .cpu_s = 9, .busy = 0.85, .waiting = 0.1};

    (void)state;
    generator_merge(&sum, &idle);
    assert_false(generator_may_be_the_limit(&sum));
    generator_merge(&sum, &busy);
    generator_merge(&sum, &idle);
    assert_true(generator_may_be_the_limit(&sum));
    assert_int_equal(sum.threads, 3);
    assert_true(sum.cpu_s > 10.9 && sum.cpu_s < 11.1);
    assert_true(sum.busy > 0.84 && sum.busy < 0.86);
    assert_true(sum.lag_p99_ms > 2.9);
}

static void threads_help_where_cores_are_left(void **state)
{
    static const struct {
        struct generator generator;
        bool wanted;
    } rows[] = {
        {{.threads = 1, .cores = 2, .cpu_s = 9, .busy = 0.95}, true},
        {{.threads = 2, .cores = 2, .cpu_s = 9, .busy = 0.95}, false},
        {{.threads = 1, .cores = 2, .cpu_s = 9, .busy = 0.5}, false},
        /* Others have the cores. */
        {{.threads = 1, .cores = 2, .cpu_s = 9, .busy = 0.3, .waiting = 0.65}, false},
        {{.cpu_s = 9, .busy = 0.95}, false}, /* a file that does not tell */
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        if (generator_wants_threads(&rows[i].generator) != rows[i].wanted)
            fail_msg("row %zu", i);
    }
}

/* Once through a collection takes a few milliseconds, all of them busy. */
static void a_run_of_a_moment_says_nothing(void **state)
{
    struct generator moment = {.threads = 1, .cpu_s = 0.01, .wait_s = 0.01, .busy = 0.95};
    struct generator run = {.threads = 1, .cpu_s = 0.1, .wait_s = 0.2, .busy = 0.3, .waiting = 0.7};

    (void)state;
    assert_false(generator_may_be_the_limit(&moment));
    assert_true(generator_may_be_the_limit(&run));
}

static void a_loop_that_is_always_late_is_told(void **state)
{
    static const struct {
        int ticks;
        int64_t late_ms;
        double elapsed_s;
        bool late;
    } rows[] = {{100, 190, 20, true}, {400, 12, 9, true}, {50, 12, 1, false}, {400, 1, 4, false}};

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct generator generator;
        struct watch watch;
        assert_true(watch_begin(&watch));
        for (int tick = 0; tick < rows[i].ticks; tick++)
            watch_tick(&watch, rows[i].late_ms * NS_PER_MS);
        watch_stop(&watch);
        watch_end(&watch, rows[i].elapsed_s, &generator);
        if (generator_is_late(&generator) != rows[i].late)
            fail_msg("row %zu", i);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_busy_loop_is_the_limit),
        cmocka_unit_test(a_run_of_a_moment_says_nothing),
        cmocka_unit_test(a_loop_that_is_always_late_is_told),
        cmocka_unit_test(threads_help_where_cores_are_left),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
