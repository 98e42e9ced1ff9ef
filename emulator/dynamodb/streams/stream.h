/*
 * A stream as its readers see it: by ARN, cut into shards.
 *
 * A stream has one open shard at a time. Each covers four hours, counted from the stream's
 * creation, written to or not; the next one is its child. So shards are a matter of arithmetic:
 * nothing of them is stored. A shard whose four hours ended before the horizon (24 hours ago) is
 * gone. The last shard of a disabled stream is closed and has no end in time, for a write may come
 * between the moment of the request and the disabling itself.
 *
 * Source: Developer Guide, "Reading and processing a stream"; API Reference, DescribeStream.
 */
#ifndef DYNAMODB_STREAM_H
#define DYNAMODB_STREAM_H

#include "operation.h"
#include "stream_log.h"
#include "table.h"

#define STREAM_SHARD_MS    INT64_C(14400000) /* 4 hours */
#define STREAM_KEPT_MS     INT64_C(86400000) /* 24 hours */
#define STREAM_ITERATOR_MS INT64_C(900000)   /* 15 minutes */
enum { STREAM_SHARDS_MAX = STREAM_KEPT_MS / STREAM_SHARD_MS + 2 };

struct stream {
    struct table *table; /* held: stream_release() */
    const struct table_stream *definition;
    int64_t now_ms; /* of the call; never goes back */
};

/*
 * The stream that the ARN names. Errors: ValidationException "Invalid StreamArn",
 * ResourceNotFoundException (also when it ended 24 hours ago).
 */
MUST_CHECK bool stream_find(const struct ddb_call *call, struct str arn, struct stream *ret,
                            struct aws_error *err);
void stream_release(struct stream *stream);
/* A StreamArn that has not the form of one: checked before the constraints. */
MUST_CHECK bool stream_arn_check_early(const struct ddb_call *call, struct aws_error *err);

/* The name of the table and the label of the stream in a stream's ARN. False when it is none. */
MUST_CHECK bool stream_arn_split(struct str arn, struct str *ret_table, struct str *ret_label);
/* In `arena`; the empty text past its limit. */
struct str stream_arn(const struct table *table, const struct table_stream *definition,
                      struct str region, struct arena *arena);
/* Disabled so long ago that it is gone. */
bool stream_is_gone(const struct table_stream *definition, int64_t now_ms);

struct stream_shard {
    int64_t number; /* 0: the stream's first */
    struct stream_sequence from;
    struct stream_sequence to; /* the first that is not in it */
    bool closed;
};

/* Oldest first, at least one. */
size_t stream_shards(const struct stream *stream, struct stream_shard ret[STREAM_SHARDS_MAX]);
/* The shard of that number, gone or not; false when there never was one. */
MUST_CHECK bool stream_shard_of(const struct stream *stream, int64_t number,
                                struct stream_shard *ret);
/* shardId-{20 digits}-{8 hex}; ids sort by age. */
struct str stream_shard_id(const struct stream *stream, int64_t number, struct arena *arena);

/* The number of the newest record from `from` on; `ret_found` false: there is none. */
MUST_CHECK bool stream_newest(const struct ddb_call *call, const struct stream *stream,
                              struct stream_sequence from, bool *ret_found,
                              struct stream_sequence *ret, struct aws_error *err);

/* TrimmedDataAccessException; answers false. */
bool stream_fail_trimmed(struct aws_error *err);

#endif
