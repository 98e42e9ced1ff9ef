#include "loadgen/target.h"

#include <errno.h>
#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"

/* A connection tried and dropped: 0, or errno's reason. */
static int try_connect(const struct sockaddr *address, socklen_t length)
{
    int error = 0;
    socklen_t error_bytes = sizeof(error);
    int fd = socket(address->sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    struct pollfd wait = {fd, POLLOUT, 0};

    if (fd < 0)
        return errno;
    if (connect(fd, address, length) != 0) {
        error = errno;
        if (error == EINPROGRESS) {
            error = poll(&wait, 1, TARGET_CONNECT_MS) == 1 ? 0 : ETIMEDOUT;
            if (error == 0 && getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &error_bytes) != 0)
                error = errno;
        }
    }
    (void)close(fd);
    return error;
}

static void set_failed(struct target *target, const char *fault)
{
    target->state = TARGET_FAILED;
    target->fault = fault;
    target->failed_ns = (int64_t)uv_hrtime();
}

static void take_addresses(struct target *target, const struct addrinfo *list)
{
    target->address_count = 0;
    for (const struct addrinfo *at = list; at != NULL; at = at->ai_next) {
        if (target->address_count == TARGET_ADDRESSES_MAX ||
            at->ai_addrlen > sizeof(target->addresses[0]))
            break;
        memcpy(&target->addresses[target->address_count++], at->ai_addr, at->ai_addrlen);
    }
    if (target->address_count > 0)
        target->state = TARGET_RESOLVED;
    else
        set_failed(target, "the name has no address");
}

/* Every name below "localhost" is this machine: RFC 6761, section 6.3. */
static const char *name_to_ask_for(const struct target *target)
{
    return str_ends_with(str_from_c(target->host), STR(".localhost")) ? "localhost" : target->host;
}

static const struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM};

static socklen_t address_bytes(const struct sockaddr_storage *address)
{
    return address->ss_family == AF_INET6 ? sizeof(struct sockaddr_in6)
                                          : sizeof(struct sockaddr_in);
}

bool target_probe(struct target *target, struct aws_error *err)
{
    struct addrinfo *list = NULL;
    char port[8];
    int error = 0;

    if (target->state == TARGET_RESOLVED)
        return true;
    (void)snprintf(port, sizeof(port), "%u", (unsigned)target->port);
    error = getaddrinfo(name_to_ask_for(target), port, &hints, &list);
    if (error != 0) {
        set_failed(target, gai_strerror(error));
        return aws_fail(err, &error_environment, "the host '%s' has no address: %s", target->host,
                        target->fault);
    }
    take_addresses(target, list);
    freeaddrinfo(list);
    for (size_t i = 0; i < target->address_count; i++) {
        struct sockaddr_storage address = target->addresses[i];
        error = try_connect((const struct sockaddr *)&address, address_bytes(&address));
        if (error != 0)
            continue;
        target->addresses[i] = target->addresses[0];
        target->addresses[0] = address;
        return true;
    }
    return aws_fail(err, &error_environment,
                    "nothing answers at %s:%u (%s); start the service, or give its address",
                    target->host, (unsigned)target->port, strerror(error));
}

/* --- during the run ------------------------------------------------------------------------- */

/* One at a time: who is woken may take others back. */
static void wake(struct target *target)
{
    while (target->waiting != NULL) {
        struct target_waiter *waiter = target->waiting;
        target->waiting = waiter->next;
        waiter->next = NULL;
        waiter->resolved(waiter);
    }
}

static void on_looked_up(uv_getaddrinfo_t *lookup, int status, struct addrinfo *list)
{
    struct target *target = lookup->data;

    if (status == 0)
        take_addresses(target, list);
    else
        set_failed(target, uv_strerror(status));
    uv_freeaddrinfo(list);
    wake(target);
}

static void begin_lookup(struct target *target, uv_loop_t *loop)
{
    char port[8];
    int status = 0;

    (void)snprintf(port, sizeof(port), "%u", (unsigned)target->port);
    target->lookup.data = target;
    target->state = TARGET_RESOLVING;
    status =
        uv_getaddrinfo(loop, &target->lookup, on_looked_up, name_to_ask_for(target), port, &hints);
    if (status != 0)
        set_failed(target, uv_strerror(status));
}

bool target_resolve(struct target *target, uv_loop_t *loop, struct target_waiter *waiter)
{
    bool stale = target->state == TARGET_FAILED &&
                 (int64_t)uv_hrtime() - target->failed_ns > TARGET_RETRY_MS * NS_PER_MS;

    if (target->state == TARGET_UNKNOWN || stale)
        begin_lookup(target, loop);
    if (target->state != TARGET_RESOLVING)
        return true;
    waiter->next = target->waiting;
    target->waiting = waiter;
    return false;
}

void target_forget(struct target *target, struct target_waiter *waiter)
{
    struct target_waiter **link = &target->waiting;

    while (*link != NULL && *link != waiter)
        link = &(*link)->next;
    if (*link != NULL)
        *link = waiter->next;
    waiter->next = NULL;
}

/* --- the list ------------------------------------------------------------------------------- */

bool target_find(struct target_list *targets, const struct url *url, struct target **ret,
                 struct aws_error *err)
{
    return target_find_with(targets, url, NULL, ret, err);
}

bool target_find_with(struct target_list *targets, const struct url *url,
                      struct tls_settings *settings, struct target **ret, struct aws_error *err)
{
    struct target *target = NULL;

    for (size_t i = 0; i < targets->count; i++) {
        target = targets->rows[i];
        if (target->port == url->port && target->tls == url->tls &&
            target->tls_settings == settings && str_eq(str_from_c(target->host), url->host)) {
            *ret = target;
            return true;
        }
    }
    if (targets->count == TARGETS_MAX)
        return aws_fail(err, &error_environment, "more than %d hosts in one run", (int)TARGETS_MAX);
    target = calloc(1, sizeof(*target));
    if (target == NULL)
        return aws_fail(err, &error_out_of_memory, "out of memory");
    (void)snprintf(target->host, sizeof(target->host), "%.*s", STR_ARG(url->host));
    target->port = url->port;
    target->tls = url->tls;
    target->tls_settings = settings;
    targets->rows[targets->count++] = target;
    *ret = target;
    return true;
}

bool target_list_copy(const struct target_list *from, struct target_list *to)
{
    for (size_t i = 0; i < from->count; i++) {
        struct target *copy = malloc(sizeof(*copy));
        if (copy == NULL)
            return false;
        *copy = *from->rows[i];
        to->rows[to->count++] = copy;
    }
    return true;
}

struct target *target_list_same(const struct target_list *from, const struct target_list *to,
                                const struct target *target)
{
    for (size_t i = 0; i < to->count; i++) {
        if (from->rows[i] == target)
            return to->rows[i];
    }
    return NULL;
}

void target_list_deinit(struct target_list *targets)
{
    for (size_t i = 0; i < targets->count; i++)
        free(targets->rows[i]);
    targets->count = 0;
}
