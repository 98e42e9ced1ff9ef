/*
 * Streams forget: records after 24 hours, and a disabled stream as a whole 24 hours after its end.
 *
 * Records stay for the further 15 minutes in which an iterator may stand on them, so no reader
 * finds a hole. Source: Developer Guide, "Data retention limit for DynamoDB Streams".
 */
#ifndef DYNAMODB_STREAM_TRIM_H
#define DYNAMODB_STREAM_TRIM_H

#include "catalogue.h"
#include "store.h"

/*
 * Of all tables, in steps between which other writes go on, until `stop`; a read a stream when
 * there is nothing to do. For one caller at a time. `arena` is reset on the way. Errors: the
 * store's.
 */
MUST_CHECK bool stream_trim(struct store *store, struct catalogue *catalogue,
                            const _Atomic bool *stop, struct arena *arena, struct aws_error *err);

#endif
