/*
 * A few threads for the calls that may block: an fsync, a long page. They are fewer than a crowd of
 * writers would like and enough to share commits.
 */
#ifndef DYNAMODB_WORKERS_H
#define DYNAMODB_WORKERS_H

#include "base/error.h"

struct workers;

/* Lies in the caller's memory until run() has been called. */
struct work {
    struct work *next;
    void (*run)(struct work *work);
};

MUST_CHECK bool workers_start(size_t count, struct workers **ret, struct aws_error *err);
/* Runs what is queued to its end, then ends the threads; from now on nothing is taken. */
void workers_end(struct workers *workers);
/* workers_end(), and frees. NULL is accepted. */
void workers_stop(struct workers *workers);
void workers_add(struct workers *workers, struct work *work); /* before workers_end() */
/* False, and nothing happened, once they are ended. */
MUST_CHECK bool workers_try_add(struct workers *workers, struct work *work);

#endif
