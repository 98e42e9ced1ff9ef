/*
 * INSERT, UPDATE, DELETE and EXISTS as writes of single items (write.h): alone, in a batch, in a
 * transaction.
 *
 * Source: Developer Guide, "PartiQL insert / update / delete statements", "Performing transactions
 * with PartiQL for DynamoDB"; texts as the service answers.
 */
#ifndef DYNAMODB_PARTIQL_WRITE_H
#define DYNAMODB_PARTIQL_WRITE_H

#include "partiql_parser.h"
#include "write.h"

/* A statement that is carried out; it lives in the call's arena as long as its write. */
struct partiql_action {
    struct ddb_call call; /* first: the write's call */
    struct partiql_statement statement;
};

/* Puts `action`, whose statement is set, into a write for write_set_run(). */
void partiql_write_begin(struct partiql_action *action, const struct ddb_call *call,
                         const struct json_value *request, struct item_write *ret);

/* Writes ExecuteStatement's whole answer. Errors: ValidationException, ResourceNotFoundException,
 * ConditionalCheckFailedException, DuplicateItemException; error_later. */
MUST_CHECK bool partiql_write_run(struct ddb_call *call, const struct partiql_statement *statement,
                                  struct aws_error *err);

#endif
