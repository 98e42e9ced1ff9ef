/*
 * Which memory size wins: cheapest, fastest, or the best balance of both. Source: the published
 * tool, version 4.4.0; equal values keep the order of the input.
 */
#ifndef TUNING_STRATEGY_H
#define TUNING_STRATEGY_H

#include "base/str.h"
#include "statistics.h"

enum strategy {
    STRATEGY_COST,     /* lowest price; the faster one of equals */
    STRATEGY_SPEED,    /* shortest duration; the cheaper one of equals */
    STRATEGY_BALANCED, /* lowest weight * price/highest + (1 - weight) * duration/longest */
};

/* False for a name that is none ("cost", "speed", "balanced"). */
MUST_CHECK bool strategy_find(struct str name, enum strategy *ret);

/* Sorts `rows` in place, the winner first. */
void strategy_sort(struct size_statistics *rows, size_t count, enum strategy strategy,
                   double weight);

/* The memory size that wins, of at least one row; the rows keep their order. */
int64_t strategy_pick(const struct size_statistics *rows, size_t count, enum strategy strategy,
                      double weight);

#endif
