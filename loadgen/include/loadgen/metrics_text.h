/*
 * A run's figures as Prometheus reads them, at any moment of it.
 *
 * Source: Prometheus, "Exposition formats", text format 0.0.4.
 */
#ifndef LOADGEN_METRICS_TEXT_H
#define LOADGEN_METRICS_TEXT_H

#include "loadgen/results.h"

/* `labels` as the metrics' requests; `users` are active now. Failure shows in the buffer. */
void metrics_text(const struct metrics *metrics, const struct request_label *labels, size_t users,
                  struct buffer *out);

#endif
