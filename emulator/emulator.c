/*
 * The only place that knows all rooms. Each gets what it needs by pointer; none finds another by
 * itself.
 */
#include "emulator.h"

#include <limits.h>
#include <unistd.h>

#include "apigateway/apigateway.h"
#include "base/clock.h"
#include "base/json.h"
#include "client/dynamodb_client.h"
#include "dynamodb/forward.h"
#include "dynamodb/in_process.h"
#include "http/http_server.h"
#include "http/router.h"
#include "lambda/latency_profile.h"
#include "metrics.h"
#include "template/template.h"

/* Of the five seconds that a stop may take. */
enum { STOP_FUNCTIONS_MS = 2500, STOP_ANSWERS_MS = 500, CALL_BYTES_MAX = 16 * 1024 * 1024 };

#define EMULATOR_REGION  "us-east-1"
#define EMULATOR_ACCOUNT "000000000000"

struct emulator {
    struct dynamodb *dynamodb;       /* NULL with --dynamodb-endpoint */
    struct latency_profile *latency; /* DynamoDB's wire; NULL: none */
    struct dynamodb_client in_process;
    struct dynamodb_client *endpoint; /* for functions; NULL without */
    struct dynamodb_forward *forward; /* for the wire; NULL without */
    struct lambda_service *lambda;
    struct api_gateway *api_gateway;
    struct http_server *http;
    struct router router;
    struct metrics_sources metrics;
};

/* --- DynamoDB ------------------------------------------------------------------------------- */

static struct dynamodb_client *client_of(struct emulator *emulator)
{
    return emulator->endpoint != NULL ? emulator->endpoint : &emulator->in_process;
}

/* The keys of a table as it is, or NULL. */
static const struct json_value *keys_of(const char *body, size_t length, struct arena *arena)
{
    struct json_value *description = NULL;

    if (!json_parse((struct str){body, length}, arena, &description, NULL))
        return NULL;
    return json_member(json_member(description, "Table"), "KeySchema");
}

/* The same attributes in the same roles. */
static bool keys_equal(const struct json_value *a, const struct json_value *b)
{
    if (!json_is(a, JSON_ARRAY) || !json_is(b, JSON_ARRAY) || a->count != b->count)
        return false;
    const struct json_value *left = a->child, *right = b->child;
    for (; left != NULL && right != NULL; left = left->next, right = right->next) {
        struct str names[2], types[2];
        if (!json_string(json_member(left, "AttributeName"), &names[0]) ||
            !json_string(json_member(right, "AttributeName"), &names[1]) ||
            !json_string(json_member(left, "KeyType"), &types[0]) ||
            !json_string(json_member(right, "KeyType"), &types[1]) || !str_eq(names[0], names[1]) ||
            !str_eq(types[0], types[1]))
            return false;
    }
    return true;
}

/* A table that is there is kept when it has the keys that the template wants. */
static bool table_is_kept(struct emulator *emulator, struct str request, struct arena *arena,
                          struct aws_error *err)
{
    struct dynamodb_client *client = client_of(emulator);
    struct dynamodb_response described;
    struct json_value *wanted = NULL;
    struct str name = {NULL, 0};

    if (!json_parse(request, arena, &wanted, NULL) ||
        !json_string(json_member(wanted, "TableName"), &name))
        return aws_fail(err, &error_usage, "a table of the template has no name");
    struct str describe = str_printf(arena, "{\"TableName\":\"%.*s\"}", STR_ARG(name));
    client->call(client->state, STR("DescribeTable"), describe, STR(EMULATOR_REGION), arena,
                 &described);
    if (described.http_status == 200 &&
        keys_equal(keys_of(described.body, described.body_length, arena),
                   json_member(wanted, "KeySchema")))
        return true;
    return aws_fail(err, &error_environment,
                    "table '%.*s' is there already with other keys than the template's; "
                    "choose another --data folder, or delete the table",
                    STR_ARG(name));
}

static bool create_table(void *state, struct str request, struct aws_error *err)
{
    struct emulator *emulator = state;
    struct dynamodb_client *client = client_of(emulator);
    struct arena *arena = arena_new(CALL_BYTES_MAX);
    struct dynamodb_response answer;
    bool ok = false;

    if (arena == NULL)
        return aws_fail(err, &error_out_of_memory, "no memory to create a table");
    client->call(client->state, STR("CreateTable"), request, STR(EMULATOR_REGION), arena, &answer);
    if (answer.http_status == 200)
        ok = true;
    else if (answer.error_type != NULL && strcmp(answer.error_type, "ResourceInUseException") == 0)
        ok = table_is_kept(emulator, request, arena, err);
    else
        (void)aws_fail(err, answer.http_status == 0 ? &error_environment : &error_usage,
                       "CreateTable: %s: %s", answer.error_type == NULL ? "" : answer.error_type,
                       answer.error_message == NULL ? "" : answer.error_message);
    arena_free(arena);
    return ok;
}

static bool set_time_to_live(void *state, struct str request, struct aws_error *err)
{
    struct dynamodb_client *client = client_of(state);
    struct arena *arena = arena_new(CALL_BYTES_MAX);
    struct dynamodb_response answer;

    if (arena == NULL)
        return aws_fail(err, &error_out_of_memory, "no memory to change a table");
    client->call(client->state, STR("UpdateTimeToLive"), request, STR(EMULATOR_REGION), arena,
                 &answer);
    const char *why = answer.error_message == NULL ? "" : answer.error_message;
    bool ok = answer.http_status == 200 || strcmp(why, "TimeToLive is already enabled") == 0 ||
              aws_fail(err, answer.http_status == 0 ? &error_environment : &error_usage,
                       "UpdateTimeToLive: %s: %s",
                       answer.error_type == NULL ? "" : answer.error_type, why);
    arena_free(arena);
    return ok;
}

static double sample_latency(void *profile, struct str operation, struct rng *rng)
{
    return latency_dynamodb_ms(profile, operation, rng);
}

static bool open_dynamodb(struct emulator *emulator, const struct emulator_options *options,
                          struct aws_error *err)
{
    struct dynamodb_options wanted = {
        .data_folder = options->data_folder,
        .durability = options->durability,
        .clock = clock_system(),
        .seed = options->seed,
        .enforce_throughput = options->enforce_throughput,
    };

    if (options->dynamodb_endpoint != NULL) {
        struct str url = str_from_c(options->dynamodb_endpoint);
        return dynamodb_http_client_new(url, &emulator->endpoint, err) &&
               dynamodb_forward_new(url, str_from_c(options->host), &emulator->forward, err);
    }
    if (options->latency_file != NULL) {
        if (!latency_profile_load(options->latency_file, &emulator->latency, err))
            return false;
        wanted.latency = (struct dynamodb_latency){sample_latency, emulator->latency};
    }
    if (!dynamodb_open(&wanted, &emulator->dynamodb, err))
        return false;
    emulator->in_process = dynamodb_in_process(emulator->dynamodb);
    return true;
}

/* --- functions and APIs --------------------------------------------------------------------- */

static bool open_services(struct emulator *emulator, const struct emulator_options *options,
                          struct aws_error *err)
{
    const struct lambda_service_options lambda = {
        .region = STR_INIT(EMULATOR_REGION),
        .account_id = STR_INIT(EMULATOR_ACCOUNT),
        .dynamodb_endpoint = options->dynamodb_endpoint,
        .clock = clock_system(),
        .seed = options->seed,
        .cpu = options->cpu,
        .isolate = options->isolate,
        .latency_file = options->latency_file,
        .dynamodb = client_of(emulator),
    };

    if (!lambda_service_new(&lambda, &emulator->lambda, err))
        return false;
    const struct api_gateway_options api = {
        .region = STR_INIT(EMULATOR_REGION),
        .account_id = STR_INIT(EMULATOR_ACCOUNT),
        .clock = clock_system(),
        .seed = options->seed,
        .lambda = emulator->lambda,
    };
    return api_gateway_new(&api, &emulator->api_gateway, err);
}

/* NAME=FILE.so|DIR */
static bool add_function(struct emulator *emulator, const char *text, struct aws_error *err)
{
    struct str path = str_from_c(text);
    struct str name = str_split(&path, '=');
    char *absolute = NULL;

    if (name.len == 0 || path.len == 0)
        return aws_fail(err, &error_usage, "--function %s: write it as NAME=FILE.so or NAME=DIR",
                        text);
    absolute = realpath(path.ptr, NULL);
    if (absolute == NULL)
        return aws_fail(err, &error_environment, "--function %s: there is no '%s'", text, path.ptr);
    const struct function_spec spec = {
        .name = name,
        .code = str_from_c(absolute),
        .handler = STR_INIT("bootstrap"),
        .runtime = STR_INIT("provided.al2023"),
        .role = STR_INIT("arn:aws:iam::" EMULATOR_ACCOUNT ":role/squall"),
        .architecture = STR_INIT("x86_64"),
        .reserved_concurrency = -1,
    };
    bool ok = lambda_function_create(emulator->lambda, &spec, err);
    free(absolute);
    return ok;
}

static bool deploy(struct emulator *emulator, const struct emulator_options *options,
                   struct aws_error *err)
{
    const struct template_target target = {
        .region = STR_INIT(EMULATOR_REGION),
        .account_id = STR_INIT(EMULATOR_ACCOUNT),
        .lambda = emulator->lambda,
        .api_gateway = emulator->api_gateway,
        .dynamodb_state = emulator,
        .dynamodb_create_table = create_table,
        .dynamodb_set_time_to_live = set_time_to_live,
    };

    if (options->template_path != NULL && !template_deploy(options->template_path, &target, err))
        return false;
    for (size_t i = 0; options->functions != NULL && i < options->functions->count; i++) {
        if (!add_function(emulator, options->functions->values[i], err))
            return false;
    }
    return true;
}

/* --- the listeners -------------------------------------------------------------------------- */

static bool start_http(struct emulator *emulator, const struct emulator_options *options,
                       struct aws_error *err)
{
    emulator->router = (struct router){
        .host = str_from_c(options->host),
        .api = {emulator->api_gateway, api_gateway_handle_http},
        .lambda = {emulator->lambda, lambda_handle_http},
        .dynamodb = {emulator->dynamodb, dynamodb_handle_http},
        .metrics_state = &emulator->metrics,
        .metrics = metrics_write,
    };
    if (emulator->forward != NULL)
        emulator->router.dynamodb = (struct http_service){emulator->forward, dynamodb_forward_http};
    const struct http_server_options http = {
        .host = options->host,
        .api_port = options->api_port,
        .aws_port = options->aws_port,
        .has_dynamodb_port = options->has_dynamodb_port,
        .dynamodb_port = options->dynamodb_port,
        .clock = clock_system(),
        .seed = options->seed,
        .service = {&emulator->router, router_handle},
    };
    if (!http_server_listen(&http, &emulator->http, err))
        return false;
    emulator->metrics = (struct metrics_sources){
        .http = emulator->http,
        .lambda = emulator->lambda,
        .dynamodb = emulator->dynamodb,
        .forward = emulator->forward,
        .api_gateway = emulator->api_gateway,
        .cpu = options->cpu,
    };
    lambda_service_set_aws_port(emulator->lambda,
                                http_server_port(emulator->http, HTTP_LISTENER_AWS));
    return http_server_accept(emulator->http, err);
}

bool emulator_start(const struct emulator_options *options, struct emulator **ret,
                    struct aws_error *err)
{
    struct emulator *emulator = calloc(1, sizeof(*emulator));

    if (emulator == NULL)
        return aws_fail(err, &error_out_of_memory, "no memory to start");
    if (!open_dynamodb(emulator, options, err) || !open_services(emulator, options, err) ||
        !deploy(emulator, options, err) || !start_http(emulator, options, err)) {
        (void)emulator_stop(emulator);
        return false;
    }
    *ret = emulator;
    return true;
}

uint16_t emulator_api_port(const struct emulator *emulator)
{
    return http_server_port(emulator->http, HTTP_LISTENER_API);
}

uint16_t emulator_aws_port(const struct emulator *emulator)
{
    return http_server_port(emulator->http, HTTP_LISTENER_AWS);
}

uint16_t emulator_dynamodb_port(const struct emulator *emulator)
{
    return http_server_port(emulator->http, HTTP_LISTENER_DYNAMODB);
}

void emulator_list_routes(struct emulator *emulator, void *context,
                          void (*each)(void *context, struct str method, struct str stage,
                                       struct str path, struct str integration))
{
    api_gateway_list(emulator->api_gateway, context, each);
}

/* Functions are stopped before the listeners: they answer what is suspended. */
static bool stop_requests(struct emulator *emulator)
{
    struct lambda_counters counters = {0};
    bool stopped = true;

    if (emulator->http != NULL)
        http_server_drain(emulator->http);
    dynamodb_drain(emulator->dynamodb);
    if (emulator->lambda != NULL) {
        lambda_service_stop(emulator->lambda, STOP_FUNCTIONS_MS);
        lambda_count(emulator->lambda, &counters);
    }
    if (emulator->http != NULL)
        stopped = http_server_stop(emulator->http, STOP_ANSWERS_MS);
    return stopped && counters.environments == 0;
}

bool emulator_stop(struct emulator *emulator)
{
    if (!stop_requests(emulator))
        return false;
    /* Their late answers still go to the server. */
    dynamodb_forward_stop(emulator->forward);
    dynamodb_stop(emulator->dynamodb);
    http_server_free(emulator->http);
    dynamodb_forward_free(emulator->forward);
    api_gateway_free(emulator->api_gateway);
    lambda_service_free(emulator->lambda);
    dynamodb_http_client_free(emulator->endpoint);
    dynamodb_close(emulator->dynamodb);
    latency_profile_free(emulator->latency);
    free(emulator);
    return true;
}
