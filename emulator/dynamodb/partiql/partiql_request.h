/* A statement as a request has it: with its parameters. */
#ifndef DYNAMODB_PARTIQL_REQUEST_H
#define DYNAMODB_PARTIQL_REQUEST_H

#include "operation.h"
#include "partiql_parser.h"

/*
 * Statement and Parameters of `request`, a whole request or one member of its list. `ret_of_values`
 * (NULL: nobody asks) tells that a parameter is to blame, which comes before the statement is read.
 * Errors: ValidationException.
 */
MUST_CHECK bool partiql_request_read(const struct json_value *request, struct arena *arena,
                                     struct partiql_statement *ret, bool *ret_of_values,
                                     struct aws_error *err);

#endif
