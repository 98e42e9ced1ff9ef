/* Sizes and times as newman's reports show them. */
#ifndef RUNNER_PRETTY_H
#define RUNNER_PRETTY_H

#include "base/base.h"

enum { PRETTY_BYTES = 48 };

/* 303B, 1.02kB, 4.5MB: thousands, two decimals at most. */
void pretty_size(uint64_t bytes, char ret[PRETTY_BYTES]);
/* 250µs, 14ms, 2.1s, 1m 3.5s, 1h 2m 3s. */
void pretty_time(double ms, char ret[PRETTY_BYTES]);

#endif
