/*
 * A loop on a thread of its own, with its share of a run's users: user k of this machine's belongs
 * to lane k mod T, and stays there. The first lane runs on the calling thread.
 *
 * Everything in a lane is its thread's alone, except where it says otherwise; lane_init() and
 * lane_free() are the calling thread's, before the others begin and after they have ended.
 */
#ifndef LOADGEN_LANE_H
#define LOADGEN_LANE_H

#include "loadgen/client_connection.h"
#include "loadgen/pacer.h"
#include "loadgen/run.h"
#include "loadgen/run_scripts.h"

struct lane {
    struct run *run;
    size_t index;
    /* the run's for the first lane, copies for the others: each of them changes in a run */
    struct request_plan *plans;
    struct target **plan_targets;
    struct run_scripts *scripts; /* NULL: there are none */
    struct metrics *metrics;     /* the run's where there is one lane; else an open window */
    struct transport transport;
    struct pacer pacer;
    uv_loop_t loop;
    uv_timer_t tick;
    struct virtual_user *users;
    size_t user_count;
    size_t active_users; /* how many the profile wants */
    size_t running;      /* how many are in an iteration */
    size_t in_flight;
    uint64_t iterations_begun, iterations_done, iterations_dropped;
    uint64_t iterations_kept; /* for those who begin the run, however late this lane's thread is */
    uint64_t slots_dropped;   /* moments that were taken, came before the end, and were not sent */
    struct watch watch;
    int64_t last_round_ns, last_tick_ns, last_sweep_ns, last_stop_ns;
    int64_t users_noted_ns;
    bool finished;
    uint64_t round;          /* of the gathering, handed over */
    atomic_size_t users_now; /* at the last tick; for run_users() */
    /* of the others */
    uv_thread_t thread;
    bool has_thread, has_loop;
    struct aws_error err; /* why it could not be prepared; read once it has said so */
    struct target_list own_targets;
    struct proxies own_proxies;
    struct run_scripts own_scripts;
    struct metrics own_metrics;
};

/* Aligned so that no two lanes share a cache line; NULL without memory. Pairs with lane_free(). */
struct lane *lane_new(void);
/* Its memory and its loop; the users are there, not initialized. On failure lane_free() is all that
 * is needed. Errors: error_out_of_memory, error_environment. */
MUST_CHECK bool lane_init(struct lane *lane, struct run *run, size_t index, struct aws_error *err);
void lane_free(struct lane *lane);

/* What is better made by the lane's own thread: its scripts' engine, and the first connections of
 * many users. Errors: those of run_scripts_init(). */
MUST_CHECK bool lane_prepare(struct lane *lane, struct aws_error *err);
/* On its thread, from the run's start to its last user's end. */
void lane_run(struct lane *lane);
/* What lane_prepare() made; on its thread, too. */
void lane_release(struct lane *lane);

/* How many users the profile wants at `elapsed`, a share of the duration. */
size_t lane_users_wanted(const struct lane *lane, double elapsed);

/*
 * Starts users, ends windows, looks for what has taken too long. The loop's timer calls it every
 * RUN_TICK_MS; while the loop has thousands of answers to read it does not come to its timers for a
 * second, so that users call it with their answers, too, when it is late.
 */
void lane_tick(struct lane *lane, int64_t now_ns);

/* Their time until now is theirs; called at each tick, and before their number changes: what a run
 * has of users in its last milliseconds has no tick of its own. */
void lane_note_users(struct lane *lane, int64_t now_ns);

/* What its users do next. False when nothing is left to begin. */
MUST_CHECK bool lane_take_iteration(struct lane *lane, uint64_t *ret_number);
MUST_CHECK bool lane_take_slot(struct lane *lane, int64_t *ret_due_ns);
/* Gives up what is in flight, uncounted. */
void lane_drop_users(struct lane *lane);

#endif
