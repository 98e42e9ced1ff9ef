/*
 * A load run: virtual users on one libuv loop, from start to the last answer.
 *
 * Closed loop: each user sends the collection's requests in order, the next when the last is
 * answered and the think time is over, on one keep-alive connection. With a schedule it is an open
 * loop: requests are due at its moments, a user that is free takes the next, and its time counts
 * from the moment it was due.
 *
 * The end is graceful: at the end of the duration, or at a first SIGINT or SIGTERM, requests in
 * flight are finished and the rest of each iteration is dropped and counted. A second signal ends
 * at once.
 */
#ifndef LOADGEN_RUN_H
#define LOADGEN_RUN_H

#include <uv.h>

#include "loadgen/client_connection.h"
#include "loadgen/metrics.h"
#include "loadgen/pacer.h"
#include "loadgen/profile.h"
#include "loadgen/request.h"
#include "loadgen/schedule.h"
#include "loadgen/watch.h"

enum { RUN_TICK_MS = 10, RUN_SWEEP_MS = 100, RUN_PAUSE_MS = 10, RUN_OVERTIME_MS = 2000 };

struct run_options {
    size_t users; /* of this machine's segment */
    size_t all_users;
    size_t segment, segments; /* this one, from 0, of how many; user u is user u * segments +
                                 segment of the whole run */
    int64_t duration_ms;      /* 0: until the iterations are done */
    uint64_t iterations;      /* of all users together; 0: until the time is up */
    struct profile profile;
    bool random_rows;
    bool as_newman; /* a row an iteration, the last one for all that follow; newman's headers; tests
                       run without an answer, too */
    bool ignore_redirects; /* of scripts' requests; the collection's have a setting each */
    enum http_version version;
    int64_t timeout_ms;                 /* of one request; 0: none */
    int64_t think_from_ms, think_to_ms; /* between a user's requests, any length from the one to
                                           the other; closed loop */
    const struct schedule *schedule;    /* NULL: closed loop */
    uint64_t seed;
    bool seeded;
};

struct http_response;
struct node_error;
struct run;
struct run_scripts;
struct tls_choice;
struct virtual_user;

/* Called on the loop's thread. */
struct run_observer {
    /* The loop is there, nothing has begun; false ends the run. May be NULL, as may all. */
    bool (*begin)(struct run *run, void *context, struct aws_error *err);
    void (*window)(struct run *run, void *context); /* a window has been closed */
    void (*tick)(struct run *run, void *context);
    void (*end)(struct run *run, void *context); /* handles of one's own are to be closed */
    void *context;
};

/*
 * One user's steps in order, for reports that name each. A step is: item, what its pre-request
 * scripts say, sending and then answered or failed (unless it is skipped), what its tests say,
 * ended.
 */
struct step_listener {
    void *context;
    void (*iteration)(void *context, uint64_t index);
    void (*item)(void *context, struct virtual_user *user);
    void (*sending)(void *context, struct virtual_user *user);
    void (*answered)(void *context, struct virtual_user *user, int64_t time_ms);
    /* Also without sending(), for a request that cannot be built. */
    void (*failed)(void *context, struct virtual_user *user, enum error_class class,
                   const char *detail);
    /* A test script named what comes next. */
    void (*next)(void *context, struct virtual_user *user, struct str name);
    void (*ended)(void *context, struct virtual_user *user, bool skipped);
    /* A request of a script's own, and how it ended: `error` is NULL for an answer. What it sent is
     * unknown, and `url` as written, when it could not be sent. */
    void (*script_sending)(void *context, struct str method, struct str url);
    void (*script_answered)(void *context, const struct http_response *response, int64_t time_ms,
                            const struct node_error *error);
};

struct run {
    /* given */
    struct run_options options;
    const struct request_definition *definitions;
    struct request_plan *plans;
    struct target **plan_targets; /* NULL: found at each send */
    size_t plan_count;
    const struct variables *variables;
    struct target_list *targets;
    struct tls_settings *tls;
    const struct proxies *proxies;       /* NULL: none */
    const struct tls_choice *tls_choice; /* NULL: all requests have the same settings */
    struct run_observer observer;
    struct run_scripts *scripts;       /* NULL: there are none */
    const struct step_listener *steps; /* NULL: nobody listens */
    /* measured */
    struct metrics metrics;
    uint64_t iterations_done, iterations_dropped;
    int64_t elapsed_ms;         /* of the whole run, when it is over */
    struct generator generator; /* when it is over */
    bool interrupted;
    bool aborted; /* run_abort() */
    /* private */
    uv_loop_t loop;
    uv_timer_t tick;
    struct pacer pacer;
    uv_signal_t signals[2];
    struct virtual_user *users;
    size_t active_users; /* how many the profile wants */
    size_t running;      /* how many are in an iteration */
    size_t in_flight;
    uint64_t iterations_begun;
    uint64_t slots; /* of the schedule, taken so far */
    uint64_t slots_unsent;
    struct watch watch;
    int64_t start_ns, last_tick_ns, last_sweep_ns, last_stop_ns;
    int64_t first_signal_ns;
    bool stopping, finished, failed;
    struct transport transport;
};

/* Runs to the end. Errors: error_out_of_memory, error_environment (no loop, no signals). */
MUST_CHECK bool run_load(struct run *run, struct aws_error *err);
/* Frees what run_load() left for the reports. */
void run_deinit(struct run *run);

int64_t run_elapsed_ms(const struct run *run);
/* Ends the run early and gracefully; for an observer. */
void run_abort(struct run *run);
/* Whether nothing is left to begin: no iteration, no moment of the schedule. */
bool run_is_exhausted(const struct run *run);

#endif
