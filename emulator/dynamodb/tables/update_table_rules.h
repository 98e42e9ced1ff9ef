/*
 * UpdateTable's rules that the request alone can break, in the service's order; those that need the
 * table are with what they change (update_table.c, update_table_indexes.c, throughput.c).
 *
 * Source: API Reference, UpdateTable; texts and combinations as the service answers.
 */
#ifndef DYNAMODB_UPDATE_TABLE_RULES_H
#define DYNAMODB_UPDATE_TABLE_RULES_H

#include "base/error.h"
#include "base/json.h"

/* What a request changes. */
enum update_part {
    UPDATE_THROUGHPUT = 1 << 0,
    UPDATE_BILLING_MODE = 1 << 1,
    UPDATE_STREAM = 1 << 2,
    UPDATE_ENCRYPTION = 1 << 3,
    UPDATE_PROTECTION = 1 << 4,
    UPDATE_ON_DEMAND_LIMIT = 1 << 5,
    UPDATE_WARM = 1 << 6,
    UPDATE_TABLE_CLASS = 1 << 7,
    UPDATE_INDEX_CREATE = 1 << 8,
    UPDATE_INDEX_UPDATE = 1 << 9,
    UPDATE_INDEX_DELETE = 1 << 10,
    UPDATE_EVERYTHING = (1 << 11) - 1,
};

/* The parts of a request that has passed its shape. */
unsigned update_table_parts(const struct json_value *request);
/* Errors: ValidationException. */
MUST_CHECK bool update_table_rules_check(const struct json_value *request, struct aws_error *err);

#endif
