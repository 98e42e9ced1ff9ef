#include "loadgen/http_version.h"

const char *http_protocol_name(enum http_protocol protocol)
{
    switch (protocol) {
    case HTTP_PROTOCOL_1_1:
        return "HTTP/1.1";
    case HTTP_PROTOCOL_2:
        return "HTTP/2";
    case HTTP_PROTOCOL_COUNT:
        break;
    }
    return "";
}

const char *http_version_name(enum http_version version)
{
    switch (version) {
    case HTTP_VERSION_1_1:
        return "1.1";
    case HTTP_VERSION_2:
        return "2";
    case HTTP_VERSION_2_PRIOR_KNOWLEDGE:
        return "2-prior-knowledge";
    }
    return "";
}

bool http_version_read(const struct http_version_flags *flags, enum http_version *ret,
                       struct aws_error *err)
{
    if (flags->http1_1 + flags->http2 + flags->http2_prior_knowledge > 1)
        return aws_fail(err, &error_usage,
                        "one of --http1.1, --http2 and --http2-prior-knowledge says all");
    *ret = flags->http2_prior_knowledge ? HTTP_VERSION_2_PRIOR_KNOWLEDGE
           : flags->http2               ? HTTP_VERSION_2
                                        : HTTP_VERSION_1_1;
    return true;
}
