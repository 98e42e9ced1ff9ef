#include "../test.h"

#include "loadgen/schedule.h"

#include "base/arena.h"

static struct arena *arena;

static int make_arena(void **state)
{
    (void)state;
    arena = arena_new(1 << 20);
    return arena == NULL ? -1 : 0;
}

static int free_arena(void **state)
{
    (void)state;
    arena_free(arena);
    return 0;
}

static struct schedule parse(const char *text)
{
    struct schedule schedule;
    struct aws_error err = {0};

    assert_true(schedule_parse(str_from_c(text), arena, &schedule, &err));
    return schedule;
}

static struct schedule parse_trace(const char *text)
{
    struct schedule schedule;
    struct aws_error err = {0};

    assert_true(schedule_parse_trace(str_from_c(text), arena, &schedule, &err));
    return schedule;
}

static void expect_due_ms(const struct schedule *schedule, uint64_t number, int64_t ms)
{
    int64_t due_ns = -1;

    if (!schedule_due(schedule, number, &due_ns))
        due_ns = -1000000;
    if (due_ns / 1000 != ms * 1000)
        fail_msg("request %d is due at %d us, not %d ms", (int)number, (int)(due_ns / 1000),
                 (int)ms);
}

static void a_rate_is_evenly_spaced(void **state)
{
    struct schedule schedule = parse("200/s");

    (void)state;
    expect_due_ms(&schedule, 0, 0);
    expect_due_ms(&schedule, 1, 5);
    expect_due_ms(&schedule, 200000, 1000000);
    assert_int_equal(schedule_count(&schedule, 1000000000), 200);
    assert_int_equal(schedule_count(&schedule, 1000000001), 201);
    assert_int_equal(schedule_length_ms(&schedule), 0);
}

static void steps_follow_each_other_without_a_gap(void **state)
{
    struct schedule schedule = parse("10/s:1s, 100/s:500ms, 0:2s, 4:1m");

    (void)state;
    expect_due_ms(&schedule, 9, 900);
    expect_due_ms(&schedule, 10, 1000);
    expect_due_ms(&schedule, 59, 1490);
    expect_due_ms(&schedule, 60, 3500);
    expect_due_ms(&schedule, 61, 3750);
    expect_due_ms(&schedule, 60 + 4 * 60, -1);
    assert_int_equal(schedule_length_ms(&schedule), 63500);
}

static void a_trace_of_moments_is_replayed(void **state)
{
    struct schedule schedule = parse_trace("seconds\n0.5\r\n# a burst\n1\n1\n\n2.25\n");

    (void)state;
    expect_due_ms(&schedule, 0, 500);
    expect_due_ms(&schedule, 2, 1000);
    expect_due_ms(&schedule, 3, 2250);
    expect_due_ms(&schedule, 4, -1);
    assert_int_equal(schedule_count(&schedule, INT64_C(1500000000)), 3);
    assert_int_equal(schedule_length_ms(&schedule), 2251);
}

static void a_trace_of_rates_holds_each_until_the_next(void **state)
{
    struct schedule schedule = parse_trace("t_s,rate\n0,10\n1,0\n2,2");

    (void)state;
    expect_due_ms(&schedule, 9, 900);
    expect_due_ms(&schedule, 10, 2000);
    expect_due_ms(&schedule, 11, 2500);
    assert_int_equal(schedule_length_ms(&schedule), 0);
}

/* Every request of the whole belongs to one segment, at the same nanosecond. */
static void segments_are_the_whole_schedule(void **state)
{
    static const char *const texts[] = {"7/s:3s,100/s:1s,13", "333.3"};

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
        struct schedule whole = parse(texts[i]);
        for (uint64_t number = 0; number < 500; number++) {
            struct schedule part = whole;
            int64_t in_whole = 0, in_part = -1;
            part.first = number % 4;
            part.stride = 4;
            assert_true(schedule_due(&whole, number, &in_whole));
            assert_true(schedule_due(&part, number / 4, &in_part));
            assert_int_equal(in_whole, in_part);
        }
    }
}

static void what_is_no_schedule_is_refused(void **state)
{
    static const char *const rates[] = {"",          "fast",     "0",          "-1",  "1e9",
                                        "5/m",       "5/s:0s",   "5/s:1s,",    "5,6", "5:1d",
                                        "5/s:1s:1s", "0.0001/s", "5/s:1s,,6/s"};
    static const char *const traces[] = {"",       "heading\n", "1\n0.5", "1\n2,3",
                                         "1,2\nx", "0,-1",      "1 2 3",  "1e12"};
    struct schedule schedule;
    struct aws_error err = {0};

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rates); i++) {
        if (schedule_parse(str_from_c(rates[i]), arena, &schedule, &err))
            fail_msg("'%s' is taken as a rate", rates[i]);
    }
    for (size_t i = 0; i < ARRAY_LEN(traces); i++) {
        if (schedule_parse_trace(str_from_c(traces[i]), arena, &schedule, &err))
            fail_msg("'%s' is taken as a trace", traces[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_rate_is_evenly_spaced),
        cmocka_unit_test(steps_follow_each_other_without_a_gap),
        cmocka_unit_test(a_trace_of_moments_is_replayed),
        cmocka_unit_test(a_trace_of_rates_holds_each_until_the_next),
        cmocka_unit_test(segments_are_the_whole_schedule),
        cmocka_unit_test(what_is_no_schedule_is_refused),
    };

    return cmocka_run_group_tests(tests, make_arena, free_arena);
}
