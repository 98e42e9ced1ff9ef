/*
 * Which service a request is for: by its host, its path, or X-Amz-Target.
 *
 * DynamoDB's own listener is DynamoDB's alone. The others answer /_squall/health and
 * /_squall/metrics. A web page must not drive us: all but
 * DynamoDB (which has AWS's own CORS rules) refuse a Host that is not this machine's, as API
 * Gateway does with a host that it does not know; Lambda, the control APIs and /_squall refuse a
 * foreign Origin too.
 */
#ifndef HTTP_ROUTER_H
#define HTTP_ROUTER_H

#include "base/buffer.h"
#include "http/http.h"

struct router {
    struct str host; /* what --host was given */
    struct http_service api;
    struct http_service lambda;
    struct http_service dynamodb; /* and DynamoDB Streams */
    void *metrics_state;
    /* Writes Prometheus' text form. */
    void (*metrics)(void *state, struct buffer *out);
};

/* http_service.handle; state is the router. */
void router_handle(void *state, struct http_exchange *exchange);

/* Whether a Host header's value is this machine's; `listen_host` is what we listen on. */
bool host_is_ours(struct str host, struct str listen_host);
/* Whether the request comes from a page of another origin than the one it calls. */
bool origin_is_foreign(const struct http_request *request);

#endif
