/*
 * Hosts that requests go to, each resolved once: the first of its addresses that takes a
 * connection.
 */
#ifndef LOADGEN_TARGET_H
#define LOADGEN_TARGET_H

#include <sys/socket.h>

#include "base/error.h"
#include "loadgen/url.h"

enum { TARGETS_MAX = 1024, TARGET_CONNECT_MS = 5000 };

struct target {
    char host[256];
    uint16_t port;
    bool resolved;
    bool failed; /* asked once, in vain: a run does not wait for it again */
    struct sockaddr_storage address;
};

struct target_list {
    struct target *rows[TARGETS_MAX];
    size_t count;
};

/*
 * The target of a URL, resolved and, when it is new and `probe`, found listening. Blocks for new
 * ones. Errors: error_environment: no address, or nothing listens there.
 */
MUST_CHECK bool target_find(struct target_list *targets, const struct url *url, bool probe,
                            struct target **ret, struct aws_error *err);
void target_list_deinit(struct target_list *targets);

#endif
