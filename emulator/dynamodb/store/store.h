/*
 * Where items lie: ordered collections of key bytes -> item bytes. A store knows no attribute, no
 * type and no condition; keys come as order-preserving bytes (key.h), items as canonical DynamoDB
 * JSON.
 *
 * Collection 0 is the catalogue of tables (partition = the table's name); every table and every
 * index has a collection of its own, and a number is not given twice while rows of it exist.
 * Collection -1 has the tokens of transactions (request_token.h), and no size.
 *
 * Order within a collection: the hash of the partition bytes, the partition bytes, the sort bytes.
 * So the items of one partition lie together in sort order, a scan goes by hash, and a segment of a
 * parallel scan is a range of hashes.
 *
 * All functions may be called by many threads at once. Errors are error_environment (the disk, a
 * damaged file) or error_out_of_memory; no client's mistake is one.
 */
#ifndef DYNAMODB_STORE_H
#define DYNAMODB_STORE_H

#include "base/arena.h"
#include "base/error.h"
#include "base/str.h"
#include "dynamodb/dynamodb.h"
#include "group_commit.h"

enum { STORE_TOKENS = -1, STORE_CATALOGUE = 0, STORE_HASH_MAX = 0x7fffffff };

struct store_key {
    struct str partition;
    struct str sort; /* empty where there is no sort key */
};

struct store_item {
    struct store_key key;
    struct str json;
    int64_t size; /* as DynamoDB counts it; the store adds them up */
};

/*
 * What to read. With `partition` set: that partition's rows with sort_from <= sort < sort_to (an
 * unset sort_to has no end). Without: rows with hash_from <= hash <= hash_to. `after`, when it has
 * a partition, is where the last page ended: only rows behind it in the direction of travel.
 */
struct store_range {
    int64_t collection;
    struct str partition;
    struct str sort_from;
    struct str sort_to; /* ptr NULL: no end */
    bool reverse;       /* partitions only */
    uint32_t hash_from;
    uint32_t hash_to;
    struct store_key after;
};

/* One row; borrowed for the call. False ends the reading. The store must not be called from here.
 */
typedef bool store_visit(void *state, const struct store_item *item);

/* One item that a write looks at before it decides. */
struct store_target {
    int64_t collection;
    struct store_key key;
    bool found;             /* filled by the store */
    struct store_item item; /* what was there, in the transaction's arena; its key is unset */
};

/* old_size of a change: nothing lies there; whoever made the change cannot know, the store looks.
 */
enum { STORE_SIZE_NONE = -1, STORE_SIZE_UNKNOWN = -2 };

/* What a write does. */
struct store_change {
    struct store_change *next;
    int64_t collection;
    struct store_key key;
    struct str json;  /* ptr NULL: remove */
    int64_t size;     /* of the new item */
    int64_t old_size; /* of what lies there now */
};

/*
 * A read-modify-write, alone in the store while it runs. The store fills the targets and calls
 * decide(), maybe on another caller's thread; decide() looks at them, leaves its changes and
 * answers true, or answers false and nothing is written, which is no error. Everything belongs to
 * the caller, who waits. Once store_write() has answered true the changes are as durable as the
 * store promises.
 */
struct store_transaction {
    struct arena *arena;
    struct store_target *targets;
    size_t target_count;
    bool (*decide)(struct store_transaction *transaction);
    void *state; /* decide()'s */
    struct store_change *changes;
};

/* A write whose caller does not wait. It stays the caller's until done(). */
struct store_pending {
    struct group_entry entry; /* the store's */
    struct store_transaction *transaction;
    struct aws_error *err;
    bool ok;      /* for done(): what store_write() would have answered */
    bool decided; /* decide() wants its changes written */
    /* Called once, on a thread of the store's or another writer's; must not block. */
    void (*done)(struct store_pending *pending);
};

struct store_size {
    int64_t items;
    int64_t bytes;
};

struct store;

struct store_ops {
    bool (*get)(struct store *store, struct store_target *target, struct arena *arena,
                struct aws_error *err);
    bool (*get_many)(struct store *store, struct store_target *targets, size_t count,
                     size_t bytes_max, struct arena *arena, size_t *ret_count,
                     struct aws_error *err);
    bool (*read)(struct store *store, const struct store_range *range, store_visit *visit,
                 void *state, struct aws_error *err);
    bool (*write)(struct store *store, struct store_transaction *transaction,
                  struct aws_error *err);
    void (*write_later)(struct store *store, struct store_pending *pending);
    void (*settle)(struct store *store);
    bool (*drop)(struct store *store, int64_t collection, bool *ret_more, struct aws_error *err);
    struct store_size (*size)(struct store *store, int64_t collection);
    int64_t (*last)(struct store *store);
    void (*count)(struct store *store, uint64_t *commits, uint64_t *writes);
    bool (*is_busy)(struct store *store);
    bool (*is_writing)(struct store *store);
    void (*close)(struct store *store);
};

struct store {
    const struct store_ops *ops;
};

/* In `folder`, which is made when it is missing. Errors as dynamodb_open(). */
MUST_CHECK bool store_open_sqlite(const char *folder, enum durability durability,
                                  struct store **ret, struct aws_error *err);
/* Kept nowhere. */
MUST_CHECK bool store_open_memory(struct store **ret, struct aws_error *err);

/* Waits for nothing: no call may be running. NULL is accepted. */
void store_close(struct store *store);

/* The item at target->key, copied into `arena`; target->found tells whether there is one. */
MUST_CHECK bool store_get(struct store *store, struct store_target *target, struct arena *arena,
                          struct aws_error *err);
/*
 * The same for several items, as they were at one moment: no write shows in some of them only. They
 * are read in order while their texts come to at most `bytes_max`; `ret_count` is how many were.
 */
MUST_CHECK bool store_get_many(struct store *store, struct store_target *targets, size_t count,
                               size_t bytes_max, struct arena *arena, size_t *ret_count,
                               struct aws_error *err);
MUST_CHECK bool store_read(struct store *store, const struct store_range *range, store_visit *visit,
                           void *state, struct aws_error *err);
MUST_CHECK bool store_write(struct store *store, struct store_transaction *transaction,
                            struct aws_error *err);
/* The same without waiting; pending->done() may be called before this returns. */
void store_write_later(struct store *store, struct store_pending *pending);
/* The end of store_write_later(): returns when every write that was left is told as done, and what
 * its done() has left in turn. None may come from elsewhere any more. */
void store_settle(struct store *store);
/* Removes some rows of the collection, which nobody reads or writes any more; `ret_more`: there may
 * be others. */
MUST_CHECK bool store_drop(struct store *store, int64_t collection, bool *ret_more,
                           struct aws_error *err);
struct store_size store_size(struct store *store, int64_t collection);
/* The highest number of a collection that has rows; 0: none has. */
int64_t store_last(struct store *store);
/* A checkpoint runs: a write would wait for milliseconds. */
bool store_is_busy(struct store *store);
/* Another write runs: one more would wait for it, or share the next commit with others. */
bool store_is_writing(struct store *store);
void store_count(struct store *store, uint64_t *commits, uint64_t *writes);

/* 0..STORE_HASH_MAX; part of the format on disk. */
uint32_t store_hash(struct str partition);
/* <0, 0, >0: the order of a collection. */
int store_key_compare(struct store_key a, struct store_key b);
/* For the implementations. Copies what was found into the arena. */
MUST_CHECK bool store_target_fill(struct store_target *target, struct arena *arena, struct str json,
                                  int64_t size, struct aws_error *err);

#endif
