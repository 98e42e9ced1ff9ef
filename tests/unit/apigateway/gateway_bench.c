#include "../test.h"

#include "gateway_bench.h"

struct fake_lambda fake_lambda;

/* In place of emulator/http: nothing is suspended here. */
void http_exchange_suspend(struct http_exchange *exchange)
{
    (void)exchange;
    fail_msg("a call that is answered at once was suspended");
}

void http_exchange_finish(struct http_exchange *exchange)
{
    (void)exchange;
    fake_lambda.finished++;
}

bool http_exchange_expire(struct http_exchange *exchange, const struct http_response *instead)
{
    (void)exchange, (void)instead;
    fail_msg("a call that is answered at once has expired");
    return false;
}

/* In place of emulator/lambda. */
void lambda_invoke(struct lambda_service *service, struct invocation *invocation)
{
    (void)service;
    fake_lambda.calls++;
    assert_true(invocation->event.len < sizeof(fake_lambda.event));
    if (invocation->event.len > 0)
        memcpy(fake_lambda.event, invocation->event.ptr, invocation->event.len);
    fake_lambda.event_length = invocation->event.len;
    (void)snprintf(fake_lambda.function, sizeof(fake_lambda.function), "%.*s",
                   STR_ARG(invocation->function));
    fake_lambda.asynchronous = invocation->asynchronous;
    invocation->payload = fake_lambda.payload;
    invocation->function_error = fake_lambda.function_error;
    if (fake_lambda.error != NULL)
        (void)aws_fail(&invocation->error, fake_lambda.error, "%s", fake_lambda.error_message);
    invocation->done(invocation);
}

void bench_begin(struct bench *bench)
{
    struct aws_error err = {0};

    *bench = (struct bench){.arena = arena_new(16 * 1024 * 1024),
                            .request_arena = arena_new(16 * 1024 * 1024)};
    fake_lambda = (struct fake_lambda){.payload = STR("null")};
    rng_init(&bench->rng, 1);
    fake_clock_init(&bench->clock, INT64_C(1700000000123));
    const struct api_gateway_options options = {
        .region = STR("us-east-1"),
        .account_id = STR("000000000000"),
        .clock = &bench->clock.clock,
        .seed = 1,
    };
    assert_true(api_gateway_new(&options, &bench->gateway, &err));
}

void bench_end(struct bench *bench)
{
    api_gateway_free(bench->gateway);
    arena_free(bench->request_arena);
    arena_free(bench->arena);
}

bool bench_try_import(struct bench *bench, const char *definition, struct aws_error *err)
{
    struct json_value *tree = NULL;

    assert_true(json_parse(str_from_c(definition), bench->arena, &tree, NULL));
    return api_gateway_import(bench->gateway, STR("api1"), STR("test"), STR("stage"), tree, err);
}

void bench_import(struct bench *bench, const char *definition)
{
    struct aws_error err = {0};

    if (!bench_try_import(bench, definition, &err))
        fail_msg("%s", err.message);
}

int bench_send(struct bench *bench, const char *method, const char *target, const char *body,
               const char *const *headers)
{
    static struct http_header rows[32];
    struct http_request *request = &bench->exchange.request;
    int finished = fake_lambda.finished;
    size_t count = 0;

    arena_reset(bench->request_arena);
    for (; headers != NULL && headers[2 * count] != NULL; count++)
        rows[count] = (struct http_header){str_from_c(headers[2 * count]),
                                           str_from_c(headers[2 * count + 1])};
    struct str text = str_from_c(target);
    size_t mark = str_find_char(text, '?');
    *request = (struct http_request){
        .method = str_from_c(method),
        .target = text,
        .path = str_slice(text, 0, mark),
        .query = str_slice(text, mark + 1, text.len),
        .headers = rows,
        .header_count = count,
        .body = str_from_c(body),
        .source_ip = STR("127.0.0.1"),
        .port = 3000,
    };
    bench->exchange.response = (struct http_response){0};
    bench->exchange.arena = bench->request_arena;
    bench->exchange.rng = &bench->rng;
    api_gateway_handle_http(bench->gateway, &bench->exchange);
    assert_int_equal(fake_lambda.finished, finished + 1);
    return bench->exchange.response.status;
}

struct str bench_header(const struct bench *bench, const char *name)
{
    const struct http_response *response = &bench->exchange.response;

    for (size_t i = 0; i < response->header_count; i++) {
        if (str_eq_nocase(response->headers[i].name, str_from_c(name)))
            return response->headers[i].value;
    }
    return (struct str){NULL, 0};
}

const struct json_value *bench_facts(struct bench *bench, const char *file)
{
    char path[1024];
    char *text = arena_alloc_text(bench->arena, 256 * 1024);
    struct json_value *tree = NULL;

    (void)snprintf(path, sizeof(path), "%s/%s", FACTS_FOLDER, file);
    FILE *in = fopen(path, "re");
    assert_non_null(in);
    size_t length = fread(text, 1, 256 * 1024, in);
    (void)fclose(in);
    assert_true(json_parse((struct str){text, length}, bench->arena, &tree, NULL));
    const struct json_value *facts = json_member(tree, "facts");
    assert_true(json_is(facts, JSON_ARRAY) && facts->count > 0);
    return facts;
}
