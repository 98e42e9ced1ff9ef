/* One item of a collection: its method, URL, headers, body and auth. Part of collection.c. */
#ifndef LOADGEN_COLLECTION_REQUEST_H
#define LOADGEN_COLLECTION_REQUEST_H

#include "loadgen/collection.h"

/*
 * `auth` is the request's or what it inherits, NULL for none; `ret` holds the folder already.
 * Errors: as collection_parse().
 */
MUST_CHECK bool collection_request_read(const struct json_value *item,
                                        const struct json_value *auth, struct arena *arena,
                                        struct request_definition *ret, struct aws_error *err);

/* The request as a script left it: `request` is its JSON, all else as the collection has it. */
MUST_CHECK bool collection_request_reread(const struct request_definition *definition,
                                          struct str request, struct arena *arena,
                                          struct request_definition *ret, struct aws_error *err);

#endif
