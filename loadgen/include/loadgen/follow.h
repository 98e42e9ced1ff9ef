/*
 * The request that follows an answer, made from the bytes of the one before: where a redirect
 * leads, and what goes along; a line more in a request's head.
 *
 * Source: postman-request, lib/redirect.js: up to 10 redirects of any 3xx with a Location; GET
 * (HEAD stays) without the body, but for 307, 308 and followOriginalHttpMethod; Authorization does
 * not go to another host, unless followAuthorizationHeader, nor does a Host of the collection's
 * own; Referer is where it came from. Resolution: RFC 3986, section 5.
 */
#ifndef LOADGEN_FOLLOW_H
#define LOADGEN_FOLLOW_H

#include "loadgen/request.h"

struct redirect {
    struct url url; /* of the next request */
    struct request_bytes bytes;
    bool is_head;
};

/*
 * The next request, in `arena`: `from` with `target` is the address of the last one, `bytes` what
 * it sent. Errors: error_usage for a Location that is no http:// or https:// address.
 */
MUST_CHECK bool redirect_make(const struct behavior *behavior, int status, struct str location,
                              const struct url *from, struct request_bytes bytes,
                              struct arena *arena, struct redirect *ret, struct aws_error *err);

/* The address that a Location means, as text. False past the arena's limit. */
MUST_CHECK bool location_resolve(const struct url *from, struct str target, struct str location,
                                 struct arena *arena, struct str *ret);

/* "/path?query" of a request's first line, without the address that a proxy is given before it. */
struct str head_target(struct str head);
struct str head_method(struct str head);
/* Bytes of a head that may have the body behind it, empty line included. */
size_t head_bytes(struct str head);
/* Lines that are not empty; nothing but a head may be in `head`. */
size_t head_lines(struct str head);
/* The same request with a header at the end, or joined to the one of that name with "; ". */
MUST_CHECK bool head_add(struct request_bytes bytes, struct str name, struct str value,
                         struct arena *arena, struct request_bytes *ret);
/* What becomes of a request's Cookie header. */
struct cookie_line {
    struct str cookies; /* the jar's: they follow the request's own */
    bool before_length; /* a new header goes before Content-Length, not to the end */
    bool keep_place;    /* without cookies: an empty header stays for the next request's */
};

/* The same request with it; an empty header without cookies is taken out. */
MUST_CHECK bool head_add_cookies(struct request_bytes bytes, struct cookie_line line,
                                 struct arena *arena, struct request_bytes *ret);

#endif
