/*
 * The Runtime API of one environment: a listening socket on the loopback, the connections of its
 * runtime, and what they have asked for. Source: Lambda Developer Guide, "Using the Lambda runtime
 * API for custom runtimes".
 *
 * Everything belongs to the environment's thread.
 */
#ifndef LAMBDA_RUNTIME_API_H
#define LAMBDA_RUNTIME_API_H

#include "base/arena.h"
#include "base/error.h"
#include "base/str.h"

enum { RUNTIME_CONNECTIONS_MAX = 8 };

struct runtime_connection {
    int fd; /* -1: free */
    char *bytes;
    size_t length;
    size_t capacity;
    bool waits_for_next;
    bool closes; /* after the event */
    bool told_to_continue;
};

/* What the runtime has sent for the invocation that runs. */
enum runtime_answer {
    RUNTIME_ANSWER_NONE,
    RUNTIME_ANSWER_RESPONSE,
    RUNTIME_ANSWER_ERROR,
    RUNTIME_ANSWER_INIT_ERROR,
    RUNTIME_ANSWER_TOO_LARGE,
};

struct runtime_api {
    int listener;
    uint16_t port;
    struct runtime_connection connections[RUNTIME_CONNECTIONS_MAX];
    const char *request_id; /* of the invocation that was handed out; NULL: none */
    struct arena *arena;    /* for the answer's body */
    enum runtime_answer answer;
    struct str body;
    const char *error_type; /* of an error; in the arena */
};

MUST_CHECK bool runtime_api_open(struct runtime_api *api, struct aws_error *err);
void runtime_api_close(struct runtime_api *api);

/* For poll(): fills at most RUNTIME_CONNECTIONS_MAX + 1 entries, answers how many. */
struct pollfd;
size_t runtime_api_poll_list(const struct runtime_api *api, struct pollfd *ret);
/* Accepts, reads and answers what is there; never blocks for long. */
void runtime_api_work(struct runtime_api *api);

bool runtime_api_is_waiting(const struct runtime_api *api);
/* Answers the waiting `next` with the event; `head` is its header lines. False: it is gone. */
MUST_CHECK bool runtime_api_deliver(struct runtime_api *api, struct str head, struct str event);

#endif
