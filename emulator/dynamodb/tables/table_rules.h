/* Rules of a table's definition on a request that has passed its shape. All errors are
 * ValidationExceptions. */
#ifndef DYNAMODB_TABLE_RULES_H
#define DYNAMODB_TABLE_RULES_H

#include "base/error.h"
#include "base/json.h"

/* CreateTable's, in the service's order. */
MUST_CHECK bool table_rules_check(const struct json_value *request, struct aws_error *err);

/* Those that UpdateTable shares. The keys of a global index are among the request's
 * AttributeDefinitions, which it must have. */
MUST_CHECK bool table_rules_check_index_keys(const struct json_value *request,
                                             const struct json_value *index, struct aws_error *err);
MUST_CHECK bool table_rules_check_projection(const struct json_value *index, struct aws_error *err);
MUST_CHECK bool table_rules_check_units(const struct json_value *throughput, struct aws_error *err);
/* TableClass and SSESpecification; neither need be there. */
MUST_CHECK bool table_rules_check_class(const struct json_value *request, struct aws_error *err);
MUST_CHECK bool table_rules_check_encryption(const struct json_value *request,
                                             struct aws_error *err);

#endif
