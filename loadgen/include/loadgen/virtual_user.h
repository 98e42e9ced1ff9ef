/*
 * One virtual user and its exchange. Belongs to a lane; every function runs on the lane's thread.
 *
 * States: a user is idle (no iteration), waiting (in the pacer), or in flight: its exchange has
 * the request.
 */
#ifndef LOADGEN_VIRTUAL_USER_H
#define LOADGEN_VIRTUAL_USER_H

#include "loadgen/client_exchange.h"
#include "loadgen/digest_login.h"
#include "loadgen/lane.h"
#include "loadgen/run.h"
#include "loadgen/run_scripts.h"

#define STEP_IN_ORDER SIZE_MAX

struct virtual_user {
    struct client_exchange exchange;
    struct cookie_jar cookies;
    struct digest_logins logins; /* in squall run */
    struct lane *lane;
    struct run *run;      /* the lane's */
    size_t index;         /* in the lane */
    bool running;         /* it has iterations to do */
    bool iterating;       /* it is in one */
    bool in_flight;       /* a request has begun and not ended */
    bool waiting;         /* in the pacer, until resume_ns */
    bool due;             /* waiting for a moment of the schedule */
    bool answered;        /* the exchange has the answer of this step */
    bool request_changed; /* by a pre-request script */
    size_t next_step;     /* what a script wants next; STEP_IN_ORDER */
    uint64_t iteration;   /* of this user, from 0 */
    struct user_scripts scripts;
    size_t step; /* the request of the iteration */
    size_t data_row;
    const struct request_plan *plan;
    struct request_plan whole; /* compiled for one send */
    struct str unmade;         /* the address of a request that could not be made; in the arena */
    struct target *target;     /* of the request */
    struct request_bytes bytes;
    int64_t due_ns; /* of a schedule; else 0: its time begins when it is ready */
    int64_t started_ns, resume_ns;
    size_t heap_at;      /* the pacer's */
    int64_t begun_ns;    /* the tick before it began: for the time-out */
    int64_t taken_ns;    /* when it was taken up, where the transport notes moments */
    struct arena *arena; /* of requests that vary; made when first needed */
    struct rng rng;
};

void user_init(struct virtual_user *user, struct lane *lane, size_t index, struct rng rng);
void user_deinit(struct virtual_user *user);

/* An idle user begins an iteration, if there is one left; its first request at `begin_ns`. */
void user_start(struct virtual_user *user, int64_t begin_ns, int64_t now_ns);
/* A waiting user goes on, or stops when it should not run any more. */
void user_resume(struct virtual_user *user, int64_t now_ns);
/* The request in flight has taken too long. */
void user_time_out(struct virtual_user *user, int64_t now_ns);
/* The user's scripts of this phase are over; for struct run_scripts. */
void user_scripts_done(struct virtual_user *user, enum script_phase phase,
                       const struct script_outcome *outcome);
/* The request in flight is given up uncounted, the connection closed. For the run's end. */
void user_drop(struct virtual_user *user);

#endif
