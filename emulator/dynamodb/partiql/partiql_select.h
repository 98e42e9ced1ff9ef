/*
 * SELECT by itself: as many reads as its WHERE asks for, one page of them, and a token for the
 * rest.
 */
#ifndef DYNAMODB_PARTIQL_SELECT_H
#define DYNAMODB_PARTIQL_SELECT_H

#include "operation.h"
#include "partiql_parser.h"

/* Writes ExecuteStatement's whole answer. Errors: ValidationException, ResourceNotFoundException.
 */
MUST_CHECK bool partiql_select_run(struct ddb_call *call, const struct partiql_statement *statement,
                                   struct aws_error *err);

/* What is shown of an item: of type M, in `arena`. Errors: error_out_of_memory. */
MUST_CHECK bool partiql_show_item(const struct partiql_statement *statement,
                                  const struct attribute_value *item, struct arena *arena,
                                  struct attribute_value *ret, struct aws_error *err);

/* The same of an item as it is stored. */
MUST_CHECK bool partiql_show_json(const struct partiql_statement *statement, struct str json,
                                  struct arena *arena, struct str *ret, struct aws_error *err);

#endif
