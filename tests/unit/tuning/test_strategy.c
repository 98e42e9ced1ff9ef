/* Figures: aws-lambda-power-tuning 4.4.0, run by hand; see ../../data/power-tuning/README.md. */
#include "../test.h"

#include "strategy.h"

static const struct size_statistics sweep[] = {
    {.memory_mb = 128, .average_duration_ms = 4891.293225172578, .average_price = 0.0000102732},
    {.memory_mb = 256,
     .average_duration_ms = 85.31518998803347,
     .average_price = 3.6120000000000003e-7},
    {.memory_mb = 512,
     .average_duration_ms = 258.2220212519038,
     .average_price = 0.0000021756000000000004},
};

static void balanced_picks_what_the_tool_picks(void **state)
{
    (void)state;
    assert_int_equal(strategy_pick(sweep, 3, STRATEGY_BALANCED, 0.5), 256);
}

static void equals_are_settled_by_the_other_measure(void **state)
{
    static const struct size_statistics rows[] = {
        {.memory_mb = 1, .average_duration_ms = 20, .average_price = 1},
        {.memory_mb = 2, .average_duration_ms = 10, .average_price = 1},
        {.memory_mb = 3, .average_duration_ms = 10, .average_price = 2},
        {.memory_mb = 4, .average_duration_ms = 10, .average_price = 1},
    };

    (void)state;
    assert_int_equal(strategy_pick(rows, 4, STRATEGY_COST, 0), 2);
    assert_int_equal(strategy_pick(rows, 4, STRATEGY_SPEED, 0), 2);
    assert_int_equal(strategy_pick(rows, 3, STRATEGY_BALANCED, 0), 2);
    assert_int_equal(strategy_pick(rows, 3, STRATEGY_BALANCED, 1), 1);
}

static void weight_moves_balanced_from_fastest_to_cheapest(void **state)
{
    static const struct size_statistics rows[] = {
        {.memory_mb = 128, .average_duration_ms = 100, .average_price = 1},
        {.memory_mb = 1024, .average_duration_ms = 10, .average_price = 10},
    };

    (void)state;
    assert_int_equal(strategy_pick(rows, 2, STRATEGY_BALANCED, 0), 1024);
    assert_int_equal(strategy_pick(rows, 2, STRATEGY_BALANCED, 1), 128);
    assert_int_equal(strategy_pick(rows, 2, STRATEGY_BALANCED, 0.5), 128); /* a tie: input order */
}

static void sorting_keeps_the_order_of_equals(void **state)
{
    struct size_statistics rows[] = {
        {.memory_mb = 3, .average_duration_ms = 5, .average_price = 5},
        {.memory_mb = 2, .average_duration_ms = 5, .average_price = 5},
        {.memory_mb = 1, .average_duration_ms = 4, .average_price = 6},
    };

    (void)state;
    strategy_sort(rows, 3, STRATEGY_COST, 0);
    assert_int_equal(rows[0].memory_mb, 3);
    assert_int_equal(rows[1].memory_mb, 2);
    assert_int_equal(rows[2].memory_mb, 1);
    strategy_sort(rows, 3, STRATEGY_SPEED, 0);
    assert_int_equal(rows[0].memory_mb, 1);
    assert_int_equal(rows[1].memory_mb, 3);
}

static void names_are_the_inputs(void **state)
{
    enum strategy strategy = STRATEGY_COST;

    (void)state;
    assert_true(strategy_find(STR("balanced"), &strategy));
    assert_int_equal(strategy, STRATEGY_BALANCED);
    assert_false(strategy_find(STR("Speed"), &strategy));
    assert_int_equal(strategy, STRATEGY_BALANCED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(balanced_picks_what_the_tool_picks),
        cmocka_unit_test(equals_are_settled_by_the_other_measure),
        cmocka_unit_test(weight_moves_balanced_from_fastest_to_cheapest),
        cmocka_unit_test(sorting_keeps_the_order_of_equals),
        cmocka_unit_test(names_are_the_inputs),
    };

    return cmocka_run_group_tests_name("tuning/strategy", tests, NULL, NULL);
}
