/* First: cmocka's macro fail() would take the name of a member in squall/lambda.h. */
#include "environment.h"
#include "route.h"

#include "../test.h"

static void states_lead_where_the_life_of_an_environment_leads(void **state)
{
    static const struct {
        enum env_state from, to;
        bool may;
    } rows[] = {
        {ENV_INIT, ENV_BUSY, true},      {ENV_INIT, ENV_IDLE, false}, /* made for a call */
        {ENV_IDLE, ENV_BUSY, true},      {ENV_IDLE, ENV_LOST, false},
        {ENV_BUSY, ENV_IDLE, true},      {ENV_BUSY, ENV_HELD, true},
        {ENV_HELD, ENV_IDLE, true},      {ENV_HELD, ENV_BUSY, false},
        {ENV_BUSY, ENV_LOST, true},      {ENV_LOST, ENV_IDLE, false}, /* never used again */
        {ENV_LOST, ENV_BUSY, false},     {ENV_LOST, ENV_SHUTDOWN, true},
        {ENV_SHUTDOWN, ENV_IDLE, false}, {ENV_SHUTDOWN, ENV_BUSY, false},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        if (env_may_go(rows[i].from, rows[i].to) != rows[i].may)
            fail_msg("row %zu", i);
    }
    for (int from = 0; from < ENV_STATE_COUNT; from++)
        assert_false(env_may_go((enum env_state)from, ENV_INIT));
}

static void route_earns_its_place_by_short_calls_and_loses_it_by_one_overrun(void **state)
{
    uint32_t history = 0;

    (void)state;
    assert_false(route_may_run_in_place(NULL));
    for (int i = 0; i < ROUTE_SHORT_CALLS - 1; i++)
        route_note_call(&history, ROUTE_SHORT_NS - 1);
    assert_false(route_may_run_in_place(&history));
    route_note_call(&history, ROUTE_SHORT_NS); /* neither short nor long: no step on */
    assert_false(route_may_run_in_place(&history));
    route_note_call(&history, ROUTE_OVERRUN_NS); /* long: from the beginning */
    for (int i = 0; i < ROUTE_SHORT_CALLS; i++) {
        assert_false(route_may_run_in_place(&history));
        route_note_call(&history, 1);
    }
    assert_true(route_may_run_in_place(&history));
    route_note_overrun(&history);
    for (int i = 0; i < ROUTE_PENALTY_CALLS + ROUTE_SHORT_CALLS; i++) {
        assert_false(route_may_run_in_place(&history));
        route_note_call(&history, 1);
    }
    assert_true(route_may_run_in_place(&history));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(states_lead_where_the_life_of_an_environment_leads),
        cmocka_unit_test(route_earns_its_place_by_short_calls_and_loses_it_by_one_overrun),
    };

    return cmocka_run_group_tests_name("lambda/environment", tests, NULL, NULL);
}
