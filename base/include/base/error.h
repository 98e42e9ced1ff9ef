/*
 * The error that a client is to see: made where the cause is known, with the service's code and
 * wording, and passed up unchanged. Kinds are rows of a service's errors.def.
 */
#ifndef BASE_ERROR_H
#define BASE_ERROR_H

#include "base/str.h"

enum { AWS_ERROR_MESSAGE_BYTES = 2048 };

struct error_kind {
    const char *name; /* "ValidationException" */
    int http_status;  /* 400..599 */
    bool retryable;
};

/* Starts as {0}: no error. `message` is cut at its size, at a whole character. */
struct aws_error {
    const struct error_kind *kind; /* NULL: no error */
    char message[AWS_ERROR_MESSAGE_BYTES];
    struct str text;   /* the whole message, where `message` is cut; in the request's arena, or
                          empty */
    struct str detail; /* further JSON members of the answer, `"Item":{..}`; in the request's arena,
                          or empty */
};

/* Sets the error and answers false, so that a check can end in `return aws_fail(...)`. */
bool aws_fail(struct aws_error *err, const struct error_kind *kind, const char *format, ...)
    PRINTF_LIKE(3, 4);

/* The same with a text of any length, which lives as long as the request. */
bool aws_fail_text(struct aws_error *err, const struct error_kind *kind, struct str text);
/* The message, whole. */
struct str aws_error_text(const struct aws_error *err);

/* Our own faults, in words that a client may read; the rooms map them to their service's own kind.
 */
extern const struct error_kind error_out_of_memory; /* an arena's limit was met */
extern const struct error_kind error_environment;   /* a file, a port, a library: exit status 3 */
extern const struct error_kind
    error_usage; /* the command line or a given file's content: exit status 2 */

#endif
