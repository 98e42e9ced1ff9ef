/*
 * Throughput as a limit. Each table and each global index has a bucket of read units and one of
 * write units: it fills by the provisioned units a second and keeps what was not used for 300
 * seconds. A call is admitted while the bucket holds anything and may overdraw it. On demand, a
 * table takes what it took at its peak, twice, and never less than a new table does, or what
 * OnDemandThroughput says. Besides, one partition key value takes 3,000 read and 1,000 write units
 * a second in any mode.
 *
 * Local indexes share the table's buckets. All functions may be called by many threads.
 *
 * Source: Developer Guide, "Burst and adaptive capacity", "On-demand capacity mode", "Designing
 * partition keys to distribute your workload"; API Reference, ThrottlingReason.
 */
#ifndef DYNAMODB_THROTTLE_H
#define DYNAMODB_THROTTLE_H

#include "base/clock.h"
#include "table.h"

enum throttle_use { THROTTLE_READ, THROTTLE_WRITE, THROTTLE_USE_COUNT };

struct throttles;

/* NULL when there is no memory. */
struct throttles *throttles_new(struct clock *clock);
void throttles_free(struct throttles *throttles); /* NULL is accepted */

/* Whose bucket. */
struct throttle_target {
    const struct table *table;
    const struct table_index *index; /* NULL, or a local one: the table's own */
    enum throttle_use use;
    struct str partition; /* the store's bytes; empty: all over the table */
};

/*
 * Is there anything left? `throttles` NULL: always. Errors, with ThrottlingReasons in `arena`:
 * ProvisionedThroughputExceededException, ThrottlingException.
 */
MUST_CHECK bool throttle_admit(struct throttles *throttles, const struct throttle_target *target,
                               struct str region, struct arena *arena, struct aws_error *err);
/* Takes what was used. */
void throttle_charge(struct throttles *throttles, const struct throttle_target *target,
                     double units);
/* Forgets a collection that is gone. */
void throttle_forget(struct throttles *throttles, int64_t collection);

#endif
