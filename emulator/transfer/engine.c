#include "engine.h"

#include <sys/stat.h>

#include "base/rng.h"
#include "dynamodb/in_process.h"

static const char default_folder[] = ".squall";

static const char *environment(const char *first, const char *second)
{
    const char *value = getenv(first);

    if (value == NULL || value[0] == '\0')
        value = getenv(second);
    return value == NULL || value[0] == '\0' ? NULL : value;
}

static bool folder_has_data(const char *folder, struct aws_error *err)
{
    char path[4096];
    struct stat ignored;

    (void)snprintf(path, sizeof(path), "%s/dynamodb.sqlite3", folder);
    if (stat(path, &ignored) == 0)
        return true;
    return aws_fail(err, &error_environment,
                    "there is no data in '%s': give the folder of 'squall serve' with --data, or a "
                    "running DynamoDB with --endpoint",
                    folder);
}

static bool open_folder(const struct engine_options *options, const char *folder,
                        struct engine *engine, struct aws_error *err)
{
    struct dynamodb_options wanted = {
        .data_folder = folder, .durability = DURABILITY_NORMAL, .clock = clock_system()};
    struct aws_error why = {0};
    struct rng rng;

    if (!options->create && !folder_has_data(folder, err))
        return false;
    rng_init_random(&rng);
    wanted.seed = rng_next(&rng);
    if (!dynamodb_open(&wanted, &engine->dynamodb, &why))
        return aws_fail(err, why.kind, "%s; a running emulator is reached with --endpoint URL",
                        why.message);
    engine->in_process = dynamodb_in_process(engine->dynamodb);
    engine->where = folder;
    return true;
}

static bool open_endpoint(const char *url, struct engine *engine, struct aws_error *err)
{
    if (!dynamodb_http_client_new(str_from_c(url), &engine->http, err))
        return false;
    engine->where = url;
    return true;
}

bool engine_open(const struct engine_options *options, struct engine *ret, struct aws_error *err)
{
    const char *endpoint = options->endpoint;
    const char *region = options->region;
    struct engine engine = {0};

    if (options->data != NULL && endpoint != NULL)
        return aws_fail(err, &error_usage, "--data and --endpoint: give one of them");
    if (options->data == NULL && endpoint == NULL)
        endpoint = environment("AWS_ENDPOINT_URL_DYNAMODB", "AWS_ENDPOINT_URL");
    if (region == NULL)
        region = environment("AWS_REGION", "AWS_DEFAULT_REGION");
    engine.region = region == NULL ? STR("us-east-1") : str_from_c(region);
    bool ok = endpoint != NULL
                  ? open_endpoint(endpoint, &engine, err)
                  : open_folder(options, options->data == NULL ? default_folder : options->data,
                                &engine, err);
    if (!ok)
        return false;
    *ret = engine;
    return true;
}

void engine_close(struct engine *engine)
{
    dynamodb_http_client_free(engine->http);
    dynamodb_close(engine->dynamodb);
    *engine = (struct engine){0};
}

void engine_call(const struct engine *engine, struct str operation, struct str request,
                 struct arena *arena, struct dynamodb_response *ret)
{
    const struct dynamodb_client *client =
        engine->http != NULL ? engine->http : &engine->in_process;

    client->call(client->state, operation, request, engine->region, arena, ret);
}

bool engine_fail(const struct engine *engine, const char *operation,
                 const struct dynamodb_response *response, struct aws_error *err)
{
    const char *type = response->error_type == NULL ? "no answer" : response->error_type;
    const char *text = response->error_message == NULL ? "" : response->error_message;

    bool asked_wrong = engine_error_is(response, "ValidationException") ||
                       engine_error_is(response, "ResourceNotFoundException");
    return aws_fail(err, asked_wrong ? &error_usage : &error_environment, "%s on %s: %s: %s",
                    operation, engine->where, type, text);
}

bool engine_ask(const struct engine *engine, struct str operation, struct str request,
                struct arena *arena, struct json_value **ret, struct aws_error *err)
{
    struct dynamodb_response response;

    engine_call(engine, operation, request, arena, &response);
    if (response.http_status != 200)
        return engine_fail(engine, operation.ptr, &response, err);
    if (!json_parse((struct str){response.body, response.body_length}, arena, ret, NULL))
        return aws_fail(err, &error_environment, "%s on %s: the answer is no JSON, or too large",
                        operation.ptr, engine->where);
    return true;
}

bool engine_error_is(const struct dynamodb_response *response, const char *name)
{
    return response->error_type != NULL && strcmp(response->error_type, name) == 0;
}
