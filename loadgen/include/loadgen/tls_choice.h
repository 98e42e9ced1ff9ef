/*
 * Which TLS settings a request has, where not all of a run have the same: a certificate of ours
 * chosen by the address, and what its "protocolProfileBehavior" wishes.
 *
 * Certificates come as newman's --ssl-client-cert-list has them: [{name, matches: [pattern], cert:
 * {src}, key: {src}, pfx: {src}, passphrase}]; the first one whose pattern meets an https address
 * is shown there. All combinations are made before the run and stay as they are.
 *
 * Source: postman-collection, lib/collection/certificate.js; postman-runtime,
 * lib/requester/core.js, for what of a request overrides the run.
 */
#ifndef LOADGEN_TLS_CHOICE_H
#define LOADGEN_TLS_CHOICE_H

#include "loadgen/collection.h"
#include "loadgen/target.h"
#include "loadgen/tls.h"

enum { TLS_CHOICES_MAX = 4096 };

struct tls_certificate {
    const struct json_value *matches; /* an array of patterns */
    const char *cert_file, *key_file, *pfx_file, *passphrase;
};

struct tls_choice {
    struct tls_certificate *certificates;
    size_t certificate_count;
    struct tls_wish *wishes; /* each once; the first one wishes nothing */
    size_t wish_count;
    struct tls_settings *settings; /* [wish][certificate, the last one none] */
};

/*
 * `base` is the run's; its own certificate, where it has one, serves what the list does not meet.
 * `list` is NULL or the parsed file; all must live as long as `ret`, whose memory is in `arena`.
 *
 * Errors: error_usage for a list that is none; error_environment for certificates that cannot be
 * used; error_out_of_memory.
 */
MUST_CHECK bool tls_choice_init(const struct collection *collection,
                                const struct tls_settings *base, const struct json_value *list,
                                struct arena *arena, struct tls_choice *ret, struct aws_error *err);
void tls_choice_deinit(struct tls_choice *choice);

/* NULL: the run's own; also without a choice. */
struct tls_settings *tls_choice_settings(const struct tls_choice *choice, const struct url *url,
                                         const struct tls_wish *wish);

/* The target of a request. Errors: as target_find(). */
MUST_CHECK bool tls_choice_target(const struct tls_choice *choice, struct target_list *targets,
                                  const struct url *url, const struct tls_wish *wish,
                                  struct target **ret, struct aws_error *err);

#endif
