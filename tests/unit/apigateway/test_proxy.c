/* Lambda proxy integrations, against recorded events and answers. */
#include "../test.h"

#include "gateway_bench.h"

#define INTEGRATION                                                                                \
    "{\"x-amazon-apigateway-integration\":{\"type\":\"AWS_PROXY\",\"httpMethod\":\"POST\","        \
    "\"uri\":"                                                                                     \
    "\"arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/"                             \
    "arn:aws:lambda:us-east-1:000000000000:function:f/invocations\"}}"

static const char api[] = "{\"openapi\":\"3.0.1\",\"x-amazon-apigateway-binary-media-types\":"
                          "[\"image/*\"],\"paths\":{"
                          "\"/{proxy+}\":{\"x-amazon-apigateway-any-method\":" INTEGRATION "},"
                          "\"/hardcoded\":{\"x-amazon-apigateway-any-method\":" INTEGRATION "}}}";

/* Equal as values: numbers and strings by text, members by name. */
static bool json_equal(const struct json_value *a, const struct json_value *b)
{
    if (a == NULL || b == NULL || a->type != b->type || a->count != b->count)
        return false;
    if (a->type == JSON_STRING || a->type == JSON_NUMBER)
        return str_eq(a->text, b->text);
    const struct json_value *left = a->child, *right = b->child;
    for (; left != NULL; left = left->next, right = right == NULL ? NULL : right->next) {
        if (!json_equal(left, a->type == JSON_OBJECT ? json_get(b, left->name) : right))
            return false;
    }
    return true;
}

static struct json_value *parse_event(struct bench *bench)
{
    struct json_value *event = NULL;

    assert_true(json_parse((struct str){fake_lambda.event, fake_lambda.event_length},
                           bench->request_arena, &event, NULL));
    return event;
}

static void the_event_has_path_and_query_as_recorded(void **state)
{
    struct bench bench;

    (void)state;
    bench_begin(&bench);
    bench_import(&bench, api);
    fake_lambda.payload = STR("{}");
    for (const struct json_value *fact = bench_facts(&bench, "proxy-event.json")->child;
         fact != NULL; fact = fact->next) {
        const struct json_value *request = json_member(fact, "request")->child;
        const struct json_value *wanted = json_member(fact, "response")->child;
        struct str target;
        assert_true(str_copy(bench.arena, request->text, &target));
        assert_int_equal(
            bench_send(&bench, request->name.len == 3 ? "GET" : "POST", target.ptr, "", NULL), 200);
        const struct json_value *event = parse_event(&bench);
        const struct json_value *context = json_member(event, "requestContext");
        for (; wanted != NULL; wanted = wanted->next) {
            bool nested = str_eq(wanted->name, STR("requestContext"));
            bool equal =
                nested ? json_equal(json_member(wanted, "path"), json_member(context, "path")) &&
                             json_equal(json_member(wanted, "resourcePath"),
                                        json_member(context, "resourcePath"))
                       : json_equal(wanted, json_get(event, wanted->name));
            if (!equal)
                fail_msg("%s: %.*s in %.*s", target.ptr, STR_ARG(wanted->name),
                         STR_ARG(event->raw));
        }
    }
    bench_end(&bench);
}

/* Developer Guide, "Input format of a Lambda function for proxy integration". */
static void the_event_has_all_members_in_order(void **state)
{
    static const char *const members[] = {"resource",
                                          "path",
                                          "httpMethod",
                                          "headers",
                                          "multiValueHeaders",
                                          "queryStringParameters",
                                          "multiValueQueryStringParameters",
                                          "pathParameters",
                                          "stageVariables",
                                          "requestContext",
                                          "body",
                                          "isBase64Encoded"};
    static const char *const headers[] = {
        "Host",       "127.0.0.1:3000", "authorization", "secret",     "user-agent",
        "test/1",     "X-Twice",        "one",           "x-twice",    "two",
        "Connection", "close",          "Content-Type",  "text/plain", NULL,
        NULL};
    struct bench bench;

    (void)state;
    bench_begin(&bench);
    bench_import(&bench, api);
    (void)bench_send(&bench, "POST", "/a", "text", headers);
    const struct json_value *event = parse_event(&bench), *member = event->child;
    for (size_t i = 0; i < ARRAY_LEN(members); i++, member = member->next)
        assert_str_equal(member->name, str_from_c(members[i]));
    assert_null(member);
    const struct json_value *single = json_member(event, "headers");
    assert_str_equal(json_member(single, "Authorization")->text, STR("secret"));
    assert_str_equal(json_member(single, "User-Agent")->text, STR("test/1"));
    assert_str_equal(json_member(single, "x-twice")->text, STR("two"));
    assert_null(json_member(single, "Connection"));
    assert_str_equal(json_member(single, "X-Forwarded-For")->text, STR("127.0.0.1"));
    assert_str_equal(json_member(json_member(event, "multiValueHeaders"), "X-Twice")->raw,
                     STR("[\"one\",\"two\"]"));
    assert_str_equal(json_member(event, "body")->text, STR("text"));
    assert_str_equal(json_member(json_member(event, "requestContext"), "requestTime")->text,
                     STR("14/Nov/2023:22:13:20 +0000"));
    bench_end(&bench);
}

static void a_binary_body_comes_as_base64(void **state)
{
    static const char *const headers[] = {"Content-Type", "image/png", NULL, NULL};
    struct bench bench;

    (void)state;
    bench_begin(&bench);
    bench_import(&bench, api);
    (void)bench_send(&bench, "POST", "/a", "bytes", headers);
    const struct json_value *event = parse_event(&bench);
    assert_str_equal(json_member(event, "body")->text, STR("Ynl0ZXM="));
    assert_true(json_is(json_member(event, "isBase64Encoded"), JSON_TRUE));
    bench_end(&bench);
}

static void what_a_function_returns_is_answered_as_recorded(void **state)
{
    struct bench bench;

    (void)state;
    bench_begin(&bench);
    bench_import(&bench, api);
    for (const struct json_value *fact = bench_facts(&bench, "proxy-response.json")->child;
         fact != NULL; fact = fact->next) {
        const struct json_value *request = json_member(fact, "request");
        const struct json_value *response = json_member(fact, "response");
        const struct json_value *content = json_member(response, "content");
        const struct json_value *headers = json_member(response, "headers");
        int64_t status = 0;
        assert_true(json_int64(json_member(request, "expect_http"), 100, 599, &status));
        fake_lambda.payload = json_member(request, "function_returns")->raw;
        if (bench_send(&bench, "POST", "/test", "", NULL) != status)
            fail_msg("%.*s: %d", STR_ARG(fake_lambda.payload), bench.exchange.response.status);
        if (status == 502)
            assert_str_equal(bench.exchange.response.body,
                             STR("{\"message\": \"Internal server error\"}"));
        else
            assert_str_equal(bench.exchange.response.body, content->text);
        for (const struct json_value *row = headers == NULL ? NULL : headers->child; row != NULL;
             row = row->next) {
            if (str_starts_with(row->name, STR("test-")) ||
                str_starts_with(row->name, STR("tesT-")) ||
                str_starts_with(row->name, STR("header-")) ||
                str_eq(row->name, STR("Content-Type")))
                assert_str_equal(bench_header(&bench, str_to_c(bench.arena, row->name)), row->text);
        }
    }
    bench_end(&bench);
}

/* Further rows of the contract: payload, status, body, and one header. */
static const struct {
    const char *payload;
    int status;
    const char *body;
    const char *header, *value;
} answers[] = {
    {"{\"statusCode\":404,\"body\":\"no\"}", 404, "no", "Content-Type", "application/json"},
    {"{\"statusCode\":200,\"body\":7}", 200, "7", NULL, NULL},
    {"{\"statusCode\":200,\"body\":{}}", 502, NULL, NULL, NULL},
    {"{\"statusCode\":200,\"body\":[]}", 502, NULL, NULL, NULL},
    {"{\"headers\":{\"X\":{}}}", 502, NULL, NULL, NULL},
    {"[]", 502, NULL, NULL, NULL},
    {"null", 502, NULL, NULL, NULL},
    {"nothing", 502, NULL, NULL, NULL},
    {"{\"headers\":{\"content-type\":\"text/html\"}}", 200, "", "Content-Type", "text/html"},
    {"{\"headers\":{\"Date\":\"x\"}}", 200, "", "x-amzn-Remapped-Date", "x"},
    {"{\"headers\":{\"WWW-Authenticate\":\"x\"}}", 200, "", "x-amzn-Remapped-WWW-Authenticate",
     "x"},
    {"{\"isBase64Encoded\":true,\"body\":\"Ynl0ZXM=\"}", 200, "Ynl0ZXM=", NULL, NULL},
};

static void an_answer_follows_its_row(void **state)
{
    struct bench bench;

    (void)state;
    bench_begin(&bench);
    bench_import(&bench, api);
    for (size_t i = 0; i < ARRAY_LEN(answers); i++) {
        fake_lambda.payload = str_from_c(answers[i].payload);
        int status = bench_send(&bench, "GET", "/a", "", NULL);
        struct str body = bench.exchange.response.body;
        if (status != answers[i].status ||
            (answers[i].body != NULL && !str_eq(body, str_from_c(answers[i].body))))
            fail_msg("%s: %d %.*s", answers[i].payload, status, STR_ARG(body));
        if (answers[i].header != NULL)
            assert_str_equal(bench_header(&bench, answers[i].header), str_from_c(answers[i].value));
    }
    bench_end(&bench);
}

static void base64_is_undone_for_a_client_that_accepts_the_type(void **state)
{
    static const char *const headers[] = {"Accept", "image/png, */*", NULL, NULL};
    struct bench bench;

    (void)state;
    bench_begin(&bench);
    bench_import(&bench, api);
    fake_lambda.payload = STR("{\"isBase64Encoded\":true,\"body\":\"Ynl0ZXM=\"}");
    assert_int_equal(bench_send(&bench, "GET", "/a", "", headers), 200);
    assert_str_equal(bench.exchange.response.body, STR("bytes"));
    bench_end(&bench);
}

static void a_function_that_failed_is_502(void **state)
{
    struct bench bench;

    (void)state;
    bench_begin(&bench);
    bench_import(&bench, api);
    fake_lambda.payload = STR("{\"statusCode\":200}");
    fake_lambda.function_error = true;
    assert_int_equal(bench_send(&bench, "GET", "/a", "", NULL), 502);
    assert_str_equal(bench_header(&bench, "x-amzn-ErrorType"), STR("InternalServerErrorException"));
    assert_int_equal(bench_header(&bench, "X-Amzn-Trace-Id").len, 0);
    bench_end(&bench);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_event_has_path_and_query_as_recorded),
        cmocka_unit_test(the_event_has_all_members_in_order),
        cmocka_unit_test(a_binary_body_comes_as_base64),
        cmocka_unit_test(what_a_function_returns_is_answered_as_recorded),
        cmocka_unit_test(an_answer_follows_its_row),
        cmocka_unit_test(base64_is_undone_for_a_client_that_accepts_the_type),
        cmocka_unit_test(a_function_that_failed_is_502),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
