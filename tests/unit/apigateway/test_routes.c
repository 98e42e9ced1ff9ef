/* Which resource a path reaches, against rows of our own and recorded answers. */
#include "../test.h"

#include "gateway_bench.h"

#define INTEGRATION(function)                                                                      \
    "{\"type\":\"aws_proxy\",\"httpMethod\":\"POST\",\"uri\":\"arn:aws:apigateway:us-east-1:"      \
    "lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:000000000000:function:" function    \
    "/invocations\"}"
#define METHOD(name, function)                                                                     \
    "\"" name "\":{\"x-amazon-apigateway-integration\":" INTEGRATION(function) "}"

static const char tree[] =
    "{\"openapi\":\"3.0.1\",\"paths\":{"
    "\"/\":{" METHOD(
        "get",
        "root") "},"
                "\"/{proxy+}\":{" METHOD(
                    "get",
                    "greedy") "},"
                              "\"/pets\":{" METHOD("get", "pets") "," METHOD(
                                  "x-amazon-apigateway-any-method",
                                  "anypets") "},"
                                             "\"/pets/{id}\":{" METHOD(
                                                 "get",
                                                 "pet") "},"
                                                        "\"/pets/special\":{" METHOD(
                                                            "get",
                                                            "special") "},"
                                                                       "\"/empty\":{},"
                                                                       "\"/empty/child\":{" METHOD(
                                                                           "get",
                                                                           "child") "},"
                                                                                    "\"/files/"
                                                                                    "{path+}\":"
                                                                                    "{" METHOD(
                                                                                        "get",
                                                                                        "files") "}"
                                                                                                 "}"
                                                                                                 "}";

/* `function`: the name at the end of the ARN that was called; NULL: 403. */
static const struct {
    const char *method;
    const char *path;
    const char *function;
} rows[] = {
    {"GET", "/", "root"},
    {"GET", "/stage", "root"},
    {"GET", "/stage/", "root"},
    {"GET", "/pets", "pets"},
    {"GET", "/pets/", "pets"},
    {"GET", "/stage/pets", "pets"},
    {"DELETE", "/pets", "anypets"},
    {"GET", "/pets/7", "pet"},
    {"GET", "/pets/special", "special"},
    {"GET", "/pets/7/owner", "greedy"},
    {"POST", "/pets/7", NULL},
    {"GET", "/empty", "greedy"},
    {"GET", "/empty/child", "child"},
    {"GET", "/files", "greedy"},
    {"GET", "/files/a", "files"},
    {"GET", "/files/a/b/c", "files"},
    {"POST", "/files/a", NULL},
    {"GET", "/elsewhere", "greedy"},
    {"POST", "/elsewhere", NULL},
    {"GET", "/restapis/api1/stage/_user_request_/pets", "pets"},
    {"GET", "/restapis/api1/stage/_user_request_", "root"},
    {"GET", "/restapis/api2/stage/_user_request_/pets", NULL},
    {"GET", "/restapis/api1/other/_user_request_/pets", NULL},
};

static void a_path_reaches_the_resource_of_its_row(void **state)
{
    struct bench bench;

    (void)state;
    bench_begin(&bench);
    bench_import(&bench, tree);
    fake_lambda.payload = STR("{\"statusCode\":200}");
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        size_t calls = fake_lambda.calls;
        int status = bench_send(&bench, rows[i].method, rows[i].path, "", NULL);
        struct str called = str_from_c(fake_lambda.function);
        struct str name = str_slice(called, str_find(called, STR("function:")) + 9, called.len);
        bool reached = fake_lambda.calls > calls;
        if (reached != (rows[i].function != NULL) || status != (reached ? 200 : 403) ||
            (reached && !str_eq(name, str_from_c(rows[i].function))))
            fail_msg("%s %s: %d, %.*s", rows[i].method, rows[i].path, status, STR_ARG(name));
    }
    bench_end(&bench);
}

static void a_host_of_the_api_wants_the_stage(void **state)
{
    static const char *const host[] = {"Host", "api1.execute-api.localhost:3000", NULL, NULL};
    static const char *const other[] = {"Host", "api2.execute-api.localhost", NULL, NULL};
    struct bench bench;

    (void)state;
    bench_begin(&bench);
    bench_import(&bench, tree);
    fake_lambda.payload = STR("{\"statusCode\":200}");
    assert_int_equal(bench_send(&bench, "GET", "/stage/pets", "", host), 200);
    assert_int_equal(bench_send(&bench, "GET", "/pets", "", host), 403);
    assert_str_equal(bench.exchange.response.body, STR("{\"message\":\"Forbidden\"}"));
    assert_int_equal(bench_send(&bench, "GET", "/stage/pets", "", other), 403);
    bench_end(&bench);
}

static void an_unknown_route_answers_as_recorded(void **state)
{
    struct bench bench;

    (void)state;
    bench_begin(&bench);
    bench_import(&bench,
                 "{\"openapi\":\"3.0.1\",\"paths\":{\"/existing\":{" METHOD("get", "f") "}}}");
    const struct json_value *fact = bench_facts(&bench, "routing.json")->child;
    for (; fact != NULL; fact = fact->next) {
        const struct json_value *request = json_member(fact, "request")->child;
        const struct json_value *content = json_member(json_member(fact, "response"), "content");
        struct str type, text;
        if (content == NULL)
            continue;
        /* The recording's stage is called dev. */
        struct str path = str_printf(bench.arena, "/stage%.*s",
                                     STR_ARG(str_slice(request->text, 4, request->text.len)));
        struct str method = request->name;
        assert_int_equal(bench_send(&bench, method.len == 3 ? "GET" : "POST", path.ptr, "", NULL),
                         403);
        assert_true(json_string(json_member(json_member(fact, "response"), "errorType"), &type));
        assert_true(json_string(json_member(content, "message"), &text));
        assert_str_equal(bench_header(&bench, "x-amzn-ErrorType"), type);
        assert_str_equal(bench.exchange.response.body,
                         str_printf(bench.arena, "{\"message\":\"%.*s\"}", STR_ARG(text)));
    }
    bench_end(&bench);
}

/* Definitions that AWS refuses, with the beginning of what it says. */
static const struct {
    const char *definition;
    const char *message;
} refused[] = {
    {"{}", "Invalid OpenAPI input"},
    {"{\"openapi\":\"3.0.1\"}", "Invalid OpenAPI input"},
    {"{\"openapi\":\"3.0.1\",\"paths\":{\"/a\":{\"get\":{}}}}",
     "No integration defined for method"},
    {"{\"openapi\":\"3.0.1\",\"paths\":{\"/{a}\":{},\"/{b}\":{}}}", "A sibling ({a})"},
    {"{\"openapi\":\"3.0.1\",\"paths\":{\"/{a+}/b\":{}}}", "Cannot create a child"},
    {"{\"openapi\":\"3.0.1\",\"paths\":{\"a\":{}}}", "Invalid path 'a'"},
    {"{\"openapi\":\"3.0.1\",\"paths\":{\"/{a\":{}}}", "Resource's path part only allow"},
    {"{\"openapi\":\"3.0.1\",\"paths\":{\"/a\":{\"get\":{\"x-amazon-apigateway-integration\":"
     "{\"type\":\"aws\",\"httpMethod\":\"POST\",\"uri\":\"x\"}}}}}",
     "Invalid ARN specified in the request"},
    {"{\"openapi\":\"3.0.1\",\"paths\":{\"/a\":{\"get\":{\"x-amazon-apigateway-integration\":"
     "{\"type\":\"aws\",\"uri\":\"x\"}}}}}",
     "Enumeration value for HttpMethod must be non-empty"},
    {"{\"openapi\":\"3.0.1\",\"paths\":{\"/a\":{\"get\":{\"x-amazon-apigateway-integration\":"
     "{\"type\":\"what\"}}}}}",
     "Invalid integration type"},
    {"{\"openapi\":\"3.0.1\",\"paths\":{\"/a\":{\"get\":{\"x-amazon-apigateway-integration\":"
     "{\"type\":\"mock\",\"responses\":{\"(?<x>a)\":{\"statusCode\":\"200\"}}}}}}}",
     "Invalid selection pattern"},
    {"{\"openapi\":\"3.0.1\",\"paths\":{\"/a\":{\"get\":{\"responses\":{\"200\":{}},"
     "\"x-amazon-apigateway-integration\":{\"type\":\"mock\",\"responses\":{\"default\":"
     "{\"statusCode\":\"200\",\"responseParameters\":{\"method.response.header.X\":\"'1'\"}}}}}}}}",
     "Invalid mapping expression parameter specified: method.response.header.X"},
};

static void a_definition_that_aws_refuses_is_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(refused); i++) {
        struct aws_error err = {0};
        struct bench bench;
        bench_begin(&bench);
        bool taken = bench_try_import(&bench, refused[i].definition, &err);
        if (taken || strcmp(err.kind->name, "BadRequestException") != 0 ||
            strncmp(err.message, refused[i].message, strlen(refused[i].message)) != 0)
            fail_msg("%s: %s", refused[i].definition, taken ? "taken" : err.message);
        bench_end(&bench);
    }
}

static void count_row(void *context, struct str method, struct str stage, struct str path,
                      struct str integration)
{
    size_t *count = context;

    assert_str_equal(stage, STR("stage"));
    assert_true(method.len > 0 && path.len > 0 && integration.len > 0);
    (*count)++;
}

static void the_list_has_a_row_a_method(void **state)
{
    struct bench bench;
    size_t count = 0;

    (void)state;
    bench_begin(&bench);
    bench_import(&bench, tree);
    api_gateway_list(bench.gateway, &count, count_row);
    assert_int_equal(count, 8);
    bench_end(&bench);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_path_reaches_the_resource_of_its_row),
        cmocka_unit_test(a_host_of_the_api_wants_the_stage),
        cmocka_unit_test(an_unknown_route_answers_as_recorded),
        cmocka_unit_test(a_definition_that_aws_refuses_is_refused),
        cmocka_unit_test(the_list_has_a_row_a_method),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
