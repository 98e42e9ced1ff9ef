/*
 * Several writes as one transaction: all are done, or none is and the error gives a reason for
 * each. TransactWriteItems and ExecuteTransaction share it.
 *
 * Source: API Reference, TransactWriteItems, CancellationReason; Developer Guide, "Managing complex
 * workflows with transactions".
 */
#ifndef DYNAMODB_TRANSACT_WRITE_H
#define DYNAMODB_TRANSACT_WRITE_H

#include "request_token.h"
#include "write.h"

enum { TRANSACTION_BYTES_MAX = 4 * 1024 * 1024 };

#define TRANSACTION_DUPLICATES "Transaction request cannot include multiple operations on one item"

extern const struct write_kind write_check; /* ConditionCheck */

/*
 * Lives in the call's arena. `set` is filled by the caller: the call, which has ClientRequestToken,
 * ReturnConsumedCapacity ...; the writes in the request's order, each from write_begin() with a
 * call of its own for its part of the request, or made by hand: kind, call, table_name, item,
 * condition.
 */
struct transact_write {
    struct write_set set; /* first */
    /* What tells the request from another with its token: TransactItems, TransactStatements. */
    const struct json_value *parameters;
    /* Writes the answer, where the transaction was done; the writes tell what happened. */
    bool (*answer)(struct transact_write *transaction, struct aws_error *err);
    /* The token was there before: nothing was done now, the writes only looked at their items. */
    bool repeated;
    struct request_token token;
};

/*
 * Errors: TransactionCanceledException (for what befalls one of the writes), ValidationException,
 * ResourceNotFoundException, TransactionInProgressException, IdempotentParameterMismatchException,
 * those of answer(); error_later.
 */
MUST_CHECK bool transact_write_run(struct transact_write *transaction, struct aws_error *err);
/* For answer(): ConsumedCapacity and ItemCollectionMetrics, where they are asked for, inside an
 * open object. Errors: error_out_of_memory. */
MUST_CHECK bool transact_write_metrics(const struct transact_write *transaction,
                                       struct aws_error *err);

/*
 * TransactionCanceledException with a reason for each of `count` parts of a transaction, in their
 * order: `why` answers a part's own error, its kind NULL for a part that did not fail. Of
 * ValidationErrors the first is told, and then nothing else.
 */
bool transaction_cancel(const struct aws_error *(*why)(const void *parts, size_t index),
                        const void *parts, size_t count, struct arena *arena,
                        struct aws_error *err);

#endif
