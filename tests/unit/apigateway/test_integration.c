/* Non-proxy and mock integrations: passthrough, selection, mapping. */
#include "../test.h"

#include "gateway_bench.h"

#define URI                                                                                        \
    "\"uri\":\"arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/"                     \
    "arn:aws:lambda:us-east-1:000000000000:function:f/invocations\""

/* POST /x with this integration, and method responses 200, 202, 405, 502. */
static void import(struct bench *bench, const char *integration)
{
    struct str text = str_printf(
        bench->arena,
        "{\"openapi\":\"3.0.1\",\"paths\":{\"/x\":{\"post\":{\"responses\":{\"200\":{\"headers\":"
        "{\"X-A\":{},\"X-B\":{},\"Date\":{}}},\"202\":{},\"405\":{},\"502\":{}},"
        "\"x-amazon-apigateway-integration\":%s}}}}",
        integration);

    bench_import(bench, text.ptr);
}

#define TEXT "{\\\"a\\\":1}"
#define AWS  "{\"type\":\"aws\",\"httpMethod\":\"POST\"," URI
#define OK   "\"responses\":{\"default\":{\"statusCode\":\"200\"}}}"

/* Developer Guide, "Integration request passthrough behaviors". `event` NULL: 415, not called. */
static const struct {
    const char *behavior;
    const char *templates;
    const char *content_type;
    const char *event;
} passthrough[] = {
    {"when_no_match", NULL, "application/json", "{\"b\":2}"},
    {"when_no_match", "application/json", "application/json", "{\"a\":1}"},
    {"when_no_match", "application/json", "application/json; charset=utf-8", "{\"a\":1}"},
    {"when_no_match", "application/json", NULL, "{\"a\":1}"},
    {"when_no_match", "application/json", "text/plain", "{\"b\":2}"},
    {"when_no_templates", NULL, "text/plain", "{\"b\":2}"},
    {"when_no_templates", "application/json", "application/json", "{\"a\":1}"},
    {"when_no_templates", "application/json", "text/plain", NULL},
    {"never", NULL, "application/json", NULL},
    {"never", "application/json", "application/json", "{\"a\":1}"},
    {"never", "application/json", "text/plain", NULL},
};

static void passthrough_follows_its_row(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(passthrough); i++) {
        const char *const headers[] = {"Content-Type", passthrough[i].content_type, NULL, NULL};
        struct bench bench;
        bench_begin(&bench);
        struct str templates = {"", 0};
        if (passthrough[i].templates != NULL)
            templates = str_printf(bench.arena, "\"requestTemplates\":{\"%s\":\"" TEXT "\"},",
                                   passthrough[i].templates);
        import(&bench, str_printf(bench.arena, AWS ",\"passthroughBehavior\":\"%s\",%s" OK,
                                  passthrough[i].behavior, templates.ptr)
                           .ptr);
        int status = bench_send(&bench, "POST", "/x", "{\"b\":2}",
                                passthrough[i].content_type == NULL ? NULL : headers);
        struct str event = {fake_lambda.event, fake_lambda.event_length};
        bool called = fake_lambda.calls == 1;
        if (status != (passthrough[i].event == NULL ? 415 : 200) ||
            called != (passthrough[i].event != NULL) ||
            (called && !str_eq(event, str_from_c(passthrough[i].event))))
            fail_msg("row %zu: %d %.*s", i, status, STR_ARG(event));
        bench_end(&bench);
    }
}

static void the_answer_is_the_payload_with_the_service_s_headers(void **state)
{
    struct bench bench;

    (void)state;
    bench_begin(&bench);
    import(&bench, AWS "," OK);
    fake_lambda.payload = STR("{\"message\": \"hello\"}");
    assert_int_equal(bench_send(&bench, "POST", "/x", "{}", NULL), 200);
    assert_str_equal(bench.exchange.response.body, STR("{\"message\": \"hello\"}"));
    assert_str_equal(bench_header(&bench, "Content-Type"), STR("application/json"));
    assert_int_equal(bench_header(&bench, "x-amzn-RequestId").len, 36);
    assert_int_equal(bench_header(&bench, "x-amz-apigw-id").len, 16);
    struct str trace = bench_header(&bench, "X-Amzn-Trace-Id");
    assert_int_equal(trace.len, 74);
    assert_true(str_starts_with(trace, STR("Root=1-6553f100-")));
    assert_true(str_ends_with(trace, STR(";Sampled=0")));
    bench_end(&bench);
}

static void a_client_s_trace_root_is_kept(void **state)
{
    static const char *const headers[] = {
        "X-Amzn-Trace-Id", "Root=1-00000001-000000000000000000000002;Parent=1", NULL, NULL};
    struct bench bench;

    (void)state;
    bench_begin(&bench);
    import(&bench, AWS "," OK);
    assert_int_equal(bench_send(&bench, "POST", "/x", "{}", headers), 200);
    assert_true(str_starts_with(bench_header(&bench, "X-Amzn-Trace-Id"),
                                STR("Root=1-00000001-000000000000000000000002;Parent=")));
    bench_end(&bench);
}

static void an_error_selects_the_response_as_recorded(void **state)
{
    struct bench bench;

    (void)state;
    bench_begin(&bench);
    import(&bench, AWS ",\"responses\":{\"default\":{\"statusCode\":\"200\"},"
                       "\".*four hundred.*\":{\"statusCode\":\"405\"},"
                       "\".+\":{\"statusCode\":\"502\"},\"200\":{\"statusCode\":504}}}");
    for (const struct json_value *fact = bench_facts(&bench, "selection-patterns.json")->child;
         fact != NULL; fact = fact->next) {
        int64_t status = 0;
        fake_lambda.payload = json_member(fact, "response")->raw;
        assert_true(json_int64(json_member(json_member(fact, "request"), "expect_http"), 100, 599,
                               &status));
        assert_int_equal(bench_send(&bench, "POST", "/x", "{}", NULL), (int)status);
        assert_str_equal(bench.exchange.response.body, fake_lambda.payload);
    }
    bench_end(&bench);
}

/* A pattern has to fit the whole message, as Java's matches() has it. */
static const struct {
    const char *pattern;
    const char *message;
    bool fits;
} patterns[] = {
    {"Error", "Error", true},
    {"Error", "An Error", false},
    {".*Error.*", "An Error here", true},
    {".*Error.*", "An\\nError", false},
    {"(?s).*Error.*", "An\\nError", true},
    {"(?i)error", "ERROR", true},
    {"a|ab", "ab", true},
    {"\\\\d{3}", "404", true},
    {"\\\\d{3}", "4044", false},
    {"[\\\\d.]+", "1.5", true},
    {"(?:Bad|Worse) \\\\w+", "Worse luck", true},
    {"\\\\[x\\\\].*", "[x] y", true},
    {"[^\\\\s]+", "a b", false},
};

static void a_pattern_fits_the_whole_message(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(patterns); i++) {
        struct bench bench;
        bench_begin(&bench);
        import(&bench, str_printf(bench.arena,
                                  AWS ",\"responses\":{\"default\":{\"statusCode\":\"200\"},"
                                      "\"%s\":{\"statusCode\":\"405\"}}}",
                                  patterns[i].pattern)
                           .ptr);
        fake_lambda.payload =
            str_printf(bench.arena, "{\"errorMessage\":\"%s\"}", patterns[i].message);
        int status = bench_send(&bench, "POST", "/x", "{}", NULL);
        if (status != (patterns[i].fits ? 405 : 200))
            fail_msg("%s on %s: %d", patterns[i].pattern, patterns[i].message, status);
        bench_end(&bench);
    }
}

static void parameters_set_headers(void **state)
{
    struct bench bench;

    (void)state;
    bench_begin(&bench);
    import(&bench,
           AWS ",\"responses\":{\"default\":{\"statusCode\":\"200\",\"responseParameters\":{"
               "\"method.response.header.X-A\":\"'*'\","
               "\"method.response.header.X-B\":\"integration.response.body.a.b\","
               "\"method.response.header.Date\":\"context.stage\"}}}}");
    fake_lambda.payload = STR("{\"a\":{\"b\":\"deep\"}}");
    assert_int_equal(bench_send(&bench, "POST", "/x", "{}", NULL), 200);
    assert_str_equal(bench_header(&bench, "X-A"), STR("*"));
    assert_str_equal(bench_header(&bench, "X-B"), STR("deep"));
    assert_str_equal(bench_header(&bench, "x-amzn-Remapped-Date"), STR("stage"));
    bench_end(&bench);
}

static void an_invocation_type_of_event_is_asynchronous(void **state)
{
    struct bench bench;

    (void)state;
    bench_begin(&bench);
    import(&bench,
           AWS ",\"requestParameters\":{\"integration.request.header.X-Amz-Invocation-Type\""
               ":\"'Event'\"}," OK);
    assert_int_equal(bench_send(&bench, "POST", "/x", "{}", NULL), 200);
    assert_true(fake_lambda.asynchronous);
    bench_end(&bench);
}

/* What cannot be answered: `integration` and the reason in the test's row. */
static const struct {
    const char *why;
    const char *integration;
} failures[] = {
    {"no integration response", AWS "}"},
    {"a status that the method lacks",
     AWS ",\"responses\":{\"default\":{\"statusCode\":\"201\"}}}"},
    {"integrationHttpMethod is not POST", "{\"type\":\"aws\",\"httpMethod\":\"GET\"," URI "," OK},
    {"a request template", AWS ",\"requestTemplates\":{\"application/json\":"
                               "\"$input.params('a')\"}," OK},
    {"a response template", AWS ",\"responses\":{\"default\":{\"statusCode\":\"200\","
                                "\"responseTemplates\":{\"application/json\":\"#set($x=1)\"}}}}"},
    {"type http", "{\"type\":\"http\",\"httpMethod\":\"GET\",\"uri\":\"http://localhost/\"," OK},
    {"a mock without a status", "{\"type\":\"mock\"," OK},
};

static void what_cannot_be_answered_is_500(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(failures); i++) {
        struct bench bench;
        bench_begin(&bench);
        import(&bench, failures[i].integration);
        if (bench_send(&bench, "POST", "/x", "{}", NULL) != 500)
            fail_msg("%s: %d", failures[i].why, bench.exchange.response.status);
        assert_str_equal(bench.exchange.response.body,
                         STR("{\"message\": \"Internal server error\"}"));
        assert_str_equal(bench_header(&bench, "x-amzn-ErrorType"),
                         STR("InternalServerErrorException"));
        bench_end(&bench);
    }
}

static void a_lambda_error_is_500_but_for_a_bad_event(void **state)
{
    static const struct error_kind throttled = {"TooManyRequestsException", 429, true};
    static const struct error_kind content = {"InvalidRequestContentException", 400, false};
    struct bench bench;

    (void)state;
    bench_begin(&bench);
    import(&bench, AWS "," OK);
    fake_lambda.error = &throttled;
    fake_lambda.error_message = "Rate Exceeded.";
    assert_int_equal(bench_send(&bench, "POST", "/x", "{}", NULL), 500);
    fake_lambda.error = &content;
    fake_lambda.error_message = "Could not parse";
    assert_int_equal(bench_send(&bench, "POST", "/x", "{", NULL), 200);
    assert_str_equal(bench.exchange.response.body,
                     STR("{\"Type\":\"User\",\"message\":\"Could not parse\"}"));
    bench_end(&bench);
}

static void a_mock_answers_without_a_function(void **state)
{
    struct bench bench;

    (void)state;
    bench_begin(&bench);
    import(&bench, "{\"type\":\"mock\",\"requestTemplates\":{\"application/"
                   "json\":\"{\\\"statusCode\\\":405}\"},"
                   "\"responses\":{\"default\":{\"statusCode\":\"200\"},\"4\\\\d\\\\d\":{"
                   "\"statusCode\":"
                   "\"405\",\"responseTemplates\":{\"application/json\":\"{\\\"no\\\":true}\"}}}}");
    assert_int_equal(bench_send(&bench, "POST", "/x", "", NULL), 405);
    assert_str_equal(bench.exchange.response.body, STR("{\"no\":true}"));
    assert_int_equal(bench_header(&bench, "X-Amzn-Trace-Id").len, 0);
    assert_int_equal(fake_lambda.calls, 0);
    bench_end(&bench);
}

static void a_body_that_is_too_long_is_413(void **state)
{
    struct api_gateway_counters counters;
    struct bench bench;

    (void)state;
    bench_begin(&bench);
    import(&bench, AWS "," OK);
    (void)bench_send(&bench, "POST", "/x", "{}", NULL);
    bench.exchange.request.body_too_long = true;
    bench.exchange.response = (struct http_response){0};
    api_gateway_handle_http(bench.gateway, &bench.exchange);
    assert_int_equal(bench.exchange.response.status, 413);
    assert_str_equal(bench.exchange.response.body, STR("{\"message\":\"Request Too Long\"}"));
    assert_str_equal(bench_header(&bench, "x-amzn-ErrorType"), STR("RequestTooLargeException"));
    api_gateway_count(bench.gateway, &counters);
    assert_int_equal(counters.count, 2);
    assert_int_equal(counters.errors_4xx, 1);
    bench_end(&bench);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(passthrough_follows_its_row),
        cmocka_unit_test(the_answer_is_the_payload_with_the_service_s_headers),
        cmocka_unit_test(a_client_s_trace_root_is_kept),
        cmocka_unit_test(an_error_selects_the_response_as_recorded),
        cmocka_unit_test(a_pattern_fits_the_whole_message),
        cmocka_unit_test(parameters_set_headers),
        cmocka_unit_test(an_invocation_type_of_event_is_asynchronous),
        cmocka_unit_test(what_cannot_be_answered_is_500),
        cmocka_unit_test(a_lambda_error_is_500_but_for_a_bad_event),
        cmocka_unit_test(a_mock_answers_without_a_function),
        cmocka_unit_test(a_body_that_is_too_long_is_413),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
