/*
 * Items whose time to live has passed: found by the table's hidden index, deleted each in a
 * transaction of the store that looks at the item again. Free of write units.
 *
 * An item expires when the attribute is a number of seconds since 1970 that lies before now and not
 * more than five years back; other types never expire.
 *
 * Source: Developer Guide, "Using time to live (TTL)", "Computing time to live".
 */
#ifndef DYNAMODB_EXPIRY_H
#define DYNAMODB_EXPIRY_H

#include "catalogue.h"
#include "store.h"

/* Deletes what has expired in the table by now, in steps between which other writes go on, until
 * `stop`. `arena` is reset on the way. Errors: the store's. */
MUST_CHECK bool expiry_sweep(struct store *store, struct catalogue *catalogue, struct str table,
                             const _Atomic bool *stop, struct arena *arena, struct aws_error *err);

/* The table's hidden index, or NULL. */
const struct table_index *expiry_index(const struct table *table);

#endif
