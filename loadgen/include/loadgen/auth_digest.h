/*
 * Digest access authentication: the header that answers a server's challenge.
 *
 * As Postman: a request goes without it first; a 401 or 403 that brings a challenge is answered
 * with a second request. Where the collection gives realm and nonce, the first has it already.
 * Unlike Postman we take the server's algorithm where the collection names none, and "auth" out of
 * a list.
 *
 * Source: RFC 7616, section 3.4; RFC 2069 for a challenge without qop.
 */
#ifndef LOADGEN_AUTH_DIGEST_H
#define LOADGEN_AUTH_DIGEST_H

#include "loadgen/auth_sign.h"

struct digest_challenge {
    struct str realm, nonce, opaque, qop, algorithm;
};

/* A WWW-Authenticate header; borrows from it. False when it is no usable Digest challenge. */
MUST_CHECK bool digest_challenge_read(struct str header, struct digest_challenge *ret);

/*
 * The Authorization header's value for a request, in the signing's arena. `attributes` are
 * Postman's (username, password, algorithm, qop, clientNonce, nonceCount, ...) and count before the
 * challenge. False when the algorithm is none of ours, or past the arena's limit.
 */
MUST_CHECK bool digest_answer(const struct pair_list *attributes,
                              const struct digest_challenge *challenge, struct str method,
                              struct str target, struct str body, const struct signing *signing,
                              struct str *ret);

#endif
