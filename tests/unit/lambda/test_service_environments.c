/* Execution environments: how many there are, when they come and go, and who shares them. */
#include "service_bench.h"

#include <stdatomic.h>

static void calls_at_the_same_time_have_environments_of_their_own(void **state)
{
    struct bench bench = bench_default();
    struct waiting *waiting[8];
    struct lambda_counters counters;

    (void)state;
    bench_begin(&bench);
    for (size_t i = 0; i < ARRAY_LEN(waiting); i++)
        waiting[i] = call_begin(&bench, STR("{\"s\":1}"));
    for (size_t i = 0; i < ARRAY_LEN(waiting); i++) {
        struct invocation *invocation = call_end(waiting[i]);
        assert_str_equal(invocation->payload, STR("{\"s\":1}"));
        arena_free(invocation->arena);
    }
    lambda_count(bench.service, &counters);
    assert_int_equal(counters.environments, ARRAY_LEN(waiting));
    bench_end(&bench);
}

/* Until one environment is left: a stop does not wait for handlers that have not returned, and what
 * it leaves goes with the process. */
static void wait_for_the_lost(struct bench *bench)
{
    struct lambda_counters counters;

    do
        lambda_count(bench->service, &counters);
    while (counters.environments > 1);
}

static void late_handler_is_answered_for_and_its_environment_not_used_again(void **state)
{
    struct bench bench = bench_default();

    (void)state;
    bench_begin(&bench);
    bench_unblock(false);
    arena_free(call(&bench, STR("{\"c\":1}"))->arena);
    struct invocation *late = call(&bench, STR("{\"b\":1}"));
    struct str expected = str_printf(
        bench.arena,
        "{\"errorType\":\"Sandbox.Timedout\",\"errorMessage\":\"RequestId: %s Error: Task timed "
        "out after 1.00 seconds\"}",
        late->request_id);
    assert_true(late->function_error);
    assert_str_equal(late->payload, expected);
    assert_tail(&bench, late, "Task timed out after 1.00 seconds\n\n");
    assert_tail(&bench, late, "\tStatus: timeout\t\n");
    struct invocation *next = call(&bench, STR("{\"c\":1}"));
    assert_str_equal(next->payload, STR("1")); /* a new state */
    bench_unblock(true);
    wait_for_the_lost(&bench);
    arena_free(late->arena);
    arena_free(next->arena);
    bench_end(&bench);
}

static void stop_answers_a_call_that_does_not_return(void **state)
{
    struct bench bench = bench_default();
    struct lambda_counters counters;

    (void)state;
    bench.spec.timeout_s = 900;
    bench_begin(&bench);
    bench_unblock(false);
    struct waiting *waiting = call_begin(&bench, STR("{\"b\":1}"));
    lambda_service_stop(bench.service, 50);
    struct invocation *invocation = call_end(waiting);
    assert_string_equal(invocation->error.kind->name, "ServiceException");
    arena_free(invocation->arena);
    bench_unblock(true);
    do
        lambda_count(bench.service, &counters);
    while (counters.environments > 0);
    lambda_service_free(bench.service); /* nothing is left that could use it */
    arena_free(bench.arena);
}

static void reserved_concurrency_is_a_ceiling(void **state)
{
    struct bench bench = bench_default();

    (void)state;
    bench.spec.reserved_concurrency = 1;
    bench_begin(&bench);
    struct waiting *first = call_begin(&bench, STR("{\"s\":1}"));
    struct invocation *second = call(&bench, STR("{\"e\":1}"));
    assert_string_equal(second->error.kind->name, "TooManyRequestsException");
    assert_string_equal(second->error.message, "Rate Exceeded.");
    assert_str_equal(second->error.detail,
                     STR("\"Reason\":\"ReservedFunctionConcurrentInvocationLimitExceeded\""));
    arena_free(second->arena);
    arena_free(call_end(first)->arena);
    struct invocation *third = call(&bench, STR("{\"e\":1}"));
    assert_null(third->error.kind);
    arena_free(third->arena);
    bench_end(&bench);
}

static void lost_environments_are_bounded(void **state)
{
    struct bench bench = bench_default();
    struct waiting *waiting[LAMBDA_LOST_ENVIRONMENTS];

    (void)state;
    bench_begin(&bench);
    bench_unblock(false);
    for (size_t i = 0; i < ARRAY_LEN(waiting); i++)
        waiting[i] = call_begin(&bench, STR("{\"b\":1}"));
    for (size_t i = 0; i < ARRAY_LEN(waiting); i++) {
        struct invocation *invocation = call_end(waiting[i]);
        assert_true(invocation->function_error);
        arena_free(invocation->arena);
    }
    struct invocation *refused = call(&bench, STR("{\"e\":1}"));
    assert_non_null(refused->error.kind);
    assert_string_equal(refused->error.kind->name, "ServiceException");
    arena_free(refused->arena);
    bench_unblock(true); /* they return, and their threads are free again */
    for (bool served = false; !served;) {
        struct invocation *invocation = call(&bench, STR("{\"e\":1}"));
        served = invocation->error.kind == NULL;
        arena_free(invocation->arena);
    }
    wait_for_the_lost(&bench);
    bench_end(&bench);
}

/* The machine's clock, and as much more as the test says. */
struct shifted_clock {
    struct clock clock;
    _Atomic int64_t shift_ns;
};

static int64_t shifted_ns(struct clock *clock)
{
    const struct shifted_clock *shifted = (const struct shifted_clock *)(const void *)clock;

    return clock_monotonic_ns(clock_system()) + shifted->shift_ns;
}

static int64_t shifted_wall_ns(struct clock *clock)
{
    (void)clock;
    return clock_wall_ns(clock_system());
}

static void do_nothing(struct timer *timer)
{
    (void)timer;
}

static void idle_environments_go_after_minutes(void **state)
{
    struct shifted_clock clock = {.clock = {shifted_ns, shifted_wall_ns}};
    struct timer wake = {.fire = do_nothing};
    struct bench bench = bench_default();
    struct lambda_counters counters;

    (void)state;
    bench.options.clock = &clock.clock;
    bench_begin(&bench);
    arena_free(call(&bench, STR("{\"e\":1}"))->arena);
    lambda_count(bench.service, &counters);
    assert_int_equal(counters.environments, 1);
    clock.shift_ns = (LAMBDA_IDLE_S + 60) * NS_PER_S;
    assert_true(timers_arm(bench.service->timers, &wake, 0)); /* the timers look at the clock */
    do
        lambda_count(bench.service, &counters);
    while (counters.environments > 0);
    struct invocation *next = call(&bench, STR("{\"c\":1}"));
    assert_str_equal(next->payload, STR("1"));
    arena_free(next->arena);
    bench_end(&bench);
}

static void *call_often(void *argument)
{
    struct bench *bench = argument;
    struct arena *arena = arena_new(1024 * 1024);
    static const struct str events[] = {STR_INIT("{\"e\":1}"), STR_INIT("{\"l\":1}"),
                                        STR_INIT("{\"f\":1}")};
    uint32_t history = 0;

    for (size_t i = 0; i < 2000; i++) {
        struct waiting waiting = {.done = false};
        arena_reset(arena);
        (void)pthread_mutex_init(&waiting.lock, NULL);
        (void)pthread_cond_init(&waiting.changed, NULL);
        waiting.invocation = (struct invocation){
            .function = STR("fn"),
            .event = events[i % ARRAY_LEN(events)],
            .log_tail = i % 7 == 0,
            .arena = arena,
            .route_history = i % 5 == 0 ? NULL : &history,
            .caller = &waiting,
            .will_wait = bench_on_wait,
            .done = bench_on_done,
        };
        lambda_invoke(bench->service, &waiting.invocation);
        assert_null(call_end(&waiting)->error.kind);
        assert_true(waiting.invocation.payload.len > 0);
        (void)pthread_cond_destroy(&waiting.changed);
        (void)pthread_mutex_destroy(&waiting.lock);
    }
    arena_free(arena);
    return NULL;
}

static void many_callers_and_updates_at_once_lose_no_call(void **state)
{
    enum { CALLERS = 4 };
    struct bench bench = bench_default();
    struct lambda_counters counters;
    pthread_t callers[CALLERS];

    (void)state;
    bench_begin(&bench);
    for (size_t i = 0; i < CALLERS; i++)
        assert_int_equal(pthread_create(&callers[i], NULL, call_often, &bench), 0);
    for (int64_t memory_mb = 128; memory_mb < 148; memory_mb++) {
        const struct function_update update = {.memory_mb = memory_mb};
        struct aws_error err = {0};
        (void)pthread_mutex_lock(&bench.service->lock);
        assert_true(
            function_update(&bench.service->store, bench.service->store.functions, &update, &err));
        (void)pthread_mutex_unlock(&bench.service->lock);
        arena_free(call(&bench, STR("{\"e\":1}"))->arena);
    }
    for (size_t i = 0; i < CALLERS; i++)
        (void)pthread_join(callers[i], NULL);
    lambda_count(bench.service, &counters);
    assert_int_equal(counters.invocations, CALLERS * 2000 + 20);
    bench_end(&bench);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(calls_at_the_same_time_have_environments_of_their_own),
        cmocka_unit_test(late_handler_is_answered_for_and_its_environment_not_used_again),
        cmocka_unit_test(stop_answers_a_call_that_does_not_return),
        cmocka_unit_test(reserved_concurrency_is_a_ceiling),
        cmocka_unit_test(lost_environments_are_bounded),
        cmocka_unit_test(idle_environments_go_after_minutes),
        cmocka_unit_test(many_callers_and_updates_at_once_lose_no_call),
    };

    return cmocka_run_group_tests_name("lambda/service_environments", tests, NULL, NULL);
}
