/*
 * What an invocation and a tuning run cost, computed as the published tool does: doubles, from left
 * to right. Prices are US dollars, and the yuan in China. They are the tool's own (version 4.4.0);
 * requests, ephemeral storage, tiers and the free tier are not part of them.
 */
#ifndef TUNING_COST_H
#define TUNING_COST_H

#include "base/error.h"
#include "base/str.h"

/* Price of a millisecond at 128 MB. Errors: error_execution, `Unsupported architecture: X`. */
MUST_CHECK bool cost_lambda_base(struct str region, struct str architecture, double *ret,
                                 struct aws_error *err);
/* Price of a state transition. */
double cost_transition_base(struct str region);

/* ceil(billed_ms) at that memory size. */
double cost_price(double base, double memory_mb, double billed_ms);

/* The state machine's own cost: `sizes` memory sizes, `num` runs each; rounded to 5 digits. */
double cost_state_machine(double transition_base, size_t sizes, bool only_cold_starts, int64_t num);

#endif
