#include "../test.h"

#include "loadgen/dynamic_variables.h"

static void the_table_is_sorted_and_finds_each_name(void **state)
{
    (void)state;
    for (size_t i = 0; i < dynamic_count(); i++) {
        if (i > 0)
            assert_true(str_compare(dynamic_name((int)i - 1), dynamic_name((int)i)) < 0);
        assert_int_equal(dynamic_find(dynamic_name((int)i)), (int)i);
    }
    assert_int_equal(dynamic_find(STR("$nobody")), DYNAMIC_UNKNOWN);
    assert_int_equal(dynamic_find(STR("guid")), DYNAMIC_UNKNOWN);
    assert_int_equal(dynamic_find(STR("")), DYNAMIC_UNKNOWN);
}

static void every_value_is_text_that_fits(void **state)
{
    struct fake_clock clock;
    struct rng rng;
    char value[DYNAMIC_VALUE_BYTES];

    (void)state;
    fake_clock_init(&clock, INT64_C(1795428000123));
    rng_init(&rng, 7);
    for (size_t i = 0; i < dynamic_count(); i++) {
        for (int again = 0; again < 200; again++) {
            size_t len = dynamic_value((int)i, &rng, &clock.clock, value);
            assert_true(len > 0 && len < DYNAMIC_VALUE_BYTES && len == strlen(value));
            assert_true(str_is_utf8((struct str){value, len}));
        }
    }
}

static const char *value_of(const char *name, struct rng *rng, char value[DYNAMIC_VALUE_BYTES])
{
    struct fake_clock clock;

    fake_clock_init(&clock, INT64_C(1795428000123));
    (void)dynamic_value(dynamic_find(str_from_c(name)), rng, &clock.clock, value);
    return value;
}

static void time_is_the_clocks(void **state)
{
    char value[DYNAMIC_VALUE_BYTES];
    struct rng rng;

    (void)state;
    rng_init(&rng, 1);
    assert_string_equal(value_of("$timestamp", &rng, value), "1795428000");
    assert_string_equal(value_of("$isoTimestamp", &rng, value), "2026-11-23T10:00:00.123Z");
}

static void numbers_and_identifiers_have_their_form(void **state)
{
    char value[DYNAMIC_VALUE_BYTES], other[DYNAMIC_VALUE_BYTES];
    struct rng rng;
    bool low = false, high = false;

    (void)state;
    rng_init(&rng, 1);
    for (int i = 0; i < 20000; i++) {
        int64_t number = -1;
        assert_true(
            str_to_int64(str_from_c(value_of("$randomInt", &rng, value)), 0, 1000, &number));
        low = low || number == 0;
        high = high || number == 1000;
    }
    assert_true(low && high);
    assert_int_equal(strlen(value_of("$guid", &rng, value)), 36);
    assert_true(value[14] == '4' && value[8] == '-');
    assert_string_not_equal(value, value_of("$randomUUID", &rng, other));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_table_is_sorted_and_finds_each_name),
        cmocka_unit_test(every_value_is_text_that_fits),
        cmocka_unit_test(time_is_the_clocks),
        cmocka_unit_test(numbers_and_identifiers_have_their_form),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
