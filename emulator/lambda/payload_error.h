/* What Lambda says of an event that is no JSON: the words of its JSON library (Jackson). */
#ifndef LAMBDA_PAYLOAD_ERROR_H
#define LAMBDA_PAYLOAD_ERROR_H

#include "base/error.h"
#include "base/json.h"

/* Sets InvalidRequestContentException; `why` is what json_is_valid() said. Answers false. */
bool payload_fail(struct str event, const struct json_error *why, struct aws_error *err);

#endif
