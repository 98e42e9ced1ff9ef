/*
 * NextToken: where a page ended, sealed with what it belongs to. Opaque to clients, and no secret:
 * a token that was made up names at most another place in the same table.
 */
#ifndef DYNAMODB_PARTIQL_TOKEN_H
#define DYNAMODB_PARTIQL_TOKEN_H

#include "store.h"

struct partiql_token_place {
    uint64_t statement; /* partiql_statement_id() */
    size_t read;        /* of the plan's */
    struct store_key after;
};

/* Of text, parameters and table: another statement's token is refused. */
uint64_t partiql_statement_id(struct str text, struct str parameters, struct str table_id);

MUST_CHECK bool partiql_token_write(const struct partiql_token_place *place, struct arena *arena,
                                    struct str *ret, struct aws_error *err);
/* Errors: ValidationException. */
MUST_CHECK bool partiql_token_read(struct str token, uint64_t statement, struct arena *arena,
                                   struct partiql_token_place *ret, struct aws_error *err);

#endif
