/*
 * A JSON value as JavaScript would use it. Postman's tools and the published power tuner are
 * written in JavaScript and check little of what they read, so what they accept, and what {{name}}
 * becomes, is decided by that language's conversions ("7" is a number of runs, null is a weight of
 * 0, [1, 2] is "1,2" in a text). NULL stands for undefined.
 *
 * Source: ECMA-262, sections 7.1.2 (ToBoolean), 7.1.4 (ToNumber), 7.1.17 (ToString), 19.2.5
 * (parseInt), 25.5.2 (JSON.stringify).
 */
#ifndef LOADGEN_JS_VALUE_H
#define LOADGEN_JS_VALUE_H

#include "base/json.h"

bool js_truthy(const struct json_value *value);
/* Number(value); NaN where there is none. */
double js_number(const struct json_value *value);
/* parseInt(text, 10), within a double's whole numbers; false for NaN. */
MUST_CHECK bool js_parse_int(struct str text, int64_t *ret);
/* String(value), in `arena`, or a string's own text; false past the arena's limit. */
MUST_CHECK bool js_string(const struct json_value *value, struct arena *arena, struct str *ret);
/* JSON.stringify(value): numbers as doubles, the last of repeated names, whole-number names first.
 */
MUST_CHECK bool js_stringify(const struct json_value *value, struct arena *arena, struct str *ret);
/* The same in the writer's own form; memory is its buffer's arena's. */
void js_write(struct json_writer *writer, const struct json_value *value);

#endif
