/* FunctionConfiguration and AliasConfiguration as the API answers them. */
#include "function.h"

struct str arn_in_region(struct str arn, struct str region, struct arena *arena)
{
    const struct str start = STR("arn:aws:lambda:");
    struct str rest = str_slice(arn, start.len, arn.len);
    struct str stored = str_split(&rest, ':');

    if (str_eq(stored, region))
        return arn;
    return str_printf(arena, "%.*s%.*s:%.*s", STR_ARG(start), STR_ARG(region), STR_ARG(rest));
}

static void write_environment(struct json_writer *writer, const struct function_config *config)
{
    if (config->environment_count == 0)
        return;
    json_write_name(writer, STR("Environment"));
    json_object_begin(writer);
    json_write_name(writer, STR("Variables"));
    json_object_begin(writer);
    for (size_t i = 0; i < config->environment_count; i++)
        json_field_string(writer, config->environment[i].name, config->environment[i].value);
    json_object_end(writer);
    json_object_end(writer);
}

static void write_logging(struct json_writer *writer, struct str name)
{
    struct buffer *out = writer->out;

    json_write_name(writer, STR("LoggingConfig"));
    json_object_begin(writer);
    json_field_string(writer, STR("LogFormat"), STR("Text"));
    json_field_string(writer, STR("LogGroup"),
                      str_printf(out->arena, "/aws/lambda/%.*s", STR_ARG(name)));
    json_object_end(writer);
}

static void write_state(struct json_writer *writer, enum config_form form)
{
    if (form == CONFIG_LISTED)
        return;
    json_field_string(writer, STR("State"), STR("Active"));
    if (form == CONFIG_WHOLE) {
        json_field_string(writer, STR("LastUpdateStatus"), STR("Successful"));
        return;
    }
    json_field_string(writer, STR("LastUpdateStatus"), STR("InProgress"));
    json_field_string(writer, STR("LastUpdateStatusReason"), STR("The function is being created."));
    json_field_string(writer, STR("LastUpdateStatusReasonCode"), STR("Creating"));
}

/* AWS names a runtime's build by a hash; ours is that of the runtime's name. */
static void write_runtime_version(struct json_writer *writer, struct str runtime, struct str region)
{
    struct str hex = code_sha256_hex(runtime, writer->out->arena);

    json_write_name(writer, STR("RuntimeVersionConfig"));
    json_object_begin(writer);
    json_field_string(writer, STR("RuntimeVersionArn"),
                      str_printf(writer->out->arena, "arn:aws:lambda:%.*s::runtime:%.*s",
                                 STR_ARG(region), STR_ARG(hex)));
    json_object_end(writer);
}

static void write_constants(struct json_writer *writer, const struct function_config *config)
{
    json_write_name(writer, STR("TracingConfig"));
    json_write_raw(writer, STR("{\"Mode\":\"PassThrough\"}"));
    json_field_string(writer, STR("PackageType"), STR("Zip"));
    json_write_name(writer, STR("Architectures"));
    json_array_begin(writer);
    json_write_string(writer, config->architecture);
    json_array_end(writer);
    json_write_name(writer, STR("EphemeralStorage"));
    json_write_raw(writer, STR("{\"Size\":512}"));
    json_write_name(writer, STR("SnapStart"));
    json_write_raw(writer, STR("{\"ApplyOn\":\"None\",\"OptimizationStatus\":\"Off\"}"));
}

void config_write(struct json_writer *writer, const struct function_version *version,
                  enum config_form form, bool qualified, struct str region)
{
    const struct function_config *config = &version->config;
    struct arena *arena = writer->out->arena;
    struct str arn = arn_in_region(version->arn, region, arena);
    char modified[CLOCK_TEXT_BYTES];

    if (qualified && version->number == 0)
        arn = str_printf(arena, "%.*s:$LATEST", STR_ARG(arn));
    clock_format_aws(version->modified_ms, modified);
    json_object_begin(writer);
    json_field_string(writer, STR("FunctionName"), version->function->name);
    json_field_string(writer, STR("FunctionArn"), arn);
    json_field_string(writer, STR("Runtime"), config->runtime);
    json_field_string(writer, STR("Role"), config->role);
    json_field_string(writer, STR("Handler"), config->handler);
    json_field_int(writer, STR("CodeSize"), version->code->bytes);
    json_field_string(writer, STR("Description"), config->description);
    json_field_int(writer, STR("Timeout"), config->timeout_s);
    json_field_int(writer, STR("MemorySize"), config->memory_mb);
    json_field_string(writer, STR("LastModified"), str_from_c(modified));
    json_field_string(writer, STR("CodeSha256"), str_from_c(version->code->sha256));
    json_field_string(writer, STR("Version"), str_from_c(version->number_text));
    write_environment(writer, config);
    json_field_string(writer, STR("RevisionId"), str_from_c(version->revision_id));
    write_state(writer, form);
    write_constants(writer, config);
    if (form != CONFIG_LISTED)
        write_runtime_version(writer, config->runtime, region);
    write_logging(writer, version->function->name);
    json_object_end(writer);
}

void alias_write(struct json_writer *writer, const struct lambda_function *function,
                 const struct function_alias *alias, struct str region)
{
    struct arena *arena = writer->out->arena;
    struct str arn = arn_in_region(function->arn, region, arena);

    json_object_begin(writer);
    json_field_string(writer, STR("AliasArn"),
                      str_printf(arena, "%.*s:%.*s", STR_ARG(arn), STR_ARG(alias->name)));
    json_field_string(writer, STR("Name"), alias->name);
    json_field_string(writer, STR("FunctionVersion"),
                      alias->version == 0 ? STR("$LATEST")
                                          : str_printf(arena, "%lld", (long long)alias->version));
    json_field_string(writer, STR("Description"), alias->description);
    if (alias->other_weight > 0) {
        json_write_name(writer, STR("RoutingConfig"));
        json_object_begin(writer);
        json_write_name(writer, STR("AdditionalVersionWeights"));
        json_object_begin(writer);
        json_field_double(writer, str_printf(arena, "%lld", (long long)alias->other_version),
                          alias->other_weight);
        json_object_end(writer);
        json_object_end(writer);
    }
    json_field_string(writer, STR("RevisionId"), str_from_c(alias->revision_id));
    json_object_end(writer);
}
