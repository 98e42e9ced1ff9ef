/*
 * A JSON value as JavaScript would use it. The published tool is written in JavaScript and checks
 * little of its input, so what it accepts is decided by that language's conversions ("7" is a
 * number of runs, null is a weight of 0). NULL stands for undefined. Source: ECMA-262, sections
 * 7.1.2 (ToBoolean), 7.1.4 (ToNumber), 7.1.17 (ToString), 19.2.5 (parseInt), 25.5.2
 * (JSON.stringify).
 */
#ifndef TUNING_JS_VALUE_H
#define TUNING_JS_VALUE_H

#include "base/json.h"

bool js_truthy(const struct json_value *value);
/* Number(value); NaN where there is none. */
double js_number(const struct json_value *value);
/* parseInt(text, 10), within a double's whole numbers; false for NaN. */
MUST_CHECK bool js_parse_int(struct str text, int64_t *ret);
/* String(value), in `arena`; false past its limit. */
MUST_CHECK bool js_string(const struct json_value *value, struct arena *arena, struct str *ret);
/* JSON.stringify(value): numbers as doubles, the last of repeated names, whole-number names first.
 */
MUST_CHECK bool js_stringify(const struct json_value *value, struct arena *arena, struct str *ret);

#endif
