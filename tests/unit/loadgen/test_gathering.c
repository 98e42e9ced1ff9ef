#include "../test.h"

#include "loadgen/gathering.h"

enum { LANES = 3, ANSWERS = 20000, ROUNDS = 20 };

struct one {
    struct gathering *gathering;
    struct metrics open;
    uv_thread_t thread;
};

/* Records and hands over whenever it is asked, as a lane between its ticks. */
static void record(void *argument)
{
    struct one *one = argument;
    uint64_t round = 0;

    for (int i = 0; i < ANSWERS; i++) {
        metrics_answer(&one->open, 0, 200, 1 + i, 1, 1);
        if (i % 10 == 0)
            gathering_hand_over(one->gathering, &one->open, &round);
    }
    gathering_leave(one->gathering, &one->open, round);
}

/* Rounds while they record: each is complete in the end, whoever has left meanwhile. */
static void every_answer_is_handed_over_once(void **state)
{
    static struct one lanes[LANES];
    struct gathering gathering = {0};
    struct metrics whole;

    (void)state;
    assert_true(metrics_init(&whole, 1));
    assert_true(gathering_init(&gathering, LANES, 1));
    for (size_t i = 0; i < LANES; i++) {
        lanes[i].gathering = &gathering;
        assert_true(metrics_init_open(&lanes[i].open, 1));
        assert_int_equal(uv_thread_create(&lanes[i].thread, record, &lanes[i]), 0);
    }
    for (int64_t round = 1; round <= ROUNDS; round++) {
        gathering_ask(&gathering, round);
        while (!gathering_collect(&gathering, &whole))
            ;
        assert_true(metrics_close_window(&whole, 1000 * round));
    }
    for (size_t i = 0; i < LANES; i++) {
        assert_int_equal(uv_thread_join(&lanes[i].thread), 0);
        metrics_deinit(&lanes[i].open);
    }
    assert_true(gathering_is_alone(&gathering));
    (void)gathering_collect(&gathering, &whole);
    assert_true(metrics_finish(&whole, 1000 * (ROUNDS + 1)));
    assert_int_equal(whole.totals.requests, LANES * ANSWERS);
    assert_int_equal(whole.totals.sum_us, (uint64_t)LANES * ANSWERS * (ANSWERS + 1) / 2);
    assert_int_equal(whole.requests[0].total.histogram->total, LANES * ANSWERS);
    gathering_deinit(&gathering);
    metrics_deinit(&whole);
}

static void a_round_waits_for_those_who_owe_it(void **state)
{
    struct gathering gathering = {0};
    struct metrics whole, one, other;
    uint64_t round = 0;

    (void)state;
    assert_true(metrics_init(&whole, 1) && metrics_init_open(&one, 1) &&
                metrics_init_open(&other, 1));
    assert_true(gathering_init(&gathering, 2, 1));
    metrics_answer(&one, 0, 200, 5, 1, 1);
    gathering_hand_over(&gathering, &one, &round); /* nobody has asked */
    assert_int_equal(metrics_so_far(&one).requests, 1);
    gathering_ask(&gathering, 1);
    gathering_hand_over(&gathering, &one, &round);
    metrics_answer(&one, 0, 200, 5, 1, 1);
    gathering_hand_over(&gathering, &one, &round); /* once a round */
    assert_int_equal(metrics_so_far(&one).requests, 1);
    assert_false(gathering_collect(&gathering, &whole));
    gathering_leave(&gathering, &other, 0);
    assert_true(gathering_collect(&gathering, &whole));
    assert_int_equal(metrics_so_far(&whole).requests, 1);
    assert_false(gathering_is_alone(&gathering));
    gathering_deinit(&gathering);
    metrics_deinit(&whole);
    metrics_deinit(&one);
    metrics_deinit(&other);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_answer_is_handed_over_once),
        cmocka_unit_test(a_round_waits_for_those_who_owe_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
