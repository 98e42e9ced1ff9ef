/*
 * What JavaScript's String() makes of a JSON value: "1000" of 1e3, "1,2" of [1, 2],
 * "[object Object]". It is what Postman puts in a text for {{name}}.
 *
 * Source: ECMA-262, ToString and Array.prototype.join.
 */
#ifndef LOADGEN_JS_TEXT_H
#define LOADGEN_JS_TEXT_H

#include "base/json.h"

void js_text_add(struct buffer *out, const struct json_value *value);
/* In `arena`, or the string's own text. False past the arena's limit. */
MUST_CHECK bool js_text(const struct json_value *value, struct arena *arena, struct str *ret);

/* As JSON.stringify() writes it: numbers as JavaScript has them. */
void js_write(struct json_writer *w, const struct json_value *value);
/* The same on one line, in `arena`. False past the arena's limit. */
MUST_CHECK bool js_compact(const struct json_value *value, struct arena *arena, struct str *ret);

#endif
