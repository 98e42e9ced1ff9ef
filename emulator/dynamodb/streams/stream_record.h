/*
 * The record of an item's change, as its table's stream keeps it: a row with what GetRecords shows
 * of it but the caller's region.
 *
 * Source: API Reference, Record, StreamRecord; Developer Guide, "DynamoDB Streams" and "Time to
 * live"; the size and what counts as a change as the service has them.
 */
#ifndef DYNAMODB_STREAM_RECORD_H
#define DYNAMODB_STREAM_RECORD_H

#include "item_change.h"
#include "stream_log.h"

/*
 * Puts the record's row in front of *changes, within the store's transaction; none when old and new
 * item are equal by value. The change has old or new item. Errors: error_out_of_memory.
 */
MUST_CHECK bool stream_record_add(const struct item_change *change,
                                  const struct table_stream *stream, struct store_change **changes,
                                  struct aws_error *err);

/* Of every row of every stream; the number is the sort key. */
extern const struct str stream_record_partition;
/* False for a row that is no record. */
MUST_CHECK bool stream_record_sequence(struct store_key key, struct stream_sequence *ret);

#endif
