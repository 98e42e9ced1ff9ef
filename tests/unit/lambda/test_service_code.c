/* A function's code: what cannot be loaded, what fails to begin, and processes of their own. */
#include "service_bench.h"

static void broken_code_is_told_at_once(void **state)
{
    static const struct {
        const char *code;
        const char *message; /* a part of it */
    } rows[] = {
        {"/nonexistent", "no code at /nonexistent"},
        {TEST_DATA_FOLDER, "no bootstrap in"},
        {TEST_PROFILE, "cannot load"},
    };
    struct bench bench = bench_default();
    struct lambda_service *service = NULL;
    struct aws_error err = {0};

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        bench.spec.code = str_from_c(rows[i].code);
        assert_true(lambda_service_new(&bench.options, &service, &err));
        bool ok = lambda_function_create(service, &bench.spec, &err);
        if (ok || strstr(err.message, rows[i].message) == NULL)
            fail_msg("row %zu: %s", i, err.message);
        lambda_service_stop(service, 0);
        lambda_service_free(service);
        err = (struct aws_error){0};
    }
    bench.options.isolate = true;
    bench.spec.code = STR(TEST_PROFILE); /* a file where --isolate needs a bootstrap beside it */
    assert_true(lambda_service_new(&bench.options, &service, &err));
    assert_false(lambda_function_create(service, &bench.spec, &err));
    assert_non_null(strstr(err.message, "or leave out --isolate, which runs no .so"));
    lambda_service_stop(service, 0);
    lambda_service_free(service);
    bench.options.cpu = CPU_ENFORCE;
    err = (struct aws_error){0};
    assert_false(lambda_service_new(&bench.options, &service, &err));
    assert_ptr_equal(err.kind, &error_environment);
}

static void processes_answer_fail_and_die(void **state)
{
    static const struct {
        struct str event;
        const char *payload; /* %s: the request id */
        const char *log;
        bool failed;
    } rows[] = {
        {STR_INIT("{\"e\":1}"), "{\"e\":1}", "\tInit Duration: ", false},
        {STR_INIT("{\"l\":1}"), "{\"l\":1}", "\nprinted\nEND ", false},
        {STR_INIT("{\"v\":1}"), "\"val fn\"", "REPORT", false},
        {STR_INIT("{\"f\":1}"), "{\"errorMessage\":\"no\",\"errorType\":\"E\"}", " MB\t\n", true},
        {STR_INIT("{\"q\":1}"),
         "{\"errorType\":\"Runtime.ExitError\",\"errorMessage\":\"RequestId: %s Error: Runtime "
         "exited with error: exit status 3\"}",
         "Error: Runtime exited with error: exit status 3\nRuntime.ExitError\nEND", true},
        {STR_INIT("{\"o\":1}"),
         "{\"errorType\":\"Runtime.ExitError\",\"errorMessage\":\"RequestId: %s Error: Runtime "
         "exited without providing a reason\"}",
         "\tStatus: error\tError Type: Runtime.ExitError\t\n", true},
        {STR_INIT("{\"k\":1}"),
         "{\"errorType\":\"Runtime.ExitError\",\"errorMessage\":\"RequestId: %s Error: Runtime "
         "exited with error: signal: killed\"}",
         "signal: killed", true},
        {STR_INIT("{\"b\":1}"),
         "{\"errorType\":\"Sandbox.Timedout\",\"errorMessage\":\"RequestId: %s Error: Task timed "
         "out after 1.00 seconds\"}",
         "Status: timeout", true},
        {STR_INIT("{\"e\":2}"), "{\"e\":2}", "\tInit Duration: ", false},
    };
    const struct http_header variables[] = {{STR("TEST_KEY"), STR("val")}};
    struct bench bench = bench_default();

    (void)state;
    bench.spec.code = str_from_c(TEST_BOOTSTRAP_FOLDER);
    bench.spec.environment = variables;
    bench.spec.environment_count = ARRAY_LEN(variables);
    bench.options.isolate = true;
    bench_begin(&bench);
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct invocation *invocation = call(&bench, rows[i].event);
        char expected[512];
        const char *hole = strstr(rows[i].payload, "%s");
        if (hole == NULL)
            (void)snprintf(expected, sizeof(expected), "%s", rows[i].payload);
        else
            (void)snprintf(expected, sizeof(expected), "%.*s%s%s", (int)(hole - rows[i].payload),
                           rows[i].payload, invocation->request_id, hole + 2);
        assert_null(invocation->error.kind);
        assert_str_equal(invocation->payload, str_from_c(expected));
        assert_int_equal(invocation->function_error, rows[i].failed);
        assert_tail(&bench, invocation, rows[i].log);
        arena_free(invocation->arena);
    }
    bench_end(&bench);
}

static void failed_inits_are_function_errors(void **state)
{
    static const struct {
        const char *code;
        bool isolate;
        struct str how;
        const char *payload; /* begins so */
    } rows[] = {
        {TEST_HANDLER, false, STR_INIT("x"), "{\"errorMessage\":\"the handler's init failed\""},
        {TEST_BOOTSTRAP_FOLDER, true, STR_INIT("exit"), "{\"errorType\":\"Runtime.ExitError\","},
        {TEST_BOOTSTRAP_FOLDER, true, STR_INIT("error"),
         "{\"errorMessage\":\"init\",\"errorType\":\"I\"}"},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        const struct http_header variables[] = {{STR("FAIL_INIT"), rows[i].how}};
        struct bench bench = bench_default();
        bench.options.isolate = rows[i].isolate;
        bench.spec.code = str_from_c(rows[i].code);
        bench.spec.environment = variables;
        bench.spec.environment_count = 1;
        bench_begin(&bench);
        struct invocation *invocation = call(&bench, STR("{\"e\":1}"));
        assert_true(invocation->function_error);
        assert_true(str_starts_with(invocation->payload, str_from_c(rows[i].payload)));
        assert_tail(&bench, invocation, "\tPhase: init\tStatus: error\tError Type: Runtime.");
        arena_free(invocation->arena);
        bench_end(&bench);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(broken_code_is_told_at_once),
        cmocka_unit_test(processes_answer_fail_and_die),
        cmocka_unit_test(failed_inits_are_function_errors),
    };

    return cmocka_run_group_tests_name("lambda/service_code", tests, NULL, NULL);
}
