/*
 * What each run is sent: one payload for all, or payloads by weight. Source: the published tool,
 * version 4.4.0.
 */
#ifndef TUNING_PAYLOADS_H
#define TUNING_PAYLOADS_H

#include "base/error.h"
#include "base/json.h"

/*
 * payload: the input's; NULL where there is none, which sends `null`.
 * ret:     `num` texts in `arena`, in the order of the runs.
 * Errors:  error_usage, in the tool's words, when `num` is too small for the weights.
 */
MUST_CHECK bool payloads_generate(const struct json_value *payload, size_t num, struct arena *arena,
                                  struct str **ret, struct aws_error *err);

#endif
