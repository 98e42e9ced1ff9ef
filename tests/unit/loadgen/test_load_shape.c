#include "../test.h"

#include "loadgen/load_shape.h"

#include "base/arena.h"
#include "loadgen/segment.h"

/* What is read of a command line that says nothing but this. */
#define SHAPE(...)                                                                                 \
    ((struct load_shape){.users = 10,                                                              \
                         .low = -1,                                                                \
                         .rise_from = -1,                                                          \
                         .rise_to = -1,                                                            \
                         .fall_from = -1,                                                          \
                         .fall_to = -1,                                                            \
                         __VA_ARGS__})

static bool read_shape(struct load_shape shape, struct run_options *ret, struct str *ret_profile)
{
    struct arena *arena = arena_new(1 << 20);
    struct aws_error err = {0};
    bool ok = false;

    *ret = (struct run_options){0};
    ok = load_shape_read(&shape, arena, ret, ret_profile, &err);
    assert_true(ok == (err.kind == NULL));
    ret->schedule = NULL; /* it was in the arena */
    arena_free(arena);
    return ok;
}

static void without_words_it_ramps_up_for_a_minute(void **state)
{
    struct run_options options;
    struct str profile;

    (void)state;
    assert_true(read_shape(SHAPE(.profile = NULL), &options, &profile));
    assert_str_equal(profile, STR("ramp-up"));
    assert_int_equal(options.duration_ms, 60000);
    assert_int_equal(options.users, 10);
    assert_int_equal(options.segments, 1);
}

static void iterations_alone_have_no_time_limit(void **state)
{
    struct run_options options;
    struct str profile;

    (void)state;
    assert_true(read_shape(SHAPE(.iterations = 5), &options, &profile));
    assert_str_equal(profile, STR("fixed"));
    assert_int_equal(options.duration_ms, 0);
}

static void a_rate_with_an_end_needs_no_duration(void **state)
{
    struct run_options options;
    struct str profile;

    (void)state;
    assert_true(read_shape(SHAPE(.rate = "5/s:2s"), &options, &profile));
    assert_int_equal(options.duration_ms, 0);
    assert_true(read_shape(SHAPE(.rate = "5/s"), &options, &profile));
    assert_int_equal(options.duration_ms, 60000);
}

static void levels_need_a_profile_that_moves(void **state)
{
    struct load_shape peak = SHAPE(.profile = "peak"), rate = SHAPE(.rate = "5/s"),
                      rounds = SHAPE(.iterations = 5);
    struct run_options options;
    struct str profile;

    (void)state;
    peak.low = 50;
    peak.fall_to = 90;
    assert_true(read_shape(peak, &options, &profile));
    assert_true(options.profile.low > 0.49 && options.profile.fall_to < 0.91);
    rate.low = 50;
    assert_false(read_shape(rate, &options, &profile));
    rounds.rise_to = 50;
    assert_false(read_shape(rounds, &options, &profile));
}

static void think_times_have_units(void **state)
{
    static const struct {
        const char *text;
        int64_t from_ms, to_ms; /* -1: refused */
    } rows[] = {{"1", 1000, 1000},    {"250ms", 250, 250}, {"0.5s-2s", 500, 2000},
                {"1m", 60000, 60000}, {"0-1", 0, 1000},    {"2s-1s", -1, -1},
                {"fast", -1, -1},     {"-1s", -1, -1},     {"", -1, -1},
                {"1s-", 1000, 1000},  {"30h", -1, -1}};

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct run_options options;
        struct str profile;
        bool ok = read_shape(SHAPE(.think_time = rows[i].text), &options, &profile);
        if (ok != (rows[i].from_ms >= 0) || (ok && (options.think_from_ms != rows[i].from_ms ||
                                                    options.think_to_ms != rows[i].to_ms)))
            fail_msg("'%s' is read differently", rows[i].text);
    }
}

/* Whatever the numbers, the parts are the whole and differ by one at most. */
static void shares_add_up(void **state)
{
    (void)state;
    for (size_t segments = 1; segments <= 12; segments++) {
        for (uint64_t count = 0; count < 50; count++) {
            uint64_t sum = 0;
            for (size_t segment = 0; segment < segments; segment++) {
                uint64_t share = segment_share(count, segment, segments);
                assert_true(share == count / segments || share == count / segments + 1);
                sum += share;
            }
            assert_int_equal(sum, count);
        }
    }
}

static void segments_are_counted_from_one(void **state)
{
    static const char *const refused[] = {"0/4", "5/4", "1",    "/",     "1/",
                                          "/4",  "1/0", "-1/4", "1/2/3", "1/10001"};
    size_t segment = 9, segments = 9;

    (void)state;
    assert_true(segment_parse(STR("2/4"), &segment, &segments));
    assert_int_equal(segment, 1);
    assert_int_equal(segments, 4);
    for (size_t i = 0; i < ARRAY_LEN(refused); i++) {
        if (segment_parse(str_from_c(refused[i]), &segment, &segments))
            fail_msg("'%s' is taken", refused[i]);
    }
}

static void a_loop_a_core_has_users_enough(void **state)
{
    static const struct {
        int64_t users, threads;
        size_t cores, wanted;
        const char *segment;
    } rows[] = {
        {10, 0, 8, 1, NULL},    {127, 0, 8, 1, NULL},  {128, 0, 8, 2, NULL}, {10000, 0, 8, 8, NULL},
        {10000, 0, 1, 1, NULL}, {10, 4, 8, 4, NULL},   {10, 4, 1, 4, NULL},  {3, 4, 8, 3, NULL},
        {10000, 1, 8, 1, NULL}, {256, 0, 8, 2, "1/2"}, {7, 9, 8, 3, "1/3"},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct run_options options;
        struct str profile;
        struct load_shape shape =
            SHAPE(.threads = rows[i].threads, .cores = rows[i].cores, .segment = rows[i].segment);
        shape.users = rows[i].users;
        assert_true(read_shape(shape, &options, &profile));
        if (options.threads != rows[i].wanted)
            fail_msg("row %zu: %zu threads", i, options.threads);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_words_it_ramps_up_for_a_minute),
        cmocka_unit_test(iterations_alone_have_no_time_limit),
        cmocka_unit_test(a_rate_with_an_end_needs_no_duration),
        cmocka_unit_test(levels_need_a_profile_that_moves),
        cmocka_unit_test(think_times_have_units),
        cmocka_unit_test(shares_add_up),
        cmocka_unit_test(a_loop_a_core_has_users_enough),
        cmocka_unit_test(segments_are_counted_from_one),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
