/*
 * All rows of the store that change with one item: its own, those of its indexes, the record in its
 * table's stream. Whatever writes items passes here, within the store's transaction.
 */
#ifndef DYNAMODB_ITEM_CHANGE_H
#define DYNAMODB_ITEM_CHANGE_H

#include "capacity.h"
#include "index_row.h"
#include "store.h"
#include "table.h"

struct item_change {
    const struct table *table;
    struct store_key key;
    struct item_version old;
    struct item_version now; /* found: false when the item goes */
    bool by_service;         /* time to live removes the item: its stream record says so */
    struct arena *arena;
};

/* Whether item_change_rows() looks at the old item's attributes. */
bool item_change_needs_old(const struct table *table);

/*
 * Puts the rows in front of *changes; `used` gets the units of each index that was written, in the
 * change's arena. Errors: error_out_of_memory.
 */
MUST_CHECK bool item_change_rows(const struct item_change *change, struct store_change **changes,
                                 struct capacity *used, struct aws_error *err);

#endif
