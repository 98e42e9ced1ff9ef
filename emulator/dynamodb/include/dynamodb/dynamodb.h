/*
 * The DynamoDB room: an operation by name, JSON in and JSON out, the same for the wire and for the
 * in-process client. Source: DynamoDB API Reference; Developer Guide.
 */
#ifndef DYNAMODB_DYNAMODB_H
#define DYNAMODB_DYNAMODB_H

#include "base/arena.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/rng.h"
#include "base/str.h"
#include "http/http.h"

struct dynamodb;

enum durability {
    DURABILITY_FULL,   /* fsync before each answer, one for a group of commits */
    DURABILITY_NORMAL, /* fsync at checkpoints */
    DURABILITY_OFF,    /* never */
};

/* How long the service would take for an operation, in ms; <= 0: no telling. Called by one thread
 * at a time. */
struct dynamodb_latency {
    double (*sample_ms)(void *state, struct str operation, struct rng *rng); /* NULL: none */
    void *state;
};

struct dynamodb_options {
    const char *data_folder; /* NULL: in memory, nothing is kept */
    enum durability durability;
    struct clock *clock;
    uint64_t seed;
    struct dynamodb_latency latency; /* of what comes over the wire */
    bool enforce_throughput;         /* calls beyond a table's throughput are throttled */
};

/*
 * Opens or creates the data folder. Errors (error_environment): a folder that cannot be made or
 * written, a database that is damaged, newer than this program, or locked by another process; each
 * says what to do, and leaves the file untouched.
 */
MUST_CHECK bool dynamodb_open(const struct dynamodb_options *options, struct dynamodb **ret,
                              struct aws_error *err);
/*
 * The end, in three steps around the HTTP server's own, NULL accepted by each. dynamodb_drain(): a
 * call over the wire is from now on answered before its handler returns, and answers that a latency
 * profile holds back are given. dynamodb_stop(), while the server is there: returns when every call
 * that was handed over is answered. dynamodb_close(): waits for what is running, checkpoints and
 * closes; the only step that is owed.
 */
void dynamodb_drain(struct dynamodb *db);
void dynamodb_stop(struct dynamodb *db);
void dynamodb_close(struct dynamodb *db);

enum { DYNAMODB_REQUEST_ID_LENGTH = 52 };

struct dynamodb_answer {
    int status; /* HTTP */
    struct str body;
    const char *error_type; /* the short name, NULL on success */
    struct str error_message;
    char request_id[DYNAMODB_REQUEST_ID_LENGTH + 1];
    uint32_t crc32; /* of the body */
};

/*
 * Runs one operation ("PutItem") to its end on the caller's thread; a write is on disk as the
 * durability promises. Any number of threads may call at once. `region` goes into ARNs; the answer
 * is in `arena`.
 */
void dynamodb_execute(struct dynamodb *db, struct str operation, struct str request,
                      struct str region, struct arena *arena, struct dynamodb_answer *ret);

/*
 * Whether a call now may wait for the disk: a checkpoint runs or is about to, or each write is
 * synced. A caller that must not block then uses another thread.
 */
bool dynamodb_may_wait(struct dynamodb *db);

/* The wire: POST / with X-Amz-Target, and the rest of the protocol (http_service.handle; state is
 * the struct dynamodb). */
void dynamodb_handle_http(void *state, struct http_exchange *exchange);

/* Returns when all is done that the database has to do by itself now: indexes are filled, what has
 * expired is gone. It would be done without this call, too; a test need not wait. */
void dynamodb_settle(struct dynamodb *db);

/* Figures for /_squall/metrics. */
struct dynamodb_counters {
    uint64_t operations;
    uint64_t errors;
    uint64_t commits; /* transactions */
    uint64_t writes;  /* writes in them: writes / commits is the mean group */
};
void dynamodb_count(struct dynamodb *db, struct dynamodb_counters *ret);

#endif
