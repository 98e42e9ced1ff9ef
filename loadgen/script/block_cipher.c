#include "loadgen/block_cipher.h"

#include <openssl/err.h>
#include <openssl/evp.h>

static const unsigned char *bytes_of(struct str text)
{
    return (const unsigned char *)(text.len == 0 ? "" : text.ptr);
}

static bool fits(const EVP_CIPHER *cipher, struct str key, struct str iv, struct str data)
{
    int block = EVP_CIPHER_get_block_size(cipher); /* 1 for CFB and OFB */

    return key.len == (size_t)EVP_CIPHER_get_key_length(cipher) &&
           iv.len == (size_t)EVP_CIPHER_get_iv_length(cipher) && data.len <= INT32_MAX &&
           block > 0 && data.len % (size_t)block == 0;
}

bool block_cipher(const char *name, bool encrypt, struct str key, struct str iv, struct str data,
                  unsigned char *ret)
{
    EVP_CIPHER *cipher = EVP_CIPHER_fetch(NULL, name, NULL);
    EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
    int written = 0;
    bool ok = cipher != NULL && context != NULL && fits(cipher, key, iv, data) &&
              EVP_CipherInit_ex2(context, cipher, bytes_of(key), bytes_of(iv), encrypt ? 1 : 0,
                                 NULL) == 1 &&
              EVP_CIPHER_CTX_set_padding(context, 0) == 1 &&
              EVP_CipherUpdate(context, ret, &written, bytes_of(data), (int)data.len) == 1 &&
              (size_t)written == data.len;

    EVP_CIPHER_CTX_free(context);
    EVP_CIPHER_free(cipher);
    ERR_clear_error();
    return ok;
}

bool derive_pbkdf2(const char *digest, struct str password, struct str salt, int iterations,
                   size_t bytes, unsigned char *ret)
{
    const EVP_MD *kind = EVP_get_digestbyname(digest);
    bool ok = kind != NULL && iterations > 0 && bytes > 0 && bytes <= INT32_MAX &&
              password.len <= INT32_MAX && salt.len <= INT32_MAX &&
              PKCS5_PBKDF2_HMAC((const char *)bytes_of(password), (int)password.len, bytes_of(salt),
                                (int)salt.len, iterations, kind, (int)bytes, ret) == 1;

    ERR_clear_error();
    return ok;
}
