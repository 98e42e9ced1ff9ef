/*
 * A table as a CreateTable request: what an export of AWS's does not carry, and what a missing
 * table is made from. The file table-definition.json beside an export's manifests holds it; so does
 * `aws dynamodb create-table --cli-input-json file://table-definition.json`.
 */
#ifndef TRANSFER_TABLE_DEFINITION_H
#define TRANSFER_TABLE_DEFINITION_H

#include "engine.h"

/* `table`: DescribeTable's "Table". Left out is what a new table has of its own: dates, counts,
 * ARNs, tags, time to live, encryption. False past the arena's limit. */
MUST_CHECK bool table_definition_of(const struct json_value *table, struct arena *arena,
                                    struct str *ret);

/* From "name:S" texts (type S, N or B); `sort_key` may be NULL. Errors: error_usage. */
MUST_CHECK bool table_definition_of_keys(const char *partition_key, const char *sort_key,
                                         struct arena *arena, struct str *ret,
                                         struct aws_error *err);

/* The same definition with another table's name. Errors: error_usage for what is no definition. */
MUST_CHECK bool table_definition_rename(struct str definition, struct str name, struct arena *arena,
                                        struct str *ret, struct aws_error *err);

/*
 * Creates the table and waits until it is ACTIVE, for ten minutes at most. Errors: engine_fail()'s.
 */
MUST_CHECK bool table_create(const struct engine *engine, struct str definition, struct str name,
                             struct arena *arena, struct aws_error *err);

/* {"TableName":"..."}; the empty text past the limit. */
struct str table_request(struct str name, struct arena *arena);

#endif
