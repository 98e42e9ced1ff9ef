/*
 * Hosts that requests go to, each with the addresses that its name has.
 *
 * A name is resolved once: before the run by target_probe(), which blocks, or during it by the
 * loop's own threads, while whoever needs it waits in `waiting`. A name that has no address is
 * asked for again after TARGET_RETRY_MS.
 */
#ifndef LOADGEN_TARGET_H
#define LOADGEN_TARGET_H

#include <uv.h>

#include "base/error.h"
#include "loadgen/url.h"

enum {
    TARGETS_MAX = 1024,
    TARGET_ADDRESSES_MAX = 8,
    TARGET_CONNECT_MS = 5000,
    TARGET_RETRY_MS = 1000,
};

enum target_state {
    TARGET_UNKNOWN,
    TARGET_RESOLVING,
    TARGET_RESOLVED,
    TARGET_FAILED,
};

struct tls_settings;

/* One who waits for a name; belongs to the waiter. */
struct target_waiter {
    struct target_waiter *next;
    void (*resolved)(struct target_waiter *waiter);
    void *owner;
};

struct target {
    char host[256];
    uint16_t port;
    bool tls;
    struct tls_settings *tls_settings; /* NULL: the run's own */
    enum target_state state;
    struct sockaddr_storage addresses[TARGET_ADDRESSES_MAX];
    size_t address_count;
    const char *fault; /* when failed */
    int64_t failed_ns;
    uv_getaddrinfo_t lookup;
    struct target_waiter *waiting;
};

struct target_list {
    struct target *rows[TARGETS_MAX];
    size_t count;
};

/* The target of a URL, in whatever state. Errors: error_environment for too many. */
MUST_CHECK bool target_find(struct target_list *targets, const struct url *url, struct target **ret,
                            struct aws_error *err);
/* The same, for requests that have TLS settings of their own; NULL: the run's. Another target than
 * that of the same address with other ones. */
MUST_CHECK bool target_find_with(struct target_list *targets, const struct url *url,
                                 struct tls_settings *settings, struct target **ret,
                                 struct aws_error *err);
/*
 * Resolves it and finds it listening: the address that takes a connection becomes the first.
 * Blocks; for the time before a run. Errors: error_environment: no address, or nothing listens.
 */
MUST_CHECK bool target_probe(struct target *target, struct aws_error *err);
/*
 * True when its state is RESOLVED or FAILED already; else `waiter` is called on the loop's thread
 * when it is one of them.
 */
MUST_CHECK bool target_resolve(struct target *target, uv_loop_t *loop,
                               struct target_waiter *waiter);
/* Takes a waiter back; one that does not wait is no error. */
void target_forget(struct target *target, struct target_waiter *waiter);
/* The same hosts as far as they are known, for another loop; `to` is empty. False without memory.
 */
MUST_CHECK bool target_list_copy(const struct target_list *from, struct target_list *to);
/* What the copy `to` has for a target of `from`; NULL for NULL. */
struct target *target_list_same(const struct target_list *from, const struct target_list *to,
                                const struct target *target);
void target_list_deinit(struct target_list *targets);

#endif
