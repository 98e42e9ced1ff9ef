/*
 * Postman's dynamic variables, {{$guid}} and its like: a new value at each occurrence.
 *
 * Source: learning.postman.com, "Dynamic variables". The names that need no dictionary of their own
 * or a short one are here; the others stay as written, as unknown variables do.
 */
#ifndef LOADGEN_DYNAMIC_VARIABLES_H
#define LOADGEN_DYNAMIC_VARIABLES_H

#include "base/clock.h"
#include "base/rng.h"
#include "base/str.h"

enum { DYNAMIC_VALUE_BYTES = 160, DYNAMIC_UNKNOWN = -1 };

/* The row of a name ("$guid"), or DYNAMIC_UNKNOWN. */
int dynamic_find(struct str name);
size_t dynamic_count(void);
struct str dynamic_name(int row);
/* A new value; the length of the text in `ret`, which is also followed by a NUL. */
size_t dynamic_value(int row, struct rng *rng, struct clock *clock, char ret[DYNAMIC_VALUE_BYTES]);

#endif
