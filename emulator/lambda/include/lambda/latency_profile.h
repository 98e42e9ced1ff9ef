/*
 * A latency profile: how long other services and cold starts take where the function will run.
 *
 * A JSON file, see fixtures/profiles/:
 *   {"source": "...", "lambda": {"init_ms": D}, "dynamodb": {"default": D, "GetItem": D, ...}}
 * where D is {"p50": ms, "p99": ms}, taken as a log-normal distribution through both. A member that
 * is not there adds nothing. Samples come from the caller's rng, so a seed repeats a run.
 */
#ifndef LAMBDA_LATENCY_PROFILE_H
#define LAMBDA_LATENCY_PROFILE_H

#include "base/error.h"
#include "base/rng.h"

struct latency_profile;

/* Errors: error_environment for a file that cannot be read, error_usage for one that is no profile.
 */
MUST_CHECK bool latency_profile_load(const char *path, struct latency_profile **ret,
                                     struct aws_error *err);
void latency_profile_free(struct latency_profile *profile);

/* Milliseconds of one call; below 0 when the profile says nothing of it. */
double latency_dynamodb_ms(const struct latency_profile *profile, struct str operation,
                           struct rng *rng);
double latency_init_ms(const struct latency_profile *profile, struct rng *rng);

#endif
