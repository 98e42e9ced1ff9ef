/*
 * One request and its answer between libmicrohttpd and a service.
 *
 * An exchange is taken from its event thread's stock when the request line has come, and goes back
 * when the answer is sent. All of that runs on the event thread; only the state crosses threads:
 *
 *   RUNNING -> FINISHED               answered within handle()
 *   RUNNING -> SUSPENDED -> FINISHED  handed over, and finished by any one thread
 *              SUSPENDED -> EXPIRED   answered in the holder's place; it stays the holder's until
 *                                     its late finish:
 *                EXPIRED -> LATE      that came before the answer was out: the event thread frees
 *                EXPIRED -> LEFT      the answer was out before: the late finish frees
 */
#ifndef HTTP_EXCHANGE_H
#define HTTP_EXCHANGE_H

#include <microhttpd.h>
#include <pthread.h>
#include <stdatomic.h>

#include "base/clock.h"
#include "base/rng.h"
#include "http/http.h"

enum exchange_state {
    EXCHANGE_RUNNING,
    EXCHANGE_SUSPENDED,
    EXCHANGE_FINISHED,
    EXCHANGE_EXPIRED,
    EXCHANGE_LATE,
    EXCHANGE_LEFT,
};

/* One libmicrohttpd daemon and what its thread owns. */
struct event_thread {
    struct MHD_Daemon *daemon;
    struct http_service service;
    struct clock *clock;
    const uint16_t *ports;      /* by enum http_listener */
    struct memory_pool *memory; /* the server's */
    struct rng rng;
    struct exchange *idle; /* the stock */
    size_t idle_count;
    pthread_mutex_t lock; /* guards `suspended` and the links of what is in it */
    struct exchange *suspended;
    /* Written by the event thread, read by others. */
    _Atomic uint64_t requests;
    _Atomic uint32_t in_flight;
    _Atomic uint32_t connections; /* the acceptor adds, the event thread takes away */
    _Atomic uint32_t finishing;   /* threads inside http_exchange_finish() */
    _Atomic bool in_handler;
    _Atomic bool draining;
};

struct exchange {
    struct http_exchange exchange; /* first: a service's pointer is ours */
    struct event_thread *thread;
    struct MHD_Connection *connection;
    struct exchange *next; /* in the stock, or suspended */
    struct exchange *previous;
    _Atomic int state;
    bool begun;                    /* headers are read */
    bool suspended;                /* handed over: the event thread's own note */
    bool linked;                   /* in the thread's list of suspended ones */
    bool too_long;                 /* the body is read and forgotten */
    bool body_heap;                /* the body has a malloc of its own */
    bool no_room;                  /* for the body, which is read and forgotten */
    struct http_response *instead; /* of an expired one; NULL: the plain 503 of a stop */
    char *body;
    size_t body_capacity;
    uint64_t discarded_bytes;
};

/* What libmicrohttpd calls; the context is the event thread. */
void *exchange_begin(void *context, const char *uri, struct MHD_Connection *connection);
enum MHD_Result exchange_access(void *context, struct MHD_Connection *connection, const char *url,
                                const char *method, const char *version, const char *upload_data,
                                size_t *upload_data_size, void **request_state);
void exchange_completed(void *context, struct MHD_Connection *connection, void **request_state,
                        enum MHD_RequestTerminationCode why);
void exchange_connection(void *context, struct MHD_Connection *connection, void **socket_state,
                         enum MHD_ConnectionNotificationCode what);

/* Answers 503 to everything suspended on this thread. Called by the stopping thread. */
void exchange_abandon_all(struct event_thread *thread);
void exchange_free_stock(struct event_thread *thread);

#endif
