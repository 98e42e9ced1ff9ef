#include "tuning_run.h"

#include "base/json.h"
#include "cost.h"
#include "execution_error.h"
#include "parallel.h"
#include "publisher.h"
#include "visualization.h"

#include <pthread.h>

enum {
    /* Lambda's own default for an account: more runs at once would only be throttled. */
    RUNS_IN_FLIGHT_MAX = 1000,
    CLEANER_THREADS_MAX = 16,
};

struct run {
    const struct lambda_api *api;
    struct lambda_api unstoppable; /* for what must happen after an interrupt, too */
    atomic_bool *stop;
    const struct tuning_input *input;
    struct str tool_region;
    const struct tuning_listener *listener;
    struct arena *arena; /* the calling thread's */
    struct tuning_result *result;
    struct function_configuration original;
    bool changed; /* the function's configuration is not the original one */

    pthread_mutex_t lock; /* guards `error` and the steps' shared results while threads run */
    struct aws_error error;
};

static bool no_memory(struct aws_error *err)
{
    return aws_fail(err, &error_out_of_memory, "the run needs more memory than there is");
}

static void step(const struct run *run, const char *text)
{
    run->listener->step(run->listener->runs.state, text);
}

/* The first error of several threads is the one that is told. */
static void keep_error(struct run *run, const struct aws_error *err)
{
    (void)pthread_mutex_lock(&run->lock);
    if (run->error.kind == NULL)
        run->error = *err;
    (void)pthread_mutex_unlock(&run->lock);
}

static bool take_error(struct run *run, struct aws_error *err)
{
    if (run->error.kind == NULL)
        return true;
    *err = run->error;
    run->error = (struct aws_error){0};
    return false;
}

static int64_t aliases_of_a_size(const struct tuning_input *input)
{
    return input->only_cold_starts ? input->num : 1;
}

static bool initialize(struct run *run, struct aws_error *err)
{
    return lambda_get_configuration(run->api, run->input->lambda_arn, STR("$LATEST"), run->arena,
                                    &run->original, err);
}

static bool publish_alias(struct run *run, const struct power_value *power, int64_t index,
                          struct aws_error *err)
{
    struct power_configuration configuration = {
        .memory_mb = power->memory_mb,
        .alias = alias_name(run->input, power, index, run->arena),
    };
    struct str description =
        str_printf(run->arena, "%.*s - %.*s", STR_ARG(run->original.description),
                   STR_ARG(configuration.alias));

    if (configuration.alias.len == 0 || description.len == 0)
        return no_memory(err);
    /* Another description makes another version, even of the same size: a cold start for certain.
     */
    if (run->input->only_cold_starts)
        configuration.description = &description;
    run->changed = true;
    return publish_configuration(run->api, run->input->lambda_arn, &configuration, err);
}

static bool publish(struct run *run, struct aws_error *err)
{
    struct power_configuration original = {
        .memory_mb = run->original.memory_mb,
        .description = run->original.has_description ? &run->original.description : NULL,
    };

    for (size_t i = 0; i < run->input->power_count; i++) {
        for (int64_t index = 0; index < aliases_of_a_size(run->input); index++) {
            if (!publish_alias(run, &run->input->powers[i], index, err))
                return false;
        }
    }
    if (!publish_configuration(run->api, run->input->lambda_arn, &original, err))
        return false;
    run->changed = false;
    return true;
}

static void execute_size(void *context, size_t index)
{
    struct run *run = context;
    struct aws_error err = {0};
    size_t threads = RUNS_IN_FLIGHT_MAX / run->input->power_count;

    if (executor_run(run->api, run->input, &run->input->powers[index], threads,
                     &run->listener->runs, &run->result->rows[index], &err))
        return;
    keep_error(run, &err);
    atomic_store(run->stop, true); /* the Map has failed: the other sizes' branches end */
}

static bool execute(struct run *run, struct aws_error *err)
{
    run->result->rows =
        arena_alloc_array(run->arena, run->input->power_count, sizeof(*run->result->rows));
    if (run->result->rows == NULL)
        return no_memory(err);
    parallel_for(run->input->power_count, run->input->power_count, execute_size, run);
    if (!take_error(run, err))
        return false;
    run->result->row_count = run->input->power_count;
    return true;
}

static void clean_alias(void *context, size_t index)
{
    struct run *run = context;
    const struct tuning_input *input = run->input;
    size_t each = (size_t)aliases_of_a_size(input);
    struct aws_error err = {0};
    char name_memory[256];

    int len = input->only_cold_starts
                  ? snprintf(name_memory, sizeof(name_memory), "RAM%.*s-%zu",
                             STR_ARG(input->powers[index / each].text), index % each)
                  : snprintf(name_memory, sizeof(name_memory), "RAM%.*s",
                             STR_ARG(input->powers[index].text));
    if (len < 0 || (size_t)len >= sizeof(name_memory))
        return; /* longer than an alias can be: there is none */
    if (!delete_configuration(&run->unstoppable, input->lambda_arn,
                              (struct str){name_memory, (size_t)len}, &err))
        keep_error(run, &err);
}

static bool clean(struct run *run, struct aws_error *err)
{
    parallel_for(run->input->power_count * (size_t)aliases_of_a_size(run->input),
                 CLEANER_THREADS_MAX, clean_alias, run);
    return take_error(run, err);
}

/* The size that the function had; the published tool leaves it where the Publisher failed. */
static bool restore(struct run *run, struct aws_error *err)
{
    struct aws_error ignored = {0};

    if (!run->changed)
        return true;
    /* An update under way would refuse ours; a failed one is what we put right. */
    if (!wait_until_updated(&run->unstoppable, run->input->lambda_arn, &ignored))
        step(run, ignored.message);
    return lambda_update_configuration(
        &run->unstoppable, run->input->lambda_arn, run->original.memory_mb,
        run->original.has_description ? &run->original.description : NULL, run->arena, err);
}

/* Behind a failed step; what cannot be undone is said in the same line. */
static void clean_up_on_error(struct run *run, struct aws_error *err)
{
    struct aws_error again = {0};
    size_t len = strlen(err->message);

    step(run, "cleaning up");
    run->result->end = TUNING_CLEANED_UP;
    bool restored = restore(run, &again);
    if (clean(run, &again) && restored)
        return;
    run->result->end = TUNING_FAILED;
    (void)snprintf(err->message + len, sizeof(err->message) - len, "; the clean-up failed too: %s",
                   again.message);
}

static bool analyse(struct run *run, struct aws_error *err)
{
    const struct tuning_input *input = run->input;
    struct tuning_result *result = run->result;
    struct size_statistics *rows = arena_alloc_array(run->arena, result->row_count, sizeof(*rows));
    size_t count = 0;

    if (rows == NULL)
        return no_memory(err);
    for (size_t i = 0; i < result->row_count; i++) {
        if (result->rows[i].average_duration_ms != 0)
            rows[count++] = result->rows[i];
    }
    if (count == 0)
        return aws_fail(err, &error_execution,
                        "Cannot set properties of undefined (setting 'stateMachine'): no "
                        "invocation came with a log tail that has a REPORT line");
    strategy_sort(rows, count, input->strategy, input->balanced_weight);
    result->optimal = rows[0];
    result->execution_cost =
        cost_state_machine(cost_transition_base(run->tool_region), result->row_count,
                           input->only_cold_starts, input->num);
    for (size_t i = 0; i < count; i++)
        result->lambda_cost += rows[i].total_cost;
    if (!visualization_url(rows, count, run->tool_region, run->arena, &result->visualization))
        return no_memory(err);
    result->analysed = true;
    return true;
}

static bool optimize(struct run *run, struct aws_error *err)
{
    const struct tuning_input *input = run->input;
    struct power_configuration optimal = {
        .memory_mb = run->result->optimal.memory_mb,
        .alias = input->auto_optimize_alias,
    };

    if (!input->auto_optimize)
        return true;
    step(run, "setting the function to the optimal size");
    if (input->auto_optimize_alias.len > 0)
        return publish_configuration(&run->unstoppable, input->lambda_arn, &optimal, err);
    return lambda_update_configuration(&run->unstoppable, input->lambda_arn, optimal.memory_mb,
                                       NULL, run->arena, err);
}

static bool run_steps(struct run *run, struct aws_error *err)
{
    step(run, "reading the function's configuration");
    if (!initialize(run, err))
        return false;
    step(run, "publishing a version for each size");
    if (!publish(run, err)) {
        clean_up_on_error(run, err);
        return false;
    }
    step(run, "measuring");
    if (!execute(run, err)) {
        clean_up_on_error(run, err);
        return false;
    }
    step(run, "deleting the versions");
    if (!clean(run, err))
        return false;
    if (!run->input->dry_run && (!analyse(run, err) || !optimize(run, err)))
        return false;
    run->result->end = TUNING_SUCCEEDED;
    return true;
}

bool tuning_run(const struct lambda_api *api, atomic_bool *stop, const struct tuning_input *input,
                struct str tool_region, const struct tuning_listener *listener, struct arena *arena,
                struct tuning_result *ret, struct aws_error *err)
{
    struct run run = {
        .api = api,
        .unstoppable = *api,
        .stop = stop,
        .input = input,
        .tool_region = tool_region,
        .listener = listener,
        .arena = arena,
        .result = ret,
    };

    *ret = (struct tuning_result){.end = TUNING_FAILED};
    run.unstoppable.stop = NULL;
    if (pthread_mutex_init(&run.lock, NULL) != 0)
        return no_memory(err);
    bool ok = run_steps(&run, err);
    (void)pthread_mutex_destroy(&run.lock);
    return ok;
}

static void write_stats(struct json_writer *writer, const struct tuning_result *result)
{
    json_write_name(writer, STR("stats"));
    json_array_begin(writer);
    for (size_t i = 0; i < result->row_count; i++) {
        json_object_begin(writer);
        json_field_int(writer, STR("value"), result->rows[i].memory_mb);
        json_field_double(writer, STR("averagePrice"), result->rows[i].average_price);
        json_field_double(writer, STR("averageDuration"), result->rows[i].average_duration_ms);
        json_object_end(writer);
    }
    json_array_end(writer);
}

static void write_answer(struct json_writer *writer, const struct tuning_input *input,
                         const struct tuning_result *result)
{
    json_object_begin(writer);
    json_field_int(writer, STR("power"), result->optimal.memory_mb);
    json_field_double(writer, STR("cost"), result->optimal.average_price);
    json_field_double(writer, STR("duration"), result->optimal.average_duration_ms);
    json_write_name(writer, STR("stateMachine"));
    json_object_begin(writer);
    json_field_double(writer, STR("executionCost"), result->execution_cost);
    json_field_double(writer, STR("lambdaCost"), result->lambda_cost);
    json_field_string(writer, STR("visualization"), result->visualization);
    json_object_end(writer);
    if (input->include_output_results)
        write_stats(writer, result);
    json_object_end(writer);
}

bool tuning_output(const struct tuning_input *input, const struct tuning_result *result,
                   struct arena *arena, struct str *ret)
{
    struct buffer out;
    struct json_writer writer;

    if (result->end != TUNING_SUCCEEDED || !result->analysed) {
        *ret = result->end == TUNING_SUCCEEDED ? STR("null") : STR("{}");
        return true;
    }
    buffer_init(&out, arena);
    json_writer_init(&writer, &out, JSON_COMPACT);
    write_answer(&writer, input, result);
    return buffer_done(&out, ret);
}
