/*
 * The address of the published tool's chart, with the figures in its fragment: they never reach a
 * server. Source: the published tool, version 4.4.0.
 */
#ifndef TUNING_VISUALIZATION_H
#define TUNING_VISUALIZATION_H

#include "statistics.h"

/*
 * `rows` in any order; they are written by memory size. tool_region: where the tool runs; Chinese
 * ones (cn-...) show yuan. False past the arena's limit.
 */
MUST_CHECK bool visualization_url(const struct size_statistics *rows, size_t count,
                                  struct str tool_region, struct arena *arena, struct str *ret);

#endif
