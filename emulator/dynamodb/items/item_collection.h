/*
 * ReturnItemCollectionMetrics: the items of one partition of a table with local indexes. The
 * service's estimate is a range of whole gigabytes; a collection ends at 10 GB.
 *
 * Source: API Reference, ItemCollectionMetrics; Developer Guide, "Item collections in LSIs".
 */
#ifndef DYNAMODB_ITEM_COLLECTION_H
#define DYNAMODB_ITEM_COLLECTION_H

#include "base/json.h"
#include "table.h"
#include "value.h"

/* ReturnItemCollectionMetrics is SIZE. */
bool item_collection_is_asked(const struct json_value *request);

/* One object; `item` has the table's partition key. */
void item_collection_write(struct json_writer *out, const struct table *table,
                           const struct attribute_value *item);

#endif
