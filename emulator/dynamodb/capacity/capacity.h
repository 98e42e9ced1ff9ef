/*
 * Capacity units, and ConsumedCapacity as answers show it.
 * Source: Developer Guide, "Read and write operations", "Capacity unit consumption".
 */
#ifndef DYNAMODB_CAPACITY_H
#define DYNAMODB_CAPACITY_H

#include "operation.h"

enum capacity_mode { CAPACITY_NONE, CAPACITY_TOTAL, CAPACITY_INDEXES };

/* ReturnConsumedCapacity of a request that has passed its shape. */
enum capacity_mode capacity_mode_of(const struct json_value *request);

/* 4 KB a unit, half of that without ConsistentRead; nothing read counts as 4 KB. */
double capacity_of_read(int64_t bytes, bool consistent);
/* 1 KB a unit, the larger of what was and what is; at least one. */
double capacity_of_write(int64_t old_bytes, int64_t new_bytes);

/* What one call used, of the table and of at most one index or of all that a write touched. */
struct capacity_index {
    struct str name;
    bool global;
    double units;
};

struct capacity {
    double table_units;
    struct capacity_index *indexes;
    size_t index_count;
};

/* The member "ConsumedCapacity" inside an open object, or nothing; `name` as the request gave it.
 */
void capacity_write(struct json_writer *out, enum capacity_mode mode, struct str name,
                    const struct capacity *used);

/* A transaction's units are doubled, and told a second time as what they are. */
enum capacity_kind { CAPACITY_OF_BATCH, CAPACITY_OF_TRANSACT_READ, CAPACITY_OF_TRANSACT_WRITE };

/* What a request on several tables used: a list, one entry a table, in the order of first use. */
struct capacity_list {
    enum capacity_kind kind;
    struct capacity_entry *entries;
    size_t count;
};

struct capacity_entry {
    struct str name; /* as the request gave it */
    struct capacity used;
};

/* Adds what one item used of the table. False past the arena's limit. */
MUST_CHECK bool capacity_list_add(struct capacity_list *list, struct str name,
                                  const struct capacity *used, struct arena *arena);
/* The member "ConsumedCapacity" inside an open object, or nothing. */
void capacity_list_write(struct json_writer *out, enum capacity_mode mode,
                         const struct capacity_list *list);

#endif
