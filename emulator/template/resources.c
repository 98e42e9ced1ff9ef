#include "resources.h"

#include <limits.h>
#include <sys/stat.h>

#include "base/log.h"

/* --- names
 * --------------------------------------------------------------------------------------------- */

static const struct json_value *property(const struct json_value *resource, struct str name)
{
    return json_get(json_member(resource, "Properties"), name);
}

/* The property that names the resource, else its logical id. */
static bool named_by(struct scope *scope, const struct json_value *resource, struct str member,
                     struct str *ret)
{
    if (property(resource, member) == NULL) {
        *ret = resource->name;
        return true;
    }
    return evaluate_text(scope, property(resource, member), ret);
}

static bool function_name(struct scope *scope, const struct json_value *resource, struct str *ret)
{
    return named_by(scope, resource, STR("FunctionName"), ret);
}

static bool table_name(struct scope *scope, const struct json_value *resource, struct str *ret)
{
    return named_by(scope, resource, STR("TableName"), ret);
}

/* Ten characters as API Gateway's ids are, from the logical id, so that they stay from run to run.
 */
static bool api_id(struct scope *scope, const struct json_value *resource, struct str *ret)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325); /* FNV-1a */
    char text[10];

    for (size_t i = 0; i < resource->name.len; i++)
        hash = (hash ^ (unsigned char)resource->name.ptr[i]) * UINT64_C(0x100000001b3);
    for (size_t i = 0; i < sizeof(text); i++) {
        text[i] = "abcdefghijklmnopqrstuvwxyz0123456789"[hash % 36];
        hash /= 36;
    }
    return str_copy(scope->arena, (struct str){text, sizeof(text)}, ret);
}

static bool make_arn(struct scope *scope, const char *service, const char *kind, struct str name,
                     struct str *ret)
{
    *ret = str_printf(scope->arena, "arn:aws:%s:%.*s:%.*s:%s%.*s", service, STR_ARG(scope->region),
                      STR_ARG(scope->account_id), kind, STR_ARG(name));
    return ret->ptr != NULL;
}

static bool function_arn(struct scope *scope, const struct json_value *resource, struct str *ret)
{
    struct str name;

    return function_name(scope, resource, &name) &&
           make_arn(scope, "lambda", "function:", name, ret);
}

static bool table_arn(struct scope *scope, const struct json_value *resource, struct str *ret)
{
    struct str name;

    return table_name(scope, resource, &name) && make_arn(scope, "dynamodb", "table/", name, ret);
}

/* --- tables
 * ---------------------------------------------------------------------------------------------- */

static bool refuse(struct deployment *d, const struct resource *resource, const char *what)
{
    return aws_fail(d->scope.err, &error_usage, "%.*s: %s", STR_ARG(resource->id), what);
}

/* CloudFormation leaves StreamEnabled out: a view type is enough. */
static void write_stream(struct json_writer *w, const struct json_value *stream)
{
    json_object_begin(w);
    json_field_bool(w, STR("StreamEnabled"), true);
    for (const struct json_value *m = stream->child; m != NULL; m = m->next) {
        if (str_eq(m->name, STR("StreamEnabled")))
            continue;
        json_write_name(w, m->name);
        json_write_value(w, m);
    }
    json_object_end(w);
}

/* What goes into CreateTable's request as it is. */
#define TABLE_PROPERTIES                                                                           \
    "TableName|AttributeDefinitions|KeySchema|BillingMode|ProvisionedThroughput|"                  \
    "GlobalSecondaryIndexes|LocalSecondaryIndexes|StreamSpecification|DeletionProtectionEnabled|"  \
    "TableClass|SSESpecification|Tags"

/* DynamoDB knows no resource of ours: what it answers begins with the resource's name. */
static bool call_dynamodb(struct deployment *d, const struct resource *resource,
                          bool (*call)(void *state, struct str request, struct aws_error *err),
                          const struct buffer *request)
{
    struct aws_error *err = d->scope.err;
    char message[AWS_ERROR_MESSAGE_BYTES];

    if (request->failed)
        return aws_fail(err, &error_usage, "the template is too large");
    if (call(d->target->dynamodb_state, buffer_str(request), err))
        return true;
    (void)snprintf(message, sizeof(message), "%s", err->message);
    return aws_fail(err, err->kind, "%.*s: %s", STR_ARG(resource->id), message);
}

static bool create_table(struct deployment *d, const struct resource *resource,
                         const struct buffer *request)
{
    return call_dynamodb(d, resource, d->target->dynamodb_create_table, request);
}

static bool set_time_to_live(struct deployment *d, const struct resource *resource)
{
    const struct json_value *wanted = json_member(resource->properties, "TimeToLiveSpecification");
    struct buffer out;
    struct json_writer writer;

    if (wanted == NULL || json_is(json_member(wanted, "Enabled"), JSON_FALSE))
        return true;
    buffer_init(&out, d->scope.arena);
    json_writer_init(&writer, &out, JSON_COMPACT);
    json_object_begin(&writer);
    json_field_string(&writer, STR("TableName"),
                      json_string_or(json_member(resource->properties, "TableName"), resource->id));
    json_write_name(&writer, STR("TimeToLiveSpecification"));
    json_write_value(&writer, wanted);
    json_object_end(&writer);
    return call_dynamodb(d, resource, d->target->dynamodb_set_time_to_live, &out);
}

static bool deploy_table(struct deployment *d, const struct resource *resource)
{
    const struct json_value *name = json_member(resource->properties, "TableName");
    struct buffer out;
    struct json_writer writer;

    buffer_init(&out, d->scope.arena);
    json_writer_init(&writer, &out, JSON_COMPACT);
    json_object_begin(&writer);
    if (name == NULL)
        json_field_string(&writer, STR("TableName"), resource->id);
    for (const struct json_value *m = resource->properties->child; m != NULL; m = m->next) {
        if (!names_hold(TABLE_PROPERTIES, m->name))
            continue;
        json_write_name(&writer, m->name);
        if (str_eq(m->name, STR("StreamSpecification")))
            write_stream(&writer, m);
        else
            json_write_value(&writer, m);
    }
    json_object_end(&writer);
    return create_table(d, resource, &out) && set_time_to_live(d, resource);
}

/* SAM's table: one key, "id" of type String unless PrimaryKey says otherwise. */
static bool deploy_simple_table(struct deployment *d, const struct resource *resource)
{
    const struct json_value *key = json_member(resource->properties, "PrimaryKey");
    struct str table = json_string_or(json_member(resource->properties, "TableName"), resource->id);
    struct str name = json_string_or(json_member(key, "Name"), STR("id"));
    struct str type = json_string_or(json_member(key, "Type"), STR("String"));
    struct buffer out;

    if (!names_hold("String|Number|Binary", type))
        return refuse(d, resource, "PrimaryKey.Type is String, Number or Binary");
    buffer_init(&out, d->scope.arena);
    buffer_add_literal(&out, "{\"TableName\":");
    json_escape(&out, table);
    buffer_add_literal(&out, ",\"BillingMode\":\"PAY_PER_REQUEST\","
                             "\"AttributeDefinitions\":[{\"AttributeName\":");
    json_escape(&out, name);
    buffer_printf(&out,
                  ",\"AttributeType\":\"%c\"}],\"KeySchema\":[{\"AttributeName\":", type.ptr[0]);
    json_escape(&out, name);
    buffer_add_literal(&out, ",\"KeyType\":\"HASH\"}]}");
    return create_table(d, resource, &out);
}

/* --- functions
 * -------------------------------------------------------------------------------------------- */

/* Globals.Function below the function's own properties, as SAM merges them. */
static const struct json_value *function_property(const struct deployment *d,
                                                  const struct resource *resource, struct str name)
{
    const struct json_value *own = json_get(resource->properties, name);

    if (own != NULL)
        return own;
    return json_get(json_member(json_member(d->scope.root, "Globals"), "Function"), name);
}

static bool read_text(struct deployment *d, const struct resource *resource, struct str name,
                      struct str otherwise, struct str *ret)
{
    const struct json_value *value = function_property(d, resource, name);

    *ret = otherwise;
    return value == NULL || evaluate_text(&d->scope, value, ret);
}

static bool read_int(struct deployment *d, const struct resource *resource, struct str name,
                     int64_t otherwise, int64_t *ret)
{
    struct str text;

    *ret = otherwise;
    if (!read_text(d, resource, name, (struct str){NULL, 0}, &text))
        return false;
    if (text.len > 0 && !str_to_int64(text, 0, INT32_MAX, ret))
        return aws_fail(d->scope.err, &error_usage, "%.*s.%.*s: '%.*s' is no whole number",
                        STR_ARG(resource->id), STR_ARG(name), STR_ARG(text));
    return true;
}

static bool read_code(struct deployment *d, const struct resource *resource, struct str *ret)
{
    const struct json_value *uri = function_property(d, resource, STR("CodeUri"));
    struct str text;
    struct stat status;
    char *path = NULL;

    if (!json_string(uri, &text))
        return refuse(d, resource,
                      "CodeUri must be a folder of this machine; InlineCode, images and S3 are not "
                      "read here");
    bool absolute = text.len > 0 && text.ptr[0] == '/';
    *ret = absolute ? text
                    : str_printf(d->scope.arena, "%.*s/%.*s", STR_ARG(d->folder), STR_ARG(text));
    path = str_to_c(d->scope.arena, *ret);
    if (path == NULL || stat(path, &status) != 0)
        return aws_fail(d->scope.err, &error_environment,
                        "%.*s: there is no code at %.*s; build it first (the sample: ./dev build)",
                        STR_ARG(resource->id), STR_ARG(*ret));
    return true;
}

enum { VARIABLES_MAX = 256 };

/* Globals' variables first, so that the function's own of the same name come later and win. */
static bool read_environment(struct deployment *d, const struct resource *resource,
                             struct http_header *variables, size_t *count)
{
    const struct json_value *sources[] = {
        json_member(json_member(json_member(json_member(d->scope.root, "Globals"), "Function"),
                                "Environment"),
                    "Variables"),
        json_member(json_member(resource->properties, "Environment"), "Variables"),
    };

    for (size_t i = 0; i < ARRAY_LEN(sources); i++) {
        const struct json_value *m = sources[i] == NULL ? NULL : sources[i]->child;
        for (; m != NULL; m = m->next) {
            if (*count == VARIABLES_MAX)
                return refuse(d, resource, "too many environment variables");
            variables[*count].name = m->name;
            if (!evaluate_text(&d->scope, m, &variables[*count].value))
                return false;
            (*count)++;
        }
    }
    return true;
}

static bool read_architecture(struct deployment *d, const struct resource *resource,
                              struct str *ret)
{
    const struct json_value *list = function_property(d, resource, STR("Architectures"));

    *ret = STR("x86_64");
    return !json_is(list, JSON_ARRAY) || list->child == NULL ||
           evaluate_text(&d->scope, list->child, ret);
}

static bool deploy_function(struct deployment *d, const struct resource *resource)
{
    struct http_header variables[VARIABLES_MAX];
    struct function_spec spec = {.environment = variables, .reserved_concurrency = -1};
    const struct str none = {NULL, 0};

    if (!read_text(d, resource, STR("FunctionName"), resource->id, &spec.name) ||
        !read_code(d, resource, &spec.code) ||
        !read_text(d, resource, STR("Handler"), none, &spec.handler) ||
        !read_text(d, resource, STR("Runtime"), STR("provided.al2023"), &spec.runtime) ||
        !read_text(d, resource, STR("Role"), none, &spec.role) ||
        !read_text(d, resource, STR("Description"), none, &spec.description) ||
        !read_architecture(d, resource, &spec.architecture) ||
        !read_int(d, resource, STR("MemorySize"), 0, &spec.memory_mb) ||
        !read_int(d, resource, STR("Timeout"), 0, &spec.timeout_s) ||
        !read_int(d, resource, STR("ReservedConcurrentExecutions"), -1,
                  &spec.reserved_concurrency) ||
        !read_environment(d, resource, variables, &spec.environment_count))
        return false;
    return lambda_function_create(d->target->lambda, &spec, d->scope.err);
}

/* --- APIs
 * ---------------------------------------------------------------------------------------------------
 */

static bool import_api(struct deployment *d, struct str id, struct str name, struct str stage,
                       const struct json_value *definition)
{
    struct buffer out;
    struct json_writer writer;
    struct json_value *whole = NULL;

    /* Once through text, so that every value knows its own source bytes. */
    buffer_init(&out, d->scope.arena);
    json_writer_init(&writer, &out, JSON_COMPACT);
    json_write_value(&writer, definition);
    if (out.failed || !json_parse(buffer_str(&out), d->scope.arena, &whole, NULL))
        return aws_fail(d->scope.err, &error_usage, "the API's definition is too large");
    return api_gateway_import(d->target->api_gateway, id, name, stage, whole, d->scope.err);
}

static bool deploy_api(struct deployment *d, const struct resource *resource)
{
    const struct json_value as_template = {.name = resource->id};
    const struct json_value *definition = json_member(resource->properties, "DefinitionBody");
    struct str name = json_string_or(json_member(resource->properties, "Name"), resource->id);
    struct str id, stage;

    if (!json_string(json_member(resource->properties, "StageName"), &stage))
        return refuse(d, resource, "StageName is missing");
    if (definition == NULL && !events_definition(d, resource->id, &definition))
        return false;
    if (definition == NULL)
        return refuse(d, resource,
                      "an API needs a DefinitionBody, or functions with events of type Api that "
                      "name it; DefinitionUri is not read here");
    return api_id(&d->scope, &as_template, &id) && import_api(d, id, name, stage, definition);
}

/* --- the rows
 * -------------------------------------------------------------------------------------------------
 */

static const struct resource_type types[] = {
    {STR_INIT("AWS::DynamoDB::Table"), table_name, table_arn, deploy_table,
     TABLE_PROPERTIES "|TimeToLiveSpecification"},
    {STR_INIT("AWS::Serverless::SimpleTable"), table_name, table_arn, deploy_simple_table,
     "TableName|PrimaryKey"},
    {STR_INIT("AWS::Serverless::Function"), function_name, function_arn, deploy_function,
     "FunctionName|CodeUri|Handler|Runtime|Role|Description|Architectures|MemorySize|Timeout|"
     "ReservedConcurrentExecutions|Environment|Events"},
    {STR_INIT("AWS::Serverless::Api"), api_id, NULL, deploy_api,
     "Name|StageName|DefinitionBody|OpenApiVersion"},
};

const struct resource_type *resource_type_at(size_t index)
{
    return index < ARRAY_LEN(types) ? &types[index] : NULL;
}

const struct resource_type *resource_type_find(struct str name)
{
    for (size_t i = 0; i < ARRAY_LEN(types); i++) {
        if (str_eq(types[i].name, name))
            return &types[i];
    }
    return NULL;
}

bool names_hold(const char *names, struct str name)
{
    struct str rest = str_from_c(names);

    while (rest.len > 0) {
        if (str_eq(str_split(&rest, '|'), name))
            return true;
    }
    return false;
}

static const struct resource_type *type_of(const struct json_value *resource)
{
    struct str name;

    return json_string(json_member(resource, "Type"), &name) ? resource_type_find(name) : NULL;
}

bool resource_ref(struct scope *scope, const struct json_value *resource, struct str *ret)
{
    const struct resource_type *type = type_of(resource);

    return type != NULL && type->ref(scope, resource, ret);
}

bool resource_get_att(struct scope *scope, const struct json_value *resource, struct str attribute,
                      struct str *ret)
{
    const struct resource_type *type = type_of(resource);

    return type != NULL && type->arn != NULL && str_eq(attribute, STR("Arn")) &&
           type->arn(scope, resource, ret);
}
