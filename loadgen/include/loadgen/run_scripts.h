/*
 * The scripts of a lane: what users' scripts need of the loop (timers, requests of their own, the
 * answer at hand) and what they did (failed tests, changed variables).
 *
 * A user's phase is begun with user_scripts_begin() and ends in the run's `done`, at once or later.
 * All on the loop's thread.
 */
#ifndef LOADGEN_RUN_SCRIPTS_H
#define LOADGEN_RUN_SCRIPTS_H

#include "loadgen/client_exchange.h"
#include "loadgen/script_engine.h"

struct lane;
struct run;
struct virtual_user;

/* What `run` hears of each test, script and console line; texts as script_host has them. */
struct script_listener {
    void *context;
    void (*test)(void *context, struct virtual_user *user, struct str test, bool failed);
    void (*script)(void *context, struct virtual_user *user, size_t script, struct str error);
    void (*console)(void *context, struct virtual_user *user, struct str level, struct str text);
};

struct run_scripts {
    struct run *run;
    struct lane *lane; /* whose users they are; set by it */
    struct script_engine *engine;
    struct script_setup setup;
    struct script_host host;
    const struct script_listener *listener; /* or NULL */
    /* The user's phase is over. */
    void (*done)(struct virtual_user *user, enum script_phase phase,
                 const struct script_outcome *outcome);
};

struct script_timer_row;
struct script_sending;

/* A user's part; zeroed at first. */
struct user_scripts {
    bool waiting; /* scripts run, but not now */
    enum script_phase phase;
    int64_t since_ns;
    double time_ms;                  /* of the answer */
    struct script_timer_row *timers; /* used again; freed with the user */
    struct script_sending *sendings; /* likewise */
    struct script_sending *queued;   /* of those: to begin when the script has run, in order */
    bool begins_queued;
    struct arena *arena; /* of the decoded answer */
};

/*
 * `setup`, whose users are the lane's, is copied; `scripts` must stay where it is.
 * Errors: as script_engine_new().
 */
MUST_CHECK bool run_scripts_init(struct run_scripts *scripts, struct run *run,
                                 const struct script_setup *setup, struct aws_error *err);
void run_scripts_deinit(struct run_scripts *scripts);

/* Whether the request has scripts of that phase. */
bool run_scripts_has(const struct run_scripts *scripts, size_t request, enum script_phase phase);

void user_scripts_begin(struct virtual_user *user, enum script_phase phase, double time_ms);
/* Ends what has taken too long. */
void user_scripts_sweep(struct virtual_user *user, int64_t now_ns);
/* What waits is given up, connections and timers closed. For the run's end. */
void user_scripts_drop(struct virtual_user *user);
void user_scripts_deinit(struct virtual_user *user);

/* The user's variables, for struct resolver; `context` is the user. */
bool user_scripts_find(void *context, struct str name, struct arena *arena, struct str *ret);

#endif
