/*
 * The SQLite store's parts among themselves; everybody else sees store.h.
 *
 * One connection writes, under `writer_lock`, and only it checkpoints: SQLite before 3.51.3 can
 * lose commits where two connections race to restart the log. Readers have connections of their
 * own, kept in a pool. Nothing checkpoints by itself: a checkpoint stalls its caller for
 * milliseconds, so a thread of its own does it, in small steps.
 */
#ifndef DYNAMODB_STORE_SQLITE_H
#define DYNAMODB_STORE_SQLITE_H

#include <pthread.h>
#include <stdatomic.h>

#include "data_folder.h"
#include "group_commit.h"
#include "sqlite_connection.h"
#include "store.h"

/* The idle connections; `lock` guards both. At most READERS_MAX are open. */
struct reader_pool {
    pthread_mutex_t lock;
    pthread_cond_t given_back;
    struct connection *idle;
    int open;
};

/* `lock` guards the frame counts and `stop`. */
struct checkpointer {
    pthread_t thread;
    bool running;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    int frames;    /* in the log now */
    int threshold; /* when to begin */
    int interval;  /* from one beginning to the next */
    bool stop;
};

/* What each collection holds, by its number; changed after a commit, under `lock`. */
struct store_sizes {
    pthread_mutex_t lock;
    struct store_size *sizes;
    size_t count;
};

struct sqlite_store {
    struct store store; /* first: a struct store * is one of these */
    struct data_folder folder;
    pthread_mutex_t writer_lock;
    struct connection *writer; /* with writer_lock */
    struct group_commit group;
    struct reader_pool readers;
    struct checkpointer checkpointer;
    struct store_sizes sizes;
    _Atomic uint64_t commits;
    _Atomic uint64_t writes;
    _Atomic bool checkpointing;
    _Atomic bool damaged; /* met while running: nothing is written any more */
};

/* store_sizes.c */
void store_sizes_init(struct store_sizes *sizes);
void store_sizes_deinit(struct store_sizes *sizes);
MUST_CHECK bool store_sizes_add(struct store_sizes *sizes, int64_t collection, int64_t items,
                                int64_t bytes);
void store_sizes_clear(struct store_sizes *sizes, int64_t collection);
struct store_size store_sizes_get(struct store_sizes *sizes, int64_t collection);
int64_t store_sizes_last(struct store_sizes *sizes); /* as store_last() */
/* From what the last close left, or by counting when there was none. */
MUST_CHECK bool store_sizes_load(struct store_sizes *sizes, struct connection *writer,
                                 struct aws_error *err);
MUST_CHECK bool store_sizes_save(struct store_sizes *sizes, struct connection *writer,
                                 struct aws_error *err);

/* checkpointer.c */
MUST_CHECK bool checkpointer_start(struct sqlite_store *store, struct aws_error *err);
void checkpointer_stop(struct sqlite_store *store);

/* store_sqlite_read.c */
void reader_pool_init(struct reader_pool *pool);
void reader_pool_deinit(struct reader_pool *pool);
bool sqlite_store_get(struct store *store, struct store_target *target, struct arena *arena,
                      struct aws_error *err);
bool sqlite_store_get_many(struct store *store, struct store_target *targets, size_t count,
                           size_t bytes_max, struct arena *arena, size_t *ret_count,
                           struct aws_error *err);
bool sqlite_store_read(struct store *store, const struct store_range *range, store_visit *visit,
                       void *state, struct aws_error *err);
/* With any connection whose caller may use it now. */
MUST_CHECK bool sqlite_get(struct connection *connection, struct store_target *target,
                           struct arena *arena, struct aws_error *err);

/* store_sqlite_write.c */
void sqlite_store_run_group(void *state, struct group_entry *first);
bool sqlite_store_write(struct store *store, struct store_transaction *transaction,
                        struct aws_error *err);
void sqlite_store_write_later(struct store *store, struct store_pending *pending);
bool sqlite_store_drop(struct store *store, int64_t collection, bool *ret_more,
                       struct aws_error *err);

#endif
