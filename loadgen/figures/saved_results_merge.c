/* Results of several machines, added up to those of the one run that they were. */
#include "loadgen/saved_results.h"

#include "base/json.h"

static bool same_requests(const struct saved_results *a, const struct saved_results *b,
                          struct aws_error *err)
{
    const char *path = b->path != NULL ? b->path : "the result";

    if (a->metrics.request_count != b->metrics.request_count)
        return aws_fail(err, &error_usage,
                        "%s has different requests: %zu, and there are %zu in the others", path,
                        b->metrics.request_count, a->metrics.request_count);
    for (size_t i = 0; i < a->metrics.request_count; i++) {
        const struct request_label *ours = &a->labels[i], *theirs = &b->labels[i];
        if (!str_eq(ours->name, theirs->name) || !str_eq(ours->folder, theirs->folder) ||
            !str_eq(ours->method, theirs->method))
            return aws_fail(err, &error_usage,
                            "%s has different requests: number %zu is '%.*s %.*s', and '%.*s "
                            "%.*s' in the others",
                            path, i + 1, STR_ARG(theirs->method), STR_ARG(theirs->name),
                            STR_ARG(ours->method), STR_ARG(ours->name));
    }
    return true;
}

/* The options of the whole: without the segment, with everybody's users. */
static bool merge_options(struct saved_results *to, size_t users)
{
    struct buffer out;
    struct json_writer writer;
    struct json_value *options = NULL;

    if (!json_parse(to->results.facts.options, to->arena, &options, NULL))
        return false;
    buffer_init(&out, to->arena);
    json_writer_init(&writer, &out, JSON_SPACED);
    json_object_begin(&writer);
    for (const struct json_value *member = options->child; member != NULL; member = member->next) {
        if (str_eq(member->name, STR("segment")))
            continue;
        if (str_eq(member->name, STR("vus")))
            json_field_int(&writer, STR("vus"), (int64_t)users);
        else
            json_field_raw(&writer, member->name, member->raw);
    }
    json_object_end(&writer);
    return buffer_done(&out, &to->results.facts.options);
}

/* Ends when the last has ended, begins when the first began. */
static void merge_facts(struct run_facts *to, const struct run_facts *from, int64_t offset_ms)
{
    if (offset_ms + from->elapsed_ms > to->elapsed_ms)
        to->elapsed_ms = offset_ms + from->elapsed_ms;
    to->users += from->users;
    to->iterations_done += from->iterations_done;
    to->iterations_dropped += from->iterations_dropped;
    to->interrupted = to->interrupted || from->interrupted;
    to->aborted = to->aborted || from->aborted;
    generator_merge(&to->generator, &from->generator);
}

bool saved_results_merge(struct saved_results *to, const struct saved_results *from,
                         struct aws_error *err)
{
    struct run_facts *facts = &to->results.facts;
    int64_t offset_ms = from->results.facts.started_wall_ms - facts->started_wall_ms;

    if (!same_requests(to, from, err))
        return false;
    if (facts->open_model != from->results.facts.open_model)
        return aws_fail(err, &error_usage, "one run has a rate, the other has not");
    if (offset_ms < 0)
        offset_ms = 0; /* the caller begins with the earliest */
    if (!metrics_merge(&to->metrics, &from->metrics, offset_ms))
        return aws_fail(err, &error_out_of_memory, "out of memory");
    merge_facts(facts, &from->results.facts, offset_ms);
    return merge_options(to, facts->users) || aws_fail(err, &error_out_of_memory, "out of memory");
}
