/* First: cmocka's macro fail() would take the name of a member in squall/lambda.h. */
#include "errors.h"
#include "function.h"

#include "../test.h"

/* A store with one function, `fn`, whose code is the tests' handler. */
struct bench {
    struct function_store store;
    struct fake_clock clock;
    struct rng rng;
    struct lambda_function *function;
    struct arena *arena;
    struct aws_error err;
    int retired;
};

static void count_retired(void *state, struct function_version *version)
{
    struct bench *bench = state;

    assert_true(version->retired);
    bench->retired++;
}

static void bench_begin(struct bench *bench)
{
    struct function_config config = {
        .runtime = STR("provided.al2023"),
        .architecture = STR("x86_64"),
        .memory_mb = 128,
        .timeout_s = 3,
    };
    struct function_code *code = NULL;

    memset(bench, 0, sizeof(*bench));
    fake_clock_init(&bench->clock, 1769860800000);
    rng_init(&bench->rng, 1);
    bench->arena = arena_new(1024 * 1024);
    bench->store = (struct function_store){
        .region = STR("us-east-1"),
        .account_id = STR("000000000000"),
        .clock = &bench->clock.clock,
        .rng = &bench->rng,
        .retire = count_retired,
        .retire_state = bench,
    };
    assert_true(code_new(str_from_c(TEST_HANDLER), STR("fn"), false, &code, &bench->err));
    assert_true(
        store_create(&bench->store, STR("fn"), &config, code, &bench->function, &bench->err));
}

static void bench_end(struct bench *bench)
{
    store_deinit(&bench->store);
    arena_free(bench->arena);
}

static int64_t publish(struct bench *bench)
{
    struct function_version *version = NULL;

    assert_true(function_publish(&bench->store, bench->function, NULL, STR(""), STR(""), &version,
                                 &bench->err));
    return version->number;
}

static void set_memory(struct bench *bench, int64_t memory_mb)
{
    const struct function_update update = {.memory_mb = memory_mb};

    assert_true(function_update(&bench->store, bench->function, &update, &bench->err));
}

static void unchanged_function_publishes_the_same_version(void **state)
{
    struct bench bench;
    const struct str description = STR("d - RAM128-0");
    const struct function_update update = {.description = &description};

    (void)state;
    bench_begin(&bench);
    assert_int_equal(publish(&bench), 1);
    assert_int_equal(publish(&bench), 1);
    set_memory(&bench, 256);
    assert_int_equal(publish(&bench), 2);
    set_memory(&bench, 128); /* as version 1, but the last one is 2 */
    assert_int_equal(publish(&bench), 3);
    assert_true(function_update(&bench.store, bench.function, &update, &bench.err));
    assert_int_equal(publish(&bench), 4);
    assert_true(function_delete_version(&bench.store, bench.function, 4, &bench.err));
    assert_int_equal(publish(&bench), 5); /* numbers are not used again */
    bench_end(&bench);
}

static void published_version_keeps_its_configuration(void **state)
{
    struct bench bench;

    (void)state;
    bench_begin(&bench);
    assert_int_equal(publish(&bench), 1);
    set_memory(&bench, 512);
    assert_int_equal(function_find_version(bench.function, 1)->config.memory_mb, 128);
    assert_int_equal(function_find_version(bench.function, 0)->config.memory_mb, 512);
    assert_int_equal(bench.retired, 1); /* the old $LATEST, with its environments */
    bench_end(&bench);
}

static void configurations_out_of_range_are_refused(void **state)
{
    static const struct {
        struct function_update update;
        const char *message;
    } rows[] = {
        {{.memory_mb = 127},
         "1 validation error detected: Value '127' at 'memorySize' failed to satisfy constraint: "
         "Member must have value greater than or equal to 128"},
        {{.memory_mb = 10241},
         "1 validation error detected: Value '10241' at 'memorySize' failed to satisfy constraint: "
         "Member must have value less than or equal to 10240"},
        {{.timeout_s = 901},
         "1 validation error detected: Value '901' at 'timeout' failed to satisfy constraint: "
         "Member must have value less than or equal to 900"},
    };
    struct bench bench;

    (void)state;
    bench_begin(&bench);
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        assert_false(function_update(&bench.store, bench.function, &rows[i].update, &bench.err));
        assert_ptr_equal(bench.err.kind, &lambda_validation);
        assert_string_equal(bench.err.message, rows[i].message);
    }
    assert_int_equal(bench.function->latest->config.memory_mb, 128);
    bench_end(&bench);
}

static void aliases_name_versions(void **state)
{
    struct bench bench;
    struct function_alias *alias = NULL;
    const struct str one = STR("1"), two = STR("2");
    struct alias_update update = {.version = &one};

    (void)state;
    bench_begin(&bench);
    assert_int_equal(publish(&bench), 1);
    assert_true(
        alias_create(&bench.store, bench.function, STR("RAM128"), &update, &alias, &bench.err));
    assert_int_equal(function_resolve(&bench.store, bench.function, STR("RAM128"))->number, 1);
    assert_false(
        alias_create(&bench.store, bench.function, STR("RAM128"), &update, &alias, &bench.err));
    assert_string_equal(
        bench.err.message,
        "Alias already exists: arn:aws:lambda:us-east-1:000000000000:function:fn:RAM128");
    assert_false(
        alias_create(&bench.store, bench.function, STR("2024"), &update, &alias, &bench.err));
    assert_string_equal(bench.err.message,
                        "1 validation error detected: Value '2024' at 'name' failed to satisfy "
                        "constraint: Member must satisfy regular expression pattern: "
                        "(?!^[0-9]+$)([a-zA-Z0-9-_]+)");
    update.version = &two;
    assert_false(
        alias_update(&bench.store, bench.function, STR("RAM128"), &update, &alias, &bench.err));
    assert_string_equal(bench.err.message, "Function not found: "
                                           "arn:aws:lambda:us-east-1:000000000000:function:fn:2");
    assert_false(function_delete_version(&bench.store, bench.function, 1, &bench.err));
    assert_ptr_equal(bench.err.kind, &lambda_resource_conflict);
    alias_delete(bench.function, STR("RAM128"));
    assert_null(function_resolve(&bench.store, bench.function, STR("RAM128")));
    assert_true(function_delete_version(&bench.store, bench.function, 1, &bench.err));
    bench_end(&bench);
}

static void weighted_alias_draws_in_its_proportion(void **state)
{
    struct bench bench;
    struct function_alias *alias = NULL;
    const struct str one = STR("1");
    const struct alias_update update = {
        .version = &one, .has_routing = true, .other_version = 2, .other_weight = 0.2};
    int second = 0;

    (void)state;
    bench_begin(&bench);
    assert_int_equal(publish(&bench), 1);
    set_memory(&bench, 256);
    assert_int_equal(publish(&bench), 2);
    assert_true(
        alias_create(&bench.store, bench.function, STR("live"), &update, &alias, &bench.err));
    for (int i = 0; i < 10000; i++)
        second += function_resolve(&bench.store, bench.function, STR("live"))->number == 2;
    assert_in_range(second, 1800, 2200);
    bench_end(&bench);
}

static void reservations_leave_a_hundred(void **state)
{
    struct bench bench;

    (void)state;
    bench_begin(&bench);
    assert_true(function_reserve(&bench.store, bench.function, 900, &bench.err));
    assert_false(function_reserve(&bench.store, bench.function, 901, &bench.err));
    assert_string_equal(bench.err.message,
                        "Specified ReservedConcurrentExecutions for function decreases account's "
                        "UnreservedConcurrentExecution below its minimum value of [100].");
    assert_int_equal(bench.function->reserved, 900);
    assert_true(function_reserve(&bench.store, bench.function, -1, &bench.err));
    assert_int_equal(bench.store.reserved_sum, 0);
    bench_end(&bench);
}

static void configuration_is_written_as_the_api_has_it(void **state)
{
    struct bench bench;
    struct buffer out;
    struct json_writer writer;
    struct json_value *value = NULL;

    (void)state;
    bench_begin(&bench);
    buffer_init(&out, bench.arena);
    json_writer_init(&writer, &out, JSON_COMPACT);
    config_write(&writer, bench.function->latest, CONFIG_WHOLE, true, STR("eu-west-1"));
    assert_true(json_parse(buffer_str(&out), bench.arena, &value, NULL));
    assert_str_equal(json_member(value, "FunctionArn")->text,
                     STR("arn:aws:lambda:eu-west-1:000000000000:function:fn:$LATEST"));
    assert_str_equal(json_member(value, "LastModified")->text, STR("2026-01-31T12:00:00.000+0000"));
    assert_str_equal(json_member(value, "LastUpdateStatus")->text, STR("Successful"));
    assert_str_equal(json_member(value, "Architectures")->raw, STR("[\"x86_64\"]"));
    assert_str_equal(json_member(value, "Timeout")->text, STR("3"));
    assert_null(json_member(value, "Environment"));
    bench_end(&bench);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(unchanged_function_publishes_the_same_version),
        cmocka_unit_test(published_version_keeps_its_configuration),
        cmocka_unit_test(configurations_out_of_range_are_refused),
        cmocka_unit_test(aliases_name_versions),
        cmocka_unit_test(weighted_alias_draws_in_its_proportion),
        cmocka_unit_test(reservations_leave_a_hundred),
        cmocka_unit_test(configuration_is_written_as_the_api_has_it),
    };

    return cmocka_run_group_tests_name("lambda/function", tests, NULL, NULL);
}
