/*
 * A file at an address: one GET, before a run, on a loop of its own. Redirects are followed and
 * codings undone; the server's certificate must be one that the system trusts.
 */
#ifndef LOADGEN_FETCH_H
#define LOADGEN_FETCH_H

#include "loadgen/proxy.h"

enum { FETCH_TIMEOUT_MS = 60000 };

/* How addresses are fetched. */
struct fetcher {
    const struct proxies *proxies; /* NULL: straight */
};

bool fetch_is_address(struct str source); /* http:// or https:// */

/*
 * The answer's text in `arena`, as text_file_read() has it. Blocks.
 *
 * Errors: error_environment: no answer within FETCH_TIMEOUT_MS, or one other than 200;
 *         error_usage for an address that is none.
 */
MUST_CHECK bool fetch_text(const struct fetcher *fetcher, struct str address, struct arena *arena,
                           struct str *ret, struct aws_error *err);

#endif
