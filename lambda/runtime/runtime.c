/*
 * The custom runtime: hosts a squall_lambda_handler as `bootstrap` behind the Lambda Runtime API,
 * on AWS Lambda (provided.al2023) and in the emulator alike.
 *
 * One process, one invocation at a time: init, then next, handle, response or error, for ever. The
 * process ends when the API does. Source: Lambda Developer Guide, "Using the Lambda runtime API".
 */
#include <time.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/clock.h"
#include "base/json.h"
#include "client/aws_http.h"
#include "client/dynamodb_client.h"
#include "squall/lambda.h"

enum {
    INVOCATION_ARENA_BYTES = 64 * 1024 * 1024, /* what lambda_alloc() may hand out */
    EXCHANGE_ARENA_BYTES = 48 * 1024 * 1024,   /* an event and an answer of 6 MB each, with room */
    TEXT_BYTES = 512,
};

struct runtime {
    struct lambda_context context; /* first, so that the handler's context is this */
    const char *api;               /* host:port of the Runtime API */
    struct aws_http *http;
    struct dynamodb_client *dynamodb;
    struct arena *exchange; /* the HTTP side of one invocation */
    struct arena *arena;    /* the handler's side */
    char request_id[TEXT_BYTES];
    char arn[TEXT_BYTES];
    int64_t deadline_ms; /* since 1970 */
    struct buffer answer;
    bool answered;
    const char *error_type; /* NULL: the answer is no error */
};

static struct runtime *runtime_of(struct lambda_context *context)
{
    return (struct runtime *)(void *)context;
}

/* --- the host's functions -----------------------------------------------------------------------
 */

static void *host_alloc(struct lambda_context *context, size_t bytes)
{
    return arena_alloc(runtime_of(context)->arena, bytes);
}

static void host_respond(struct lambda_context *context, const char *json, size_t length)
{
    struct runtime *runtime = runtime_of(context);

    buffer_init(&runtime->answer, runtime->exchange);
    buffer_add(&runtime->answer, (struct str){json, length});
    runtime->answered = true;
    runtime->error_type = NULL;
}

static void host_fail(struct lambda_context *context, const char *json, size_t length,
                      const char *type)
{
    host_respond(context, json, length);
    runtime_of(context)->error_type = str_to_c(runtime_of(context)->exchange, str_from_c(type));
    if (runtime_of(context)->error_type == NULL)
        runtime_of(context)->error_type = "Unhandled";
}

/* The service takes a function's log from its standard output. */
static void host_log(struct lambda_context *context, const char *text, size_t length)
{
    (void)context;
    (void)fwrite(text, 1, length, stdout);
    if (length == 0 || text[length - 1] != '\n')
        (void)fputc('\n', stdout);
    (void)fflush(stdout);
}

static void host_sleep_ms(struct lambda_context *context, int64_t ms)
{
    struct timespec wait = {ms / 1000, (long)(ms % 1000) * 1000000};

    (void)context;
    while (ms > 0 && nanosleep(&wait, &wait) != 0) {
    }
}

static int64_t host_remaining_ms(struct lambda_context *context)
{
    int64_t left_ms = runtime_of(context)->deadline_ms - clock_wall_ms(clock_system());

    return left_ms > 0 ? left_ms : 0;
}

static void host_dynamodb(struct lambda_context *context, const char *operation,
                          const char *request, size_t length, struct dynamodb_response *ret)
{
    struct runtime *runtime = runtime_of(context);
    const char *region = getenv("AWS_REGION");

    runtime->dynamodb->call(runtime->dynamodb->state, str_from_c(operation),
                            (struct str){request, length},
                            str_from_c(region != NULL ? region : "us-east-1"), runtime->arena, ret);
}

static const char *host_environment(struct lambda_context *context, const char *name)
{
    (void)context;
    return getenv(name);
}

static const struct lambda_host host = {
    .alloc = host_alloc,
    .respond = host_respond,
    .fail = host_fail,
    .log = host_log,
    .sleep_ms = host_sleep_ms,
    .remaining_ms = host_remaining_ms,
    .dynamodb = host_dynamodb,
    .environment = host_environment,
};

/* --- the Runtime API
 * ------------------------------------------------------------------------------ */

static bool call_api(struct runtime *runtime, const char *method, struct str path, struct str body,
                     const char *error_type, struct aws_http_response *ret, struct aws_error *err)
{
    struct aws_http_header headers[] = {
        {STR("Content-Type"), STR("application/json")},
        {STR("Lambda-Runtime-Function-Error-Type"), str_from_c(error_type)},
    };
    struct aws_http_request request = {
        .method = method,
        .url = str_printf(runtime->exchange, "http://%s/2018-06-01/runtime/%.*s", runtime->api,
                          STR_ARG(path)),
        .headers = headers,
        .header_count = error_type == NULL ? 1 : 2,
        .body = body,
        .timeout_ms = 0, /* `next` waits as long as nothing is to be done */
        .direct = true,
    };

    return aws_http_call(runtime->http, &request, runtime->exchange, ret, err);
}

static void copy_header(const struct aws_http_response *response, struct str name, char *to)
{
    struct str value = aws_http_header(response, name);

    (void)snprintf(to, TEXT_BYTES, "%.*s", STR_ARG(value));
}

static bool take_next(struct runtime *runtime, struct aws_http_response *ret)
{
    struct aws_error err = {0};

    arena_reset(runtime->exchange);
    if (!call_api(runtime, "GET", STR("invocation/next"), (struct str){NULL, 0}, NULL, ret, &err) ||
        ret->status != 200)
        return false;
    copy_header(ret, STR("Lambda-Runtime-Aws-Request-Id"), runtime->request_id);
    copy_header(ret, STR("Lambda-Runtime-Invoked-Function-Arn"), runtime->arn);
    if (!str_to_int64(aws_http_header(ret, STR("Lambda-Runtime-Deadline-Ms")), 0, INT64_MAX,
                      &runtime->deadline_ms))
        runtime->deadline_ms = INT64_MAX;
    struct str trace = aws_http_header(ret, STR("Lambda-Runtime-Trace-Id"));
    if (trace.len > 0)
        (void)setenv("_X_AMZN_TRACE_ID", trace.ptr, 1);
    return true;
}

static bool send_answer(struct runtime *runtime)
{
    struct aws_http_response *response = arena_alloc(runtime->exchange, sizeof(*response));
    struct str body = STR("null");
    struct aws_error err = {0};
    const char *what = runtime->error_type == NULL ? "response" : "error";

    if (response == NULL)
        return false;
    if (runtime->answered && !buffer_done(&runtime->answer, &body))
        return false;
    return call_api(runtime, "POST",
                    str_printf(runtime->exchange, "invocation/%s/%s", runtime->request_id, what),
                    body, runtime->error_type, response, &err);
}

static int serve(struct runtime *runtime, void *state)
{
    struct aws_http_response response;

    while (take_next(runtime, &response)) {
        runtime->answered = false;
        runtime->error_type = NULL;
        arena_reset(runtime->arena);
        squall_lambda_handler.handle(state, response.body.ptr, response.body.len,
                                     &runtime->context);
        if (!send_answer(runtime))
            break;
    }
    if (squall_lambda_handler.shutdown != NULL)
        squall_lambda_handler.shutdown(state);
    return EXIT_SUCCESS;
}

static int report_init_error(struct runtime *runtime)
{
    struct aws_http_response response;
    struct aws_error err = {0};

    if (!call_api(runtime, "POST", STR("init/error"),
                  STR("{\"errorMessage\":\"the handler's init failed\","
                      "\"errorType\":\"Runtime.InitError\",\"stackTrace\":[]}"),
                  "Runtime.InitError", &response, &err))
        (void)fprintf(stderr, "bootstrap: %s\n", err.message);
    return EXIT_FAILURE;
}

/* --- start
 * ------------------------------------------------------------------------------------------ */

static const char *variable(const char *name, const char *otherwise)
{
    const char *value = getenv(name);

    return value == NULL || value[0] == '\0' ? otherwise : value;
}

static void describe(struct runtime *runtime)
{
    int64_t memory_mb = 0;

    if (!str_to_int64(str_from_c(variable("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "128")), 1, 65536,
                      &memory_mb))
        memory_mb = 128;
    runtime->context = (struct lambda_context){
        .host = &host,
        .aws_request_id = runtime->request_id,
        .function_name = variable("AWS_LAMBDA_FUNCTION_NAME", ""),
        .function_version = variable("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST"),
        .invoked_function_arn = runtime->arn,
        .log_group_name = variable("AWS_LAMBDA_LOG_GROUP_NAME", ""),
        .log_stream_name = variable("AWS_LAMBDA_LOG_STREAM_NAME", ""),
        .memory_limit_mb = memory_mb,
    };
}

static bool prepare(struct runtime *runtime, struct aws_error *err)
{
    const char *endpoint = variable("AWS_ENDPOINT_URL_DYNAMODB", variable("AWS_ENDPOINT_URL", ""));

    runtime->api = variable("AWS_LAMBDA_RUNTIME_API", NULL);
    if (runtime->api == NULL)
        return aws_fail(
            err, &error_usage,
            "AWS_LAMBDA_RUNTIME_API is not set: a bootstrap is started by Lambda, or by "
            "'squall serve --isolate'");
    runtime->http = aws_http_new();
    runtime->exchange = arena_new(EXCHANGE_ARENA_BYTES);
    runtime->arena = arena_new(INVOCATION_ARENA_BYTES);
    if (runtime->http == NULL || runtime->exchange == NULL || runtime->arena == NULL)
        return aws_fail(err, &error_environment, "no memory to start");
    describe(runtime);
    return dynamodb_http_client_new(str_from_c(endpoint), &runtime->dynamodb, err);
}

int main(void)
{
    static struct runtime runtime; /* one a process; large for a stack */
    struct aws_error err = {0};
    void *state = NULL;

    if (!prepare(&runtime, &err)) {
        (void)fprintf(stderr, "bootstrap: %s\n", err.message);
        return EXIT_FAILURE;
    }
    if (squall_lambda_handler.init != NULL && !squall_lambda_handler.init(&runtime.context, &state))
        return report_init_error(&runtime);
    int status = serve(&runtime, state);
    dynamodb_http_client_free(runtime.dynamodb);
    aws_http_free(runtime.http);
    arena_free(runtime.exchange);
    arena_free(runtime.arena);
    return status;
}
