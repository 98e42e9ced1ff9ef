#include "loadgen/describe.h"

#include "base/json.h"

static void optional(struct json_writer *writer, struct str name, struct str value)
{
    if (value.len > 0)
        json_field_string(writer, name, value);
}

/* The profile's level and moments, as --low and its like have them; a moment past the end is none.
 */
static void describe_levels(struct json_writer *writer, const struct profile *profile)
{
    const struct {
        struct str name;
        double share;
    } rows[] = {
        {STR_INIT("low_pct"), profile->low},
        {STR_INIT("rise_from_pct"), profile->rise_from},
        {STR_INIT("rise_to_pct"), profile->rise_to},
        {STR_INIT("fall_from_pct"), profile->fall_from},
        {STR_INIT("fall_to_pct"), profile->fall_to},
    };

    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        if (rows[i].share < 2)
            json_field_int(writer, rows[i].name, (int64_t)(rows[i].share * 100 + 0.5));
    }
}

bool describe_options(const struct run_words *words, const struct run_options *options,
                      struct arena *arena, struct str *ret)
{
    struct buffer out;
    struct json_writer writer;

    buffer_init(&out, arena);
    json_writer_init(&writer, &out, JSON_SPACED);
    json_object_begin(&writer);
    json_field_string(&writer, STR("collection"), words->source);
    optional(&writer, STR("environment"), words->environment);
    optional(&writer, STR("data"), words->data);
    if (words->data.len > 0)
        json_field_string(&writer, STR("data_order"),
                          options->random_rows ? STR("randomized") : STR("ordered"));
    json_field_int(&writer, STR("vus"), (int64_t)options->all_users);
    json_field_string(&writer, STR("model"),
                      options->schedule != NULL ? STR("open") : STR("closed"));
    json_field_string(&writer, STR("profile"), words->profile);
    if (!str_eq(words->profile, STR("fixed")))
        describe_levels(&writer, &options->profile);
    if (options->duration_ms > 0)
        json_field_double(&writer, STR("duration_s"), (double)options->duration_ms / 1000);
    if (options->iterations > 0)
        json_field_int(&writer, STR("iterations"), (int64_t)options->iterations);
    optional(&writer, STR("rate"), words->rate);
    optional(&writer, STR("think_time"), words->think_time);
    optional(&writer, STR("segment"), words->segment);
    json_field_int(&writer, STR("threads"), (int64_t)options->threads);
    json_field_string(&writer, STR("http"), str_from_c(http_version_name(options->version)));
    json_field_int(&writer, STR("timeout_request_ms"), options->timeout_ms);
    json_field_string(&writer, STR("errors"),
                      words->errors_non_2xx ? STR("non-2xx") : STR("runtime"));
    if (options->seeded)
        json_field_int(&writer, STR("seed"), (int64_t)options->seed);
    json_object_end(&writer);
    return buffer_done(&out, ret);
}

struct request_label *describe_requests(const struct run *run, struct arena *arena)
{
    struct request_label *labels = arena_alloc_array(arena, run->plan_count, sizeof(*labels));

    for (size_t i = 0; labels != NULL && i < run->plan_count; i++)
        labels[i] = (struct request_label){run->definitions[i].name, run->definitions[i].folder,
                                           run->definitions[i].method};
    return labels;
}

void describe_outcome(const struct run *run, struct run_facts *ret)
{
    ret->elapsed_ms = run->elapsed_ms;
    ret->iterations_done = run->iterations_done;
    ret->iterations_dropped = run->iterations_dropped;
    ret->interrupted = run->interrupted;
    ret->aborted = run->aborted;
    ret->generator = run->generator;
}
