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

#endif
