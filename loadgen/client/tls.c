#include "loadgen/tls.h"

#include <arpa/inet.h>
#include <errno.h>
#include <openssl/err.h>
#include <openssl/pkcs12.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <stdatomic.h>
#include <unistd.h>

struct tls_stream {
    SSL *ssl;
    BIO *in, *out; /* owned by ssl */
    struct tls_session *session;
    char fault[160];
};

/* --- settings ------------------------------------------------------------------------------- */

static const char *reason(void)
{
    const char *text = ERR_reason_error_string(ERR_peek_last_error());

    return text == NULL ? "unknown reason" : text;
}

/* TLS 1.3 hands sessions over after the handshake, one or two at a time: the last is kept. */
static int on_session(SSL *ssl, SSL_SESSION *session)
{
    struct tls_stream *stream = SSL_get_app_data(ssl);

    tls_session_drop(stream->session);
    stream->session->session = session;
    return 1; /* the reference is ours */
}

/* For a key that is locked. */
struct lock {
    const char *passphrase; /* or NULL */
    bool met;
};

static int passphrase_of(char *ret, int size, int writing, void *context)
{
    struct lock *lock = context;

    (void)writing;
    lock->met = true;
    if (lock->passphrase == NULL || (size_t)size <= strlen(lock->passphrase))
        return 0;
    return snprintf(ret, (size_t)size, "%s", lock->passphrase);
}

/* OpenSSL's own word for a file that is not there is "system lib". */
static bool is_readable(const char *path, struct aws_error *err)
{
    return access(path, R_OK) == 0 ||
           aws_fail(err, &error_environment, "%s cannot be read: %s", path, strerror(errno));
}

/* A certificate, its key and what vouches for it, in one file. */
static bool read_pfx(const struct tls_settings *settings, SSL_CTX *context, struct aws_error *err)
{
    BIO *file = BIO_new_file(settings->pfx_file, "rb");
    PKCS12 *pfx = file == NULL ? NULL : d2i_PKCS12_bio(file, NULL);
    EVP_PKEY *key = NULL;
    X509 *certificate = NULL;
    STACK_OF(X509) *others = NULL;
    bool ok = pfx != NULL &&
              PKCS12_parse(pfx, settings->passphrase == NULL ? "" : settings->passphrase, &key,
                           &certificate, &others) == 1 &&
              SSL_CTX_use_cert_and_key(context, certificate, key, others, 1) == 1;

    if (!ok)
        (void)aws_fail(err, &error_environment, "%s: no certificate in PKCS #12 form (%s)",
                       settings->pfx_file, reason());
    sk_X509_pop_free(others, X509_free);
    X509_free(certificate);
    EVP_PKEY_free(key);
    PKCS12_free(pfx);
    BIO_free(file);
    return ok;
}

/* TLS 1.3's suites have a list of their own; a protocol that is left without any is not offered, as
 * Node has it. */
static bool set_ciphers(SSL_CTX *context, const char *ciphers)
{
    struct str rest = str_from_c(ciphers);
    char lists[2][2048] = {"", ""};

    while (rest.len > 0) {
        struct str one = str_split(&rest, ':');
        char *list = lists[str_starts_with(one, STR("TLS_")) ? 1 : 0];
        size_t used = strlen(list);
        int len = snprintf(list + used, sizeof(lists[0]) - used, "%s%.*s", used > 0 ? ":" : "",
                           STR_ARG(one));
        if (len < 0 || (size_t)len >= sizeof(lists[0]) - used)
            return false;
    }
    if (lists[1][0] == '\0')
        (void)SSL_CTX_set_max_proto_version(context, TLS1_2_VERSION);
    if (lists[0][0] == '\0')
        (void)SSL_CTX_set_min_proto_version(context, TLS1_3_VERSION);
    return (lists[0][0] == '\0' || SSL_CTX_set_cipher_list(context, lists[0]) == 1) &&
           (lists[1][0] == '\0' || SSL_CTX_set_ciphersuites(context, lists[1]) == 1);
}

static bool set_protocols(const struct tls_settings *settings, SSL_CTX *context,
                          struct aws_error *err)
{
    static const uint64_t options[TLS_PROTOCOLS] = {
        [TLS_1_0] = SSL_OP_NO_TLSv1,
        [TLS_1_1] = SSL_OP_NO_TLSv1_1,
        [TLS_1_2] = SSL_OP_NO_TLSv1_2,
        [TLS_1_3] = SSL_OP_NO_TLSv1_3,
    };
    char text[256] = "";

    for (size_t i = 0; i < TLS_PROTOCOLS; i++) {
        if ((settings->disabled_protocols & 1U << i) != 0)
            (void)SSL_CTX_set_options(context, options[i]);
    }
    if (settings->ciphers == NULL || set_ciphers(context, settings->ciphers))
        return true;
    ERR_error_string_n(ERR_peek_last_error(), text, sizeof(text));
    return aws_fail(err, &error_environment, "%s", text);
}

static bool read_key(const char *path, SSL_CTX *context, const struct lock *lock,
                     struct aws_error *err)
{
    if (SSL_CTX_use_PrivateKey_file(context, path, SSL_FILETYPE_PEM) == 1)
        return true;
    if (lock->met && ERR_GET_REASON(ERR_peek_last_error()) != X509_R_KEY_VALUES_MISMATCH)
        return aws_fail(err, &error_environment, "%s is locked, and its passphrase is %s", path,
                        lock->passphrase == NULL ? "not given" : "another one");
    return aws_fail(err, &error_environment, "%s: no private key in PEM form for it (%s)", path,
                    reason());
}

static bool read_pem(const struct tls_settings *settings, SSL_CTX *context, struct aws_error *err)
{
    const char *key_file = settings->key_file != NULL ? settings->key_file : settings->cert_file;
    struct lock lock = {.passphrase = settings->passphrase};
    bool ok = false;

    if (!is_readable(settings->cert_file, err) || !is_readable(key_file, err))
        return false;
    SSL_CTX_set_default_passwd_cb(context, passphrase_of);
    SSL_CTX_set_default_passwd_cb_userdata(context, &lock);
    if (SSL_CTX_use_certificate_chain_file(context, settings->cert_file) != 1)
        (void)aws_fail(err, &error_environment, "%s: no certificate in PEM form (%s)",
                       settings->cert_file, reason());
    else
        ok = read_key(key_file, context, &lock, err);
    SSL_CTX_set_default_passwd_cb(context, NULL);
    SSL_CTX_set_default_passwd_cb_userdata(context, NULL);
    return ok;
}

static bool read_certificates(const struct tls_settings *settings, SSL_CTX *context,
                              struct aws_error *err)
{
    if (settings->ca_file != NULL && !is_readable(settings->ca_file, err))
        return false;
    if (settings->ca_file != NULL &&
        SSL_CTX_load_verify_locations(context, settings->ca_file, NULL) != 1)
        return aws_fail(err, &error_environment, "%s: no certificates of authorities (%s)",
                        settings->ca_file, reason());
    if (settings->pfx_file != NULL)
        return is_readable(settings->pfx_file, err) && read_pfx(settings, context, err);
    return settings->cert_file == NULL || read_pem(settings, context, err);
}

/* OpenSSL stops at the first fault, Node goes on and tells the last: of a certificate that comes
 * alone and whose issuer nobody knows that is the signature. */
static int name_fault(int verified, X509_STORE_CTX *store)
{
    if (verified == 0 && X509_STORE_CTX_get_error_depth(store) == 0 &&
        X509_STORE_CTX_get_error(store) == X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY)
        X509_STORE_CTX_set_error(store, X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE);
    return verified;
}

bool tls_settings_ready(struct tls_settings *settings, struct aws_error *err)
{
    static const unsigned char protocols[] = "\x02h2\x08http/1.1";
    size_t skipped = settings->http2 ? 0 : 3;
    SSL_CTX *context = NULL, *before = NULL;

    if (atomic_load_explicit(&settings->context, memory_order_acquire) != NULL)
        return true;
    ERR_clear_error();
    context = SSL_CTX_new(TLS_client_method());
    if (context == NULL)
        return aws_fail(err, &error_out_of_memory, "TLS cannot be set up: %s", reason());
    (void)SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
    (void)SSL_CTX_set_alpn_protos(context, protocols + skipped,
                                  (unsigned)(sizeof(protocols) - 1 - skipped));
    (void)SSL_CTX_set_session_cache_mode(context,
                                         SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
    SSL_CTX_sess_set_new_cb(context, on_session);
    /* Ten thousand idle connections would hold 34 KB of buffers each. */
    (void)SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS);
    SSL_CTX_set_verify(context, settings->insecure ? SSL_VERIFY_NONE : SSL_VERIFY_PEER, name_fault);
    if (!settings->insecure)
        (void)SSL_CTX_set_default_verify_paths(context);
    if (!set_protocols(settings, context, err) || !read_certificates(settings, context, err)) {
        SSL_CTX_free(context);
        return false;
    }
    /* Another thread may have been faster. */
    if (!atomic_compare_exchange_strong(&settings->context, &before, context))
        SSL_CTX_free(context);
    return true;
}

void tls_settings_deinit(struct tls_settings *settings)
{
    SSL_CTX_free(settings->context);
    settings->context = NULL;
}

void tls_session_drop(struct tls_session *session)
{
    SSL_SESSION_free(session->session);
    session->session = NULL;
}

/* --- streams -------------------------------------------------------------------------------- */

static bool is_ip_address(const char *host)
{
    unsigned char address[16];

    return inet_pton(AF_INET, host, address) == 1 || inet_pton(AF_INET6, host, address) == 1;
}

/* An address is no server name (RFC 6066, section 3), but certificates may hold one. The name is
 * only read: OpenSSL's own macro for this casts const away in a way that clang refuses. */
static bool set_host(SSL *ssl, const char *host)
{
    if (is_ip_address(host))
        return X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), host) == 1;
    return SSL_ctrl(ssl, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name,
                    (void *)(uintptr_t)host) == 1 &&
           SSL_set1_host(ssl, host) == 1;
}

struct tls_stream *tls_stream_new(const struct tls_settings *settings, const char *host,
                                  struct tls_session *session)
{
    struct tls_stream *stream = calloc(1, sizeof(*stream));

    if (stream == NULL)
        return NULL;
    stream->session = session;
    stream->ssl = SSL_new(settings->context);
    stream->in = BIO_new(BIO_s_mem());
    stream->out = BIO_new(BIO_s_mem());
    if (stream->ssl == NULL || stream->in == NULL || stream->out == NULL ||
        !set_host(stream->ssl, host)) {
        BIO_free(stream->in);
        BIO_free(stream->out);
        SSL_free(stream->ssl);
        free(stream);
        return NULL;
    }
    SSL_set_bio(stream->ssl, stream->in, stream->out);
    SSL_set_app_data(stream->ssl, stream);
    SSL_set_connect_state(stream->ssl);
    if (session->session != NULL)
        (void)SSL_set_session(stream->ssl, session->session);
    return stream;
}

void tls_stream_free(struct tls_stream *stream)
{
    if (stream == NULL)
        return;
    /* Without this OpenSSL takes the connection for broken, and its session for unusable. */
    SSL_set_shutdown(stream->ssl, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
    SSL_free(stream->ssl);
    free(stream);
}

/* --- bytes ---------------------------------------------------------------------------------- */

bool tls_stream_feed(struct tls_stream *stream, const char *bytes, size_t len)
{
    size_t written = 0;

    return BIO_write_ex(stream->in, bytes, len, &written) == 1 && written == len;
}

static enum tls_status status_of(struct tls_stream *stream, int result)
{
    long verified = 0;

    switch (SSL_get_error(stream->ssl, result)) {
    case SSL_ERROR_WANT_READ:
    case SSL_ERROR_WANT_WRITE:
        return TLS_WANTS;
    case SSL_ERROR_ZERO_RETURN:
        return TLS_ENDED;
    default:
        verified = SSL_get_verify_result(stream->ssl);
        (void)snprintf(stream->fault, sizeof(stream->fault), "TLS: %s",
                       verified != X509_V_OK && SSL_get_verify_mode(stream->ssl) != SSL_VERIFY_NONE
                           ? X509_verify_cert_error_string(verified)
                           : reason());
        return TLS_FAILED;
    }
}

enum tls_status tls_stream_handshake(struct tls_stream *stream)
{
    int result = 0;

    ERR_clear_error();
    result = SSL_do_handshake(stream->ssl);
    return result == 1 ? TLS_DONE : status_of(stream, result);
}

enum tls_status tls_stream_read(struct tls_stream *stream, char *ret, size_t size, size_t *ret_len)
{
    int result = 0;

    ERR_clear_error();
    result = SSL_read_ex(stream->ssl, ret, size, ret_len);
    return result == 1 ? TLS_DONE : status_of(stream, result);
}

enum tls_status tls_stream_write(struct tls_stream *stream, struct str bytes)
{
    size_t written = 0;
    int result = 0;

    if (bytes.len == 0)
        return TLS_DONE;
    ERR_clear_error();
    /* A memory BIO takes everything. */
    result = SSL_write_ex(stream->ssl, bytes.ptr, bytes.len, &written);
    return result == 1 ? TLS_DONE : status_of(stream, result);
}

struct str tls_stream_output(struct tls_stream *stream)
{
    char *bytes = NULL;
    long len = BIO_get_mem_data(stream->out, &bytes);

    return (struct str){bytes, len > 0 ? (size_t)len : 0};
}

void tls_stream_sent(struct tls_stream *stream)
{
    (void)BIO_reset(stream->out);
}

bool tls_stream_is_http2(const struct tls_stream *stream)
{
    const unsigned char *name = NULL;
    unsigned len = 0;

    SSL_get0_alpn_selected(stream->ssl, &name, &len);
    return len == 2 && memcmp(name, "h2", 2) == 0;
}

const char *tls_stream_fault(struct tls_stream *stream)
{
    return stream->fault;
}
