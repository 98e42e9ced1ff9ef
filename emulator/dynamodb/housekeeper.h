/*
 * What a database does by itself, on one thread: indexes that came to a table with items are filled
 * (backfill.h), items whose time to live has passed go (expiry.h), and so do old records of streams
 * (stream_trim.h) and the rows of what was deleted (dropped.h).
 *
 * The thread sleeps until it is woken; while a table has a time to live or a stream, it looks once
 * a second, and at records once a minute. What is due is a matter of the catalogue's clock alone.
 */
#ifndef DYNAMODB_HOUSEKEEPER_H
#define DYNAMODB_HOUSEKEEPER_H

#include "catalogue.h"
#include "store.h"

struct housekeeper;

/* Begins at once with what an earlier run has left. */
MUST_CHECK bool housekeeper_start(struct store *store, struct catalogue *catalogue,
                                  struct housekeeper **ret, struct aws_error *err);
/* Ends after the step that is running. NULL is accepted. */
void housekeeper_stop(struct housekeeper *housekeeper);

/* A table has changed: there may be something to do. NULL is accepted. */
void housekeeper_wake(struct housekeeper *housekeeper);
/* Returns when all is done that was due at the call, or could not be done. */
void housekeeper_settle(struct housekeeper *housekeeper);

#endif
