/*
 * What a user remembers of digest's challenges, as newman does: the requests that inherit an auth
 * from a folder or the collection go with its last nonce, whose count rises with each answer,
 * wherever they are sent. An auth of a request's own is forgotten.
 *
 * Source: postman-runtime, lib/authorizer/digest.js: what the server says is kept in the auth.
 */
#ifndef LOADGEN_DIGEST_LOGIN_H
#define LOADGEN_DIGEST_LOGIN_H

#include "loadgen/auth_digest.h"

struct digest_login;
struct digest_logins {
    struct arena *arena; /* made when first needed */
    struct digest_login *first;
};

void digest_logins_deinit(struct digest_logins *logins);

/* A challenge was answered with `header`. Without memory, or an owner, it is forgotten. */
void digest_logins_note(struct digest_logins *logins, const void *owner,
                        const struct digest_challenge *challenge, struct str header);
/* An answer came that was no challenge. */
void digest_logins_count(struct digest_logins *logins, const void *owner);
/* Adds what is remembered to the attributes that are empty. False past the arena's limit. */
MUST_CHECK bool digest_logins_extend(const struct digest_logins *logins, const void *owner,
                                     struct pair_list *attributes, struct arena *arena);

#endif
