/*
 * Where a request's own headers say how its body is framed. As newman has it they are sent as they
 * are: a Content-Length that is wrong is wrong on the wire, too, and a Transfer-Encoding with
 * "chunked" in it puts the body into one chunk (newman's Node makes several of a form's).
 *
 * Source: Node 20, lib/_http_outgoing.js; postman-request adds a length to a body that has none.
 */
#ifndef LOADGEN_FRAMING_H
#define LOADGEN_FRAMING_H

#include "base/buffer.h"

/* Whether a Transfer-Encoding of that value has "chunked" as a word. */
bool framing_is_chunked(struct str coding);

/* `body` in one chunk, or none, and the last chunk. */
void framing_add(struct buffer *out, struct str body);

/* What framing_add() was given, borrowed from `framed`; anything else as it is. */
struct str framing_body(struct str framed);

#endif
