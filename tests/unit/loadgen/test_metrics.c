#include "../test.h"

#include "loadgen/metrics.h"

static void answers_and_errors_add_up(void **state)
{
    struct metrics metrics;

    (void)state;
    assert_true(metrics_init(&metrics, 2, 1000));
    metrics_answer(&metrics, 0, 200, 1000, 10, 1);
    metrics_answer(&metrics, 1, 500, 3000, 20, 2);
    metrics_error(&metrics, 1, ERROR_TIMEOUT, "first", 5, 3);
    metrics_error(&metrics, 1, ERROR_TIMEOUT, "second", 0, 0);
    assert_true(metrics_finish(&metrics, 1500));
    const struct counters *totals = &metrics.totals;
    assert_int_equal(totals->requests, 4);
    assert_int_equal(totals->errors, 2);
    assert_int_equal(totals->non_2xx, 1);
    assert_int_equal(totals->bytes_in, 35);
    assert_int_equal(totals->bytes_out, 6);
    assert_int_equal(totals->min_us, 1000);
    assert_int_equal(totals->max_us, 3000);
    assert_int_equal((int)counters_average_ms(totals), 2);
    assert_int_equal((int)counters_error_percent(totals, false), 50);
    assert_int_equal((int)counters_error_percent(totals, true), 75);
    assert_int_equal(metrics.requests[1].counters.requests, 3);
    assert_int_equal(metrics.error_classes[ERROR_TIMEOUT], 2);
    assert_string_equal(metrics.error_samples[ERROR_TIMEOUT], "first");
    assert_int_equal(metrics.statuses[200] + metrics.statuses[500], 2);
    metrics_deinit(&metrics);
}

static void a_request_that_never_ended_has_no_figures(void **state)
{
    struct counters none = {0};

    (void)state;
    assert_true(counters_average_ms(&none) == 0);
    assert_true(counters_error_percent(&none, true) == 0);
}

/* One answer a second for three hours: the width doubles twice, nothing is lost. */
static void windows_double_their_width_past_their_number(void **state)
{
    struct metrics metrics;
    uint64_t requests = 0;
    const int seconds = 3 * 3600;

    (void)state;
    assert_true(metrics_init(&metrics, 1, 1000));
    for (int second = 0; second < seconds; second++) {
        int64_t at_ms = (int64_t)second * 1000 + 1000;
        metrics_answer(&metrics, 0, 200, 1000 + second, 1, 1);
        metrics_users(&metrics, 2, 1000);
        if (metrics_window_due(&metrics, at_ms))
            assert_true(metrics_close_window(&metrics, at_ms));
    }
    assert_true(metrics_finish(&metrics, (int64_t)seconds * 1000));
    assert_int_equal(metrics.window_ms, 4000);
    assert_true(metrics.window_count < WINDOWS_MAX);
    for (size_t i = 0; i < metrics.window_count; i++) {
        const struct window *window = &metrics.windows[i];
        assert_int_equal(window->begin_ms, i == 0 ? 0 : metrics.windows[i - 1].end_ms);
        assert_true(window->users > 1.99 && window->users < 2.01);
        assert_true(window->p99_us >= window->counters.min_us);
        assert_true(window->p99_us <= window->counters.max_us + window->counters.max_us / 1000);
        requests += window->counters.requests;
    }
    assert_int_equal(requests, seconds);
    assert_int_equal(metrics.totals.requests, seconds);
    metrics_deinit(&metrics);
}

static void a_last_sliver_joins_the_window_before_it(void **state)
{
    struct metrics metrics;

    (void)state;
    assert_true(metrics_init(&metrics, 1, 1000));
    metrics_answer(&metrics, 0, 200, 1000, 1, 1);
    assert_false(metrics_window_due(&metrics, 999));
    assert_true(metrics_window_due(&metrics, 1003));
    assert_true(metrics_close_window(&metrics, 1003));
    assert_false(metrics_window_due(&metrics, 1999));
    assert_true(metrics_window_due(&metrics, 2000));
    metrics_answer(&metrics, 0, 200, 9000, 1, 1);
    assert_true(metrics_finish(&metrics, 1100));
    assert_int_equal(metrics.window_count, 1);
    assert_int_equal(metrics.windows[0].end_ms, 1100);
    assert_int_equal(metrics.windows[0].counters.requests, 2);
    assert_int_equal(metrics.windows[0].p99_us, 9007);
    metrics_deinit(&metrics);
}

/* One user, 1 s: 10 requests, so one each 100 ms; the stall of 500 ms kept four back. */
static void the_corrected_view_uses_each_users_interval(void **state)
{
    struct metrics metrics;
    struct histogram *corrected = histogram_new();

    (void)state;
    assert_true(metrics_init(&metrics, 1, 1000));
    for (int i = 0; i < 9; i++)
        metrics_answer(&metrics, 0, 200, 1000, 1, 1);
    metrics_answer(&metrics, 0, 200, 500000, 1, 1);
    metrics_users(&metrics, 1, 1000);
    metrics_corrected(&metrics, corrected);
    assert_int_equal(corrected->total, 14);
    histogram_free(corrected);
    metrics_deinit(&metrics);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answers_and_errors_add_up),
        cmocka_unit_test(a_request_that_never_ended_has_no_figures),
        cmocka_unit_test(windows_double_their_width_past_their_number),
        cmocka_unit_test(a_last_sliver_joins_the_window_before_it),
        cmocka_unit_test(the_corrected_view_uses_each_users_interval),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
