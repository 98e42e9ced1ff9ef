#include "../test.h"

#include "tuning_input.h"

#define ARN "\"lambdaARN\":\"arn:aws:lambda:eu-west-1:000000000000:function:f\""

static struct arena *arena;

static int set_up(void **state)
{
    (void)state;
    arena = arena_new(1 << 24);
    return arena == NULL;
}

static int tear_down(void **state)
{
    (void)state;
    arena_free(arena);
    return 0;
}

static struct tuning_input read_input(const char *json)
{
    struct tuning_input input;
    struct aws_error err = {0};

    if (!tuning_input_read(str_from_c(json), arena, &input, &err))
        fail_msg("%s: %s", json, err.message);
    return input;
}

static void what_cannot_run_is_refused_in_the_tools_words(void **state)
{
    static const struct {
        const char *json, *message;
    } rows[] = {
        {"{}", "Missing or empty lambdaARN"},
        {"{\"lambdaARN\":\"\",\"num\":5}", "Missing or empty lambdaARN"},
        {"{\"lambdaARN\":\"a:b\",\"num\":5}", "Invalid ARN: a:b"},
        {"{\"lambdaARN\":\"arn:aws:lambda:r:0:function:f:1\",\"num\":5}",
         "Invalid ARN: arn:aws:lambda:r:0:function:f:1"},
        {"{\"lambdaARN\":{},\"num\":5}", "Invalid ARN: [object Object]"},
        {"{" ARN "}", "Missing num or num below 5"},
        {"{" ARN ",\"num\":4}", "Missing num or num below 5"},
        {"{" ARN ",\"num\":\"four\"}", "Missing num or num below 5"},
        {"{" ARN ",\"num\":null}", "Missing num or num below 5"},
        {"{" ARN ",\"num\":5,\"powerValues\":128}", "powerValues is not iterable"},
        {"{" ARN ",\"num\":5,\"powerValues\":{}}", "powerValues is not iterable"},
        {"{" ARN ",\"num\":5,\"powerValues\":\"128\"}",
         "powerValues '128' is neither a list nor \"ALL\""},
        {"{" ARN ",\"num\":5,\"powerValues\":[\"x\"]}", "Invalid value: NaN (powerValues has 'x')"},
        {"{" ARN ",\"num\":5,\"strategy\":\"best\"}",
         "optimizationStrategies[strategy] is not a function (strategy \"best\" is none of "
         "\"cost\", \"speed\" and \"balanced\")"},
        {"{" ARN ",\"num\":5,\"preProcessorARN\":\"pre\"}", "Invalid ARN: pre"},
        {"{" ARN ",\"num\":5,\"payload\":[{\"payload\":1,\"weight\":1},{\"payload\":1,"
         "\"weight\":9}]}",
         "Invalid payload weight (num is too small)"},
        {"{" ARN ",\"num\":5,\"payloadS3\":\"s3://b/k\"}",
         "payloadS3 is not part of this version (there is no S3 client): put the payload itself "
         "into the input, as \"payload\""},
        {"[1]", "the input is no JSON object such as {\"lambdaARN\": ..., \"num\": 10}"},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct tuning_input input;
        struct aws_error err = {0};
        assert_false(tuning_input_read(str_from_c(rows[i].json), arena, &input, &err));
        assert_string_equal(err.message, rows[i].message);
        assert_ptr_equal(err.kind, &error_usage);
    }
}

static void what_is_left_out_has_the_tools_defaults(void **state)
{
    static const int64_t powers[] = {128, 256, 512, 1024, 1536, 3008};
    struct tuning_input input = read_input("{" ARN ",\"num\":5}");

    (void)state;
    assert_str_equal(input.region, STR("eu-west-1"));
    assert_int_equal(input.power_count, ARRAY_LEN(powers));
    for (size_t i = 0; i < ARRAY_LEN(powers); i++)
        assert_int_equal(input.powers[i].memory_mb, powers[i]);
    assert_int_equal(input.strategy, STRATEGY_COST);
    assert_true(input.balanced_weight == 0.5 && input.discard == 0.2);
    assert_false(input.parallel_invocation || input.only_cold_starts || input.dry_run ||
                 input.auto_optimize || input.include_output_results);
    assert_int_equal(input.sleep_ms, 0);
    assert_int_equal(tuning_input_runs(&input), 5);
}

static void all_sizes_stop_at_3008(void **state)
{
    struct tuning_input input = read_input("{" ARN ",\"num\":5,\"powerValues\":\"ALL\"}");

    (void)state;
    assert_int_equal(input.power_count, 46);
    assert_int_equal(input.powers[0].memory_mb, 128);
    assert_int_equal(input.powers[45].memory_mb, 3008);
}

static void numbers_are_taken_as_javascript_takes_them(void **state)
{
    static const struct {
        const char *json;
        int64_t num, sleep_ms;
        double discard, weight;
    } rows[] = {
        {"{" ARN ",\"num\":\"7\"}", 7, 0, 0.2, 0.5},
        {"{" ARN ",\"num\":5.9,\"discardTopBottom\":0.9}", 5, 0, 0.4, 0.5},
        {"{" ARN ",\"num\":5,\"discardTopBottom\":-1,\"balancedWeight\":null}", 5, 0, 0, 0},
        {"{" ARN ",\"num\":5,\"balancedWeight\":\"0.25\"}", 5, 0, 0.2, 0.25},
        {"{" ARN ",\"num\":5,\"balancedWeight\":3}", 5, 0, 0.2, 1},
        {"{" ARN ",\"num\":5,\"sleepBetweenRunsMs\":\"12.7\"}", 5, 12, 0.2, 0.5},
        {"{" ARN ",\"num\":5,\"sleepBetweenRunsMs\":\"soon\"}", 5, 0, 0.2, 0.5},
        {"{" ARN ",\"num\":5,\"onlyColdStarts\":1,\"discardTopBottom\":0.3}", 5, 0, 0, 0.5},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct tuning_input input = read_input(rows[i].json);
        if (input.num != rows[i].num || input.sleep_ms != rows[i].sleep_ms ||
            input.discard != rows[i].discard || input.balanced_weight != rows[i].weight)
            fail_msg("%s", rows[i].json);
    }
}

static void dry_run_is_one_run_only_when_it_is_exactly_true(void **state)
{
    struct tuning_input exactly = read_input("{" ARN ",\"num\":5,\"dryRun\":true}");
    struct tuning_input truthy = read_input("{" ARN ",\"num\":5,\"dryRun\":\"yes\"}");

    (void)state;
    assert_int_equal(tuning_input_runs(&exactly), 1);
    assert_int_equal(tuning_input_runs(&truthy), 5);
    assert_true(exactly.dry_run && truthy.dry_run);
}

static void aliases_keep_the_values_text(void **state)
{
    struct tuning_input input =
        read_input("{" ARN ",\"num\":5,\"powerValues\":[\"128\",256.5,1769]}");

    (void)state;
    assert_str_equal(input.powers[0].text, STR("128"));
    assert_str_equal(input.powers[1].text, STR("256.5"));
    assert_int_equal(input.powers[1].memory_mb, 256);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_cannot_run_is_refused_in_the_tools_words),
        TEST(what_is_left_out_has_the_tools_defaults),
        TEST(all_sizes_stop_at_3008),
        TEST(numbers_are_taken_as_javascript_takes_them),
        TEST(dry_run_is_one_run_only_when_it_is_exactly_true),
        TEST(aliases_keep_the_values_text),
    };

    return cmocka_run_group_tests_name("tuning/tuning_input", tests, NULL, NULL);
}
