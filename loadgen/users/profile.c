#include "loadgen/profile.h"

static const struct {
    struct str name;
    struct profile profile;
} rows[] = {
    {STR_INIT("fixed"), {1.0, 0.0, 0.0, 2.0, 2.0}},
    {STR_INIT("ramp-up"), {0.25, 0.0, 0.5, 2.0, 2.0}},
    {STR_INIT("spike"), {0.10, 0.4, 0.5, 0.5, 0.6}},
    {STR_INIT("peak"), {0.20, 0.2, 0.4, 0.6, 0.8}},
};

bool profile_find(struct str name, struct profile *ret)
{
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        if (str_eq(rows[i].name, name)) {
            *ret = rows[i].profile;
            return true;
        }
    }
    return false;
}

bool profile_is_valid(const struct profile *profile)
{
    return profile->rise_from <= profile->rise_to && profile->rise_to <= profile->fall_from &&
           profile->fall_from <= profile->fall_to;
}

/* The share of users at a moment. */
static double level(const struct profile *profile, double at)
{
    double rise = profile->rise_to - profile->rise_from;
    double fall = profile->fall_to - profile->fall_from;

    if (at < profile->rise_from || at >= profile->fall_to)
        return profile->low;
    if (at < profile->rise_to)
        return profile->low + (1 - profile->low) * (at - profile->rise_from) / rise;
    if (at < profile->fall_from)
        return 1;
    return 1 - (1 - profile->low) * (at - profile->fall_from) / fall;
}

size_t profile_users(const struct profile *profile, double elapsed, size_t users)
{
    double active = level(profile, elapsed) * (double)users;
    size_t whole = (size_t)(active + 1e-9);

    if (whole < 1)
        return 1;
    return whole > users ? users : whole;
}
