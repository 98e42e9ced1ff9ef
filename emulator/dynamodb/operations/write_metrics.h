/* ConsumedCapacity and ItemCollectionMetrics of several writes, as BatchWriteItem and
 * TransactWriteItems tell them: by table. */
#ifndef DYNAMODB_WRITE_METRICS_H
#define DYNAMODB_WRITE_METRICS_H

#include "write.h"

/*
 * Those of the two members that the set's call asks for, inside an open object. Writes that failed
 * are in neither. Errors: error_out_of_memory.
 */
MUST_CHECK bool write_metrics(const struct write_set *set, enum capacity_kind kind,
                              struct aws_error *err);

#endif
