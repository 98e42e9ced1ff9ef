/* One item of a collection: its method, URL, headers, body and auth; for collection.c. */
#ifndef LOADGEN_COLLECTION_REQUEST_H
#define LOADGEN_COLLECTION_REQUEST_H

#include "loadgen/collection.h"

/* Of a request that inherits nothing. */
struct inherited inherited_nothing(void);
/* What `holder` (the collection, a folder, an item) has of its own, over what it inherits. */
struct inherited inherited_by(const struct json_value *holder, struct inherited inherited);

/*
 * `inherited` is what the item inherits; `ret` holds the folder already.
 * Errors: as collection_parse().
 */
MUST_CHECK bool collection_request_read(const struct json_value *item, struct inherited inherited,
                                        struct arena *arena, struct request_definition *ret,
                                        struct aws_error *err);

/* --- between collection_request.c, collection_body.c and collection_auth.c ------------------- */

/* A string's text, another value's JSON, nothing for null or NULL. */
struct str collection_text(const struct json_value *value);
bool collection_is_disabled(const struct json_value *entry);
/* [{key, value, disabled}], the disabled ones left out. False past the arena's limit. */
MUST_CHECK bool collection_pairs(const struct json_value *list, struct arena *arena,
                                 struct pair_list *ret);
MUST_CHECK bool collection_body_read(const struct json_value *body, struct arena *arena,
                                     struct request_definition *ret, struct aws_error *err);
MUST_CHECK bool collection_auth_read(const struct json_value *auth, struct arena *arena,
                                     struct request_definition *ret, struct aws_error *err);

/* The request as a script left it: `request` is its JSON, all else as the collection has it. */
MUST_CHECK bool collection_request_reread(const struct request_definition *definition,
                                          struct str request, struct arena *arena,
                                          struct request_definition *ret, struct aws_error *err);

#endif
