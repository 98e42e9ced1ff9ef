#include "tuning_input.h"

#include "loadgen/js_value.h"
#include "payloads.h"

#include <math.h>

static const int64_t default_powers[] = {128, 256, 512, 1024, 1536, 3008};

enum { POWER_LOWEST = 128, POWER_HIGHEST = 3008, POWER_STEP = 64 };

static bool out_of_memory(struct aws_error *err)
{
    return aws_fail(err, &error_out_of_memory, "the input needs more memory than there is");
}

bool arn_region(struct str arn, struct str *ret, struct aws_error *err)
{
    struct str rest = arn, region = {NULL, 0};
    size_t parts = 1;

    for (size_t i = 0; i < arn.len; i++)
        parts += arn.ptr[i] == ':';
    if (parts != 7)
        return aws_fail(err, &error_usage, "Invalid ARN: %.*s", STR_ARG(arn));
    for (size_t i = 0; i < 4; i++)
        region = str_split(&rest, ':');
    *ret = region;
    return true;
}

int64_t tuning_input_runs(const struct tuning_input *input)
{
    return input->run_once ? 1 : input->num;
}

static bool read_arn(const struct json_value *event, struct arena *arena,
                     struct tuning_input *input, struct aws_error *err)
{
    const struct json_value *arn = json_member(event, "lambdaARN");

    if (!js_truthy(arn))
        return aws_fail(err, &error_usage, "Missing or empty lambdaARN");
    if (!js_string(arn, arena, &input->lambda_arn))
        return out_of_memory(err);
    if (arn->type != JSON_STRING)
        return aws_fail(err, &error_usage, "Invalid ARN: %.*s", STR_ARG(input->lambda_arn));
    return true;
}

static bool read_num(const struct json_value *event, struct arena *arena,
                     struct tuning_input *input, struct aws_error *err)
{
    struct str text;

    if (!js_string(json_member(event, "num"), arena, &text))
        return out_of_memory(err);
    if (!js_parse_int(text, &input->num) || input->num < 5)
        return aws_fail(err, &error_usage, "Missing num or num below 5");
    if (input->num > TUNING_NUM_MAX)
        return aws_fail(err, &error_usage, "num is above %d", (int)TUNING_NUM_MAX);
    return true;
}

static bool add_power(struct tuning_input *input, struct str text, struct aws_error *err)
{
    struct power_value *power = &input->powers[input->power_count];

    if (input->power_count == TUNING_SIZES_MAX)
        return aws_fail(err, &error_usage, "powerValues has more than %d values",
                        (int)TUNING_SIZES_MAX);
    power->text = text;
    if (!js_parse_int(text, &power->memory_mb))
        return aws_fail(err, &error_usage, "Invalid value: NaN (powerValues has '%.*s')",
                        STR_ARG(text));
    if (power->memory_mb == 0)
        return aws_fail(err, &error_usage, "Invalid value: 0 (powerValues has '%.*s')",
                        STR_ARG(text));
    input->power_count++;
    return true;
}

static bool add_number(struct tuning_input *input, struct arena *arena, int64_t memory_mb,
                       struct aws_error *err)
{
    struct str text = str_printf(arena, "%lld", (long long)memory_mb);

    return text.len > 0 ? add_power(input, text, err) : out_of_memory(err);
}

static bool add_listed(struct tuning_input *input, const struct json_value *list,
                       struct arena *arena, struct aws_error *err)
{
    for (const struct json_value *item = list->child; item != NULL; item = item->next) {
        struct str text;
        if (!js_string(item, arena, &text))
            return out_of_memory(err);
        if (!add_power(input, text, err))
            return false;
    }
    return true;
}

static bool read_powers(const struct json_value *event, struct arena *arena,
                        struct tuning_input *input, struct aws_error *err)
{
    const struct json_value *values = json_member(event, "powerValues");
    struct str text;

    input->powers = arena_alloc_array(arena, TUNING_SIZES_MAX, sizeof(*input->powers));
    if (input->powers == NULL)
        return out_of_memory(err);
    if (json_string(values, &text) && str_eq(text, STR("ALL"))) {
        for (int64_t mb = POWER_LOWEST; mb <= POWER_HIGHEST; mb += POWER_STEP) {
            if (!add_number(input, arena, mb, err))
                return false;
        }
        return true;
    }
    if (!js_truthy(values) || (values->type == JSON_ARRAY && values->count == 0)) {
        for (size_t i = 0; i < ARRAY_LEN(default_powers); i++) {
            if (!add_number(input, arena, default_powers[i], err))
                return false;
        }
        return true;
    }
    if (values->type == JSON_STRING)
        return aws_fail(err, &error_usage, "powerValues '%.*s' is neither a list nor \"ALL\"",
                        STR_ARG(values->text));
    if (values->type != JSON_ARRAY)
        return aws_fail(err, &error_usage, "powerValues is not iterable");
    return add_listed(input, values, arena, err);
}

/* Math.min(Math.max(value, 0), highest); a value that is no number counts as 0. */
static double clamped(const struct json_value *value, double otherwise, double highest)
{
    double number = value == NULL ? otherwise : js_number(value);

    if (!(number > 0))
        return 0;
    return number > highest ? highest : number;
}

static bool read_sleep(const struct json_value *event, struct arena *arena,
                       struct tuning_input *input, struct aws_error *err)
{
    const struct json_value *value = json_member(event, "sleepBetweenRunsMs");
    struct str text;

    if (!js_string(value, arena, &text))
        return out_of_memory(err);
    if (isnan(js_number(value)) || !js_parse_int(text, &input->sleep_ms) || input->sleep_ms < 0)
        input->sleep_ms = 0;
    return true;
}

static bool read_strategy(const struct json_value *event, struct tuning_input *input,
                          struct aws_error *err)
{
    const struct json_value *value = json_member(event, "strategy");
    struct str name;

    if (!js_truthy(value)) {
        input->strategy = STRATEGY_COST;
        return true;
    }
    if (!json_string(value, &name) || !strategy_find(name, &input->strategy))
        return aws_fail(err, &error_usage,
                        "optimizationStrategies[strategy] is not a function (strategy %.*s is none "
                        "of \"cost\", \"speed\" and \"balanced\")",
                        STR_ARG(value->raw));
    return true;
}

/* The text of a string that is not empty; the empty text for everything else. */
static struct str optional_text(const struct json_value *value)
{
    struct str text = {NULL, 0};

    return json_string(value, &text) ? text : (struct str){NULL, 0};
}

static bool read_processors(const struct json_value *event, struct tuning_input *input,
                            struct aws_error *err)
{
    struct str region;

    input->pre_processor = optional_text(json_member(event, "preProcessorARN"));
    input->post_processor = optional_text(json_member(event, "postProcessorARN"));
    return (input->pre_processor.len == 0 || arn_region(input->pre_processor, &region, err)) &&
           (input->post_processor.len == 0 || arn_region(input->post_processor, &region, err));
}

static bool check_payload(const struct json_value *event, struct arena *arena,
                          struct tuning_input *input, struct aws_error *err)
{
    const struct json_value *dry_run = json_member(event, "dryRun");
    struct str *texts;

    if (js_truthy(json_member(event, "payloadS3")))
        return aws_fail(err, &error_usage,
                        "payloadS3 is not part of this version (there is no S3 client): put the "
                        "payload itself into the input, as \"payload\"");
    input->payload = json_member(event, "payload");
    input->dry_run = js_truthy(dry_run);
    input->run_once = json_is(dry_run, JSON_TRUE);
    return payloads_generate(input->payload, (size_t)tuning_input_runs(input), arena, &texts, err);
}

static void read_switches(const struct json_value *event, struct tuning_input *input)
{
    const struct json_value *allowed = json_member(event, "allowedExceptions");

    input->parallel_invocation = js_truthy(json_member(event, "parallelInvocation"));
    input->balanced_weight = clamped(json_member(event, "balancedWeight"), 0.5, 1);
    input->auto_optimize = js_truthy(json_member(event, "autoOptimize"));
    input->auto_optimize_alias = optional_text(json_member(event, "autoOptimizeAlias"));
    input->only_cold_starts = js_truthy(json_member(event, "onlyColdStarts"));
    input->discard =
        input->only_cold_starts ? 0 : clamped(json_member(event, "discardTopBottom"), 0.2, 0.4);
    input->disable_payload_logs = js_truthy(json_member(event, "disablePayloadLogs"));
    input->include_output_results = js_truthy(json_member(event, "includeOutputResults"));
    input->allowed_exceptions = json_is(allowed, JSON_ARRAY) ? allowed : NULL;
}

bool tuning_input_read(struct str text, struct arena *arena, struct tuning_input *ret,
                       struct aws_error *err)
{
    struct tuning_input input = {0};
    struct json_value *event = NULL;
    struct json_error why = {0};

    if (!json_parse(text, arena, &event, &why))
        return aws_fail(err, &error_usage, "the input is no JSON: %s at byte %zu", why.reason,
                        why.offset);
    if (!json_is(event, JSON_OBJECT))
        return aws_fail(err, &error_usage,
                        "the input is no JSON object such as {\"lambdaARN\": ..., \"num\": 10}");
    if (!read_arn(event, arena, &input, err) || !read_num(event, arena, &input, err) ||
        !arn_region(input.lambda_arn, &input.region, err) ||
        !read_powers(event, arena, &input, err) || !read_strategy(event, &input, err) ||
        !read_processors(event, &input, err) || !read_sleep(event, arena, &input, err) ||
        !check_payload(event, arena, &input, err))
        return false;
    read_switches(event, &input);
    *ret = input;
    return true;
}
