/*
 * Postman's dynamic variables, {{$guid}} and its like: a new value at each occurrence.
 *
 * Source: learning.postman.com, "Dynamic variables": all 118 names of postman-collection 5.3. The
 * values have the form of Postman's; the dictionaries are shorter, and our own.
 */
#ifndef LOADGEN_DYNAMIC_VARIABLES_H
#define LOADGEN_DYNAMIC_VARIABLES_H

#include "base/clock.h"
#include "base/rng.h"
#include "base/str.h"

enum { DYNAMIC_VALUE_BYTES = 2048, DYNAMIC_SENTENCE_BYTES = 160, DYNAMIC_UNKNOWN = -1 };

/* The row of a name ("$guid"), or DYNAMIC_UNKNOWN. */
int dynamic_find(struct str name);
size_t dynamic_count(void);
struct str dynamic_name(int row);
/* A new value; the length of the text in `ret`, which is also followed by a NUL. */
size_t dynamic_value(int row, struct rng *rng, struct clock *clock, char ret[DYNAMIC_VALUE_BYTES]);

#endif
