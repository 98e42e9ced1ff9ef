/*
 * Listeners, the acceptor and the event threads; start and stop. A request's way is in exchange.c.
 */
#include "http/http_server.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"
#include "exchange.h"
#include "limits.h"

enum { LISTENERS = 3, FULL_POLL_MS = 20, STEP_MS = 2, STUCK_MS = 1000 };

struct http_server {
    struct memory_pool memory;
    struct event_thread threads[HTTP_THREADS_MAX];
    size_t thread_count;
    int listeners[LISTENERS]; /* by enum http_listener; -1: closed */
    uint16_t ports[LISTENERS];
    pthread_t acceptor;
    bool accepting; /* the acceptor runs; the owner's thread only */
    int wake;       /* eventfd: the acceptor is to end */
    size_t next;    /* the acceptor's turn */
};

/* --- listeners ------------------------------------------------------------------------------ */

static bool listener_fail(struct aws_error *err, const char *host, uint16_t port, int why)
{
    if (why == EADDRINUSE)
        return aws_fail(err, &error_environment,
                        "port %u on %s is taken; choose another one (0 finds a free one)", port,
                        host);
    return aws_fail(err, &error_environment, "cannot listen on %s port %u: %s", host, port,
                    strerror(why));
}

static bool listener_open(const char *host, const struct addrinfo *address, uint16_t port,
                          int *ret_fd, uint16_t *ret_port, struct aws_error *err)
{
    union {
        struct sockaddr any;
        struct sockaddr_in v4;
        struct sockaddr_in6 v6;
        struct sockaddr_storage storage;
    } at = {.any = {0}};
    socklen_t length = address->ai_addrlen;
    const int on = 1;
    int fd = socket(address->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

    if (fd < 0)
        return listener_fail(err, host, port, errno);
    memcpy(&at, address->ai_addr, length);
    if (at.any.sa_family == AF_INET6)
        at.v6.sin6_port = htons(port);
    else
        at.v4.sin_port = htons(port);
    (void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
    if (bind(fd, &at.any, length) != 0 || listen(fd, SOMAXCONN) != 0 ||
        getsockname(fd, &at.any, &length) != 0) {
        int why = errno;
        (void)close(fd);
        return listener_fail(err, host, port, why);
    }
    *ret_fd = fd;
    *ret_port = ntohs(at.any.sa_family == AF_INET6 ? at.v6.sin6_port : at.v4.sin_port);
    return true;
}

static bool listeners_open(struct http_server *server, const struct http_server_options *options,
                           struct aws_error *err)
{
    const struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE};
    struct addrinfo *address = NULL;
    int why = getaddrinfo(options->host, NULL, &hints, &address);

    if (why != 0)
        return aws_fail(err, &error_environment, "--host %s: %s", options->host, gai_strerror(why));
    const struct {
        bool wanted;
        uint16_t port;
    } rows[LISTENERS] = {
        [HTTP_LISTENER_API] = {true, options->api_port},
        [HTTP_LISTENER_AWS] = {true, options->aws_port},
        [HTTP_LISTENER_DYNAMODB] = {options->has_dynamodb_port, options->dynamodb_port},
    };
    bool ok = true;
    for (size_t i = 0; i < LISTENERS && ok; i++)
        ok = !rows[i].wanted || listener_open(options->host, address, rows[i].port,
                                              &server->listeners[i], &server->ports[i], err);
    freeaddrinfo(address);
    return ok;
}

static void listeners_close(struct http_server *server)
{
    for (size_t i = 0; i < LISTENERS; i++) {
        if (server->listeners[i] >= 0)
            (void)close(server->listeners[i]);
        server->listeners[i] = -1;
    }
}

/* --- the acceptor --------------------------------------------------------------------------- */

/* The event thread with the fewest connections; in turns where they are equal. */
static struct event_thread *choose_thread(struct http_server *server, uint32_t *ret_total)
{
    struct event_thread *best = NULL;
    uint32_t fewest = UINT32_MAX;
    uint32_t total = 0;

    for (size_t i = 0; i < server->thread_count; i++) {
        struct event_thread *thread = &server->threads[(server->next + i) % server->thread_count];
        uint32_t connections = atomic_load_explicit(&thread->connections, memory_order_relaxed);
        total += connections;
        if (connections < fewest) {
            fewest = connections;
            best = thread;
        }
    }
    server->next++;
    *ret_total = total;
    return best;
}

/* Takes what waits on one listener. False when nothing more can be taken now, for want of room. */
static bool accept_waiting(struct http_server *server, int listener)
{
    const int on = 1;

    for (;;) {
        struct sockaddr_storage from;
        socklen_t length = sizeof(from);
        uint32_t total = 0;
        struct event_thread *thread = choose_thread(server, &total);
        if (total >= HTTP_CONNECTIONS_MAX)
            return false;
        int fd = accept4(listener, (struct sockaddr *)&from, &length, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd < 0)
            return errno == EAGAIN || errno == EINTR || errno == ECONNABORTED;
        (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
        atomic_fetch_add_explicit(&thread->connections, 1, memory_order_relaxed);
        /* On failure the library has closed the socket. */
        if (MHD_add_connection(thread->daemon, fd, (struct sockaddr *)&from, length) != MHD_YES)
            atomic_fetch_sub_explicit(&thread->connections, 1, memory_order_relaxed);
    }
}

static void *acceptor_main(void *context)
{
    struct http_server *server = context;
    struct pollfd wait[LISTENERS + 1] = {[LISTENERS] = {.fd = server->wake, .events = POLLIN}};
    bool full = false;

    /* poll() passes over the -1 of one that is not there. */
    for (size_t i = 0; i < LISTENERS; i++)
        wait[i] = (struct pollfd){.fd = server->listeners[i], .events = POLLIN};
    for (;;) {
        /* Full: clients wait in the kernel's queue, and we look again a little later. */
        if (poll(full ? &wait[LISTENERS] : wait, full ? 1 : LISTENERS + 1,
                 full ? FULL_POLL_MS : -1) < 0 &&
            errno != EINTR)
            return NULL;
        if (wait[LISTENERS].revents != 0)
            return NULL;
        bool room = true;
        for (size_t i = 0; i < LISTENERS; i++) {
            if (server->listeners[i] >= 0 && (full || wait[i].revents != 0))
                room = accept_waiting(server, server->listeners[i]) && room;
        }
        full = !room;
    }
}

/* --- event threads -------------------------------------------------------------------------- */

/* The path is wanted as it was sent. */
static size_t unescape_nothing(void *context, struct MHD_Connection *connection, char *text)
{
    (void)context, (void)connection;
    return strlen(text);
}

/* The library's own notes, such as a client that went away, are nobody's concern. */
static void drop_log(void *context, const char *format, va_list args)
{
    (void)context, (void)format, (void)args;
}

static bool event_thread_start(struct event_thread *thread, struct aws_error *err)
{
    pthread_mutex_init(&thread->lock, NULL);
    thread->daemon = MHD_start_daemon(
        MHD_USE_EPOLL_INTERNAL_THREAD | MHD_USE_NO_LISTEN_SOCKET | MHD_USE_ITC |
            MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG,
        0, NULL, NULL, exchange_access, thread, MHD_OPTION_EXTERNAL_LOGGER, drop_log, NULL,
        MHD_OPTION_NOTIFY_COMPLETED, exchange_completed, thread, MHD_OPTION_NOTIFY_CONNECTION,
        exchange_connection, thread, MHD_OPTION_URI_LOG_CALLBACK, exchange_begin, thread,
        MHD_OPTION_UNESCAPE_CALLBACK, unescape_nothing, NULL, MHD_OPTION_CONNECTION_LIMIT,
        (unsigned)HTTP_CONNECTIONS_MAX, MHD_OPTION_CONNECTION_TIMEOUT,
        (unsigned)HTTP_IDLE_TIMEOUT_S, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
        (size_t)HTTP_CONNECTION_BYTES_MAX, MHD_OPTION_END);
    if (thread->daemon == NULL)
        return aws_fail(err, &error_environment, "the HTTP library does not start: %s",
                        strerror(errno));
    return true;
}

static size_t threads_wanted(unsigned asked)
{
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    size_t wanted = asked > 0 ? asked : cores < 2 ? 2 : cores > 4 ? 4 : (size_t)cores;

    return wanted > HTTP_THREADS_MAX ? HTTP_THREADS_MAX : wanted;
}

static bool event_threads_start(struct http_server *server,
                                const struct http_server_options *options, struct aws_error *err)
{
    size_t wanted = threads_wanted(options->threads);
    struct rng rng;

    rng_init(&rng, options->seed);
    for (size_t i = 0; i < wanted; i++) {
        struct event_thread *thread = &server->threads[i];
        thread->service = options->service;
        thread->clock = options->clock;
        thread->ports = server->ports;
        thread->memory = &server->memory;
        thread->rng = rng_fork(&rng);
        server->thread_count = i + 1;
        if (!event_thread_start(thread, err))
            return false;
    }
    return true;
}

/* --- the server ----------------------------------------------------------------------------- */

bool http_server_listen(const struct http_server_options *options, struct http_server **ret,
                        struct aws_error *err)
{
    struct http_server *server = calloc(1, sizeof(*server));

    if (server == NULL)
        return aws_fail(err, &error_out_of_memory, "no memory for the HTTP server");
    server->memory.limit_bytes =
        options->memory_bytes_max > 0 ? options->memory_bytes_max : HTTP_MEMORY_BYTES_MAX;
    for (size_t i = 0; i < LISTENERS; i++)
        server->listeners[i] = -1;
    server->wake = eventfd(0, EFD_CLOEXEC);
    if (server->wake < 0) {
        (void)aws_fail(err, &error_environment, "eventfd: %s", strerror(errno));
        goto failed;
    }
    if (!listeners_open(server, options, err) || !event_threads_start(server, options, err))
        goto failed;
    *ret = server;
    return true;
failed:
    http_server_free(server);
    return false;
}

bool http_server_accept(struct http_server *server, struct aws_error *err)
{
    server->accepting = pthread_create(&server->acceptor, NULL, acceptor_main, server) == 0;
    return server->accepting || aws_fail(err, &error_environment, "no thread for the HTTP server");
}

uint16_t http_server_port(const struct http_server *server, enum http_listener listener)
{
    return server->ports[listener];
}

void http_server_drain(struct http_server *server)
{
    const uint64_t one = 1;

    for (size_t i = 0; i < server->thread_count; i++)
        atomic_store(&server->threads[i].draining, true);
    if (!server->accepting)
        return;
    if (write(server->wake, &one, sizeof(one)) == (ssize_t)sizeof(one))
        (void)pthread_join(server->acceptor, NULL);
    server->accepting = false;
    listeners_close(server);
}

static bool is_suspended(struct event_thread *thread)
{
    pthread_mutex_lock(&thread->lock);
    bool suspended = thread->suspended != NULL;
    pthread_mutex_unlock(&thread->lock);
    return suspended || atomic_load(&thread->finishing) > 0;
}

static bool is_in_flight(struct event_thread *thread)
{
    return atomic_load(&thread->in_flight) > 0;
}

static bool is_in_handler(struct event_thread *thread)
{
    return atomic_load(&thread->in_handler);
}

/* Waits until no event thread is `busy`; false after `limit_ms`. */
static bool wait_until_idle(struct http_server *server, bool (*busy)(struct event_thread *),
                            int64_t limit_ms)
{
    const struct timespec step = {.tv_nsec = STEP_MS * NS_PER_MS};

    for (int64_t waited_ms = 0;; waited_ms += STEP_MS) {
        bool any = false;
        for (size_t i = 0; i < server->thread_count && !any; i++)
            any = busy(&server->threads[i]);
        if (!any || waited_ms >= limit_ms)
            return !any;
        (void)nanosleep(&step, NULL);
    }
}

/*
 * Stopping a daemon that has a suspended connection ends the process (libmicrohttpd panics), and
 * one whose thread is inside a handler that does not return waits for ever: both are told first.
 */
bool http_server_stop(struct http_server *server, int64_t grace_ms)
{
    http_server_drain(server);
    if (!wait_until_idle(server, is_in_flight, grace_ms)) {
        for (size_t i = 0; i < server->thread_count; i++)
            exchange_abandon_all(&server->threads[i]);
    }
    if (!wait_until_idle(server, is_suspended, STUCK_MS))
        return false;
    /* A request whose body is still coming is cut off; one inside a handler is stuck there. */
    return wait_until_idle(server, is_in_handler, STUCK_MS);
}

void http_server_free(struct http_server *server)
{
    if (server == NULL)
        return;
    http_server_drain(server);
    for (size_t i = 0; i < server->thread_count; i++) {
        struct event_thread *thread = &server->threads[i];
        if (thread->daemon != NULL)
            MHD_stop_daemon(thread->daemon);
        exchange_free_stock(thread);
        pthread_mutex_destroy(&thread->lock);
    }
    listeners_close(server);
    if (server->wake >= 0)
        (void)close(server->wake);
    free(server);
}

void http_server_count(struct http_server *server, struct http_counters *ret)
{
    *ret = (struct http_counters){0};
    for (size_t i = 0; i < server->thread_count; i++) {
        struct event_thread *thread = &server->threads[i];
        ret->requests += atomic_load_explicit(&thread->requests, memory_order_relaxed);
        ret->connections += atomic_load_explicit(&thread->connections, memory_order_relaxed);
        ret->in_flight += atomic_load_explicit(&thread->in_flight, memory_order_relaxed);
    }
}
