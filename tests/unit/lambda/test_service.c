/* What a call brings: its answer, its log, its errors, and who runs it. */
#include "service_bench.h"
#include "route.h"

#include "base/base64.h"

static void answers_are_what_the_handler_sent(void **state)
{
    static const struct {
        struct str event, payload;
        bool failed;
    } rows[] = {
        {STR_INIT("{\"e\":1}"), STR_INIT("{\"e\":1}"), false},
        {STR_INIT(""), STR_INIT("{}"), false},
        {STR_INIT("{\"n\":1}"), STR_INIT("null"), false},
        {STR_INIT("{\"f\":1}"),
         STR_INIT("{\"errorMessage\": \"no\", \"errorType\": \"ValueError\"}"), true},
        {STR_INIT("{\"c\":1}"), STR_INIT("5"), false}, /* one environment served all of them */
    };
    struct bench bench = bench_default();

    (void)state;
    bench_begin(&bench);
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct invocation *invocation = call(&bench, rows[i].event);
        assert_null(invocation->error.kind);
        assert_str_equal(invocation->payload, rows[i].payload);
        assert_int_equal(invocation->function_error, rows[i].failed);
        assert_str_equal(invocation->executed_version, STR("$LATEST"));
        arena_free(invocation->arena);
    }
    bench_end(&bench);
}

static void log_tail_has_the_lines_of_this_call_only(void **state)
{
    struct bench bench = bench_default();
    struct str decoded = {0};

    (void)state;
    bench_begin(&bench);
    struct invocation *first = call(&bench, STR("{\"l\":1}"));
    assert_tail(&bench, first, "a line\n");
    assert_tail(&bench, first, " MB\tInit Duration: ");
    struct invocation *second = call(&bench, STR("{\"e\":1}"));
    assert_true(base64_decode(bench.arena, second->log_result, &decoded));
    struct str expected =
        str_printf(bench.arena, "START RequestId: %s Version: $LATEST\nEND RequestId: %s\nREPORT ",
                   second->request_id, second->request_id);
    assert_true(str_starts_with(decoded, expected));
    assert_true(str_ends_with(decoded, STR(" MB\t\n")));
    arena_free(first->arena);
    arena_free(second->arena);
    bench_end(&bench);
}

static void short_calls_move_in_place_and_an_overrun_moves_them_back(void **state)
{
    struct bench bench = bench_default();
    struct lambda_counters counters;
    bool in_place = false;

    (void)state;
    bench_begin(&bench);
    /* A loaded machine may have slow calls in between: each begins the count anew. */
    for (int i = 0; i < 100000 && !in_place; i++) {
        struct waiting *waiting = call_begin(&bench, STR("{\"e\":1}"));
        struct invocation *invocation = call_end(waiting);
        in_place = !waiting->waits;
        assert_true(i >= ROUTE_SHORT_CALLS || !in_place);
        assert_str_equal(invocation->payload, STR("{\"e\":1}"));
        arena_free(invocation->arena);
    }
    assert_true(in_place);
    struct waiting *blocks = call_begin(&bench, STR("{\"x\":1}"));
    assert_false(blocks->waits); /* once */
    arena_free(call_end(blocks)->arena);
    struct waiting *after = call_begin(&bench, STR("{\"e\":1}"));
    assert_true(after->waits);
    arena_free(call_end(after)->arena);
    lambda_count(bench.service, &counters);
    assert_int_equal(counters.cold_starts, 1);
    assert_true(counters.in_place >= 2);
    bench_end(&bench);
}

static void failures_are_the_services_errors(void **state)
{
    static const struct {
        struct str function, event;
        const char *kind, *message;
    } rows[] = {
        {STR_INIT("nobody"), STR_INIT("{}"), "ResourceNotFoundException",
         "Function not found: arn:aws:lambda:us-east-1:000000000000:function:nobody:$LATEST"},
        {STR_INIT("fn:7"), STR_INIT("{}"), "ResourceNotFoundException",
         "Function not found: arn:aws:lambda:us-east-1:000000000000:function:fn:7"},
        {STR_INIT("fn"), STR_INIT("n\x87r"), "InvalidRequestContentException",
         "Could not parse request body into json: Could not parse payload into json: Invalid UTF-8 "
         "start byte 0x87\n at [Source: REDACTED (`StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION` "
         "disabled); line: 1, column: 3]"},
        {STR_INIT("fn"), STR_INIT("\x99\xeb,j"), "InvalidRequestContentException",
         "Could not parse request body into json: Could not parse payload into json: Unexpected "
         "character ((CTRL-CHAR, code 153)): expected a valid value (JSON String, Number, Array, "
         "Object or token 'null', 'true' or 'false')\n at [Source: REDACTED "
         "(`StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION` disabled); line: 1, column: 1]"},
    };
    struct bench bench = bench_default();

    (void)state;
    bench_begin(&bench);
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct waiting waiting = {.done = false};
        waiting.invocation = (struct invocation){
            .function = rows[i].function,
            .event = rows[i].event,
            .arena = bench.arena,
            .caller = &waiting,
            .done = bench_on_done,
        };
        lambda_invoke(bench.service, &waiting.invocation);
        assert_true(waiting.done);
        assert_non_null(waiting.invocation.error.kind);
        assert_string_equal(waiting.invocation.error.kind->name, rows[i].kind);
        assert_string_equal(waiting.invocation.error.message, rows[i].message);
    }
    bench_end(&bench);
}

static void asynchronous_events_are_accepted_and_run_later(void **state)
{
    struct bench bench = bench_default();
    struct lambda_counters counters;
    struct waiting waiting = {.done = false};

    (void)state;
    bench_begin(&bench);
    waiting.invocation = (struct invocation){
        .function = STR("fn"),
        .event = STR("{\"c\":1}"),
        .asynchronous = true,
        .arena = bench.arena,
        .caller = &waiting,
        .done = bench_on_done,
    };
    lambda_invoke(bench.service, &waiting.invocation);
    assert_true(waiting.done);
    assert_null(waiting.invocation.error.kind);
    assert_int_equal(waiting.invocation.payload.len, 0);
    do
        lambda_count(bench.service, &counters);
    while (counters.invocations == 0);
    struct invocation *second = call(&bench, STR("{\"c\":1}"));
    assert_str_equal(second->payload, STR("2"));
    arena_free(second->arena);
    bench_end(&bench);
}

static void function_log_has_what_was_written(void **state)
{
    struct bench bench = bench_default();
    struct aws_error err = {0};
    struct str log = {0};

    (void)state;
    bench_begin(&bench);
    arena_free(call(&bench, STR("{\"l\":1}"))->arena);
    assert_true(lambda_log_read(bench.service, STR("fn"), bench.arena, &log, &err));
    assert_true(str_starts_with(log, STR("INIT_START Runtime Version: provided.al2023\t")));
    assert_true(str_find(log, STR("\na line\nEND RequestId: ")) < log.len);
    assert_false(lambda_log_read(bench.service, STR("nobody"), bench.arena, &log, &err));
    bench_end(&bench);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answers_are_what_the_handler_sent),
        cmocka_unit_test(log_tail_has_the_lines_of_this_call_only),
        cmocka_unit_test(short_calls_move_in_place_and_an_overrun_moves_them_back),
        cmocka_unit_test(failures_are_the_services_errors),
        cmocka_unit_test(asynchronous_events_are_accepted_and_run_later),
        cmocka_unit_test(function_log_has_what_was_written),
    };

    return cmocka_run_group_tests_name("lambda/service", tests, NULL, NULL);
}
