/*
 * The address of a request: its variables resolved, and the parameter added that an API key or a
 * token wants to be, in place of those of its name.
 *
 * Source: postman-runtime, lib/authorizer (apikey, oauth2).
 */
#ifndef LOADGEN_REQUEST_ADDRESS_H
#define LOADGEN_REQUEST_ADDRESS_H

#include "loadgen/collection.h"
#include "loadgen/variables.h"

/* The text in `arena`, not encoded yet. False past the arena's limit. */
MUST_CHECK bool request_address(const struct request_definition *definition,
                                const struct resolver *resolver, struct arena *arena,
                                struct str *ret);

#endif
