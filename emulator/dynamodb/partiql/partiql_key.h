/* What a WHERE says of key attributes. */
#ifndef DYNAMODB_PARTIQL_KEY_H
#define DYNAMODB_PARTIQL_KEY_H

#include "expression.h"

bool partiql_is_attribute(const struct expr *expr, const struct key_attribute *key);
/* Are all operands but the path at `path` values? */
bool partiql_compares_values(const struct expr *expr, size_t path);

/* Are there one or several values that the partition key must have, whatever else holds? */
bool partiql_is_keyed(const struct expr *where, const struct key_schema *schema);

/*
 * The key of one item, from equalities that hold whatever else does: of type M. `ret_only` tells
 * that WHERE says nothing else. Errors: ValidationException when a key attribute has no equality,
 * or two.
 */
MUST_CHECK bool partiql_key(const struct expr *where, const struct key_schema *schema,
                            struct arena *arena, struct attribute_value *ret, bool *ret_only,
                            struct aws_error *err);

/*
 * What WHERE compares the key attributes of `schema` with has their types and is not empty. Errors:
 * ValidationException, with other words for the keys that find the items.
 */
MUST_CHECK bool partiql_check_key_values(const struct expr *where, const struct key_schema *schema,
                                         bool keyed, struct aws_error *err);

#endif
