/*
 * The dictionaries of the dynamic variables: short ones of our own, and patterns over them.
 */
#ifndef LOADGEN_DYNAMIC_WORDS_H
#define LOADGEN_DYNAMIC_WORDS_H

#include "base/rng.h"
#include "base/str.h"

/* A word of the list of that name; asserts that there is one. */
const char *words_pick(const char *name, struct rng *rng);

/*
 * "{list}" becomes a word of it, '#' a digit, '?' an upper-case letter. At most `size` bytes with
 * the NUL; what does not fit is left out.
 */
size_t words_expand(const char *pattern, struct rng *rng, char *ret, size_t size);

#endif
