/*
 * An item's row in an index: what the index projects of it, under the index's key.
 *
 * A row of a GSI holds the projected attributes alone. A row of an LSI holds the whole item, for an
 * LSI answers any attribute (the service fetches from the table what is not projected); its size is
 * that of the projection all the same.
 *
 * Source: Developer Guide, "Attribute projections".
 */
#ifndef DYNAMODB_INDEX_ROW_H
#define DYNAMODB_INDEX_ROW_H

#include "store.h"
#include "table.h"
#include "value.h"

/* Is the attribute in the index? Keys of table and index always are. */
bool index_projects(const struct table *table, const struct table_index *index, struct str name);

/* What the index has of the item: attributes are shared. Errors: error_out_of_memory. */
MUST_CHECK bool index_project(const struct table *table, const struct table_index *index,
                              const struct attribute_value *item, struct arena *arena,
                              struct attribute_value *ret, struct aws_error *err);

/* An item as it lies in the table. */
struct item_version {
    bool found;
    const struct attribute_value *item;
    struct str json;
    int64_t size;
};

struct index_row {
    bool present;
    struct store_key key;
    struct str json;      /* as it is stored */
    struct str projected; /* what the index shows of it */
    int64_t size;         /* of the latter */
};

/* In `arena`. Errors: error_out_of_memory. */
MUST_CHECK bool index_row_make(const struct table *table, const struct table_index *index,
                               const struct item_version *version, struct arena *arena,
                               struct index_row *ret, struct aws_error *err);

#endif
