/*
 * Chance from a seed (xoshiro256**, Blackman and Vigna 2018): the same seed, the same run. Not for
 * secrets. An rng belongs to one thread; rng_fork() gives another thread a stream of its own.
 */
#ifndef BASE_RNG_H
#define BASE_RNG_H

#include "base/base.h"

struct rng {
    uint64_t state[4];
};

void rng_init(struct rng *rng, uint64_t seed);
/* Seeded from the system, for runs without a given seed. */
void rng_init_random(struct rng *rng);
uint64_t rng_next(struct rng *rng);
/* Uniform in [0, bound); bound above 0. */
uint64_t rng_below(struct rng *rng, uint64_t bound);
double rng_unit(struct rng *rng);   /* uniform in [0, 1) */
double rng_normal(struct rng *rng); /* mean 0, standard deviation 1 */
struct rng rng_fork(struct rng *rng);

#endif
