/*
 * Execution environments: one serves one invocation at a time, keeps its state from one to the
 * next, and is a thread of its own (with a child process behind it where the code is a
 * `bootstrap`).
 *
 * Life: made for an invocation that found no idle one (a cold start), idle between invocations,
 * ended after minutes of idleness or when its version is replaced. One whose handler does not
 * return in time is lost: its caller is answered, and it is never used again.
 *
 * Source: Lambda Developer Guide, "Lambda execution environment".
 */
#ifndef LAMBDA_ENVIRONMENT_H
#define LAMBDA_ENVIRONMENT_H

#include <pthread.h>

#include "report.h"
#include "service_state.h"
#include "squall/lambda.h"

enum env_state {
    ENV_INIT,     /* being made, for a call that waits */
    ENV_IDLE,     /* in its version's stack */
    ENV_BUSY,     /* a handler runs */
    ENV_HELD,     /* the handler is done, its answer waits for the modelled end */
    ENV_LOST,     /* the caller has been answered, the handler has not returned */
    ENV_SHUTDOWN, /* ending */
    ENV_STATE_COUNT,
};

/* Whether an environment may go from one state to the other. */
bool env_may_go(enum env_state from, enum env_state to);

/* What one invocation needs while it runs; owned by the thread that runs it, but for what
 * `env->lock` guards. */
struct env_call {
    char request_id[UUID_TEXT_BYTES];
    const char *arn; /* with the qualifier that was used */
    struct str event;
    struct str client_context;
    struct str trace_id;
    struct arena *answers; /* where respond() and fail() copy to */
    int64_t started_ns;    /* env->lock, while another thread may look */
    int64_t deadline_ns;   /* likewise */
    bool cold;
    bool in_place;
    bool waited;       /* in place, and the handler slept */
    int64_t queued_ns; /* in DynamoDB's room, behind other callers: not the call's own length */
    int64_t init_ns;

    bool answered;
    bool failed;
    struct str payload;
    const char *status; /* of the REPORT line: NULL, "error", "timeout" */
    const char *error_type;
    bool env_ends;
};

enum { TRACE_SEGMENTS_MAX = 512 };

/* What the handler's thread did, for the models: CPU between the host's blocking calls. */
struct env_trace {
    struct cpu_segment *segments; /* NULL: not recorded */
    size_t count;
    int64_t cpu_mark_ns; /* the thread's CPU clock when the last segment ended */
};

/* How an environment runs its code: in-process or as a process. All run on its own thread, but
 * `handle` may run on an event thread that borrows it. */
struct env_kind {
    /* False: the init failed, and call->payload says how. */
    bool (*init)(struct execution_environment *env);
    void (*handle)(struct execution_environment *env);
    void (*shutdown)(struct execution_environment *env);
    /* False: it ended by itself while it was idle, and has to be initialised again. */
    bool (*is_alive)(struct execution_environment *env);
    /* Any thread: makes init() and handle() return soon where that is possible. */
    void (*interrupt)(struct execution_environment *env);
    int64_t (*max_memory_mb)(struct execution_environment *env);
};

struct env_process; /* process.c */

struct execution_environment {
    struct lambda_context context; /* first: the handler's context is the environment */
    struct lambda_service *service;
    struct function_version *version; /* a reference */
    const struct env_kind *kind;
    struct execution_environment *next_idle;    /* service->lock */
    struct execution_environment *next, **link; /* service->lock: service->environments */
    enum env_state state;                       /* service->lock */
    int64_t idle_since_ns;                      /* service->lock */
    pthread_t thread;

    /* The runner's. */
    bool initialised;
    void *handler_state;
    struct arena *arena;
    struct rng rng;
    struct env_call call;
    struct env_trace trace;
    struct cpu_account cpu_account;
    bool has_cpu_account;
    struct env_process *process; /* env->lock, for others than the runner */
    bool has_ended;              /* its process is gone */
    char log_stream[LOG_STREAM_BYTES];
    char log_group[96];

    pthread_mutex_t lock; /* guards what follows */
    pthread_cond_t wake;
    bool has_call;
    bool stopping;
    bool in_init;
    bool holding;                  /* the answer is ready and waits for the modelled end */
    int64_t max_memory_mb;         /* the most that its calls have used */
    struct invocation *invocation; /* NULL: none, or answered already */
    struct log_ring log;           /* of this call */
    struct timer timer;            /* deadline, or the modelled end */
    char log_bytes[CALL_LOG_BYTES];
};

/*
 * An environment of that version with a thread, in state ENV_INIT, whose first call is
 * `invocation`: env_prepare() has not run yet. Takes the reference to `version` when it succeeds.
 * NULL: no memory or no thread. Not under the service's lock.
 */
struct execution_environment *env_new(struct lambda_service *service,
                                      struct function_version *version);
/* Fills env->call from the invocation; the caller owns the environment. False: no memory. */
MUST_CHECK bool env_prepare(struct execution_environment *env, struct invocation *invocation,
                            bool in_place);
/* Hands the prepared call to the environment's thread. */
void env_start(struct execution_environment *env, struct invocation *invocation);
/* Runs the prepared call on the caller's thread, and answers how long the handler took. */
int64_t env_run_in_place(struct execution_environment *env, struct invocation *invocation);

/* Ends an environment that was reserved for a call which cannot run after all. */
void env_discard(struct execution_environment *env);

/* Changes the state; service->lock is held. */
void env_set_state_locked(struct execution_environment *env, enum env_state state);
/* Tells an idle environment to end; service->lock is held. */
void env_shutdown_locked(struct execution_environment *env);
/*
 * Takes the call away from an environment, so that nobody else answers it: NULL when there is none
 * or it is answered already. Until env_abandon() the environment stays alive.
 */
struct invocation *env_claim(struct execution_environment *env);
/* Answers a claimed call: a held one as it is, a running one with the service's error. */
void env_abandon(struct execution_environment *env, struct invocation *invocation);
/* Joins the threads of environments that have ended and frees them. Not under the lock. */
void env_join_finished(struct lambda_service *service);

/* The handler's side of things, for the kinds. */
void env_log(struct execution_environment *env, struct str text);
/* The same, byte for byte: what a process writes. */
void env_log_bytes(struct execution_environment *env, struct str text);
/* A payload {"errorType":...,"errorMessage":"RequestId: ... Error: TEXT"}. */
void env_fail(struct execution_environment *env, const char *error_type, const char *text);
/* Ends a stretch of CPU and begins waiting; env_trace_resume() ends the wait. */
void env_trace_pause(struct execution_environment *env);
/* CPU time of the calling thread. */
int64_t thread_cpu_ns(void);
void env_trace_resume(struct execution_environment *env, double wait_ms);

extern const struct env_kind env_in_process;
extern const struct env_kind env_in_child;

#endif
