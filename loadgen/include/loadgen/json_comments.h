/*
 * Comments in JSON bodies, which Postman leaves out before it sends them: from "//" to the line's
 * end, and between the C marks, outside of strings.
 *
 * Source: strip-json-comments 3.1, with "whitespace": false.
 */
#ifndef LOADGEN_JSON_COMMENTS_H
#define LOADGEN_JSON_COMMENTS_H

#include "base/str.h"

/* `text` itself when it has none. False past the arena's limit. */
MUST_CHECK bool json_without_comments(struct str text, struct arena *arena, struct str *ret);

/* Whether a Content-Type is JSON's: "application/json", "application/problem+json". */
bool media_type_is_json(struct str type);

#endif
