/* ListStreams: those of the last 24 hours, by table and age. */
#include "errors.h"
#include "stream.h"
#include "table_description.h"

enum { LIST_STREAMS_MAX = 100 };

struct listing {
    struct ddb_call *call;
    struct str only_table; /* empty: all */
    struct str after_table;
    struct str after_label;
    int64_t now_ms;
    int64_t limit;
    int64_t count;
    struct str last_arn;
    bool more;
};

/* Labels are times, so their text orders them by age. */
static bool is_behind(const struct listing *listing, struct str table, struct str label)
{
    int order = str_compare(table, listing->after_table);

    return order != 0 ? order > 0 : str_compare(label, listing->after_label) > 0;
}

static void write_stream(struct listing *listing, const struct table *table, struct str arn,
                         struct str label)
{
    struct json_writer *out = listing->call->out;

    json_object_begin(out);
    json_field_string(out, STR("StreamArn"), arn);
    json_field_string(out, STR("StreamLabel"), label);
    json_field_string(out, STR("TableName"), table->name);
    json_object_end(out);
    listing->last_arn = arn;
    listing->count++;
}

static bool visit_table(void *state, struct table *table)
{
    struct listing *listing = state;
    struct arena *arena = listing->call->arena;

    if (listing->only_table.len > 0 && !str_eq(table->name, listing->only_table))
        return true;
    for (size_t i = 0; i < table->stream_count; i++) {
        const struct table_stream *stream = &table->streams[i];
        struct str label = table_stream_label(stream, arena);

        if (stream_is_gone(stream, listing->now_ms) || !is_behind(listing, table->name, label))
            continue;
        listing->more = listing->count == listing->limit;
        if (listing->more)
            return false;
        write_stream(listing, table, stream_arn(table, stream, listing->call->region, arena),
                     label);
    }
    return true;
}

bool list_streams_run(struct ddb_call *call, struct aws_error *err)
{
    struct str after = request_string(call->request, STR("ExclusiveStartStreamArn"));
    struct listing listing = {
        .call = call,
        .only_table = request_string(call->request, STR("TableName")),
        .now_ms = stream_log_now_ms(catalogue_stream_log(call->catalogue)),
        .limit = request_int(call->request, STR("Limit"), LIST_STREAMS_MAX),
    };

    if (after.len > 0 && !stream_arn_split(after, &listing.after_table, &listing.after_label))
        return aws_fail(err, &ddb_validation_exception, "Invalid StreamArn");
    json_object_begin(call->out);
    json_write_name(call->out, STR("Streams"));
    json_array_begin(call->out);
    (void)catalogue_each(call->catalogue, visit_table, &listing);
    json_array_end(call->out);
    if (listing.more)
        json_field_string(call->out, STR("LastEvaluatedStreamArn"), listing.last_arn);
    json_object_end(call->out);
    return true;
}
