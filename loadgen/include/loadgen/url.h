/*
 * URLs as a request needs them: where to connect, what to ask for.
 *
 * The text may still hold {{name}} for the send, but not in its authority. Percent-encoding follows
 * postman-url-encoder: what is encoded already stays, blanks, quotes, <, >, braces, controls and
 * bytes past ASCII are encoded.
 */
#ifndef LOADGEN_URL_H
#define LOADGEN_URL_H

#include "base/buffer.h"
#include "base/error.h"

/* How a text enters its place in the request. */
enum encoding {
    ENCODE_NONE,
    ENCODE_PATH,
    ENCODE_QUERY,
    ENCODE_LEAST,  /* what would end a request line, and bytes past ASCII */
    ENCODE_FORM,   /* application/x-www-form-urlencoded: all but unreserved characters */
    ENCODE_LINE,   /* control characters become blanks */
    ENCODE_HEADER, /* control characters become blanks, é one byte of Latin-1 as in Node */
};

void encode_add(struct buffer *out, struct str text, enum encoding encoding);

/* One parameter's name or value: what would end it is encoded, as postman-collection does. */
void url_add_parameter(struct buffer *out, struct str text, bool is_name);

/* Percent-decoded, and '+' made a blank where `is_form`; what is no %xx stays. False past the
 * arena's limit. */
MUST_CHECK bool percent_decode(struct arena *arena, struct str text, bool is_form, struct str *ret);

struct url {
    struct str authority; /* "127.0.0.1:3000", as the Host header has it */
    struct str user_info; /* "name:password", percent-encoded where need be; or empty */
    struct str host;      /* "127.0.0.1"; without the brackets of an IPv6 address */
    uint16_t port;
    bool tls;         /* https */
    struct str path;  /* with its slash, or empty for "/" */
    struct str query; /* without the question mark */
    bool has_query;
};

/* The same address with its host as the URL standard writes it: small letters, 127.1 in full,
 * Punycode. False past the arena's limit. */
MUST_CHECK bool url_canonical(struct str text, struct arena *arena, struct str *ret);

/* Borrows from `text`; blanks before it do not count. Errors: error_usage for another scheme, a bad
 * port or no host. */
MUST_CHECK bool url_read(struct str text, struct url *ret, struct aws_error *err);

#endif
