/* What a statement's failure is called where it is one of several. */
#ifndef DYNAMODB_PARTIQL_ERROR_H
#define DYNAMODB_PARTIQL_ERROR_H

#include "base/error.h"

#define PARTIQL_BATCH_KEYS                                                                         \
    "Select statements within BatchExecuteStatement must specify the primary key in the where "    \
    "clause."
#define PARTIQL_MULTI_KEYS                                                                         \
    "PartiQL statements cannot be executed on tables with multi-attribute HASH keys or "           \
    "multi-attribute RANGE keys."

/* BatchStatementError's Code: the error's name without "Exception", or one of its own.
 * Source: API Reference, BatchStatementError. */
struct str partiql_error_code(const struct aws_error *err);

#endif
