/*
 * gzip and deflate, both ways: bodies of requests, bounded while they unfold, and answers above
 * 4 KB where the client takes them. Source: RFC 9110, "Content Codings", "Accept-Encoding".
 */
#ifndef DYNAMODB_COMPRESSION_H
#define DYNAMODB_COMPRESSION_H

#include "base/error.h"
#include "http/http.h"

/*
 * The request's body as it was before its Content-Encoding. Errors, by their HTTP status alone: 500
 * for an encoding that is not known or a broken stream, 413 past `limit`.
 */
MUST_CHECK bool compression_request(const struct http_request *request, size_t limit,
                                    struct arena *arena, struct str *ret_body,
                                    struct aws_error *err);

/* Compresses `*body` as Accept-Encoding asks and tells the coding; false: it stays as it is. */
bool compression_answer(struct str accepted, struct arena *arena, struct str *body,
                        struct str *ret_encoding);

#endif
