/*
 * Memory that goes all at once. One request, one arena: what is parsed, built and sent lives there.
 *
 * An arena has a byte limit from birth: past it arena_alloc() answers NULL, so that a huge request
 * ends as an error of its own and never as an empty machine. Freed and unused memory is poisoned
 * for AddressSanitizer. An arena belongs to one thread at a time; handing it over needs a lock or a
 * join in between.
 */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stdatomic.h>

#include "base/base.h"

struct arena;

/* A limit that many arenas share, and whoever else takes part; any thread. Zero `taken` at birth.
 */
struct memory_pool {
    size_t limit_bytes;
    _Atomic size_t taken_bytes;
};

/* False, and nothing is taken, where the limit would be passed. */
MUST_CHECK bool memory_pool_take(struct memory_pool *pool, size_t bytes);
void memory_pool_give_back(struct memory_pool *pool, size_t bytes);

/* NULL when the machine has no memory left. Pairs with arena_free(). */
struct arena *arena_new(size_t limit_bytes);
/* The same, whose blocks but for the first small one count in the pool, which outlives the arena.
 */
struct arena *arena_new_in(struct memory_pool *pool, size_t limit_bytes);
void arena_free(struct arena *arena);

/* Forgets everything and keeps the first block for the next use. */
void arena_reset(struct arena *arena);

/* Zeroed memory aligned for any type; NULL past the limit. Zero bytes are a valid, distinct
 * pointer. */
MUST_CHECK void *arena_alloc(struct arena *arena, size_t bytes);
/* As arena_alloc() for `count` elements; an overflowing product is past every limit. */
MUST_CHECK void *arena_alloc_array(struct arena *arena, size_t count, size_t element_bytes);
/* Memory that the caller overwrites entirely: not zeroed. */
MUST_CHECK char *arena_alloc_text(struct arena *arena, size_t bytes);
/* Grows the newest allocation in place where it can, else copies. `ptr` may be NULL with old_bytes
 * 0. */
MUST_CHECK char *arena_grow(struct arena *arena, char *ptr, size_t old_bytes, size_t new_bytes);

/* Raises the limit, until a reset: who has used all of it must still be told so. */
void arena_extend(struct arena *arena, size_t bytes);

/* Bytes taken from the system for this arena. */
size_t arena_bytes(const struct arena *arena);

#endif
