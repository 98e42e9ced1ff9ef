/*
 * The operations: a row and a file each. A call comes in parsed, goes through its shape and its
 * operation, and leaves as JSON; the wire and the in-process client share all of it.
 */
#ifndef DYNAMODB_OPERATION_H
#define DYNAMODB_OPERATION_H

#include "base/json.h"
#include "catalogue.h"
#include "dynamodb/dynamodb.h"
#include "housekeeper.h"
#include "shape.h"
#include "store.h"
#include "throttle.h"

enum operation_kind {
    DDB_CONTROL, /* tables */
    DDB_READ,    /* one item */
    DDB_PAGE,    /* many items: may take a while */
    DDB_WRITE,   /* can answer later */
};

struct running_tokens;

/* One call, alive until its answer is made. */
struct ddb_call {
    /*
     * Set when the caller does not wait: an operation may then answer false with error_later and
     * call this once, maybe on another thread and maybe before it has returned. `err` has a kind
     * when the call failed. Everything of the call lives in its arena.
     */
    void (*finish_later)(struct ddb_call *call, const struct aws_error *err);
    struct store *store;
    struct catalogue *catalogue;
    struct throttles *throttles; /* NULL: throughput is no limit */
    struct housekeeper *housekeeper;
    struct clock *clock;
    struct running_tokens *tokens;
    /* A page that would be longer ends with error_page_too_long: an event thread has tried, and a
     * worker does it again. 0: any length. */
    int64_t page_bytes_max;
    struct str region;
    struct str host; /* the Host that the caller has reached; empty: over no wire */
    struct arena *arena;
    const struct json_value *request;
    struct json_writer *out; /* run() writes one JSON object here */
};

/* Never sent. */
extern const struct error_kind error_page_too_long;
extern const struct error_kind error_later;

struct ddb_operation {
    struct str name;
    enum operation_kind kind;
    const struct shape *shape;
    /* What comes between the types and the constraints; NULL: nothing. */
    bool (*check_early)(const struct ddb_call *call, struct aws_error *err);
    bool (*run)(struct ddb_call *call, struct aws_error *err);
};

/* throttle_admit() and throttle_charge() for a call. */
MUST_CHECK bool call_admit(const struct ddb_call *call, const struct throttle_target *target,
                           struct aws_error *err);
void call_charge(const struct ddb_call *call, const struct throttle_target *target, double units);

/* By name, of DynamoDB or of DynamoDB Streams, whose names differ; NULL when there is none. */
const struct ddb_operation *operation_find(struct str name);
/* By X-Amz-Target, "DynamoDB_20120810.PutItem": service and name must fit each other. */
const struct ddb_operation *operation_of_target(struct str target);
/* Types, constraints, rules, and the work. */
MUST_CHECK bool operation_run(const struct ddb_operation *operation, struct ddb_call *call,
                              struct aws_error *err);

/* Each in the file of its name, but for those of empty_state.c and continuous_backups.c. */
bool batch_execute_statement_run(struct ddb_call *call, struct aws_error *err);
bool batch_get_item_run(struct ddb_call *call, struct aws_error *err);
bool batch_write_item_run(struct ddb_call *call, struct aws_error *err);
bool create_table_run(struct ddb_call *call, struct aws_error *err);
bool delete_item_run(struct ddb_call *call, struct aws_error *err);
bool delete_resource_policy_run(struct ddb_call *call, struct aws_error *err);
bool delete_table_run(struct ddb_call *call, struct aws_error *err);
bool describe_continuous_backups_run(struct ddb_call *call, struct aws_error *err);
bool describe_contributor_insights_run(struct ddb_call *call, struct aws_error *err);
bool describe_endpoints_run(struct ddb_call *call, struct aws_error *err);
bool describe_kinesis_streaming_destination_run(struct ddb_call *call, struct aws_error *err);
bool describe_limits_run(struct ddb_call *call, struct aws_error *err);
bool describe_stream_run(struct ddb_call *call, struct aws_error *err);
bool describe_table_replica_auto_scaling_run(struct ddb_call *call, struct aws_error *err);
bool describe_table_run(struct ddb_call *call, struct aws_error *err);
bool describe_time_to_live_run(struct ddb_call *call, struct aws_error *err);
bool execute_statement_run(struct ddb_call *call, struct aws_error *err);
bool execute_transaction_run(struct ddb_call *call, struct aws_error *err);
bool get_item_run(struct ddb_call *call, struct aws_error *err);
bool get_records_run(struct ddb_call *call, struct aws_error *err);
bool get_resource_policy_run(struct ddb_call *call, struct aws_error *err);
bool get_shard_iterator_run(struct ddb_call *call, struct aws_error *err);
bool list_backups_run(struct ddb_call *call, struct aws_error *err);
bool list_bulk_operations_run(struct ddb_call *call, struct aws_error *err);
bool list_contributor_insights_run(struct ddb_call *call, struct aws_error *err);
bool list_exports_run(struct ddb_call *call, struct aws_error *err);
bool list_global_tables_run(struct ddb_call *call, struct aws_error *err);
bool list_imports_run(struct ddb_call *call, struct aws_error *err);
bool list_streams_run(struct ddb_call *call, struct aws_error *err);
bool list_tables_run(struct ddb_call *call, struct aws_error *err);
bool list_tags_of_resource_run(struct ddb_call *call, struct aws_error *err);
bool put_item_run(struct ddb_call *call, struct aws_error *err);
bool query_run(struct ddb_call *call, struct aws_error *err);
bool scan_run(struct ddb_call *call, struct aws_error *err);
bool tag_resource_run(struct ddb_call *call, struct aws_error *err);
bool transact_get_items_run(struct ddb_call *call, struct aws_error *err);
bool transact_write_items_run(struct ddb_call *call, struct aws_error *err);
bool untag_resource_run(struct ddb_call *call, struct aws_error *err);
bool update_continuous_backups_run(struct ddb_call *call, struct aws_error *err);
bool update_item_run(struct ddb_call *call, struct aws_error *err);
bool update_table_run(struct ddb_call *call, struct aws_error *err);
bool update_time_to_live_run(struct ddb_call *call, struct aws_error *err);

#endif
