#include "loadgen/target.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <unistd.h>

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

static bool resolve(struct target *target, bool probe, struct aws_error *err)
{
    struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM};
    struct addrinfo *list = NULL;
    char port[8];
    int error = 0;

    (void)snprintf(port, sizeof(port), "%u", (unsigned)target->port);
    error = getaddrinfo(target->host, port, &hints, &list);
    target->failed = error != 0;
    if (error != 0)
        return aws_fail(err, &error_environment, "the host '%s' has no address: %s", target->host,
                        gai_strerror(error));
    for (const struct addrinfo *at = list; at != NULL; at = at->ai_next) {
        error = probe ? try_connect(at->ai_addr, at->ai_addrlen) : 0;
        if (error != 0)
            continue;
        memcpy(&target->address, at->ai_addr, at->ai_addrlen);
        target->resolved = true;
        break;
    }
    freeaddrinfo(list);
    if (!target->resolved)
        return aws_fail(err, &error_environment,
                        "nothing answers at %s:%u (%s); start the service, or give its address",
                        target->host, (unsigned)target->port, strerror(error));
    return true;
}

bool target_find(struct target_list *targets, const struct url *url, bool probe,
                 struct target **ret, struct aws_error *err)
{
    struct target *target = NULL;

    for (size_t i = 0; i < targets->count; i++) {
        target = targets->rows[i];
        if (target->port == url->port && str_eq(str_from_c(target->host), url->host)) {
            *ret = target;
            if (target->failed)
                return aws_fail(err, &error_environment, "the host '%s' has no address",
                                target->host);
            return target->resolved || resolve(target, probe, err);
        }
    }
    if (targets->count == TARGETS_MAX)
        return aws_fail(err, &error_environment, "more than %d hosts in one run", (int)TARGETS_MAX);
    target = calloc(1, sizeof(*target));
    if (target == NULL)
        return aws_fail(err, &error_out_of_memory, "out of memory");
    (void)snprintf(target->host, sizeof(target->host), "%.*s", STR_ARG(url->host));
    target->port = url->port;
    targets->rows[targets->count++] = target;
    *ret = target;
    return resolve(target, probe, err);
}

void target_list_deinit(struct target_list *targets)
{
    for (size_t i = 0; i < targets->count; i++)
        free(targets->rows[i]);
    targets->count = 0;
}
