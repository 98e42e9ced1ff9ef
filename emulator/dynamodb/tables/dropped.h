/*
 * Collections that nobody owns any more: of a table, an index or a stream that is gone. Their rows
 * lie in the store until they are removed, in steps, which for a large table takes a while that no
 * caller waits for. What is not removed when the process ends is found at the next start.
 */
#ifndef DYNAMODB_DROPPED_H
#define DYNAMODB_DROPPED_H

#include <pthread.h>

#include "store.h"

/* `lock` guards all of it. */
struct dropped {
    pthread_mutex_t lock;
    int64_t *collections;
    size_t count;
    size_t capacity;
};

void dropped_init(struct dropped *dropped);
void dropped_deinit(struct dropped *dropped);

/* Without memory the collection is left for the next start. */
void dropped_add(struct dropped *dropped, int64_t collection);
/* One step of store_drop() for one of them; `ret_more`: there is more to do. For one caller at a
 * time. Errors: the store's. */
MUST_CHECK bool dropped_clear_step(struct dropped *dropped, struct store *store, bool *ret_more,
                                   struct aws_error *err);

#endif
