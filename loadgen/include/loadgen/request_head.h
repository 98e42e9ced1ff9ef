/*
 * A request's line and headers as pieces: the collection's own in their order, what auth adds, and
 * those that Postman's runtime adds by itself, where it adds them.
 *
 * Source: newman 6.2.2 on the wire (docs/run.md says how it is compared).
 */
#ifndef LOADGEN_REQUEST_HEAD_H
#define LOADGEN_REQUEST_HEAD_H

#include "loadgen/request_compiler.h"

/* What auth adds to a request, beside what the collection says. */
struct additions {
    const struct pair *headers;
    size_t header_count;
    const struct pair *query;
    size_t query_count;
};

/*
 * Everything up to the empty line but Content-Length, into the compiler's list. Errors: error_usage
 * for a header that cannot be sent; error_out_of_memory.
 */
MUST_CHECK bool request_head_compile(struct compiler *c,
                                     const struct request_definition *definition,
                                     const struct url *url, const struct additions *additions,
                                     struct aws_error *err);
/* Whether Content-Length is still to be said when the body is known. */
bool request_needs_length(const struct request_definition *definition);
/* What a method and a header's name have to be: RFC 9110, section 5.6.2. */
bool request_is_token(struct str text);

#endif
