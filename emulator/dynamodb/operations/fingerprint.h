/*
 * What tells one piece of a request from another: equal for equal JSON, whatever the order of
 * members, and different otherwise but for one chance in 2^128. It defends against mistakes, not
 * against a client who looks for such a chance.
 */
#ifndef DYNAMODB_FINGERPRINT_H
#define DYNAMODB_FINGERPRINT_H

#include "base/json.h"

/* 32 hexadecimal digits in `arena`. Members that are null count as absent. False past the arena's
 * limit. */
MUST_CHECK bool fingerprint_json(const struct json_value *value, struct arena *arena,
                                 struct str *ret);

#endif
