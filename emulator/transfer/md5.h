/* MD5 (RFC 1321): what the manifests of an export say of its files. No protection against anyone.
 */
#ifndef TRANSFER_MD5_H
#define TRANSFER_MD5_H

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
