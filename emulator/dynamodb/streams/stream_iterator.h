/*
 * Shard iterators: where a reader is in a shard, and since when it may be there. Everything is in
 * the text itself, which is the stream's ARN, |1| and Base64, as the service's are; nothing of it
 * is kept here. The text comes back from clients, so it is read with suspicion.
 *
 * Source: API Reference, GetShardIterator, GetRecords.
 */
#ifndef DYNAMODB_STREAM_ITERATOR_H
#define DYNAMODB_STREAM_ITERATOR_H

#include "stream_log.h"

struct stream_iterator {
    struct str arn;
    int64_t shard; /* stream_shard.number */
    struct stream_sequence
        from; /* the first record that it reads, if there is one of that number */
    int64_t issued_ms;
};

/* False past the arena's limit. */
MUST_CHECK bool stream_iterator_text(const struct stream_iterator *iterator, struct arena *arena,
                                     struct str *ret);
/* False when it is none of ours. `ret->arn` is a part of the text; shard and times are not negative
 * but otherwise unchecked. */
MUST_CHECK bool stream_iterator_read(struct str text, struct arena *arena,
                                     struct stream_iterator *ret);

#endif
