#include "stream.h"

#include "errors.h"
#include "stream_record.h"
#include "table_description.h"

/* --- ARNs ----------------------------------------------------------------------------------- */

/* arn:aws:dynamodb:{region}:{account}:table/{name}/stream/{label} */
bool stream_arn_split(struct str arn, struct str *ret_table, struct str *ret_label)
{
    static const struct str parts[] = {STR_INIT("arn"), STR_INIT("aws"), STR_INIT("dynamodb")};
    struct str rest = arn;

    for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
        if (!str_eq(str_split(&rest, ':'), parts[i]))
            return false;
    }
    if (str_split(&rest, ':').len == 0 || str_split(&rest, ':').len == 0 ||
        !str_eq(str_split(&rest, '/'), STR("table")))
        return false;
    struct str table = str_split(&rest, '/');
    if (!str_eq(str_split(&rest, '/'), STR("stream")))
        return false;
    *ret_table = table;
    *ret_label = rest;
    return table.len > 0 && rest.len > 0;
}

struct str stream_arn(const struct table *table, const struct table_stream *definition,
                      struct str region, struct arena *arena)
{
    struct str label = table_stream_label(definition, arena);

    return str_printf(arena, "arn:aws:dynamodb:%.*s:" DDB_ACCOUNT ":table/%.*s/stream/%.*s",
                      STR_ARG(region), STR_ARG(table->name), STR_ARG(label));
}

static bool fail_arn(struct aws_error *err)
{
    return aws_fail(err, &ddb_validation_exception, "Invalid StreamArn");
}

bool stream_arn_check_early(const struct ddb_call *call, struct aws_error *err)
{
    struct str arn = request_string(call->request, STR("StreamArn")), table, label;

    return request_get(call->request, "StreamArn") == NULL ||
           stream_arn_split(arn, &table, &label) || fail_arn(err);
}

bool stream_is_gone(const struct table_stream *definition, int64_t now_ms)
{
    return !definition->enabled && definition->disabled_ms <= now_ms - STREAM_KEPT_MS;
}

static const struct table_stream *find_definition(const struct ddb_call *call,
                                                  const struct table *table, struct str arn,
                                                  int64_t now_ms)
{
    for (size_t i = 0; i < table->stream_count; i++) {
        const struct table_stream *definition = &table->streams[i];

        if (!stream_is_gone(definition, now_ms) &&
            str_eq(stream_arn(table, definition, call->region, call->arena), arn))
            return definition;
    }
    return NULL;
}

bool stream_find(const struct ddb_call *call, struct str arn, struct stream *ret,
                 struct aws_error *err)
{
    struct str name, label;
    struct stream stream = {.now_ms = stream_log_now_ms(catalogue_stream_log(call->catalogue))};

    if (!stream_arn_split(arn, &name, &label))
        return fail_arn(err);
    stream.table = catalogue_find(call->catalogue, name);
    if (stream.table != NULL)
        stream.definition = find_definition(call, stream.table, arn, stream.now_ms);
    if (stream.definition != NULL) {
        *ret = stream;
        return true;
    }
    table_release(stream.table);
    return aws_fail(err, &ddb_resource_not_found_exception,
                    "Requested resource not found: Stream: %.*s not found", STR_ARG(arn));
}

void stream_release(struct stream *stream)
{
    table_release(stream->table);
    stream->table = NULL;
}

/* --- shards --------------------------------------------------------------------------------- */

static int64_t larger(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

static int64_t last_number(const struct stream *stream)
{
    const struct table_stream *definition = stream->definition;
    int64_t end_ms = definition->enabled ? stream->now_ms : definition->disabled_ms;

    return larger(end_ms - definition->created_ms, 0) / STREAM_SHARD_MS;
}

bool stream_shard_of(const struct stream *stream, int64_t number, struct stream_shard *ret)
{
    int64_t last = last_number(stream);

    if (number < 0 || number > last)
        return false;
    int64_t from_ms = stream->definition->created_ms + number * STREAM_SHARD_MS;
    *ret = (struct stream_shard){.number = number,
                                 .from = {from_ms, 0},
                                 .to = {from_ms + STREAM_SHARD_MS, 0},
                                 .closed = number < last || !stream->definition->enabled};
    if (number == last && ret->closed)
        ret->to.ms = INT64_MAX;
    return true;
}

size_t stream_shards(const struct stream *stream, struct stream_shard ret[STREAM_SHARDS_MAX])
{
    int64_t last = last_number(stream), horizon_ms = stream->now_ms - STREAM_KEPT_MS;
    int64_t first = larger(horizon_ms - stream->definition->created_ms, 0) / STREAM_SHARD_MS;
    size_t count = 0;

    for (int64_t i = first < last ? first : last; i <= last && count < STREAM_SHARDS_MAX; i++) {
        if (stream_shard_of(stream, i, &ret[count]))
            count++;
    }
    return count;
}

struct str stream_shard_id(const struct stream *stream, int64_t number, struct arena *arena)
{
    int64_t from_ms = stream->definition->created_ms + number * STREAM_SHARD_MS;
    struct str seed = str_printf(arena, "%s/%lld", stream->table->id, (long long)from_ms);

    return str_printf(arena, "shardId-%020lld-%08x", (long long)from_ms, store_hash(seed));
}

/* --- records -------------------------------------------------------------------------------- */

struct newest {
    bool found;
    struct stream_sequence sequence;
};

static bool take_newest(void *state, const struct store_item *item)
{
    struct newest *newest = state;

    newest->found = stream_record_sequence(item->key, &newest->sequence);
    return false;
}

bool stream_newest(const struct ddb_call *call, const struct stream *stream,
                   struct stream_sequence from, bool *ret_found, struct stream_sequence *ret,
                   struct aws_error *err)
{
    struct newest newest = {.sequence = from};
    const struct store_range range = {.collection = stream->definition->collection,
                                      .partition = stream_record_partition,
                                      .sort_from = stream_sequence_text(from, call->arena),
                                      .reverse = true};

    if (!store_read(call->store, &range, take_newest, &newest, err))
        return false;
    *ret_found = newest.found;
    *ret = newest.sequence;
    return true;
}

bool stream_fail_trimmed(struct aws_error *err)
{
    return aws_fail(err, &ddb_trimmed_data_access_exception,
                    "The data you are trying to access has been trimmed");
}
