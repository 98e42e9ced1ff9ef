/* The kinds of errors.def, and how each is written in an answer. */
#ifndef DYNAMODB_ERRORS_H
#define DYNAMODB_ERRORS_H

#include "base/error.h"

#define DDB_ERROR(identifier, name, status, retryable, namespace_, text_key)                       \
    extern const struct error_kind identifier;
#include "errors.def"
#undef DDB_ERROR

/* The prefix of many a ValidationException's text. */
#define OMPV "One or more parameter values were invalid: "

struct ddb_error_form {
    const struct error_kind *kind;
    const char *namespace; /* of "__type" */
    const char *text_key;  /* "message" or "Message" */
};

/* How an error of that kind is told. Kinds that are no client's business (error_environment,
 * error_out_of_memory) are InternalServerError's. */
const struct ddb_error_form *ddb_error_form_of(const struct error_kind *kind);

/* The answer's JSON; cut off where the arena's limit is met. */
struct str ddb_error_body(const struct aws_error *err, struct arena *arena);

#endif
