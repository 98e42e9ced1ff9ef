/*
 * One item written: old item, condition, new item, in one transaction of the store. PutItem,
 * UpdateItem and DeleteItem differ in how the new item comes about.
 */
#ifndef DYNAMODB_WRITE_H
#define DYNAMODB_WRITE_H

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

struct item_write {
    struct ddb_call *call;
    struct table *table;
    struct store_key key;
    struct expr *condition; /* NULL: none */
    bool show_on_failure;   /* ReturnValuesOnConditionCheckFailure */
    enum return_values returns;
    /*
     * Makes the new item from the old one (without attributes when there is none), in the call's
     * arena; `ret_keep` false: there is none afterwards. Called where the transaction runs.
     */
    bool (*make)(struct item_write *write, bool found, const struct attribute_value *old,
                 struct attribute_value *ret, bool *ret_keep, struct aws_error *err);
    bool reads_old;                            /* make() looks at the old item's attributes */
    const struct attribute_value *item;        /* PutItem */
    const struct attribute_value *request_key; /* UpdateItem */
    const struct update *update;               /* UpdateItem */
    /* What happened. */
    struct store_target target;
    struct attribute_value old;
    struct attribute_value new_item;
    bool old_decoded;
    bool kept;
    struct store_change change;
    struct aws_error err;
};

/* The request's ReturnValues; NONE when absent. */
enum return_values write_returns_of(const struct json_value *request);
bool write_shows_on_failure(const struct json_value *request);

/* Runs it. Errors: ConditionalCheckFailedException, ResourceNotFoundException when the table went
 * meanwhile, and make()'s. */
MUST_CHECK bool write_run(struct item_write *write, struct aws_error *err);

/* The whole answer: Attributes, ConsumedCapacity, ItemCollectionMetrics. */
MUST_CHECK bool write_answer(struct item_write *write, struct aws_error *err);

#endif
