/*
 * A forward proxy: http:// requests are sent to it with their whole address, https:// ones through
 * a tunnel that CONNECT opens.
 *
 * Source: RFC 9110, sections 7.7 and 9.3.6; RFC 9112, section 3.2.2.
 */
#ifndef LOADGEN_PROXY_H
#define LOADGEN_PROXY_H

#include "loadgen/request.h"
#include "loadgen/target.h"

struct proxy {
    struct target *target;    /* NULL: none */
    struct str authorization; /* "Basic …", or empty */
};

/* Which requests go through which. */
struct proxies {
    struct proxy http, https; /* by what is asked for */
    struct str bypass;        /* NO_PROXY's form: "a.example, .b.example:8080", or "*" */
};

/*
 * NULL: straight. A zone of the bypass is the host itself and all below it, on any port or on its
 * own.
 *
 * Source: postman-request, lib/getProxyFromURI.js.
 */
const struct proxy *proxies_find(const struct proxies *proxies, const struct target *target);

/*
 * "http://name:password@host:port", or without any of them but the host; `ret` lives in `arena`.
 * Errors: error_usage for an address that is none, or an https:// one.
 */
MUST_CHECK bool proxy_read(struct str text, struct target_list *targets, struct arena *arena,
                           struct proxy *ret, struct aws_error *err);

/* The same request with its whole address, as the proxy wants it. False past the arena's limit. */
MUST_CHECK bool proxy_request(const struct proxy *proxy, const struct url *url,
                              struct request_bytes bytes, struct arena *arena,
                              struct request_bytes *ret);

/* What asks for a tunnel, in `space`; its length, or 0 when it does not fit. */
size_t proxy_connect(const struct proxy *proxy, const struct target *target, char *space,
                     size_t size);

#endif
