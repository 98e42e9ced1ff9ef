/* The requests of DynamoDB Streams. */
#include "shape_parts.h"

static const struct shape stream_arn = {
    .type = SHAPE_STRING, .min = 37, .max = 1024, .bounded_below = true, .constrained = true};
static const struct shape shard_id = {
    .type = SHAPE_STRING, .min = 28, .max = 65, .bounded_below = true, .constrained = true};
static const struct shape sequence_number = {
    .type = SHAPE_STRING, .min = 21, .max = 40, .bounded_below = true, .constrained = true};
static const struct shape shard_iterator = {
    .type = SHAPE_STRING, .min = 1, .max = 2048, .bounded_below = true, .constrained = true};
static const struct shape list_limit = {
    .type = SHAPE_INTEGER, .min = 1, .max = 100, .bounded_below = true, .constrained = true};
static const struct shape record_limit = {
    .type = SHAPE_INTEGER, .min = 1, .max = 1000, .bounded_below = true, .constrained = true};

SHAPE_ENUM(iterator_type, "AFTER_SEQUENCE_NUMBER", "LATEST", "AT_SEQUENCE_NUMBER", "TRIM_HORIZON",
           "AT_TIMESTAMP");
SHAPE_ENUM(shard_filter_type, "CHILD_SHARDS");

static const struct shape_member list_streams_members[] = {
    {STR_INIT("Limit"), &list_limit, false},
    {STR_INIT("ExclusiveStartStreamArn"), &stream_arn, false},
    {STR_INIT("TableName"), &shape_plain_name, false},
};
const struct shape shape_list_streams = {.name = "ListStreamsInput",
                                         SHAPE_MEMBERS(list_streams_members)};

static const struct shape_member shard_filter_members[] = {
    {STR_INIT("Type"), &shard_filter_type, false},
    {STR_INIT("ShardId"), &shard_id, false},
};
static const struct shape shard_filter = {.name = "ShardFilter",
                                          SHAPE_MEMBERS(shard_filter_members)};
static const struct shape_member describe_stream_members[] = {
    {STR_INIT("Limit"), &list_limit, false},
    {STR_INIT("ExclusiveStartShardId"), &shard_id, false},
    {STR_INIT("StreamArn"), &stream_arn, true},
    {STR_INIT("ShardFilter"), &shard_filter, false},
};
const struct shape shape_describe_stream = {.name = "DescribeStreamInput",
                                            SHAPE_MEMBERS(describe_stream_members)};

static const struct shape_member get_shard_iterator_members[] = {
    {STR_INIT("ShardId"), &shard_id, true},
    {STR_INIT("ShardIteratorType"), &iterator_type, true},
    {STR_INIT("SequenceNumber"), &sequence_number, false},
    {STR_INIT("Timestamp"), &shape_long, false},
    {STR_INIT("StreamArn"), &stream_arn, true},
};
const struct shape shape_get_shard_iterator = {.name = "GetShardIteratorInput",
                                               SHAPE_MEMBERS(get_shard_iterator_members)};

static const struct shape_member get_records_members[] = {
    {STR_INIT("Limit"), &record_limit, false},
    {STR_INIT("ShardIterator"), &shard_iterator, true},
};
const struct shape shape_get_records = {.name = "GetRecordsInput",
                                        SHAPE_MEMBERS(get_records_members)};
