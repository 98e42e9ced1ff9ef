/* DescribeStream: a stream and a page of its shards. */
#include "errors.h"
#include "stream.h"
#include "table_description.h"

enum { DESCRIBE_STREAM_MAX = 100 };

/* What of the shards is asked for. */
struct shard_choice {
    struct str after;  /* ExclusiveStartShardId */
    struct str parent; /* ShardFilter's CHILD_SHARDS */
    int64_t limit;
};

static bool read_choice(const struct ddb_call *call, struct shard_choice *ret,
                        struct aws_error *err)
{
    const struct json_value *filter = request_get(call->request, "ShardFilter");

    *ret = (struct shard_choice){
        .after = request_string(call->request, STR("ExclusiveStartShardId")),
        .parent = request_string(filter, STR("ShardId")),
        .limit = request_int(call->request, STR("Limit"), DESCRIBE_STREAM_MAX),
    };
    if (filter == NULL || (ret->parent.len > 0 && request_get(filter, "Type") != NULL))
        return true;
    return aws_fail(err, &ddb_validation_exception, OMPV "ShardFilter needs both Type and ShardId");
}

static void write_range(struct json_writer *out, const struct stream_shard *shard,
                        struct stream_sequence end)
{
    struct arena *arena = out->out->arena;

    json_write_name(out, STR("SequenceNumberRange"));
    json_object_begin(out);
    if (shard->closed)
        json_field_string(out, STR("EndingSequenceNumber"), stream_sequence_text(end, arena));
    json_field_string(out, STR("StartingSequenceNumber"), stream_sequence_text(shard->from, arena));
    json_object_end(out);
}

/* Of the last shard of a disabled stream: its end, or the record that came behind it. */
static bool find_end(const struct ddb_call *call, const struct stream *stream,
                     const struct stream_shard *shard, struct stream_sequence *ret,
                     struct aws_error *err)
{
    struct stream_sequence newest;
    bool found = false;

    *ret = (struct stream_sequence){shard->to.ms - 1, STREAM_COUNT_MAX};
    if (shard->to.ms != INT64_MAX)
        return true;
    *ret = (struct stream_sequence){stream->definition->disabled_ms, 0};
    if (!stream_newest(call, stream, *ret, &found, &newest, err))
        return false;
    if (found)
        *ret = newest;
    return true;
}

static bool write_shard(struct ddb_call *call, const struct stream *stream,
                        const struct stream_shard *shard, struct str id, struct str parent,
                        struct aws_error *err)
{
    struct stream_sequence end;

    if (!find_end(call, stream, shard, &end, err))
        return false;
    json_object_begin(call->out);
    if (shard->number > 0)
        json_field_string(call->out, STR("ParentShardId"), parent);
    write_range(call->out, shard, end);
    json_field_string(call->out, STR("ShardId"), id);
    json_object_end(call->out);
    return true;
}

/* A shard has one child, the next. Ids sort by age, so one that is not ours is somewhere between.
 */
static bool write_shards(struct ddb_call *call, const struct stream *stream,
                         const struct shard_choice *choice, struct aws_error *err)
{
    struct stream_shard shards[STREAM_SHARDS_MAX];
    size_t count = stream_shards(stream, shards);
    struct str last = {0};
    int64_t written = 0;
    bool more = false;

    json_write_name(call->out, STR("Shards"));
    json_array_begin(call->out);
    for (size_t i = 0; i < count && !more; i++) {
        struct str id = stream_shard_id(stream, shards[i].number, call->arena);
        struct str parent = stream_shard_id(stream, shards[i].number - 1, call->arena);

        if (str_compare(id, choice->after) <= 0 ||
            (choice->parent.len > 0 && !str_eq(parent, choice->parent)))
            continue;
        more = written == choice->limit;
        if (!more && !write_shard(call, stream, &shards[i], id, parent, err))
            return false;
        last = more ? last : id;
        written++;
    }
    json_array_end(call->out);
    if (more)
        json_field_string(call->out, STR("LastEvaluatedShardId"), last);
    return true;
}

static bool write_description(struct ddb_call *call, const struct stream *stream,
                              const struct shard_choice *choice, struct aws_error *err)
{
    const struct table_stream *definition = stream->definition;
    struct json_writer *out = call->out;

    json_object_begin(out);
    json_write_name(out, STR("StreamDescription"));
    json_object_begin(out);
    table_describe_date(out, STR("CreationRequestDateTime"), definition->created_ms);
    table_describe_schema(out, &stream->table->schema);
    if (!write_shards(call, stream, choice, err))
        return false;
    json_field_string(out, STR("StreamArn"),
                      stream_arn(stream->table, definition, call->region, call->arena));
    json_field_string(out, STR("StreamLabel"), table_stream_label(definition, call->arena));
    json_field_string(out, STR("StreamStatus"),
                      definition->enabled ? STR("ENABLED") : STR("DISABLED"));
    json_field_string(out, STR("StreamViewType"), definition->view_type);
    json_field_string(out, STR("TableName"), stream->table->name);
    json_object_end(out);
    json_object_end(out);
    return true;
}

bool describe_stream_run(struct ddb_call *call, struct aws_error *err)
{
    struct shard_choice choice;
    struct stream stream;

    if (!read_choice(call, &choice, err) ||
        !stream_find(call, request_string(call->request, STR("StreamArn")), &stream, err))
        return false;
    bool ok = write_description(call, &stream, &choice, err);
    stream_release(&stream);
    return ok;
}
