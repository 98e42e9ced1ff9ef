/*
 * One connection to a target, on a libuv loop: opened, written to, read from, closed.
 *
 * Its owner (an exchange) hears of it by the events below and decides everything else; a request
 * may wait for the connection to open or to close. Bytes that arrive lie in the transport's one
 * buffer and are taken in at once.
 */
#ifndef LOADGEN_CLIENT_CONNECTION_H
#define LOADGEN_CLIENT_CONNECTION_H

#include "loadgen/http2_session.h"
#include "loadgen/http_response.h"
#include "loadgen/http_version.h"
#include "loadgen/metrics.h"
#include "loadgen/proxy.h"
#include "loadgen/target.h"
#include "loadgen/tls.h"

enum { TRANSPORT_READ_BYTES = 64 << 10, TRANSPORT_PLAIN_BYTES = 16 << 10 };

/* What all connections of one loop share. */
struct transport {
    uv_loop_t *loop;
    struct target_list *targets;
    struct tls_settings *tls;
    const struct proxies *proxies; /* NULL: none */
    char *read_buffer;             /* TRANSPORT_READ_BYTES */
    char *plain_buffer;            /* TRANSPORT_PLAIN_BYTES, deciphered */
    bool looks_first;            /* a connection is looked at before it is used again: see there */
    bool notes_moments;          /* of connections and exchanges, which costs a clock each */
    enum http_version version;   /* what http:// addresses are spoken to in; TLS negotiates */
    struct http2_context *http2; /* made when first needed */
    uint64_t refused; /* connections that this machine would not open: no descriptor, no port */
    uint64_t opened[HTTP_PROTOCOL_COUNT]; /* connections, by what they speak */
};

/* Now, for what notes moments; else 0. */
int64_t transport_moment(const struct transport *transport);

/* Its two buffers. False without memory. */
MUST_CHECK bool transport_init(struct transport *transport, uv_loop_t *loop,
                               struct target_list *targets, struct tls_settings *tls,
                               const struct proxies *proxies);
void transport_deinit(struct transport *transport);

enum connection_state {
    CONNECTION_NONE,
    CONNECTION_OPENING,
    CONNECTION_OPEN,
    CONNECTION_CLOSING,
};

struct client_connection;
struct client_connection_events {
    void (*opened)(struct client_connection *connection);
    void (*received)(struct client_connection *connection, const char *bytes, size_t len);
    /* The peer has ended it (UV_EOF), or it broke; it is for the owner to close it. */
    void (*ended)(struct client_connection *connection, ssize_t status);
    /* It never opened, or a write failed; likewise. */
    void (*failed)(struct client_connection *connection, enum error_class class,
                   const char *detail);
    void (*closed)(struct client_connection *connection);
    /* HTTP/2: what the loop held has gone out (`writing` is 0). */
    void (*written)(struct client_connection *connection);
};

/* When it came about, on uv_hrtime()'s clock; all 0 unless the transport notes moments. */
struct connection_moments {
    int64_t begun_ns, looked_up_ns, connected_ns, opened_ns;
};

struct client_connection {
    uv_tcp_t tcp;
    uv_os_fd_t fd; /* the socket's, while open */
    struct transport *transport;
    const struct client_connection_events *events;
    enum connection_state state;
    struct target *target;             /* where it leads; NULL when there is none */
    bool reused;                       /* it has carried a request before */
    size_t writing;                    /* how many writes the loop still holds */
    struct http2_session *http2;       /* when it is OPEN; NULL: it speaks HTTP/1.1 */
    struct connection_moments moments; /* of the one that is open, or was last */
    /* private */
    bool has_handle;               /* tcp is the loop's */
    size_t address;                /* of the target's, tried */
    const struct proxy *proxy;     /* on the way; or NULL */
    struct target *hop;            /* whom it is connected to: the target, or the proxy */
    struct http_response *tunnel;  /* the proxy's answer to CONNECT, until it is there */
    struct tls_stream *tls;        /* NULL: plain */
    struct tls_session session;    /* to be resumed with */
    struct target *session_target; /* this one */
    struct target_waiter waiter;
    uv_connect_t connect;
    uv_write_t write;
};

void client_connection_init(struct client_connection *connection, struct transport *transport,
                            const struct client_connection_events *events);

/* It is NONE. */
void client_connection_deinit(struct client_connection *connection);

/* From NONE; ends in opened() or failed(), unless it is closed before. */
void client_connection_open(struct client_connection *connection, struct target *target);
/* No-op unless it is OPENING or OPEN; ends in closed(), now or later. */
void client_connection_close(struct client_connection *connection);

/*
 * Writes two runs of bytes, which must stay until the next write or client_connection_close(). What
 * the kernel does not take at once the loop writes later (`writing`). False when an idle connection
 * turns out to be dead: nothing was sent, and the owner may use another one.
 */
MUST_CHECK bool client_connection_write(struct client_connection *connection, struct str head,
                                        struct str body);

/* Writes bytes that need not stay, for HTTP/2; what the kernel does not take at once is copied.
 * Answers libuv's status. */
MUST_CHECK int client_connection_send(struct client_connection *connection, struct str bytes);

#endif
