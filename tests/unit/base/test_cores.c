#include "../test.h"

#include "base/cores.h"

static void a_quota_is_rounded_up_to_whole_cores(void **state)
{
    static const struct {
        const char *text;
        size_t cores;
    } rows[] = {
        {"200000 100000", 2},
        {"150000 100000", 2},
        {"50000 100000", 1},
        {"1000 100000", 1},
        {"max 100000", 0},
        {"-1 100000", 0},
        {"", 0},
        {"200000", 0},
        {"200000 0", 0},
        {"many few", 0},
        {"0 100000", 0},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        if (cores_of_quota(str_from_c(rows[i].text)) != rows[i].cores)
            fail_msg("'%s'", rows[i].text);
    }
}

static void there_is_always_a_core(void **state)
{
    (void)state;
    assert_true(cores_available() >= 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_quota_is_rounded_up_to_whole_cores),
        cmocka_unit_test(there_is_always_a_core),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
