#include "../test.h"

#include "loadgen/profile.h"

static void profiles_go_through_their_points(void **state)
{
    static const struct {
        const char *name;
        double elapsed;
        size_t users; /* of 100 */
    } rows[] = {
        {"fixed", 0, 100},     {"fixed", 0.5, 100},   {"fixed", 1, 100},   {"ramp-up", 0, 25},
        {"ramp-up", 0.25, 62}, {"ramp-up", 0.5, 100}, {"ramp-up", 1, 100}, {"spike", 0, 10},
        {"spike", 0.39, 10},   {"spike", 0.45, 55},   {"spike", 0.5, 100}, {"spike", 0.55, 55},
        {"spike", 0.6, 10},    {"spike", 1, 10},      {"peak", 0.1, 20},   {"peak", 0.3, 60},
        {"peak", 0.4, 100},    {"peak", 0.59, 100},   {"peak", 0.7, 60},   {"peak", 0.8, 20},
        {"peak", 1, 20},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct profile profile;
        assert_true(profile_find(str_from_c(rows[i].name), &profile));
        assert_true(profile_is_valid(&profile));
        size_t users = profile_users(&profile, rows[i].elapsed, 100);
        if (users != rows[i].users)
            fail_msg("%s at %.2f: %zu users", rows[i].name, rows[i].elapsed, users);
    }
}

static void one_user_is_always_active(void **state)
{
    struct profile profile;

    (void)state;
    assert_true(profile_find(STR("spike"), &profile));
    for (int i = 0; i <= 100; i++)
        assert_int_equal(profile_users(&profile, i / 100.0, 1), 1);
}

static void unknown_names_and_disorder_are_refused(void **state)
{
    struct profile profile;

    (void)state;
    assert_false(profile_find(STR("ramp"), &profile));
    assert_true(profile_find(STR("peak"), &profile));
    profile.rise_from = 0.5;
    assert_false(profile_is_valid(&profile));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(profiles_go_through_their_points),
        cmocka_unit_test(one_user_is_always_active),
        cmocka_unit_test(unknown_names_and_disorder_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
