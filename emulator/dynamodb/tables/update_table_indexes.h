/*
 * GlobalSecondaryIndexUpdates of an UpdateTable: indexes that come, change and go.
 *
 * Source: Developer Guide, "Managing global secondary indexes"; texts as the service answers.
 */
#ifndef DYNAMODB_UPDATE_TABLE_INDEXES_H
#define DYNAMODB_UPDATE_TABLE_INDEXES_H

#include "base/json.h"
#include "catalogue.h"
#include "table.h"

/*
 * Makes the changes on `table`, a copy of `old` whose billing mode is already the one to be. A new
 * index begins `creating`: what is in the table comes into it later (backfill.h). Errors:
 * ValidationException, ResourceNotFoundException, LimitExceededException.
 */
MUST_CHECK bool update_table_indexes(const struct json_value *request, const struct table *old,
                                     struct table *table, struct table_edit *edit,
                                     struct aws_error *err);

#endif
