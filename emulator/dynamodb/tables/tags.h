/*
 * Tags of a table: what they may be.
 *
 * Source: Developer Guide, "Tagging restrictions in DynamoDB"; API Reference, TagResource; texts as
 * the service answers.
 */
#ifndef DYNAMODB_TAGS_H
#define DYNAMODB_TAGS_H

#include "base/error.h"
#include "base/json.h"

enum { TAGS_MAX = 50 };

/* A list of {Key, Value}, NULL for none, and a list of keys. Errors: ValidationException. */
MUST_CHECK bool tags_check(const struct json_value *tags, struct aws_error *err);
MUST_CHECK bool tags_check_keys(const struct json_value *keys, struct aws_error *err);
/* More than a table may have. Answers false. */
bool tags_fail_too_many(struct aws_error *err);

#endif
