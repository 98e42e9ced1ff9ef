/*
 * Several items read as they are at one moment, or none: what TransactGetItems and
 * ExecuteTransaction share. How each finds its keys, and which mistakes it tells first, is its own.
 *
 * Source: API Reference, TransactGetItems.
 */
#ifndef DYNAMODB_TRANSACT_READ_H
#define DYNAMODB_TRANSACT_READ_H

#include "operation.h"

/* One item. */
struct transact_read_part {
    struct str table_name; /* as the request has it, or an ARN */
    struct table *table;   /* held until transact_read_release() */
    struct aws_error err;  /* of this one alone: a reason to cancel */
};

struct transact_read {
    struct ddb_call *call;
    struct transact_read_part *parts;
    struct store_target *targets; /* one a part; the caller fills the keys */
    size_t count;
};

/* In the call's arena, for at most `count` parts; `count` of it is 0, the caller's to raise.
 * Errors: error_out_of_memory. */
MUST_CHECK bool transact_read_init(struct transact_read *read, struct ddb_call *call, size_t count,
                                   struct aws_error *err);
void transact_read_release(const struct transact_read *read);

/* Fills table and the target's collection. Errors: ResourceNotFoundException. */
MUST_CHECK bool transact_read_find_tables(const struct transact_read *read, struct aws_error *err);
/* No item is named twice by parts that have no error. Errors: ValidationException. */
MUST_CHECK bool transact_read_check_duplicates(const struct transact_read *read,
                                               struct aws_error *err);
/* With the parts' reasons; answers false. */
bool transact_read_cancel(const struct transact_read *read, struct aws_error *err);

/* Fills the targets and charges for them. Errors: TransactionCanceledException (throttling),
 * ValidationException (more than 4 MB), error_page_too_long. */
MUST_CHECK bool transact_read_run(const struct transact_read *read, struct aws_error *err);
/* ConsumedCapacity, where it is asked for, inside an open object. Errors: error_out_of_memory. */
MUST_CHECK bool transact_read_metrics(const struct transact_read *read, struct aws_error *err);

#endif
