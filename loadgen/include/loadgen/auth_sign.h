/*
 * Auth that signs a whole request: OAuth 1.0, AWS Signature Version 4, Hawk, and Digest where the
 * server's part is known before. A row and a file each.
 *
 * Attributes have Postman's names ("consumerKey", "accessKey", "authId", ...). What a signer needs
 * and the collection does not give (nonce, timestamp) comes from `signing`. As in Postman, a
 * request whose credentials are missing is sent unsigned.
 */
#ifndef LOADGEN_AUTH_SIGN_H
#define LOADGEN_AUTH_SIGN_H

#include "base/clock.h"
#include "base/rng.h"
#include "loadgen/collection.h"
#include "loadgen/url.h"

/* The request as it will be sent; nothing in it varies any more. */
struct signable {
    struct str method;
    const struct url *url;
    struct str path, query;   /* encoded */
    struct pair_list headers; /* the collection's own */
    struct pair_list form;    /* of an urlencoded body, not encoded */
    bool has_form;
    bool has_parts; /* formdata: its hash is not taken */
    struct str body;
};

struct signing {
    struct rng *rng;
    struct clock *clock;
    struct arena *arena;
};

enum { SIGNATURE_ROWS_MAX = 16 };

/* What is added to the request; not encoded. */
struct signature {
    struct pair headers[SIGNATURE_ROWS_MAX];
    size_t header_count;
    struct pair parameters[SIGNATURE_ROWS_MAX]; /* of the query, or of the form */
    size_t parameter_count;
    bool in_form;
};

bool auth_is_signed(enum auth_type type);
/* Whether a header of the collection's gives way to the signature's. */
bool auth_replaces(enum auth_type type, struct str header);
/* Errors: error_usage for a method that is none of the signer's, or a key that is none. */
MUST_CHECK bool auth_sign(enum auth_type type, const struct pair_list *attributes,
                          const struct signable *request, const struct signing *signing,
                          struct signature *ret, struct aws_error *err);

/* --- for the signers ------------------------------------------------------------------------ */

/* The last attribute of that name, or empty; true for "true" and "1". */
struct str auth_text(const struct pair_list *attributes, struct str name);
bool auth_flag(const struct pair_list *attributes, struct str name);
void signature_header(struct signature *signature, struct str name, struct str value);
void signature_parameter(struct signature *signature, struct str name, struct str value);
/* `count` characters of letters and digits, in the signing's arena; empty past its limit. */
struct str signing_nonce(const struct signing *signing, size_t count);

MUST_CHECK bool auth_digest_sign(const struct pair_list *attributes, const struct signable *request,
                                 const struct signing *signing, struct signature *ret,
                                 struct aws_error *err);
MUST_CHECK bool auth_oauth1_sign(const struct pair_list *attributes, const struct signable *request,
                                 const struct signing *signing, struct signature *ret,
                                 struct aws_error *err);
MUST_CHECK bool auth_aws_sign(const struct pair_list *attributes, const struct signable *request,
                              const struct signing *signing, struct signature *ret,
                              struct aws_error *err);
MUST_CHECK bool auth_hawk_sign(const struct pair_list *attributes, const struct signable *request,
                               const struct signing *signing, struct signature *ret,
                               struct aws_error *err);

#endif
