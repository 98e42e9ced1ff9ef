/* SHA-256 (FIPS 180-4), for CodeSha256. */
#ifndef LAMBDA_SHA256_H
#define LAMBDA_SHA256_H

#include "base/base.h"

enum { SHA256_BYTES = 32, SHA256_BLOCK_BYTES = 64 };

struct sha256 {
    uint32_t state[8];
    uint64_t length;
    size_t pending;
    unsigned char block[SHA256_BLOCK_BYTES];
};

void sha256_init(struct sha256 *hash);
void sha256_add(struct sha256 *hash, const void *bytes, size_t count);
void sha256_finish(struct sha256 *hash, unsigned char ret[SHA256_BYTES]);

#endif
