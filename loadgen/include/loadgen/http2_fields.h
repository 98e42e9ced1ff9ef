/*
 * The head of a request, as HTTP/1.1 writes it, in HTTP/2's fields: the first line and Host become
 * pseudo headers, names go to lower case, and what only HTTP/1.1's framing needs is left out.
 *
 * Source: RFC 9113, sections 8.2 and 8.3.1.
 */
#ifndef LOADGEN_HTTP2_FIELDS_H
#define LOADGEN_HTTP2_FIELDS_H

#include <nghttp2/nghttp2.h>

#include "base/arena.h"
#include "base/str.h"

struct http2_fields {
    nghttp2_nv *rows;
    size_t count;
};

/* `head`: up to its empty line, or with a body behind it. In `arena`, values borrowed from `head`.
 * False past the arena's limit. */
MUST_CHECK bool http2_fields_make(struct str head, bool tls, struct arena *arena,
                                  struct http2_fields *ret);

#endif
