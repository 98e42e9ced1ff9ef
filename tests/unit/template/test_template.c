/* Templates against services that only write down what they are asked to make. */
#include "../test.h"

#include <fcntl.h>
#include <unistd.h>

#include "base/log.h"
#include "base/yaml.h"
#include "template/template.h"

/* --- the services ------------------------------------------------------------------------------
 */

/* What was made, a line each. */
struct record {
    char text[4096];
};
static struct record record;

static void note(const char *format, ...) PRINTF_LIKE(1, 2);
static void note(const char *format, ...)
{
    size_t used = strlen(record.text);
    va_list args;

    va_start(args, format);
    (void)vsnprintf(record.text + used, sizeof(record.text) - used, format, args);
    va_end(args);
}

bool lambda_function_create(struct lambda_service *service, const struct function_spec *spec,
                            struct aws_error *err)
{
    (void)service, (void)err;
    note("function %.*s %s %.*s %lld MB %lld s", STR_ARG(spec->name),
         str_ends_with(spec->code, STR("/code")) ? "code" : "?", STR_ARG(spec->handler),
         (long long)spec->memory_mb, (long long)spec->timeout_s);
    for (size_t i = 0; i < spec->environment_count; i++)
        note(" %.*s=%.*s", STR_ARG(spec->environment[i].name), STR_ARG(spec->environment[i].value));
    note("\n");
    return true;
}

bool api_gateway_import(struct api_gateway *gateway, struct str api_id, struct str name,
                        struct str stage, const struct json_value *definition,
                        struct aws_error *err)
{
    (void)gateway, (void)err;
    note("api %zu %.*s %.*s %.*s\n", api_id.len, STR_ARG(name), STR_ARG(stage),
         STR_ARG(json_member(definition, "paths")->raw));
    return true;
}

static bool create_table(void *state, struct str request, struct aws_error *err)
{
    (void)state;
    if (str_find(request, STR("\"refused\"")) < request.len)
        return aws_fail(err, &error_usage, "CreateTable: what DynamoDB says");
    note("table %.*s\n", STR_ARG(request));
    return true;
}

static bool set_time_to_live(void *state, struct str request, struct aws_error *err)
{
    (void)state, (void)err;
    note("time to live %.*s\n", STR_ARG(request));
    return true;
}

/* --- running a template
 * ---------------------------------------------------------------------------- */

static char folder[] = "/tmp/squall-test-XXXXXX";

static int make_folder(void **state)
{
    char code[64];

    (void)state;
    log_set_quiet(true);
    if (mkdtemp(folder) == NULL)
        return -1;
    (void)snprintf(code, sizeof(code), "%s/code", folder);
    int fd = open(code, O_CREAT | O_WRONLY, 0600);
    return fd < 0 ? -1 : close(fd);
}

static int remove_folder(void **state)
{
    char path[64];

    (void)state;
    (void)snprintf(path, sizeof(path), "%s/code", folder);
    (void)unlink(path);
    (void)snprintf(path, sizeof(path), "%s/t.yaml", folder);
    (void)unlink(path);
    return rmdir(folder);
}

static bool deploy(const char *text, struct aws_error *err)
{
    const struct template_target target = {.region = STR("us-east-1"),
                                           .account_id = STR("000000000000"),
                                           .dynamodb_create_table = create_table,
                                           .dynamodb_set_time_to_live = set_time_to_live};
    char path[64];

    record.text[0] = '\0';
    *err = (struct aws_error){0};
    (void)snprintf(path, sizeof(path), "%s/t.yaml", folder);
    int fd = open(path, O_CREAT | O_TRUNC | O_WRONLY, 0600);
    assert_true(fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text));
    (void)close(fd);
    return template_deploy(path, &target, err);
}

static void a_table_s_time_to_live_is_set_when_it_is_there(void **state)
{
    struct aws_error err;

    (void)state;
    assert_true(deploy("Resources:\n"
                       "  T:\n"
                       "    Type: AWS::DynamoDB::Table\n"
                       "    Properties:\n"
                       "      Tags: [{Key: k, Value: v}]\n"
                       "      TimeToLiveSpecification: {AttributeName: t, Enabled: true}\n"
                       "  U:\n"
                       "    Type: AWS::DynamoDB::Table\n"
                       "    Properties:\n"
                       "      TimeToLiveSpecification: {AttributeName: t, Enabled: false}\n",
                       &err));
    assert_string_equal(
        record.text,
        "table {\"TableName\":\"T\",\"Tags\":[{\"Key\":\"k\",\"Value\":\"v\"}]}\n"
        "time to live {\"TableName\":\"T\",\"TimeToLiveSpecification\":{\"AttributeName\":"
        "\"t\",\"Enabled\":true}}\n"
        "table {\"TableName\":\"U\"}\n");
}

static void resources_are_made_tables_first(void **state)
{
    struct aws_error err;

    (void)state;
    assert_true(deploy("Globals: {Function: {MemorySize: 256, CodeUri: code, Handler: h, "
                       "Environment: {Variables: {A: 1}}}}\n"
                       "Parameters: {Stage: {Type: String, Default: Prod}}\n"
                       "Resources:\n"
                       "  F:\n"
                       "    Type: AWS::Serverless::Function\n"
                       "    Properties:\n"
                       "      Timeout: 7\n"
                       "      Environment: {Variables: {TABLE: !Ref T, ARN: !GetAtt T.Arn}}\n"
                       "  A:\n"
                       "    Type: AWS::Serverless::Api\n"
                       "    Properties:\n"
                       "      StageName: !Ref Stage\n"
                       "      DefinitionBody: {openapi: 3.0.1, paths: {/x: {post: {uri: !Sub "
                       "'${F.Arn}/${!x}'}}}}\n"
                       "  T: {Type: AWS::Serverless::SimpleTable}\n",
                       &err));
    assert_string_equal(
        record.text,
        "table {\"TableName\":\"T\",\"BillingMode\":\"PAY_PER_REQUEST\",\"AttributeDefinitions\":["
        "{\"AttributeName\":\"id\",\"AttributeType\":\"S\"}],\"KeySchema\":[{\"AttributeName\":"
        "\"id\",\"KeyType\":\"HASH\"}]}\n"
        "function F code h 256 MB 7 s A=1 TABLE=T "
        "ARN=arn:aws:dynamodb:us-east-1:000000000000:table/T\n"
        "api 10 A Prod {\"/x\":{\"post\":{\"uri\":"
        "\"arn:aws:lambda:us-east-1:000000000000:function:F/${x}\"}}}\n");
}

static void events_of_type_api_become_the_implicit_api(void **state)
{
    struct aws_error err;

    (void)state;
    assert_true(deploy("Resources:\n"
                       "  F:\n"
                       "    Type: AWS::Serverless::Function\n"
                       "    Properties:\n"
                       "      CodeUri: code\n"
                       "      Events:\n"
                       "        Get: {Type: Api, Properties: {Path: /x, Method: GET}}\n"
                       "        All: {Type: Api, Properties: {Path: /y, Method: any}}\n"
                       "        Put: {Type: Api, Properties: {Path: /x, Method: put}}\n",
                       &err));
    const char *api = strstr(record.text, "api ");
    assert_non_null(api);
    assert_non_null(strstr(api, "ServerlessRestApi Prod {\"/x\":{\"get\":{"));
    assert_non_null(strstr(api,
                           "\"put\":{\"x-amazon-apigateway-integration\":{\"type\":"
                           "\"aws_proxy\",\"httpMethod\":\"POST\",\"uri\":\"arn:aws:apigateway:"
                           "us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1"
                           ":000000000000:function:F/invocations\"}}},\"/y\":"));
    assert_non_null(strstr(api, "\"/y\":{\"x-amazon-apigateway-any-method\":"));
}

static void conditions_choose_what_is_made(void **state)
{
    struct aws_error err;

    (void)state;
    assert_true(deploy("Mappings: {M: {us-east-1: {size: 512}}}\n"
                       "Conditions:\n"
                       "  Here: !Equals [!Ref AWS::Region, us-east-1]\n"
                       "  There: !Not [!Condition Here]\n"
                       "Resources:\n"
                       "  Gone: {Type: AWS::Serverless::SimpleTable, Condition: There}\n"
                       "  F:\n"
                       "    Type: AWS::Serverless::Function\n"
                       "    Properties:\n"
                       "      CodeUri: code\n"
                       "      FunctionName: !Join ['-', [a, !Select [1, !Split [',', 'x,y']]]]\n"
                       "      MemorySize: !FindInMap [M, !Ref AWS::Region, size]\n"
                       "      Timeout: !If [There, 1, 2]\n"
                       "      Handler: !If [There, x, !Ref AWS::NoValue]\n",
                       &err));
    assert_string_equal(record.text, "function a-y code  512 MB 2 s\n");
}

static void mistakes_are_one_line_that_says_where(void **state)
{
    static const struct {
        const char *text;
        const char *message; /* behind the file's name */
    } rows[] = {
        {"Resources: [}", "line 1: did not find expected node content while parsing a flow node"},
        {"a: b", "neither Resources nor openapi: not a SAM, CloudFormation or OpenAPI file"},
        {"", "neither Resources nor openapi: not a SAM, CloudFormation or OpenAPI file"},
        {"Resources: {T: 1, T: 2}", "'T' is given twice"},
        {"Resources: !Nope x",
         "line 1: an unknown tag; CloudFormation's are !Ref, !Sub, !GetAtt, !Join ..."},
        {"Resources: *a", "line 1: an alias without its anchor"},
        {"Resources: {F: {Type: AWS::Serverless::Function, Properties: {CodeUri: code, "
         "MemorySize: x}}}",
         "F.MemorySize: 'x' is no whole number"},
        {"Resources: {F: {Type: AWS::Serverless::Function, Properties: {CodeUri: !Ref X}}}",
         "Ref X: there is no such parameter or resource with a value here"},
        {"Resources: {F: {Type: AWS::Serverless::Function, Properties: {CodeUri: code, "
         "FunctionName: !Ref F}}}",
         "Ref F: there is no such parameter or resource with a value here"},
        {"Parameters: {P: {Type: String}}\n"
         "Resources: {T: {Type: AWS::Serverless::SimpleTable, Properties: {TableName: !Ref P}}}",
         "parameter P has no Default; give it one: values are not asked for"},
        {"Resources: {T: {Type: AWS::DynamoDB::Table, Properties: {TableName: refused}}}",
         "T: CreateTable: what DynamoDB says"},
        {"Resources: {T: {Type: AWS::Serverless::SimpleTable, Properties: {TableName: refused}}}",
         "T: CreateTable: what DynamoDB says"},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct aws_error err;
        char expected[512];
        assert_false(deploy(rows[i].text, &err));
        (void)snprintf(expected, sizeof(expected), "%s/t.yaml: %s", folder, rows[i].message);
        assert_string_equal(err.message, expected);
    }
}

static void yaml_scalars_are_read_as_cloudformation_reads_them(void **state)
{
    static const struct {
        const char *yaml;
        const char *json;
    } rows[] = {
        {"[a, 'true', true, yes, ~, 1, -2.5, 1e3]", "[\"a\",\"true\",true,true,null,1,-2.5,1e3]"},
        {"[2010-09-09, 012, +1, 0x1F, 1_000]",
         "[\"2010-09-09\",\"012\",\"+1\",\"0x1F\",\"1_000\"]"},
        {"{200: a, b: !Sub 'x', c: !GetAtt A.B.C}",
         "{\"200\":\"a\",\"b\":{\"Fn::Sub\":\"x\"},\"c\":{\"Fn::GetAtt\":[\"A\",\"B.C\"]}}"},
        {"{a: &x [1, 2], b: *x}", "{\"a\":[1,2],\"b\":[1,2]}"},
        {"a: >-\n  b\n  c\nd: |\n  e\n", "{\"a\":\"b c\",\"d\":\"e\\n\"}"},
        {"[!!str 1]", "[\"1\"]"},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct arena *arena = arena_new(1 << 20);
        struct json_value *value = NULL;
        struct aws_error err = {0};
        if (!yaml_parse(str_from_c(rows[i].yaml), arena, &value, &err))
            fail_msg("%s: %s", rows[i].yaml, err.message);
        assert_str_equal(value->raw, str_from_c(rows[i].json));
        arena_free(arena);
    }
}

/* Each level doubles the one before: a thousand million laughs in a few lines. */
static void an_alias_bomb_is_refused(void **state)
{
    struct arena *arena = arena_new(64 << 20);
    struct json_value *value = NULL;
    struct aws_error err = {0};
    struct buffer text;

    (void)state;
    buffer_init(&text, arena);
    buffer_add_literal(&text, "a0: &a0 [lol, lol]\n");
    for (int i = 1; i < 40; i++)
        buffer_printf(&text, "a%d: &a%d [*a%d, *a%d]\n", i, i, i - 1, i - 1);
    assert_false(yaml_parse(buffer_str(&text), arena, &value, &err));
    assert_non_null(strstr(err.message, "the file grows too large by its aliases"));
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(resources_are_made_tables_first),
        cmocka_unit_test(a_table_s_time_to_live_is_set_when_it_is_there),
        cmocka_unit_test(events_of_type_api_become_the_implicit_api),
        cmocka_unit_test(conditions_choose_what_is_made),
        cmocka_unit_test(mistakes_are_one_line_that_says_where),
        cmocka_unit_test(yaml_scalars_are_read_as_cloudformation_reads_them),
        cmocka_unit_test(an_alias_bomb_is_refused),
    };

    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
