/*
 * Runs a collection's scripts: Postman's `pm` in JavaScriptCore. One engine serves all users of one
 * loop, on its thread; each has variables and a running script of its own in there.
 *
 * A phase (the pre-request scripts of a request, or its tests) is begun with script_begin(). When
 * its scripts wait, for a timer or an answer, the host calls script_timer(), script_answered() or
 * script_abandon() until the outcome no longer says so.
 *
 * Bounds: a script that runs for longer than the time limit without a pause, or makes the process
 * grow past the memory limit (SCRIPT_MEMORY_MB, and SCRIPT_MEMORY_USER_KB for each user), is
 * stopped and has failed. What cannot be stopped ends the process (script/guard.h). When all
 * scripts together keep more than the limit, further ones are not run and have failed. Scripts have
 * no files and no network but pm.sendRequest.
 *
 * Source: learning.postman.com, "Postman JavaScript reference"; what its pages leave open is as
 * newman 6.2 does it (tests/data/postman).
 */
#ifndef LOADGEN_SCRIPT_ENGINE_H
#define LOADGEN_SCRIPT_ENGINE_H

#include "loadgen/collection.h"
#include "loadgen/variables.h"

enum { SCRIPT_TIMEOUT_MS = 10000, SCRIPT_MEMORY_MB = 1024, SCRIPT_MEMORY_USER_KB = 256 };

/* What the engine asks of its host, and tells it; texts are borrowed for the call. */
struct script_host {
    void *context;
    /* The user's answer: header lines, each ended by a line feed; the body, decoded, in `arena`. */
    struct str (*reason)(void *context, size_t user);
    struct str (*head)(void *context, size_t user);
    struct str (*body)(void *context, size_t user, struct arena *arena);
    uint64_t (*body_bytes)(void *context, size_t user);
    /* The request as it went out, as JSON {method, url, header, body}, in `arena`. */
    struct str (*sent)(void *context, size_t user, struct arena *arena);
    /* JSON [{name, value, domain, path, created (seconds), …}] of what goes with a URL, in `arena`;
     * user's jar. */
    struct str (*cookies)(void *context, size_t user, struct str url, struct arena *arena);
    void (*set_cookie)(void *context, size_t user, struct str url, struct str cookie);
    /* To call script_timer() after `ms`; to send a request (JSON) and call script_answered(). */
    void (*timer)(void *context, size_t user, uint32_t id, double ms);
    void (*send)(void *context, size_t user, uint32_t id, struct str request);
    void (*forget)(void *context, size_t user, uint32_t id);
    /* A script has set or removed a variable of that name, for the first time in the run. */
    void (*touched)(void *context, struct str name);
    /* A test is over: JSON {name, index, skipped, passed, error}. All when `detailed`, else those
     * that failed. */
    void (*test)(void *context, size_t user, struct str test, bool failed);
    /* A script is over; `error`: JSON {name, message}, or empty. All when detailed, else errors. */
    void (*script)(void *context, size_t user, size_t script, struct str error);
    /* When detailed: a line of the console, its values as newman shows them. */
    void (*console)(void *context, size_t user, struct str level, struct str text);
    /* What whoever started the run should know. */
    void (*notice)(void *context, struct str text);
    /* The user's own chance, for dynamic variables; borrowed. */
    struct rng *(*chance)(void *context, size_t user);
    /* Asked of a script that runs on: whether the run has ended, and it with it. NULL: never. */
    bool (*is_over)(void *context);
};

struct script_setup {
    const struct collection *collection;
    const struct variables *variables;
    struct str environment_name, globals_name;
    size_t users;
    size_t all_users; /* of all engines of the process, whose memory is one */
    uint64_t iterations;
    bool detailed;
    int64_t timeout_ms; /* of one stretch of running; 0: SCRIPT_TIMEOUT_MS */
};

struct script_outcome {
    bool waiting;                 /* and nothing below is final */
    bool skip;                    /* pm.execution.skipRequest() */
    bool request_changed;         /* script_request() has it */
    bool next_request;            /* script_next() has its name */
    bool erred;                   /* a script ended in an exception */
    uint32_t tests, failed_tests; /* in this phase so far */
};

struct script_engine;

/* Whether this squall can run scripts at all; the library is looked for by script_engine_new(). */
bool script_engine_is_built(void);

/*
 * Compiles all scripts. `setup`'s pointers and `host` must live as long.
 * Errors: error_environment: no JavaScriptCore; error_out_of_memory.
 */
MUST_CHECK bool script_engine_new(const struct script_setup *setup, const struct script_host *host,
                                  struct script_engine **ret, struct aws_error *err);
void script_engine_free(struct script_engine *engine);

/* The user begins an iteration, with a row of the data file; past the last row: with none. */
void script_iteration(struct script_engine *engine, size_t user, uint64_t iteration, size_t row);

/* `status` and `time_ms` are the answer's, for tests. */
struct script_outcome script_begin(struct script_engine *engine, size_t user, size_t request,
                                   enum script_phase phase, int status, double time_ms);
struct script_outcome script_timer(struct script_engine *engine, size_t user, uint32_t id);

struct script_answer {
    const char *error; /* NULL: there is an answer; else the error's members, a JSON object */
    int status;
    double time_ms;
    struct str reason, head, body;
    uint64_t body_bytes;
};
struct script_outcome script_answered(struct script_engine *engine, size_t user, uint32_t id,
                                      const struct script_answer *answer);
/* The scripts have waited for too long. */
struct script_outcome script_abandon(struct script_engine *engine, size_t user,
                                     const char *message);

/* The request as the pre-request scripts left it: an item's "request", JSON, in `arena`. */
struct str script_request(struct script_engine *engine, size_t user, struct arena *arena);
/* The name given to setNextRequest, in `arena`; false when it was null: the iteration ends. */
MUST_CHECK bool script_next(struct script_engine *engine, size_t user, struct arena *arena,
                            struct str *ret);
/* A variable as the user has it, in `arena`. For struct resolver. */
MUST_CHECK bool script_lookup(struct script_engine *engine, size_t user, struct str name,
                              struct arena *arena, struct str *ret);
/* The variables of "environment", "globals" or "collectionVariables": JSON [{key, value, type}]. */
struct str script_variables(struct script_engine *engine, size_t user, const char *scope,
                            struct arena *arena);

#endif
