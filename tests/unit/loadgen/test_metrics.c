#include "../test.h"

#include "loadgen/metrics.h"

static void answers_and_errors_add_up(void **state)
{
    struct metrics metrics;

    (void)state;
    assert_true(metrics_init(&metrics, 2));
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
    assert_int_equal(metrics.requests[1].total.counters.requests, 3);
    assert_int_equal(metrics.error_classes[ERROR_TIMEOUT], 2);
    assert_string_equal(metrics.error_samples[ERROR_TIMEOUT][0].text, "first");
    assert_string_equal(metrics.error_samples[ERROR_TIMEOUT][1].text, "second");
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

static void a_run_of_less_than_a_window_has_its_users(void **state)
{
    static const struct {
        double users, user_ms, end_ms;
        int64_t at_ms;
        double shown;
    } rows[] = {
        {1, 0.5, 0.5, 1, 1}, {3, 4.2, 4.2, 5, 3}, {2, 1.5, 3, 3, 1},
        {4, 8, 0, 8, 4},     {1, 0, 0, 0, 1},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct metrics metrics;
        assert_true(metrics_init(&metrics, 1));
        metrics_answer(&metrics, 0, 200, 1, 1, 1);
        metrics_users(&metrics, rows[i].users, rows[i].user_ms);
        metrics_users(&metrics, 0, 7); /* the tick after the last user's end */
        metrics.end_ms = rows[i].end_ms;
        assert_true(metrics_finish(&metrics, rows[i].at_ms));
        double shown = metrics.windows.windows[0].users;
        if (shown < rows[i].shown - 0.001 || shown > rows[i].shown + 0.001)
            fail_msg("row %zu: %g users", i, shown);
        metrics_deinit(&metrics);
    }
}

/* One answer a second for three hours: the width doubles twice, nothing is lost. */
static void windows_double_their_width_past_their_number(void **state)
{
    struct metrics metrics;
    uint64_t requests = 0;
    const int seconds = 3 * 3600;

    (void)state;
    assert_true(metrics_init(&metrics, 1));
    for (int second = 0; second < seconds; second++) {
        int64_t at_ms = (int64_t)second * 1000 + 1000;
        metrics_answer(&metrics, 0, 200, 1000 + second, 1, 1);
        metrics_users(&metrics, 2, 1000);
        if (metrics_window_due(&metrics, at_ms))
            assert_true(metrics_close_window(&metrics, at_ms));
    }
    assert_true(metrics_finish(&metrics, (int64_t)seconds * 1000));
    assert_int_equal(metrics.windows.width_ms, 4000);
    assert_true(metrics.windows.count < WINDOWS_MAX);
    for (size_t i = 0; i < metrics.windows.count; i++) {
        const struct window *window = &metrics.windows.windows[i];
        assert_int_equal(window->begin_ms, i == 0 ? 0 : metrics.windows.windows[i - 1].end_ms);
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
    assert_true(metrics_init(&metrics, 1));
    metrics_answer(&metrics, 0, 200, 1000, 1, 1);
    assert_false(metrics_window_due(&metrics, 999));
    assert_true(metrics_window_due(&metrics, 1003));
    assert_true(metrics_close_window(&metrics, 1003));
    assert_false(metrics_window_due(&metrics, 1999));
    assert_true(metrics_window_due(&metrics, 2000));
    metrics_answer(&metrics, 0, 200, 9000, 1, 1);
    assert_true(metrics_finish(&metrics, 1100));
    assert_int_equal(metrics.windows.count, 1);
    assert_int_equal(metrics.windows.windows[0].end_ms, 1100);
    assert_int_equal(metrics.windows.windows[0].counters.requests, 2);
    assert_int_equal(metrics.windows.windows[0].p99_us, 9000);
    metrics_deinit(&metrics);
}

static void a_request_has_windows_of_its_own(void **state)
{
    struct metrics metrics;

    (void)state;
    assert_true(metrics_init(&metrics, 2));
    for (int second = 0; second < 10; second++) {
        metrics_answer(&metrics, 0, 200, 1000, 1, 1);
        if (second == 7)
            metrics_answer(&metrics, 1, 200, 5000, 1, 1);
        metrics_users(&metrics, 1, 1000);
        assert_true(metrics_close_window(&metrics, (second + 1) * 1000));
    }
    assert_int_equal(metrics.windows.count, 10);
    assert_int_equal(metrics.requests[0].windows.count, 10);
    assert_int_equal(metrics.requests[1].windows.count, 1);
    assert_int_equal(metrics.requests[1].windows.windows[0].begin_ms, 7000);
    assert_int_equal(metrics.requests[1].windows.windows[0].p99_us, 5000);
    metrics_deinit(&metrics);
}

static void memory_is_bounded_for_many_requests(void **state)
{
    struct metrics metrics;

    (void)state;
    assert_true(metrics_init(&metrics, 100));
    for (int second = 0; second < 1000; second++) {
        metrics_answer(&metrics, (size_t)second % 100, 200, 1000, 1, 1);
        assert_true(metrics_close_window(&metrics, (second + 1) * 1000));
    }
    for (size_t i = 0; i < 100; i++) {
        assert_true(metrics.requests[i].windows.count <= REQUEST_WINDOWS_MAX / 100);
        assert_int_equal(metrics.requests[i].total.counters.requests, 10);
    }
    assert_int_equal(metrics.windows.count, 1000);
    metrics_deinit(&metrics);
}

static void the_slowest_and_the_first_failures_are_kept(void **state)
{
    struct metrics metrics;

    (void)state;
    assert_true(metrics_init(&metrics, 1));
    for (int i = 0; i < 1000; i++) {
        metrics_answer(&metrics, 0, i % 2 == 0 ? 200 : 503, (i * 7919) % 1000 + 1, 1, 1);
        if (i % 2 == 1)
            metrics_sample_answer(&metrics, 0, 503,
                                  STR("HTTP/1.1 503 Busy\r\nSet-Cookie: secret\r\n\r\nno"));
        metrics_users(&metrics, 1, 10);
    }
    assert_int_equal(metrics.slowest_count, SLOWEST_MAX);
    for (int i = 0; i < SLOWEST_MAX; i++)
        assert_int_equal(metrics.slowest[i].time_us, 1000 - i);
    assert_int_equal(metrics.answer_count, SAMPLES_A_STATUS);
    assert_string_equal(metrics.answers[0].text, "HTTP/1.1 503 Busy\nno");
    assert_int_equal(metrics.answers[1].at_ms, 30);
    metrics_deinit(&metrics);
}

/* A tick is not a whole number of milliseconds; an hour of them is an hour all the same. */
static void moments_do_not_drift(void **state)
{
    struct metrics metrics;

    (void)state;
    assert_true(metrics_init(&metrics, 1));
    for (int i = 0; i < 360000; i++)
        metrics_users(&metrics, 1, 10.4);
    metrics_error(&metrics, 0, ERROR_RESET, "reset", 0, 0);
    assert_in_range(metrics.error_samples[ERROR_RESET][0].at_ms, 3743999, 3744000);
    metrics_deinit(&metrics);
}

static void a_window_has_no_more_users_than_there_were(void **state)
{
    struct metrics whole, lane;

    (void)state;
    assert_true(metrics_init(&whole, 1) && metrics_init(&lane, 1));
    metrics_users(&whole, 20, 1000.9);
    assert_true(metrics_close_window(&whole, 1000));
    assert_true(whole.windows.windows[0].users == 20);
    for (int i = 0; i < 2; i++) {
        metrics_users(&lane, 10, 1000.9);
        metrics_take(&whole, &lane);
    }
    assert_true(metrics_close_window(&whole, 2000));
    assert_true(whole.windows.windows[1].users == 20);
    metrics_users(&whole, 20, 500);
    metrics_users(&whole, 10, 500);
    assert_true(metrics_close_window(&whole, 3000));
    assert_true(whole.windows.windows[2].users == 15);
    metrics_deinit(&lane);
    metrics_deinit(&whole);
}

/* Scripts run after their answer, perhaps after its window, perhaps after the last. */
static void a_test_that_fails_late_is_not_lost(void **state)
{
    struct metrics metrics;

    (void)state;
    assert_true(metrics_init(&metrics, 1));
    metrics_answer(&metrics, 0, 200, 1000, 1, 1);
    assert_true(metrics_close_window(&metrics, 1000));
    metrics_tests(&metrics, 0, 5, 3);
    assert_true(metrics_finish(&metrics, 1900));
    assert_int_equal(metrics.totals.failed_tests, 3);
    assert_int_equal(metrics.totals.tests, 5);
    assert_int_equal((int)counters_failure_percent(&metrics.totals), 60);
    assert_int_equal(metrics.requests[0].total.counters.failed_tests, 3);
    metrics_deinit(&metrics);
}

/* Two machines, the second half a second later: counts add up, users too, and no percentile is an
 * average. */
static void parts_of_a_run_add_up(void **state)
{
    struct metrics one, two;

    (void)state;
    assert_true(metrics_init(&one, 1) && metrics_init(&two, 1));
    for (int second = 0; second < 20; second++) {
        for (int i = 0; i < 99; i++)
            metrics_answer(&one, 0, 200, 1000, 1, 1);
        metrics_answer(&two, 0, 200, 900000, 1, 1);
        metrics_users(&one, 10, 1000);
        metrics_users(&two, 5, 1000);
        assert_true(metrics_close_window(&one, (second + 1) * 1000));
        assert_true(metrics_close_window(&two, (second + 1) * 1000 + 3));
    }
    metrics_error(&two, 0, ERROR_RESET, "reset", 0, 0);
    failed_tests_add(&one.failed_tests, 0, STR("a"), STR("here"));
    failed_tests_add(&two.failed_tests, 0, STR("a"), STR("there"));
    failed_tests_add(&two.failed_tests, 0, STR("b"), STR("there"));
    assert_true(metrics_finish(&one, 20000) && metrics_finish(&two, 20003));
    assert_true(metrics_merge(&one, &two, 400));
    assert_int_equal(one.totals.requests, 2001);
    assert_int_equal(one.totals.max_us, 900000);
    assert_int_equal(one.requests[0].total.histogram->total, 2000);
    assert_int_equal(histogram_percentile(one.requests[0].total.histogram, 99), 1000);
    assert_true(histogram_percentile(one.requests[0].total.histogram, 99.1) >= 900000);
    assert_int_equal(one.windows.count, 20);
    assert_int_equal(one.windows.windows[10].counters.requests, 100);
    assert_true(one.windows.windows[10].users > 14.9 && one.windows.windows[10].users < 15.1);
    assert_int_equal(one.error_classes[ERROR_RESET], 1);
    assert_int_equal(one.slowest[0].at_ms, 400);
    assert_int_equal(one.failed_tests.count, 2);
    assert_int_equal(one.failed_tests.rows[0].count, 2);
    metrics_deinit(&one);
    metrics_deinit(&two);
}

/*
 * A server that answers in 5 ms and stops for the last second of every ten. Ten users in a closed
 * loop each meet a stall once where arrivals at a steady pace meet it for a tenth of their number;
 * those wait for what is left of the second, so that the true P99 is 0.905 s.
 */
static void a_stall_shows_in_the_corrected_view_as_it_was(void **state)
{
    enum {
        USERS = 10,
        SECONDS = 60,
        ANSWER_US = 5000,
        CYCLE_US = 10000000,
        STALL_FROM_US = 9000000
    };
    struct metrics metrics;
    struct histogram *measured = histogram_new(), *corrected = histogram_new();

    (void)state;
    assert_true(metrics_init(&metrics, 1));
    for (int user = 0; user < USERS; user++) {
        for (int64_t at_us = user * 500; at_us < (int64_t)SECONDS * 1000000;) {
            int64_t end_us = at_us + ANSWER_US;
            if (end_us % CYCLE_US >= STALL_FROM_US)
                end_us += CYCLE_US - STALL_FROM_US;
            metrics_answer(&metrics, 0, 200, end_us - at_us, 1, 1);
            at_us = end_us;
        }
    }
    metrics_users(&metrics, USERS, SECONDS * 1000.0);
    assert_true(metrics_finish(&metrics, (int64_t)SECONDS * 1000));
    metrics_total(&metrics, measured);
    metrics_corrected(&metrics, corrected);
    assert_int_equal(histogram_percentile(measured, 99), 5003);
    int64_t p99_us = histogram_percentile(corrected, 99);
    if (p99_us < 905000 * 95 / 100 || p99_us > 905000 * 105 / 100)
        fail_msg("corrected P99 is %d us", (int)p99_us);
    histogram_free(measured);
    histogram_free(corrected);
    metrics_deinit(&metrics);
}

/* One user, 1 s: 10 requests, so one each 100 ms; the stall of 500 ms kept four back. */
static void the_corrected_view_uses_each_users_interval(void **state)
{
    struct metrics metrics;
    struct histogram *corrected = histogram_new();

    (void)state;
    assert_true(metrics_init(&metrics, 1));
    for (int i = 0; i < 9; i++)
        metrics_answer(&metrics, 0, 200, 1000, 1, 1);
    metrics_answer(&metrics, 0, 200, 500000, 1, 1);
    metrics_users(&metrics, 1, 1000);
    assert_true(metrics_finish(&metrics, 1000));
    metrics_corrected(&metrics, corrected);
    assert_int_equal(corrected->total, 14);
    histogram_free(corrected);
    metrics_deinit(&metrics);
}

/* What a thread recorded counts once, in the window that it is handed over in. */
static void threads_hand_over_their_open_windows(void **state)
{
    struct metrics whole, open;

    (void)state;
    assert_true(metrics_init(&whole, 2));
    assert_true(metrics_init_open(&open, 2));
    for (int window = 0; window < 3; window++) {
        metrics_answer(&whole, 0, 200, 1000, 1, 1);
        metrics_answer(&open, 0, 200, 2000 + window, 1, 1);
        metrics_answer(&open, 1, 404, 4000, 1, 1);
        for (int i = 0; i < 3; i++)
            metrics_sample_answer(&open, 1, 404, STR("HTTP/1.1 404 No\r\n\r\nno"));
        metrics_error(&open, 1, ERROR_RESET, "gone", 1, 1);
        metrics_tests(&open, 0, 2, 1);
        failed_tests_add(&open.failed_tests, 0, STR("t"), STR("why"));
        metrics_users(&whole, 1, 1000);
        metrics_users(&open, 2, 1000);
        metrics_take(&whole, &open);
        assert_int_equal(metrics_so_far(&open).requests, 0);
        assert_true(metrics_close_window(&whole, 1000 * (window + 1)));
    }
    metrics_take(&whole, &open); /* nothing is left */
    assert_true(metrics_finish(&whole, 3000));
    for (size_t i = 0; i < 3; i++) {
        const struct window *window = &whole.windows.windows[i];
        assert_int_equal(window->counters.requests, 4);
        assert_int_equal(window->counters.max_us, 4000);
        assert_true(window->users > 2.99 && window->users < 3.01);
    }
    assert_int_equal(whole.totals.requests, 12);
    assert_int_equal(whole.totals.errors, 3);
    assert_int_equal(whole.totals.failed_tests, 3);
    assert_int_equal(whole.requests[1].total.histogram->total, 3);
    assert_int_equal(whole.statuses[404], 3);
    assert_int_equal(whole.error_classes[ERROR_RESET], 3);
    assert_string_equal(whole.error_samples[ERROR_RESET][2].text, "gone");
    assert_int_equal(whole.answer_count, SAMPLES_A_STATUS);
    assert_int_equal(whole.slowest_count, 9);
    assert_int_equal(whole.slowest[2].time_us, 4000);
    assert_int_equal(whole.slowest[3].time_us, 2002);
    assert_int_equal(whole.failed_tests.rows[0].count, 3);
    assert_true(whole.user_ms > 8999 && whole.user_ms < 9001);
    metrics_deinit(&whole);
    metrics_deinit(&open);
}

static void the_name_of_a_failed_test_is_cut_at_a_whole_character(void **state)
{
    struct failed_tests tests = {.count = 0};
    char name[3 * FAILED_TEST_BYTES];

    (void)state;
    for (size_t i = 0; i + 3 <= sizeof(name); i += 3)
        memcpy(name + i, "\xE6\x97\xA5", 3);
    failed_tests_add(&tests, 0, (struct str){name, sizeof(name)}, STR("why"));
    assert_true(str_is_utf8(str_from_c(tests.rows[0].name)));
    assert_int_equal(strlen(tests.rows[0].name), (FAILED_TEST_BYTES - 1) / 3 * 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_window_has_no_more_users_than_there_were),
        cmocka_unit_test(answers_and_errors_add_up),
        cmocka_unit_test(a_request_that_never_ended_has_no_figures),
        cmocka_unit_test(a_run_of_less_than_a_window_has_its_users),
        cmocka_unit_test(windows_double_their_width_past_their_number),
        cmocka_unit_test(a_last_sliver_joins_the_window_before_it),
        cmocka_unit_test(a_request_has_windows_of_its_own),
        cmocka_unit_test(memory_is_bounded_for_many_requests),
        cmocka_unit_test(the_slowest_and_the_first_failures_are_kept),
        cmocka_unit_test(moments_do_not_drift),
        cmocka_unit_test(a_test_that_fails_late_is_not_lost),
        cmocka_unit_test(the_name_of_a_failed_test_is_cut_at_a_whole_character),
        cmocka_unit_test(parts_of_a_run_add_up),
        cmocka_unit_test(threads_hand_over_their_open_windows),
        cmocka_unit_test(a_stall_shows_in_the_corrected_view_as_it_was),
        cmocka_unit_test(the_corrected_view_uses_each_users_interval),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
