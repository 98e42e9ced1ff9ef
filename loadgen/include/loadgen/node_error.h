/*
 * A request's failure in Node's words: what newman prints of it, and what scripts and reports get.
 *
 * Source: postman-request and Node 20 as newman 6.2 runs them (lib/internal/errors.js,
 * "uvException"; lib/_tls_wrap.js; tunnel-agent).
 */
#ifndef LOADGEN_NODE_ERROR_H
#define LOADGEN_NODE_ERROR_H

#include "loadgen/client_exchange.h"

struct node_error {
    const char *name;   /* "Error", "TypeError", … */
    struct str message; /* "connect ECONNREFUSED 127.0.0.1:80" */
    struct str members; /* its enumerable ones, a JSON object: {"errno":-111,"code":…} */
};

/*
 * In `arena`. `exchange` is the one that failed: where it was under way to is read from it, unless
 * the class is ERROR_REQUEST.
 */
struct node_error node_error_of(enum error_class class, const char *detail,
                                const struct client_exchange *exchange, struct arena *arena);

/* Of a request that could not be made: newman looks up even "{{base}}" and "a b", which are no
 * hosts. */
struct node_error node_error_unmade(struct str url, const char *detail, struct arena *arena);

#endif
