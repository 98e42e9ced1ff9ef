/*
 * A load run: virtual users on libuv loops, one a thread, from start to the last answer.
 *
 * Closed loop: each user sends the collection's requests in order, the next when the last is
 * answered and the think time is over, on one keep-alive connection. With a schedule it is an open
 * loop: requests are due at its moments, a user that is free takes the next, and its time counts
 * from the moment it was due.
 *
 * Users are dealt out to lanes (lane.h), each with a loop on a thread of its own, and stay there.
 * What is of the whole run is here: options, iterations and moments, which any user takes from one
 * counter, the end, and the figures, which lanes hand over at windows' ends (gathering.h). With one
 * lane, on the calling thread, nothing is handed over: it records into the run's own figures.
 *
 * The end is graceful: at the end of the duration, or at a first SIGINT or SIGTERM, requests in
 * flight are finished and the rest of each iteration is dropped and counted. A second signal ends
 * at once.
 */
#ifndef LOADGEN_RUN_H
#define LOADGEN_RUN_H

#include <stdatomic.h>
#include <uv.h>

#include "loadgen/gathering.h"
#include "loadgen/http_version.h"
#include "loadgen/metrics.h"
#include "loadgen/profile.h"
#include "loadgen/proxy.h"
#include "loadgen/request.h"
#include "loadgen/schedule.h"
#include "loadgen/tls.h"
#include "loadgen/watch.h"

enum {
    RUN_TICK_MS = 10,
    RUN_LATE_MS = 20, /* a tick is not waited for longer */
    RUN_SWEEP_MS = 100,
    RUN_PAUSE_MS = 10,
    RUN_OVERTIME_MS = 2000,
    RUN_START_SPACE_US = 100, /* between the first requests of a lane's users */
    RUN_NOTICES_MAX = 64,
};

struct run_options {
    size_t users; /* of this machine's segment */
    size_t all_users;
    size_t segment, segments; /* this one, from 0, of how many; user u is user u * segments +
                                 segment of the whole run */
    size_t threads;           /* loops, each with its share of the users; 0: one */
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
    const struct body_files *files;     /* read at each send; NULL: before the run */
    const struct schedule *schedule;    /* NULL: closed loop */
    uint64_t seed;
    bool seeded;
};

struct client_exchange;
struct body_files;
struct http_response;
struct node_error;
struct run;
struct run_scripts;
struct tls_choice;
struct virtual_user;

/* Called on the calling thread; the run's figures are theirs to read: whole windows, and with one
 * lane the open one. */
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
    /* A file that the request names could not be read: newman's words. Before sending(). */
    void (*warned)(void *context, struct virtual_user *user, struct str text);
    void (*sending)(void *context, struct virtual_user *user);
    void (*answered)(void *context, struct virtual_user *user, int64_t time_ms);
    /* Also without sending(), for a request that cannot be built. */
    void (*failed)(void *context, struct virtual_user *user, enum error_class class,
                   const char *detail);
    /* A test script named what comes next. */
    void (*next)(void *context, struct virtual_user *user, struct str name);
    void (*ended)(void *context, struct virtual_user *user, bool skipped);
    /* A request of a script's own, taken up at `begun_ns`, and how it ended: `error` is NULL for an
     * answer. What it sent is
     * unknown, and `url` as written, when it could not be sent. */
    void (*script_sending)(void *context, struct str method, struct str url);
    void (*script_answered)(void *context, const struct client_exchange *exchange, int64_t begun_ns,
                            int64_t time_ms, const struct node_error *error);
};

/* What users of all lanes take numbers from: alone on its cache line. */
struct shared_count {
    char before[64];
    atomic_uint_fast64_t next;
    char after[64];
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
    struct run_scripts *scripts;       /* the first lane's; NULL: there are none */
    const struct step_listener *steps; /* NULL: nobody listens; of runs with one lane */
    /* measured */
    struct metrics metrics;
    uint64_t iterations_done, iterations_dropped; /* when it is over */
    int64_t elapsed_ms;                           /* of the whole run, when it is over */
    struct generator generator;                   /* when it is over */
    bool interrupted;
    bool aborted; /* run_abort() */
    /* private; what is atomic is every lane's, the rest the calling thread's */
    struct lane **lanes;
    size_t lane_count;
    struct gathering gathering; /* of more than one lane */
    uv_sem_t ready, go;         /* told once by each lane; to each lane */
    bool has_sems;
    uv_signal_t signals[2];
    int64_t start_ns;
    atomic_bool stopping; /* nothing is begun any more */
    atomic_bool dropping; /* nor finished */
    atomic_bool failed;
    bool cancelled;             /* set before lanes may go: there is nothing to be done */
    atomic_int_fast64_t end_ns; /* when `stopping` was set */
    uint64_t slots_unsent;      /* by whoever set it */
    atomic_uint_fast64_t notices[RUN_NOTICES_MAX]; /* hashes of what has been told; 0: free */
    struct shared_count iterations;                /* begun; counted when they are bounded */
    struct shared_count slots;                     /* of the schedule, taken so far */
};

/* Runs to the end. Errors: error_out_of_memory, error_environment (no loop, no signals). */
MUST_CHECK bool run_load(struct run *run, struct aws_error *err);
/* Frees what run_load() left for the reports. */
void run_deinit(struct run *run);

/* --- for observers -------------------------------------------------------------------------- */

int64_t run_elapsed_ms(const struct run *run);
/* What has ended so far; and until when that is known: with several lanes the end of the last
 * window. */
struct counters run_so_far(const struct run *run);
int64_t run_known_ms(const struct run *run);
/* Users that are active now; in the open loop: requests in flight. */
size_t run_users(const struct run *run);
/* Of bounded ones. */
uint64_t run_iterations_begun(const struct run *run);
/* For handles of one's own; they must be closed by end(). */
uv_loop_t *run_loop(const struct run *run);
/* Ends the run early and gracefully. */
void run_abort(struct run *run);

/* --- for lanes, on any thread --------------------------------------------------------------- */

/* Whether nothing is left to begin: no iteration, no moment of the schedule. */
bool run_is_exhausted(const struct run *run);
void run_begin_end(struct run *run, int64_t now_ns);
/* The same, for want of memory: the run fails. */
void run_fail(struct run *run, int64_t now_ns);
/* Whether that text is new: each is told once, whichever lane's scripts it comes from. */
bool run_notice_is_new(struct run *run, struct str text);

/* Nothing is begun any more; asked by every request. */
static inline bool run_is_stopping(const struct run *run)
{
    return atomic_load_explicit(&run->stopping, memory_order_acquire);
}

/* --- for the first lane's tick -------------------------------------------------------------- */

void run_end_windows(struct run *run, int64_t now_ns);
void run_close_handles(struct run *run);

#endif
