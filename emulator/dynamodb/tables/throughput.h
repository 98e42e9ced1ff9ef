/*
 * Changes of throughput, of a table or a global index: provisioned units and how often they may go
 * down, the limit on demand, and what is kept warm. `index` is the index's name for the texts, or
 * empty for the table.
 *
 * Source: Developer Guide, "Service quotas", "Decreasing provisioned throughput"; texts, the hour
 * from the last decrease and the reset at midnight (UTC) as the service shows them.
 */
#ifndef DYNAMODB_THROUGHPUT_H
#define DYNAMODB_THROUGHPUT_H

#include "base/error.h"
#include "base/json.h"
#include "table.h"

/*
 * Other units than before. `warm` keeps what was reached. Errors: ValidationException when nothing
 * changes, LimitExceededException for a decrease too many.
 */
MUST_CHECK bool throughput_change(struct throughput *throughput, struct unit_pair *warm,
                                  struct unit_pair units, struct str index, int64_t now_ms,
                                  struct aws_error *err);

/* NumberOfDecreasesToday: those of the day (UTC) that now_ms is in. */
int64_t throughput_decreases(const struct throughput *throughput, int64_t now_ms);

/* OnDemandThroughput of `owner`, where it is there: what is not mentioned stays, -1 takes a limit
 * away. Errors: ValidationException. */
MUST_CHECK bool throughput_limit_on_demand(const struct json_value *owner, bool on_demand,
                                           struct str index, struct unit_pair *limit,
                                           struct aws_error *err);

/* WarmThroughput of `owner`, where it is there; it only goes up. Errors: ValidationException. */
MUST_CHECK bool throughput_warm(const struct json_value *owner, bool on_demand,
                                const struct throughput *throughput, struct str index,
                                struct unit_pair *warm, struct aws_error *err);
/* What is warm: what was asked for, what is or was provisioned, what a table on demand begins with.
 */
struct unit_pair throughput_warm_now(bool on_demand, const struct throughput *throughput,
                                     struct unit_pair warm);

#endif
