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
    struct ddb_call *call; /* its request has TableName, Item or Key, expressions ... */
    struct table *table;   /* held while the write is alive: writes_release() */
    struct store_key key;
    struct expr *condition; /* NULL: none */
    bool show_on_failure;   /* ReturnValuesOnConditionCheckFailure */
    enum return_values returns;
    bool by_service;             /* as item_change's */
    struct attribute_value item; /* put: the item; otherwise: the request's key */
    const struct update *update; /* update */
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

/*
 * Finds the tables, binds, and runs `writes` in one transaction of the store: everything is
 * written, or nothing. When it answers false, `err` is the first failure, in the order of the
 * writes. `conditions_failed` tells that it got as far as the items: then every write that failed
 * there has its own `err`. Errors: ResourceNotFoundException, ConditionalCheckFailedException, and
 * those of bind() and make(). The writes are of one call and of different items.
 */
MUST_CHECK bool writes_run(struct item_write *writes, size_t count, bool *ret_reached_items,
                           struct aws_error *err);
/* Gives the tables back. */
void writes_release(struct item_write *writes, size_t count);

/* The units of the whole write: the table's and its indexes'. */
double write_units(const struct item_write *write);

/* PutItem, UpdateItem, DeleteItem: from request to answer. */
MUST_CHECK bool write_single_run(const struct write_kind *kind, struct ddb_call *call,
                                 struct aws_error *err);

#endif
