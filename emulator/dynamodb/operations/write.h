/*
 * Items written: old item, condition, new item, in one transaction of the store. The kinds of write
 * differ in how the new item comes about.
 *
 * A write goes through three steps. check() reads the request and needs no table. bind() knows the
 * table: keys, and paths on keys. The rest runs within the store's transaction. When the table has
 * changed meanwhile (an index came or went), the last two begin again.
 */
#ifndef DYNAMODB_WRITE_H
#define DYNAMODB_WRITE_H

#include "capacity.h"
#include "expression.h"
#include "operation.h"
#include "store.h"
#include "table.h"
#include "value.h"

enum return_values {
    RETURN_NONE,
    RETURN_ALL_OLD,
    RETURN_UPDATED_OLD,
    RETURN_ALL_NEW,
    RETURN_UPDATED_NEW,
};

struct item_write;

/* A kind of write. */
struct write_kind {
    /* Of the request in write->call; fills what the other two need. */
    bool (*check)(struct item_write *write, struct aws_error *err);
    /* Fills write->key from write->table. */
    bool (*bind)(struct item_write *write, struct aws_error *err);
    /*
     * Makes the new item from the old one (without attributes when there is none), in the call's
     * arena; `ret_keep` false: there is none afterwards. Runs where the transaction runs, maybe on
     * another thread. NULL: the item stays as it is.
     */
    bool (*make)(struct item_write *write, bool found, const struct attribute_value *old,
                 struct attribute_value *ret, bool *ret_keep, struct aws_error *err);
    bool reads_old; /* make() looks at the old item's attributes */
};

extern const struct write_kind write_put;    /* put_item.c */
extern const struct write_kind write_update; /* update_item.c */
extern const struct write_kind write_delete; /* delete_item.c */

struct item_write {
    const struct write_kind *kind;
    struct ddb_call *call; /* its request has Item or Key, expressions ... */
    struct str table_name; /* as the request has it, or an ARN */
    bool in_transaction;   /* the words for an index's key are others then */
    struct table *table;   /* held while the set runs */
    struct store_key key;
    struct expr *condition; /* NULL: none */
    bool show_on_failure;   /* ReturnValuesOnConditionCheckFailure */
    enum return_values returns;
    bool by_service;             /* as item_change's */
    struct attribute_value item; /* put: the item; otherwise: the request's key */
    const struct update *update; /* update */
    size_t update_bytes;         /* of its expression and values */
    /* What happened. */
    struct store_target target;
    struct attribute_value old;
    struct attribute_value new_item;
    bool kept; /* there is an item afterwards */
    struct str new_json;
    int64_t new_size;
    struct capacity used;
    struct aws_error err; /* kind NULL: this write did not fail */
};

/* A write of the kind, of call->request; checked. */
MUST_CHECK bool write_begin(const struct write_kind *kind, struct ddb_call *call,
                            struct item_write *ret, struct aws_error *err);

struct request_token;

/*
 * Writes that run in one transaction of the store. Where the call's caller does not wait, the set
 * and its writes live in the call's arena.
 */
struct write_set {
    struct ddb_call *call; /* the whole request's; the writes' own calls share its arena */
    struct item_write *writes;
    size_t count;
    /* What two writes of one item are told; NULL: there are no two. */
    const char *duplicates;
    /* A write that is throttled leaves the others be; otherwise all are written, or none is. */
    bool independent;
    struct request_token *token; /* NULL: none */
    /*
     * Called once, with the outcome: makes the answer. `ok` false: `err` is set, and finish() may
     * change it. Answers whether the call is answered.
     */
    bool (*finish)(struct write_set *set, bool ok, struct aws_error *err);
    /* The writes alone failed, each that did has its `err`. Not set where the whole request is to
     * blame, or nobody is. */
    bool writes_failed;
};

/*
 * Finds the tables, binds, runs, finishes, and gives the tables back. Fails with the first of: a
 * table that is not there, an empty key, duplicates, other keys, and what was found with the items
 * in hand; then nothing has been written. Errors: ResourceNotFoundException,
 * ConditionalCheckFailedException, those of bind(), make(), finish() and the token; error_later.
 */
MUST_CHECK bool write_set_run(struct write_set *set, struct aws_error *err);
/* An empty key is a mistake of the whole request, as only its text tells; so is too little memory.
 * Other errors are of the one write. */
bool write_error_is_of_request(const struct aws_error *err);
/* Too much for the table's throughput at this moment. */
bool write_error_is_throttling(const struct aws_error *err);

/* What the write's ReturnValues asks for, as JSON: ptr NULL for nothing. Errors:
 * error_out_of_memory. */
MUST_CHECK bool write_returned(const struct item_write *write, struct str *ret,
                               struct aws_error *err);
/* The units of the whole write: the table's and its indexes'. */
double write_units(const struct item_write *write);

/* PutItem, UpdateItem, DeleteItem: from request to answer. */
MUST_CHECK bool write_single_run(const struct write_kind *kind, struct ddb_call *call,
                                 struct aws_error *err);

#endif
