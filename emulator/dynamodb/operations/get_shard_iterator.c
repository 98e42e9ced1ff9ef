/* GetShardIterator: a place in a shard by number, by time, or at one of its ends. */
#include "errors.h"
#include "stream.h"
#include "stream_iterator.h"

/* What the types need and how they find their place, in the shard and not before the horizon. */
struct place {
    const struct ddb_call *call;
    const struct stream *stream;
    struct stream_shard shard;
    struct stream_sequence sequence; /* SequenceNumber */
    int64_t time_ms;                 /* Timestamp */
};

struct iterator_type {
    struct str name;
    bool takes_sequence;
    bool takes_time;
    bool (*find)(const struct place *place, struct stream_sequence *ret, struct aws_error *err);
};

static struct stream_sequence later(struct stream_sequence a, struct stream_sequence b)
{
    return stream_sequence_compare(a, b) > 0 ? a : b;
}

static struct stream_sequence horizon(const struct place *place)
{
    return (struct stream_sequence){place->stream->now_ms - STREAM_KEPT_MS, 0};
}

static bool find_oldest(const struct place *place, struct stream_sequence *ret,
                        struct aws_error *err)
{
    (void)err;
    *ret = later(place->shard.from, horizon(place));
    return true;
}

static bool find_latest(const struct place *place, struct stream_sequence *ret,
                        struct aws_error *err)
{
    bool found = false;

    *ret = place->shard.to;
    if (place->shard.closed && place->shard.to.ms != INT64_MAX)
        return true;
    if (!stream_newest(place->call, place->stream, place->shard.from, &found, ret, err))
        return false;
    *ret = found ? stream_sequence_after(*ret) : place->shard.from;
    return true;
}

/* The number that DescribeStream shows as the shard's first is good for as long as the shard. */
static bool find_sequence(const struct place *place, struct stream_sequence *ret,
                          struct aws_error *err)
{
    struct stream_sequence sequence = place->sequence;
    int order = stream_sequence_compare(sequence, place->shard.from);

    if (order < 0 || stream_sequence_compare(sequence, place->shard.to) >= 0 ||
        sequence.ms > place->stream->now_ms)
        return aws_fail(err, &ddb_validation_exception, "Invalid SequenceNumber for the shard");
    if (order > 0 && stream_sequence_compare(sequence, horizon(place)) < 0)
        return stream_fail_trimmed(err);
    *ret = later(sequence, horizon(place));
    return true;
}

static bool find_behind_sequence(const struct place *place, struct stream_sequence *ret,
                                 struct aws_error *err)
{
    if (!find_sequence(place, ret, err))
        return false;
    *ret = later(stream_sequence_after(place->sequence), *ret);
    return true;
}

static bool find_time(const struct place *place, struct stream_sequence *ret, struct aws_error *err)
{
    struct stream_sequence oldest;

    if (!find_oldest(place, &oldest, err))
        return false;
    *ret = later((struct stream_sequence){place->time_ms, 0}, oldest);
    return true;
}

static const struct iterator_type types[] = {
    {STR_INIT("TRIM_HORIZON"), false, false, find_oldest},
    {STR_INIT("LATEST"), false, false, find_latest},
    {STR_INIT("AT_SEQUENCE_NUMBER"), true, false, find_sequence},
    {STR_INIT("AFTER_SEQUENCE_NUMBER"), true, false, find_behind_sequence},
    {STR_INIT("AT_TIMESTAMP"), false, true, find_time},
};

/* The shape has let pass only these. */
static const struct iterator_type *type_of(const struct ddb_call *call)
{
    struct str name = request_string(call->request, STR("ShardIteratorType"));
    size_t i = 0;

    while (i + 1 < ARRAY_LEN(types) && !str_eq(types[i].name, name))
        i++;
    return &types[i];
}

static int64_t time_of(const struct json_value *timestamp)
{
    double seconds = 0;

    if (timestamp == NULL || !json_double(timestamp, &seconds) || seconds < 0)
        return 0;
    return seconds > 9e12 ? (int64_t)9e15 : (int64_t)(seconds * 1000);
}

static bool read_parameters(const struct ddb_call *call, const struct iterator_type *type,
                            struct place *place, struct aws_error *err)
{
    const struct json_value *sequence = request_get(call->request, "SequenceNumber");
    const struct json_value *timestamp = request_get(call->request, "Timestamp");

    if (sequence != NULL && !type->takes_sequence)
        return aws_fail(err, &ddb_validation_exception,
                        OMPV "SequenceNumber should not be passed for this iterator type");
    if (type->takes_sequence &&
        (sequence == NULL || !stream_sequence_read(sequence->text, &place->sequence)))
        return aws_fail(err, &ddb_validation_exception, OMPV "Invalid SequenceNumber");
    if (timestamp != NULL && !type->takes_time)
        return aws_fail(err, &ddb_validation_exception,
                        OMPV "Timestamp should not be passed for this iterator type");
    if (timestamp == NULL && type->takes_time)
        return aws_fail(err, &ddb_validation_exception, OMPV "Invalid Timestamp");
    place->time_ms = time_of(timestamp);
    return true;
}

static bool find_shard(struct place *place, struct aws_error *err)
{
    struct str wanted = request_string(place->call->request, STR("ShardId"));
    struct stream_shard shards[STREAM_SHARDS_MAX];
    size_t count = stream_shards(place->stream, shards);

    for (size_t i = 0; i < count; i++) {
        place->shard = shards[i];
        if (str_eq(stream_shard_id(place->stream, shards[i].number, place->call->arena), wanted))
            return true;
    }
    return aws_fail(err, &ddb_resource_not_found_exception,
                    "Requested resource not found: Shard does not exist");
}

static bool answer(struct ddb_call *call, const struct iterator_type *type, struct place *place,
                   struct aws_error *err)
{
    struct stream_iterator iterator = {
        .arn = request_string(call->request, STR("StreamArn")),
        .issued_ms = place->stream->now_ms,
    };
    struct str text;

    if (!find_shard(place, err) || !type->find(place, &iterator.from, err))
        return false;
    iterator.shard = place->shard.number;
    if (stream_sequence_compare(iterator.from, place->shard.to) > 0)
        iterator.from = place->shard.to;
    if (!stream_iterator_text(&iterator, call->arena, &text))
        return aws_fail(err, &error_out_of_memory, "the request needs too much memory");
    json_object_begin(call->out);
    json_field_string(call->out, STR("ShardIterator"), text);
    json_object_end(call->out);
    return true;
}

bool get_shard_iterator_run(struct ddb_call *call, struct aws_error *err)
{
    const struct iterator_type *type = type_of(call);
    struct place place = {.call = call};
    struct stream stream;

    if (!read_parameters(call, type, &place, err) ||
        !stream_find(call, request_string(call->request, STR("StreamArn")), &stream, err))
        return false;
    place.stream = &stream;
    bool ok = answer(call, type, &place, err);
    stream_release(&stream);
    return ok;
}
