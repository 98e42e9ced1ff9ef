/*
 * Which HTTP a run speaks: what is asked for on the command line, by curl's names, and what a
 * connection came to.
 *
 * Source: curl(1), --http1.1, --http2, --http2-prior-knowledge. Unlike curl's, --http2 asks nobody
 * to upgrade an http:// connection: RFC 9113 has dropped that way.
 */
#ifndef LOADGEN_HTTP_VERSION_H
#define LOADGEN_HTTP_VERSION_H

#include "base/options.h"

enum http_version {
    HTTP_VERSION_1_1,
    HTTP_VERSION_2,                 /* https:// offers it by ALPN */
    HTTP_VERSION_2_PRIOR_KNOWLEDGE, /* and http:// speaks it without asking */
};

enum http_protocol { HTTP_PROTOCOL_1_1, HTTP_PROTOCOL_2, HTTP_PROTOCOL_COUNT };

/* "HTTP/2" */
const char *http_protocol_name(enum http_protocol protocol);
/* As reports name what was asked for: "1.1", "2", "2-prior-knowledge". */
const char *http_version_name(enum http_version version);

struct http_version_flags {
    bool http1_1, http2, http2_prior_knowledge;
};

/* The options' rows, for the table of a command whose struct holds the flags as `member`. */
#define HTTP_VERSION_OFFSET(type, member, flag)                                                    \
    (offsetof(type, member) + offsetof(struct http_version_flags, flag))
#define HTTP_VERSION_ROWS(type, member)                                                            \
    {"http1.1",   0,                                                                               \
     OPTION_FLAG, HTTP_VERSION_OFFSET(type, member, http1_1),                                      \
     "",          "speak HTTP/1.1 (default)",                                                      \
     0,           0,                                                                               \
     NULL},                                                                                        \
        {"http2",     0,                                                                           \
         OPTION_FLAG, HTTP_VERSION_OFFSET(type, member, http2),                                    \
         "",          "https: offer HTTP/2; the server may choose HTTP/1.1",                       \
         0,           0,                                                                           \
         NULL},                                                                                    \
    {                                                                                              \
        "http2-prior-knowledge", 0, OPTION_FLAG,                                                   \
            HTTP_VERSION_OFFSET(type, member, http2_prior_knowledge), "",                          \
            "the same, and http:// addresses are spoken to in HTTP/2 without asking", 0, 0, NULL   \
    }

/* Errors: error_usage when more than one is asked for. */
MUST_CHECK bool http_version_read(const struct http_version_flags *flags, enum http_version *ret,
                                  struct aws_error *err);

#endif
