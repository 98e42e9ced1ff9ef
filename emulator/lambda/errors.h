/* The kinds of errors.def, and how one is told to a client of the Lambda API. */
#ifndef LAMBDA_ERRORS_H
#define LAMBDA_ERRORS_H

#include "base/arena.h"
#include "base/error.h"

#define LAMBDA_ERROR(id, name, status, retryable, member, typed)                                   \
    extern const struct error_kind lambda_##id;
#include "errors.def"
#undef LAMBDA_ERROR

/*
 * The body of an error answer: {"Type":"User","message":"..."} and its variants. A kind that is no
 * row of the table (a limit of our own was met) is told as a ServiceException. False past the
 * arena's limit.
 */
MUST_CHECK bool lambda_error_body(const struct aws_error *err, struct arena *arena,
                                  struct str *ret);
/* The row's kind, or lambda_service_exception's for a kind of another room. */
const struct error_kind *lambda_error_kind(const struct aws_error *err);

#endif
