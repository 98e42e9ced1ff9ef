/*
 * How many users are active at which moment: Postman's four load profiles.
 *
 * A profile is a low level and four moments, in percent of the users and of the duration. Postman
 * documents the levels; the moments are ours, chosen so that a run agrees with published ones, and
 * each can be set:
 *
 *   fixed    all users throughout
 *   ramp-up  25 % at the start, rising evenly to 100 % at half time, then holding
 *   spike    10 % until 40 %, rising to 100 % at half time, back at 10 % at 60 %
 *   peak     20 % until 20 %, rising to 100 % at 40 %, holding until 60 %, back at 20 % at 80 %
 */
#ifndef LOADGEN_PROFILE_H
#define LOADGEN_PROFILE_H

#include "base/str.h"

struct profile {
    double low;                /* share of the users before the rise and after the fall, 0 to 1 */
    double rise_from, rise_to; /* share of the duration, 0 to 1 */
    double fall_from, fall_to; /* past 1: never */
};

#define PROFILE_NAMES "fixed|ramp-up|spike|peak"

/* False for an unknown name. */
MUST_CHECK bool profile_find(struct str name, struct profile *ret);
/* Whether the moments are in order. */
bool profile_is_valid(const struct profile *profile);
/* Active users at `elapsed` (share of the duration, 0 to 1) of `users`; at least one. */
size_t profile_users(const struct profile *profile, double elapsed, size_t users);

#endif
