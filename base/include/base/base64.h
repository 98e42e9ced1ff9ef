/* Base64 with the standard alphabet and padding (RFC 4648, section 4). */
#ifndef BASE_BASE64_H
#define BASE_BASE64_H

#include "base/str.h"

/* False past the arena's limit. */
MUST_CHECK bool base64_encode(struct arena *arena, struct str bytes, struct str *ret);
/* False when the text is no padded Base64, or past the limit. */
MUST_CHECK bool base64_decode(struct arena *arena, struct str text, struct str *ret);
/*
 * As Node's Buffer.from(text, "base64"): "-" and "_" count as "+" and "/", "=" ends the text, any
 * other character is passed over. False past the limit.
 */
MUST_CHECK bool base64_decode_loosely(struct arena *arena, struct str text, struct str *ret);

#endif
