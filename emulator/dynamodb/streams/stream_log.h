/*
 * The time that streams go by, and the numbers of their records.
 *
 * A sequence number is a time in milliseconds and a count within it, written as 24 digits, so it
 * sorts as text as it does by value, and tells which shard it belongs to (stream.h). One log
 * numbers the records of all tables: no number is given twice, not even when the wall clock goes
 * back or after a restart, for the time never goes behind what was given or kept.
 *
 * Source: API Reference, StreamRecord; Developer Guide, "Change data capture for DynamoDB Streams".
 */
#ifndef DYNAMODB_STREAM_LOG_H
#define DYNAMODB_STREAM_LOG_H

#include "base/clock.h"
#include "base/str.h"

enum { STREAM_SEQUENCE_DIGITS = 24, STREAM_EVENT_ID_BYTES = 33 };
#define STREAM_COUNT_MAX INT64_C(99999999999) /* of the last 11 digits */

struct stream_sequence {
    int64_t ms; /* since 1970 */
    int64_t count;
};

int stream_sequence_compare(struct stream_sequence a, struct stream_sequence b); /* <0, 0, >0 */
/* The next possible one. */
struct stream_sequence stream_sequence_after(struct stream_sequence sequence);
/* With STREAM_SEQUENCE_DIGITS digits; the empty text past the arena's limit. */
struct str stream_sequence_text(struct stream_sequence sequence, struct arena *arena);
/* From digits, however many; a number too large for us is behind all of ours. False when it is no
 * number. */
MUST_CHECK bool stream_sequence_read(struct str text, struct stream_sequence *ret);

struct stream_log;

/* The clock is borrowed; the seed is for event ids. NULL when there is no memory. */
struct stream_log *stream_log_new(struct clock *clock, uint64_t seed);
void stream_log_free(struct stream_log *log); /* NULL is accepted */

/* A number that the store holds, told before the first call of the others. */
void stream_log_seen(struct stream_log *log, struct stream_sequence sequence);

/*
 * The wall time, which here never goes back: a record that is numbered after this call has this
 * time or a later one. Any thread.
 */
int64_t stream_log_now_ms(struct stream_log *log);

/* These two belong to whoever is in the store's transaction, which is alone there. */
struct stream_sequence stream_log_next(struct stream_log *log, int64_t not_before_ms);
void stream_log_event_id(struct stream_log *log, char ret[STREAM_EVENT_ID_BYTES]);

#endif
