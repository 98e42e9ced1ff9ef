/* How a run's requests get to their servers: TLS and proxies, as newman's options and the
 * environment say. */
#ifndef RUNNER_RUN_TRANSPORT_H
#define RUNNER_RUN_TRANSPORT_H

#include "loadgen/proxy.h"
#include "loadgen/run.h"
#include "loadgen/tls_choice.h"
#include "run_options.h"

struct run_transport {
    struct tls_settings tls;
    struct tls_choice choice;
    struct proxies proxies;
};

/*
 * Reads HTTP_PROXY, HTTPS_PROXY and NO_PROXY (or in lower case), and gives `run`, whose targets are
 * known, what they say; `transport` must live as long, and stay where it is.
 *
 * Errors: error_usage for a proxy that cannot be used.
 * Source: postman-request, lib/getProxyFromURI.js.
 */
MUST_CHECK bool run_transport_proxies(struct run_transport *transport, struct arena *arena,
                                      struct run *run, struct aws_error *err);

/*
 * Reads the certificates, likewise.
 *
 * Errors: error_usage, error_environment, for files that cannot be used.
 * Source: newman 6.2, lib/run.
 */
MUST_CHECK bool run_transport_init(struct run_transport *transport,
                                   const struct run_arguments *arguments,
                                   const struct collection *collection, struct arena *arena,
                                   struct run *run, struct aws_error *err);
void run_transport_deinit(struct run_transport *transport);

#endif
