/*
 * Block ciphers and key derivation over OpenSSL, without padding: what scripts' CryptoJS is made
 * on.
 *
 * Source: OpenSSL 3, EVP_EncryptInit(3), PKCS5_PBKDF2_HMAC(3).
 */
#ifndef LOADGEN_BLOCK_CIPHER_H
#define LOADGEN_BLOCK_CIPHER_H

#include "base/str.h"

/*
 * `name` is OpenSSL's ("AES-256-CBC", "DES-EDE3-ECB"); `key` and `iv` have its lengths (no iv for
 * ECB), `data` is whole blocks. `ret`: as many bytes.
 * False for a cipher that is not there, and for other lengths.
 */
MUST_CHECK bool block_cipher(const char *name, bool encrypt, struct str key, struct str iv,
                             struct str data, unsigned char *ret);

/* `digest`: "SHA1", …; `bytes` of key into `ret`. False for a digest that is not there. */
MUST_CHECK bool derive_pbkdf2(const char *digest, struct str password, struct str salt,
                              int iterations, size_t bytes, unsigned char *ret);

#endif
