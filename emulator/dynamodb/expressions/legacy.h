/*
 * The parameters that expressions have replaced, as the same trees: Expected, QueryFilter and
 * ScanFilter, KeyConditions, AttributeUpdates, AttributesToGet.
 *
 * Source: Developer Guide, "Legacy conditional parameters"; texts as the service answers.
 */
#ifndef DYNAMODB_LEGACY_H
#define DYNAMODB_LEGACY_H

#include "expression.h"

/* Expected with ConditionalOperator; `ret` NULL when `expected` is NULL. */
MUST_CHECK bool legacy_expected(const struct json_value *request, struct arena *arena,
                                struct expr **ret, struct aws_error *err);
/* QueryFilter or ScanFilter, by its name, with ConditionalOperator. */
MUST_CHECK bool legacy_filter(const struct json_value *request, struct str parameter,
                              struct arena *arena, struct expr **ret, struct aws_error *err);
/* KeyConditions: always all of them. */
MUST_CHECK bool legacy_key_conditions(const struct json_value *conditions, struct arena *arena,
                                      struct expr **ret, struct aws_error *err);
MUST_CHECK bool legacy_updates(const struct json_value *updates, struct arena *arena,
                               struct update **ret, struct aws_error *err);
MUST_CHECK bool legacy_projection(const struct json_value *names, struct arena *arena,
                                  struct projection **ret, struct aws_error *err);

#endif
