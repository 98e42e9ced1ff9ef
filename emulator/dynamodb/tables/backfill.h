/*
 * Fills an index that came to a table with items: step by step, while the table serves reads and
 * writes, and then marks it as whole.
 *
 * Writes that know the index keep its rows from the moment it is there. A step reads the keys of
 * the next items, and within one transaction of the store takes those items as they are then and
 * writes their rows: so it never puts back what a write has changed meanwhile, and doing it twice
 * does no harm. After a restart an index that is not whole is filled from the beginning.
 *
 * Source: Developer Guide, "Managing global secondary indexes", "Phases of index creation".
 */
#ifndef DYNAMODB_BACKFILL_H
#define DYNAMODB_BACKFILL_H

#include "catalogue.h"
#include "key.h"
#include "store.h"

/* Where the filling is; zeroed to begin with, used by one thread. */
struct backfill {
    bool running;
    int64_t collection; /* of the index */
    char table[TABLE_NAME_BYTES_MAX];
    size_t table_length;
    char partition[PARTITION_KEY_BYTES_MAX]; /* the last item that is in it */
    size_t partition_length;
    char sort[SORT_KEY_BYTES_MAX];
    size_t sort_length;
};

/* One step with the index that is being filled, or the first with the next one that has to be;
 * `ret_more` false: all are whole. Errors: the store's; the same step comes again. */
MUST_CHECK bool backfill_step(struct backfill *backfill, struct store *store,
                              struct catalogue *catalogue, struct arena *arena, bool *ret_more,
                              struct aws_error *err);

#endif
