/* An item as an answer shows it: GetItem, BatchGetItem, TransactGetItems. */
#ifndef DYNAMODB_ITEM_VIEW_H
#define DYNAMODB_ITEM_VIEW_H

#include "expression.h"

/* What one item may take while it is shown. */
enum { ITEM_VIEW_BYTES_MAX = 64 * 1024 * 1024 };

/*
 * What `projection` leaves of the item's JSON, as JSON, in `arena`; without a projection (NULL) the
 * bytes go out as they lie. Errors: error_out_of_memory.
 */
MUST_CHECK bool item_view(const struct projection *projection, struct str json, struct arena *arena,
                          struct str *ret, struct aws_error *err);

#endif
