#include "base/rng.h"

#include <math.h>
#include <sys/random.h>
#include <time.h>

static uint64_t rotate_left(uint64_t value, int bits)
{
    return (value << bits) | (value >> (64 - bits));
}

/* splitmix64 spreads a small seed over the whole state, as the generator's authors advise. */
static uint64_t splitmix(uint64_t *state)
{
    uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);

    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

void rng_init(struct rng *rng, uint64_t seed)
{
    for (size_t i = 0; i < ARRAY_LEN(rng->state); i++)
        rng->state[i] = splitmix(&seed);
}

void rng_init_random(struct rng *rng)
{
    uint64_t seed = 0;
    struct timespec now;

    if (getrandom(&seed, sizeof(seed), 0) != (ssize_t)sizeof(seed)) {
        (void)clock_gettime(CLOCK_REALTIME, &now);
        seed = (uint64_t)now.tv_nsec ^ ((uint64_t)now.tv_sec << 30) ^ (uint64_t)(uintptr_t)rng;
    }
    rng_init(rng, seed);
}

uint64_t rng_next(struct rng *rng)
{
    uint64_t *s = rng->state;
    uint64_t result = rotate_left(s[1] * 5, 7) * 9;
    uint64_t shifted = s[1] << 17;

    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= shifted;
    s[3] = rotate_left(s[3], 45);
    return result;
}

uint64_t rng_below(struct rng *rng, uint64_t bound)
{
    assert(bound > 0);
    /* Values below this would make the first remainders likelier: drawn again. */
    uint64_t uneven = (0 - bound) % bound;
    uint64_t value = rng_next(rng);

    while (value < uneven)
        value = rng_next(rng);
    return value % bound;
}

double rng_unit(struct rng *rng)
{
    return (double)(rng_next(rng) >> 11) * 0x1.0p-53;
}

double rng_normal(struct rng *rng)
{
    /* Box and Muller; 1 - unit lies in (0, 1], where the logarithm is finite. */
    double radius = sqrt(-2.0 * log(1.0 - rng_unit(rng)));

    return radius * cos(6.283185307179586 * rng_unit(rng));
}

struct rng rng_fork(struct rng *rng)
{
    struct rng other;

    rng_init(&other, rng_next(rng));
    return other;
}
