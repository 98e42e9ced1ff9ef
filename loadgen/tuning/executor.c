#include "executor.h"

#include "base/json.h"
#include "cost.h"
#include "execution_error.h"
#include "loadgen/js_value.h"
#include "parallel.h"
#include "payloads.h"
#include "publisher.h"

#include <pthread.h>

enum {
    RUN_ARENA_BYTES = 256 * 1024 * 1024, /* payload and answer of 6 MB, and their escaped texts */
    SIZE_ARENA_BYTES = 64 * 1024 * 1024,
};

static const int64_t retry_pauses_ms[] = {3000, 6000};

/* One try at one memory size. */
struct size_runs {
    const struct lambda_api *api;
    const struct tuning_input *input;
    const struct power_value *power;
    const struct run_listener *listener;
    const struct str *payloads;
    struct invocation_figures *figures; /* a slot a run */
    pthread_mutex_t lock;               /* guards the rest */
    bool failed;
    struct aws_error error; /* the first one */
};

static bool no_memory(struct aws_error *err)
{
    return aws_fail(err, &error_out_of_memory, "a run needs more memory than there is");
}

struct str alias_name(const struct tuning_input *input, const struct power_value *power,
                      int64_t index, struct arena *arena)
{
    if (input->only_cold_starts)
        return str_printf(arena, "RAM%.*s-%lld", STR_ARG(power->text), (long long)index);
    return str_printf(arena, "RAM%.*s", STR_ARG(power->text));
}

/* A member's text as a JavaScript template shows it. */
static struct str shown(const struct json_value *value, struct arena *arena)
{
    struct str text;

    return js_string(value, arena, &text) ? text : (struct str){NULL, 0};
}

static struct str shown_json(const struct json_value *value, struct arena *arena)
{
    struct str text;

    if (value == NULL)
        return STR("undefined");
    return js_stringify(value, arena, &text) ? text : (struct str){NULL, 0};
}

/* `what` with the payload and the function's own error, in the tool's form. */
static bool function_failed(const struct tuning_input *input, struct str what, struct str payload,
                            const struct function_answer *answer, struct arena *arena,
                            struct aws_error *err)
{
    struct json_value *error = NULL;
    struct buffer sent;

    buffer_init(&sent, arena);
    if (!input->disable_payload_logs) {
        buffer_add_literal(&sent, " with payload ");
        json_escape(&sent, payload);
    }
    if (!json_parse(answer->payload, arena, &error, NULL))
        error = NULL;
    struct str type = shown(json_member(error, "errorType"), arena);
    struct str message = shown(json_member(error, "errorMessage"), arena);
    struct str trace = shown_json(json_member(error, "stackTrace"), arena);
    return aws_fail(err, &error_execution,
                    "%.*s%.*s - original error type: \"%.*s\", original error message: "
                    "\"%.*s\",trace: \"%.*s\"",
                    STR_ARG(what), STR_ARG(buffer_str(&sent)), STR_ARG(type), STR_ARG(message),
                    STR_ARG(trace));
}

static bool is_allowed(const struct tuning_input *input, const struct function_answer *answer,
                       struct arena *arena)
{
    struct json_value *error = NULL;
    struct str type, allowed;

    if (input->allowed_exceptions == NULL || !json_parse(answer->payload, arena, &error, NULL) ||
        !json_string(json_member(error, "errorType"), &type))
        return false;
    for (const struct json_value *item = input->allowed_exceptions->child; item != NULL;
         item = item->next) {
        if (json_string(item, &allowed) && str_eq(allowed, type))
            return true;
    }
    return false;
}

/* A pre- or post-processor, on $LATEST and outside the statistics. */
static bool run_processor(const struct size_runs *runs, const char *which, struct str arn,
                          struct str payload, struct arena *arena, struct str *ret,
                          struct aws_error *err)
{
    struct function_answer answer = {0};

    if (!lambda_call_function(runs->api, arn, (struct str){NULL, 0}, payload, arena, &answer, err))
        return false;
    if (answer.function_error.len > 0)
        return function_failed(runs->input,
                               str_printf(arena, "%sProcessor %.*s failed", which, STR_ARG(arn)),
                               payload, &answer, arena, err);
    *ret = answer.payload;
    return true;
}

/* The processors around the one invocation that counts. */
static bool invoke_once(const struct size_runs *runs, struct str alias, struct str payload,
                        struct arena *arena, struct function_answer *ret, struct str *ret_sent,
                        struct aws_error *err)
{
    const struct tuning_input *input = runs->input;
    struct str answer = {NULL, 0}, sent = payload;

    if (input->pre_processor.len > 0) {
        if (!run_processor(runs, "Pre", input->pre_processor, payload, arena, &answer, err))
            return false;
        if (answer.len > 0)
            sent = answer;
    }
    if (!lambda_call_function(runs->api, input->lambda_arn, alias, sent, arena, ret, err))
        return false;
    *ret_sent = sent;
    return input->post_processor.len == 0 ||
           run_processor(runs, "Post", input->post_processor, ret->payload, arena, &answer, err);
}

static bool measure_run(struct size_runs *runs, size_t index, struct arena *arena,
                        struct aws_error *err)
{
    const struct tuning_input *input = runs->input;
    struct str alias = alias_name(input, runs->power, (int64_t)index, arena), sent;
    struct function_answer answer = {0};

    if (alias.len == 0)
        return no_memory(err);
    if (input->only_cold_starts && !wait_until_active(runs->api, input->lambda_arn, alias, err))
        return false;
    if (!invoke_once(runs, alias, runs->payloads[index], arena, &answer, &sent, err))
        return false;
    if (answer.function_error.len > 0 && !is_allowed(input, &answer, arena))
        return function_failed(input,
                               input->parallel_invocation
                                   ? STR("Invocation error (running in parallel)")
                                   : STR("Invocation error (running in series)"),
                               sent, &answer, arena, err);
    if (!log_tail_read(answer.log_tail, arena, &runs->figures[index], err))
        return false;
    if (!input->parallel_invocation && input->sleep_ms > 0)
        return lambda_api_sleep(runs->api, input->sleep_ms, err);
    return true;
}

static bool has_failed(struct size_runs *runs)
{
    (void)pthread_mutex_lock(&runs->lock);
    bool failed = runs->failed;
    (void)pthread_mutex_unlock(&runs->lock);
    return failed;
}

static void keep_error(struct size_runs *runs, const struct aws_error *err)
{
    (void)pthread_mutex_lock(&runs->lock);
    if (!runs->failed)
        runs->error = *err;
    runs->failed = true;
    (void)pthread_mutex_unlock(&runs->lock);
}

static void take_run(void *context, size_t index)
{
    struct size_runs *runs = context;
    struct aws_error err = {0};
    struct arena *arena = NULL;

    if (has_failed(runs))
        return;
    arena = arena_new(RUN_ARENA_BYTES);
    if (arena == NULL)
        (void)no_memory(&err);
    else if (measure_run(runs, index, arena, &err))
        runs->listener->run_done(runs->listener->state);
    if (err.kind != NULL)
        keep_error(runs, &err);
    arena_free(arena);
}

static bool run_all(struct size_runs *runs, size_t count, size_t threads_max, struct aws_error *err)
{
    if (pthread_mutex_init(&runs->lock, NULL) != 0)
        return no_memory(err);
    parallel_for(count, runs->input->parallel_invocation ? threads_max : 1, take_run, runs);
    (void)pthread_mutex_destroy(&runs->lock);
    if (runs->failed)
        *err = runs->error;
    return !runs->failed;
}

static bool try_size(struct size_runs *runs, size_t threads_max, struct arena *arena,
                     struct size_statistics *ret, struct aws_error *err)
{
    const struct tuning_input *input = runs->input;
    size_t count = (size_t)tuning_input_runs(input);
    struct str alias = alias_name(input, runs->power, 0, arena), *payloads = NULL;
    struct function_configuration configuration;
    double base = 0;

    runs->figures = arena_alloc_array(arena, count, sizeof(*runs->figures));
    if (alias.len == 0 || runs->figures == NULL)
        return no_memory(err);
    if (!lambda_get_configuration(runs->api, input->lambda_arn, alias, arena, &configuration,
                                  err) ||
        !payloads_generate(input->payload, count, arena, &payloads, err))
        return false;
    runs->payloads = payloads;
    if (configuration.pending && !input->only_cold_starts &&
        !wait_until_active(runs->api, input->lambda_arn, alias, err))
        return false;
    if (!run_all(runs, count, threads_max, err) ||
        !cost_lambda_base(input->region, configuration.architecture, &base, err))
        return false;
    return statistics_of(runs->figures, count, runs->power->memory_mb, base, input->discard, ret) ||
           no_memory(err);
}

bool executor_run(const struct lambda_api *api, const struct tuning_input *input,
                  const struct power_value *power, size_t threads_max,
                  const struct run_listener *listener, struct size_statistics *ret,
                  struct aws_error *err)
{
    struct arena *arena = arena_new(SIZE_ARENA_BYTES);
    bool ok = false;

    if (arena == NULL)
        return no_memory(err);
    for (size_t attempt = 0;; attempt++) {
        struct size_runs runs = {.api = api, .input = input, .power = power, .listener = listener};
        struct aws_error reason = {0};
        arena_reset(arena);
        ok = try_size(&runs, threads_max, arena, ret, &reason);
        if (ok)
            break;
        if (attempt == ARRAY_LEN(retry_pauses_ms) || reason.kind == &error_interrupted) {
            *err = reason;
            break;
        }
        listener->size_retried(listener->state, power->memory_mb, reason.message);
        if (!lambda_api_sleep(api, retry_pauses_ms[attempt], err))
            break;
    }
    arena_free(arena);
    return ok;
}
