/* Hashes and HMACs, through OpenSSL: what the auth types are made of. */
#ifndef LOADGEN_MESSAGE_DIGEST_H
#define LOADGEN_MESSAGE_DIGEST_H

#include "base/str.h"

enum { DIGEST_BYTES_MAX = 64 };

/* "md5", "sha1", "sha256", "sha512", "sha512-256". */
struct message_digest {
    unsigned char bytes[DIGEST_BYTES_MAX];
    size_t len;
};

/* False for a name that OpenSSL does not have. */
MUST_CHECK bool digest_of(const char *algorithm, struct str bytes, struct message_digest *ret);
MUST_CHECK bool digest_hmac(const char *algorithm, struct str key, struct str bytes,
                            struct message_digest *ret);
/* Signs with an RSA key in PEM form (PKCS #1, version 1.5), into `arena`. */
MUST_CHECK bool digest_rsa_sign(const char *algorithm, struct str pem, struct str bytes,
                                struct arena *arena, struct str *ret);

/* Lower-case hexadecimal; in `arena`, empty past its limit. */
struct str digest_hex(const struct message_digest *digest, struct arena *arena);
struct str digest_base64(const struct message_digest *digest, struct arena *arena);
/* digest_hex() of a text's hash. */
struct str digest_hex_of(const char *algorithm, struct str bytes, struct arena *arena);

#endif
