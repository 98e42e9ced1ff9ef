/* MD5 (RFC 1321): where a format or an order is defined by it. No protection against anyone. */
#ifndef BASE_MD5_H
#define BASE_MD5_H

#include "base/base.h"

enum { MD5_BYTES = 16, MD5_BLOCK_BYTES = 64 };

struct md5 {
    uint32_t state[4];
    uint64_t length;
    size_t pending;
    unsigned char block[MD5_BLOCK_BYTES];
};

void md5_init(struct md5 *hash);
void md5_add(struct md5 *hash, const void *bytes, size_t count);
void md5_finish(struct md5 *hash, unsigned char ret[MD5_BYTES]);

#endif
