/*
 * Is a call signed? Any well-formed signature is taken and none is verified; what is missing gets
 * the service's own words. Source: Signature Version 4; the texts as the service answers.
 */
#ifndef DYNAMODB_AUTHENTICATION_H
#define DYNAMODB_AUTHENTICATION_H

#include "base/error.h"
#include "http/http.h"

/* `ret_region`: from the credential's scope, borrowed from the request or constant; set whether or
 * not the call is signed. */
MUST_CHECK bool authentication_check(const struct http_request *request, struct arena *arena,
                                     struct str *ret_region, struct aws_error *err);

#endif
