/*
 * TLS as a client, without a socket: ciphertext in, plaintext out, and the other way, through
 * OpenSSL's memory BIOs. Who owns the socket moves the bytes.
 *
 * The server's certificate is verified against the system's authorities and --cacert's, and must
 * name the host (SNI and check alike), unless --insecure. TLS 1.2 and 1.3. By ALPN "http/1.1" is
 * offered, and "h2" before it where HTTP/2 is wanted.
 *
 * Source: OpenSSL 3, SSL_set_bio(3), SSL_set1_host(3), SSL_CTX_sess_set_new_cb(3).
 */
#ifndef LOADGEN_TLS_H
#define LOADGEN_TLS_H

#include "base/error.h"
#include "base/json.h"

struct ssl_ctx_st;
struct ssl_session_st;
struct tls_stream;

enum tls_protocol { TLS_1_0, TLS_1_1, TLS_1_2, TLS_1_3, TLS_PROTOCOLS };

/* What one request wishes otherwise than the run; zeroed: nothing. */
struct tls_wish {
    enum tls_strictness { TLS_AS_THE_RUN, TLS_STRICT, TLS_LENIENT } strictness;
    unsigned disabled_protocols;      /* bits of enum tls_protocol */
    const struct json_value *ciphers; /* an array of OpenSSL's names, TLS 1.3's too; or NULL */
};

/* Shared by all connections of a run, on whatever thread; the files are read when it is made ready.
 */
struct tls_settings {
    bool insecure;                                 /* no verification */
    bool http2;                                    /* offered */
    const char *ca_file;                           /* authorities beside the system's, PEM */
    const char *cert_file, *key_file, *passphrase; /* ours, PEM; NULL: none */
    const char *pfx_file;                          /* or both in one, PKCS #12 */
    unsigned disabled_protocols;
    const char *ciphers; /* NULL: OpenSSL's own choice */
    /* private */
    _Atomic(struct ssl_ctx_st *) context;
};

/* Before each stream; does something the first time only. On any thread. Errors: error_environment,
 * naming the file. */
MUST_CHECK bool tls_settings_ready(struct tls_settings *settings, struct aws_error *err);
void tls_settings_deinit(struct tls_settings *settings);

/* A session to resume, of one host; {0} is none. */
struct tls_session {
    struct ssl_session_st *session;
};
void tls_session_drop(struct tls_session *session);

/*
 * A stream that has yet to shake hands; NULL without memory. It resumes `session` and leaves its
 * own there, which must live as long. Pairs with tls_stream_free().
 */
struct tls_stream *tls_stream_new(const struct tls_settings *settings, const char *host,
                                  struct tls_session *session);
void tls_stream_free(struct tls_stream *stream);

enum tls_status {
    TLS_DONE,   /* shaken hands; bytes read; bytes encrypted */
    TLS_WANTS,  /* more ciphertext is needed first */
    TLS_ENDED,  /* the peer has closed properly */
    TLS_FAILED, /* tls_stream_fault() says why */
};

/* Ciphertext from the peer. False without memory. */
MUST_CHECK bool tls_stream_feed(struct tls_stream *stream, const char *bytes, size_t len);
/* Any of these may leave ciphertext to send in tls_stream_output(). */
enum tls_status tls_stream_handshake(struct tls_stream *stream);
enum tls_status tls_stream_read(struct tls_stream *stream, char *ret, size_t size, size_t *ret_len);
enum tls_status tls_stream_write(struct tls_stream *stream, struct str bytes);
/* What is to be sent; valid until the next call, and gone with tls_stream_sent(). */
struct str tls_stream_output(struct tls_stream *stream);
void tls_stream_sent(struct tls_stream *stream);
/* After the handshake: whether the server chose HTTP/2. */
bool tls_stream_is_http2(const struct tls_stream *stream);
/* "self-signed certificate", ...; valid while the stream is. */
const char *tls_stream_fault(struct tls_stream *stream);

#endif
