#include "loadgen/message_digest.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include "base/base64.h"

bool digest_of(const char *algorithm, struct str bytes, struct message_digest *ret)
{
    return EVP_Q_digest(NULL, algorithm, NULL, bytes.ptr, bytes.len, ret->bytes, &ret->len) == 1;
}

bool digest_hmac(const char *algorithm, struct str key, struct str bytes,
                 struct message_digest *ret)
{
    return EVP_Q_mac(NULL, "HMAC", NULL, algorithm, NULL, key.len > 0 ? key.ptr : "", key.len,
                     (const unsigned char *)bytes.ptr, bytes.len, ret->bytes, sizeof(ret->bytes),
                     &ret->len) != NULL;
}

static bool sign(EVP_PKEY *key, const char *algorithm, struct str bytes, struct arena *arena,
                 struct str *ret)
{
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    size_t size = 0;
    char *signature = NULL;
    bool ok =
        context != NULL &&
        EVP_DigestSignInit_ex(context, NULL, algorithm, NULL, NULL, key, NULL) == 1 &&
        EVP_DigestSign(context, NULL, &size, (const unsigned char *)bytes.ptr, bytes.len) == 1;

    signature = ok ? arena_alloc_text(arena, size) : NULL;
    ok = signature != NULL && EVP_DigestSign(context, (unsigned char *)signature, &size,
                                             (const unsigned char *)bytes.ptr, bytes.len) == 1;
    EVP_MD_CTX_free(context);
    *ret = (struct str){signature, size};
    return ok;
}

bool digest_rsa_sign(const char *algorithm, struct str pem, struct str bytes, struct arena *arena,
                     struct str *ret)
{
    BIO *text = BIO_new_mem_buf(pem.ptr, pem.len > INT32_MAX ? INT32_MAX : (int)pem.len);
    EVP_PKEY *key = text == NULL ? NULL : PEM_read_bio_PrivateKey(text, NULL, NULL, NULL);
    bool ok = key != NULL && EVP_PKEY_get_base_id(key) == EVP_PKEY_RSA &&
              sign(key, algorithm, bytes, arena, ret);

    EVP_PKEY_free(key);
    BIO_free(text);
    ERR_clear_error();
    return ok;
}

static struct str bytes_of(const struct message_digest *digest)
{
    return (struct str){(const char *)digest->bytes, digest->len};
}

struct str digest_hex(const struct message_digest *digest, struct arena *arena)
{
    struct str text = {0};

    return str_hex(arena, bytes_of(digest), &text) ? text : (struct str){0};
}

struct str digest_base64(const struct message_digest *digest, struct arena *arena)
{
    struct str text = {0};

    if (!base64_encode(arena, bytes_of(digest), &text))
        return (struct str){0};
    return text;
}

struct str digest_hex_of(const char *algorithm, struct str bytes, struct arena *arena)
{
    struct message_digest digest = {0};

    return digest_of(algorithm, bytes, &digest) ? digest_hex(&digest, arena) : (struct str){0};
}
