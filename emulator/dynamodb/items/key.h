/*
 * An item's key: from attributes to the store's bytes. Bytes order as DynamoDB orders sort keys: S
 * by UTF-8, B by unsigned bytes, N by value; equal keys have equal bytes (1000 is 1e3).
 *
 * Source: Developer Guide, "Core components", "Constraints"; texts as the service answers.
 */
#ifndef DYNAMODB_KEY_H
#define DYNAMODB_KEY_H

#include "store.h"
#include "table.h"
#include "value.h"

enum { PARTITION_KEY_BYTES_MAX = 2048, SORT_KEY_BYTES_MAX = 1024 };

/* The key of an item that is to be written. Errors: ValidationException. */
MUST_CHECK bool key_of_item(const struct key_schema *schema, const struct attribute_value *item,
                            struct arena *arena, struct store_key *ret, struct aws_error *err);
/* A request's Key, which has the key's attributes and no others. Errors: ValidationException. */
MUST_CHECK bool key_of_request(const struct key_schema *schema, const struct attribute_value *key,
                               struct arena *arena, struct store_key *ret, struct aws_error *err);

/* One attribute of a request's ExclusiveStartKey: there, and of its type. Errors:
 * ValidationException. */
MUST_CHECK bool key_check_start(const struct attribute_value *start,
                                const struct key_attribute *key, struct aws_error *err);

/* The store's bytes of one S, N or B. False past the arena's limit. */
MUST_CHECK bool key_bytes(const struct attribute_value *value, struct arena *arena,
                          struct str *ret);

/* 'S' for VALUE_S; '\0' for what cannot be a key. */
char key_type_of(const struct attribute_value *value);
bool key_has(const struct key_schema *schema, struct str name);
/* The range of bytes that begin with `prefix`: its end; ptr NULL where there is none. */
MUST_CHECK bool key_prefix_end(struct str prefix, struct arena *arena, struct str *ret);

#endif
