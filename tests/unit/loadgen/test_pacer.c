#include "../test.h"

#include "loadgen/pacer.h"

#include "base/rng.h"
#include "loadgen/virtual_user.h"

enum { USERS = 200 };

static struct virtual_user *woken[USERS];
static size_t woken_count;

static void on_wake(struct virtual_user *user, int64_t now_ns)
{
    (void)now_ns;
    woken[woken_count++] = user;
}

/* All moments are past, so that the loop wakes everybody at once: in order, whoever has left not.
 */
static void users_wake_in_the_order_of_their_moments(void **state)
{
    struct virtual_user *users = calloc(USERS, sizeof(*users));
    struct pacer pacer;
    struct rng rng;
    uv_loop_t loop;

    (void)state;
    woken_count = 0;
    rng_init(&rng, 1);
    assert_int_equal(uv_loop_init(&loop), 0);
    assert_true(pacer_init(&pacer, &loop, USERS, on_wake));
    for (size_t i = 0; i < USERS; i++) {
        users[i].resume_ns = 1 + (int64_t)rng_below(&rng, 50);
        pacer_add(&pacer, &users[i]);
    }
    for (size_t i = 0; i < USERS; i += 3)
        pacer_remove(&pacer, &users[i]);
    pacer_remove(&pacer, &users[0]); /* twice is once */
    while (pacer.count > 0)
        (void)uv_run(&loop, UV_RUN_ONCE);
    assert_int_equal(woken_count, USERS - (USERS + 2) / 3);
    for (size_t i = 0; i < woken_count; i++) {
        assert_false(woken[i]->waiting);
        assert_true((woken[i] - users) % 3 != 0);
        assert_true(i == 0 || woken[i - 1]->resume_ns <= woken[i]->resume_ns);
    }
    pacer_close(&pacer);
    (void)uv_run(&loop, UV_RUN_DEFAULT);
    assert_int_equal(uv_loop_close(&loop), 0);
    pacer_deinit(&pacer);
    free(users);
}

static void the_end_wakes_who_would_have_slept_on(void **state)
{
    struct virtual_user *users = calloc(3, sizeof(*users));
    struct pacer pacer;
    uv_loop_t loop;

    (void)state;
    woken_count = 0;
    assert_int_equal(uv_loop_init(&loop), 0);
    assert_true(pacer_init(&pacer, &loop, 3, on_wake));
    for (size_t i = 0; i < 3; i++) {
        users[i].resume_ns = INT64_MAX / 2;
        pacer_add(&pacer, &users[i]);
    }
    pacer_wake_all(&pacer);
    assert_int_equal(woken_count, 3);
    assert_int_equal(pacer.count, 0);
    pacer_close(&pacer);
    (void)uv_run(&loop, UV_RUN_DEFAULT);
    assert_int_equal(uv_loop_close(&loop), 0);
    pacer_deinit(&pacer);
    free(users);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(users_wake_in_the_order_of_their_moments),
        cmocka_unit_test(the_end_wakes_who_would_have_slept_on),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
