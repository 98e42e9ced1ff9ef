/* CreateTable's rules on a request that has passed its shape, in the service's order. */
#ifndef DYNAMODB_TABLE_RULES_H
#define DYNAMODB_TABLE_RULES_H

#include "base/error.h"
#include "base/json.h"

MUST_CHECK bool table_rules_check(const struct json_value *request, struct aws_error *err);

#endif
