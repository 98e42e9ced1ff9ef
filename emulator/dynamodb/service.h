/* The room as its own files see it: what dynamodb_open() makes, and one call through it. */
#ifndef DYNAMODB_SERVICE_H
#define DYNAMODB_SERVICE_H

#include <pthread.h>
#include <stdatomic.h>

#include "base/timers.h"
#include "catalogue.h"
#include "dynamodb/dynamodb.h"
#include "operation.h"
#include "request_token.h"
#include "store.h"
#include "workers.h"

struct dynamodb {
    struct store *store;
    struct catalogue *catalogue;
    struct throttles *throttles; /* NULL: throughput is no limit */
    struct housekeeper *housekeeper;
    struct dynamodb_latency latency;
    pthread_mutex_t latency_lock; /* guards the next */
    struct rng latency_rng;
    struct timers *timers; /* NULL without a latency profile */
    struct workers *workers;
    _Atomic bool draining;
    struct running_tokens tokens;
    enum durability durability;
    bool on_disk;
    struct clock *clock;
    uint64_t request_id_seed;
    _Atomic uint64_t request_count;
    _Atomic uint64_t error_count;
    _Atomic int64_t told_s; /* when an internal error was last told on stderr */
};

/*
 * One call on its way. The caller keeps it in place until it is answered, and fills the first part;
 * `request` NULL stands for an empty body.
 */
struct service_call {
    struct dynamodb *db;
    const struct ddb_operation *operation;
    const struct json_value *request;
    struct str region;
    struct str host; /* empty: none */
    struct arena *arena;
    int64_t page_bytes_max;                  /* 0: pages of any length */
    void (*done)(struct service_call *call); /* NULL: the caller waits */
    struct dynamodb_answer answer;
    /* The service's. */
    struct ddb_call ddb;
    struct json_writer writer;
    struct buffer body;
};

enum service_result {
    SERVICE_ANSWERED,
    SERVICE_LATER,    /* done() tells; the call may be gone already */
    SERVICE_TOO_LONG, /* the page is longer than page_bytes_max: nothing has happened */
};

enum service_result service_execute(struct service_call *call);

/* An answer of its own: the error, with a request id and the checksum. */
void service_answer_error(struct dynamodb *db, const struct aws_error *err, struct arena *arena,
                          struct dynamodb_answer *ret);
/* Id and checksum for a body that is set. */
void service_finish_answer(struct dynamodb *db, struct dynamodb_answer *answer);

#endif
