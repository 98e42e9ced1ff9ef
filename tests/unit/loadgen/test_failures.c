#include "../test.h"

#include "loadgen/failures.h"

static uint64_t of(const struct failures *failures, uint32_t kind)
{
    for (size_t i = 0; i < failures->count; i++) {
        if (failures->rows[i].kind == kind)
            return failures->rows[i].count;
    }
    return 0;
}

static void kinds_are_counted_apart(void **state)
{
    struct failures failures = {.count = 0};

    (void)state;
    failures_count(&failures, 503, 2);
    failures_count(&failures, FAILURE_ERRORS + 3, 1);
    failures_count(&failures, 503, 1);
    failures_count(&failures, 404, 0);
    assert_int_equal(failures.count, 2);
    assert_int_equal(of(&failures, 503), 3);
    assert_int_equal(of(&failures, FAILURE_ERRORS + 3), 1);
}

static void kinds_past_the_last_row_count_together_and_none_is_lost(void **state)
{
    struct failures one = {.count = 0}, two = {.count = 0}, sum = {.count = 0};
    uint64_t all = 0;

    (void)state;
    for (uint32_t kind = 400; kind < 420; kind++) {
        failures_count(&one, kind, 1);
        failures_count(&two, 819 - kind, 1);
    }
    assert_int_equal(of(&one, 400), 1);
    assert_int_equal(of(&one, FAILURE_OTHER), 20 - (FAILURES_MAX - 1));
    failures_add(&sum, &one);
    failures_add(&sum, &two);
    failures_add(&sum, &sum);
    assert_true(sum.count <= FAILURES_MAX);
    for (size_t i = 0; i < sum.count; i++)
        all += sum.rows[i].count;
    assert_int_equal(all, 80);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(kinds_are_counted_apart),
        cmocka_unit_test(kinds_past_the_last_row_count_together_and_none_is_lost),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
