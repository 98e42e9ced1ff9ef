/*
 * What item operations have in common before they know their table: the mixing of old and new
 * parameters, and the order in which expressions are read.
 */
#ifndef DYNAMODB_PARAMETERS_H
#define DYNAMODB_PARAMETERS_H

#include "expression.h"
#include "operation.h"

/* An operation's expressions and their old counterparts, each in the order in which they are named
 * in error texts. */
struct parameter_set {
    const char *const *legacy;      /* NULL-terminated */
    const char *const *expressions; /* NULL-terminated */
};

/* Old and new parameters in one request, or placeholders without an expression, are a
 * ValidationException. */
MUST_CHECK bool parameters_check_mixing(const struct ddb_call *call,
                                        const struct parameter_set *set, struct aws_error *err);

/* The expression of that name, or NULL when the request has none. */
MUST_CHECK bool parameters_condition(const struct ddb_call *call, enum expression_kind kind,
                                     struct placeholders *placeholders, struct expr **ret,
                                     struct aws_error *err);
/* Expected or ConditionExpression of a request that has no other expression, with its placeholders;
 * NULL: none. */
MUST_CHECK bool parameters_only_condition(const struct ddb_call *call, struct expr **ret,
                                          struct aws_error *err);
/* ProjectionExpression or AttributesToGet; NULL: everything. */
MUST_CHECK bool parameters_projection(const struct ddb_call *call,
                                      struct placeholders *placeholders, struct projection **ret,
                                      struct aws_error *err);

#endif
