/*
 * Blocks in a chain, the newest first; an allocation is a bump of a pointer. The first block comes
 * with the arena in one malloc, so that a small request costs one.
 */
#include "base/arena.h"

#include <stdalign.h>

#if defined(__SANITIZE_ADDRESS__)
#define ARENA_POISONS 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ARENA_POISONS 1
#endif
#endif
#ifdef ARENA_POISONS
#include <sanitizer/asan_interface.h>
#define POISON(ptr, bytes)   ASAN_POISON_MEMORY_REGION(ptr, bytes)
#define UNPOISON(ptr, bytes) ASAN_UNPOISON_MEMORY_REGION(ptr, bytes)
#else
#define POISON(ptr, bytes)   ((void)(ptr), (void)(bytes))
#define UNPOISON(ptr, bytes) ((void)(ptr), (void)(bytes))
#endif

enum {
    ARENA_FIRST_BLOCK_BYTES = 8 * 1024,
    ARENA_BLOCK_BYTES_MAX = 1024 * 1024,
/* Under AddressSanitizer a gap behind each allocation shows an overrun. */
#ifdef ARENA_POISONS
    ARENA_GAP_BYTES = 16,
#else
    ARENA_GAP_BYTES = 0,
#endif
};

struct block {
    struct block *older;
    size_t capacity;
    size_t used;
    alignas(max_align_t) char bytes[];
};

struct arena {
    struct memory_pool *pool; /* NULL: none */
    struct block *newest;
    size_t limit_bytes;
    size_t limit_at_birth; /* which arena_reset() goes back to */
    size_t taken_bytes;
    char *last; /* the newest allocation, which arena_grow() may extend */
    struct block *first;
};

bool memory_pool_take(struct memory_pool *pool, size_t bytes)
{
    size_t taken = atomic_load_explicit(&pool->taken_bytes, memory_order_relaxed);

    do {
        if (taken > pool->limit_bytes || bytes > pool->limit_bytes - taken)
            return false;
    } while (!atomic_compare_exchange_weak_explicit(&pool->taken_bytes, &taken, taken + bytes,
                                                    memory_order_relaxed, memory_order_relaxed));
    return true;
}

void memory_pool_give_back(struct memory_pool *pool, size_t bytes)
{
    atomic_fetch_sub_explicit(&pool->taken_bytes, bytes, memory_order_relaxed);
}

static size_t align_up(size_t bytes)
{
    const size_t mask = alignof(max_align_t) - 1;

    return (bytes + mask) & ~mask;
}

static struct block *block_new(size_t capacity)
{
    struct block *block = malloc(sizeof(*block) + capacity);

    if (block == NULL)
        return NULL;
    block->older = NULL;
    block->capacity = capacity;
    block->used = 0;
    POISON(block->bytes, capacity);
    return block;
}

static void block_free(struct block *block)
{
    UNPOISON(block->bytes, block->capacity);
    free(block);
}

struct arena *arena_new(size_t limit_bytes)
{
    return arena_new_in(NULL, limit_bytes);
}

struct arena *arena_new_in(struct memory_pool *pool, size_t limit_bytes)
{
    size_t capacity =
        limit_bytes < ARENA_FIRST_BLOCK_BYTES ? align_up(limit_bytes) : ARENA_FIRST_BLOCK_BYTES;
    struct block *block = block_new(capacity + align_up(sizeof(struct arena)));

    if (block == NULL)
        return NULL;
    /* The arena's own head lies in its first block, which therefore goes last. */
    struct arena *arena = (struct arena *)(void *)block->bytes;
    UNPOISON(arena, sizeof(*arena));
    *arena = (struct arena){
        .pool = pool,
        .newest = block,
        .first = block,
        .limit_bytes = limit_bytes,
        .limit_at_birth = limit_bytes,
        .taken_bytes = capacity,
    };
    block->used = align_up(sizeof(struct arena));
    return arena;
}

static void free_newer_blocks(struct arena *arena)
{
    while (arena->newest != arena->first) {
        struct block *block = arena->newest;
        arena->newest = block->older;
        arena->taken_bytes -= block->capacity;
        if (arena->pool != NULL)
            memory_pool_give_back(arena->pool, block->capacity);
        block_free(block);
    }
}

void arena_free(struct arena *arena)
{
    if (arena == NULL)
        return;
    free_newer_blocks(arena);
    block_free(arena->first);
}

void arena_reset(struct arena *arena)
{
    size_t head = align_up(sizeof(struct arena));

    free_newer_blocks(arena);
    arena->first->used = head;
    arena->limit_bytes = arena->limit_at_birth;
    arena->last = NULL;
    POISON(arena->first->bytes + head, arena->first->capacity - head);
}

/* Puts a block in front that has room for `bytes`; false past the limit. */
static bool add_block(struct arena *arena, size_t bytes)
{
    size_t room =
        arena->limit_bytes > arena->taken_bytes ? arena->limit_bytes - arena->taken_bytes : 0;
    size_t capacity = arena->newest->capacity * 2;

    if (capacity > ARENA_BLOCK_BYTES_MAX)
        capacity = ARENA_BLOCK_BYTES_MAX;
    if (capacity > room)
        capacity = room & ~(alignof(max_align_t) - 1);
    if (capacity < bytes)
        capacity = bytes;
    if (capacity > room || (arena->pool != NULL && !memory_pool_take(arena->pool, capacity)))
        return false;
    struct block *block = block_new(capacity);
    if (block == NULL) {
        if (arena->pool != NULL)
            memory_pool_give_back(arena->pool, capacity);
        return false;
    }
    block->older = arena->newest;
    arena->newest = block;
    arena->taken_bytes += capacity;
    return true;
}

char *arena_alloc_text(struct arena *arena, size_t bytes)
{
    if (bytes > SIZE_MAX / 2)
        return NULL;
    size_t padded = align_up(bytes == 0 ? 1 : bytes) + ARENA_GAP_BYTES;

    if (padded > arena->newest->capacity - arena->newest->used && !add_block(arena, padded))
        return NULL;
    struct block *block = arena->newest;
    char *ptr = block->bytes + block->used;
    block->used += padded;
    arena->last = ptr;
    UNPOISON(ptr, bytes);
    return ptr;
}

void *arena_alloc(struct arena *arena, size_t bytes)
{
    char *ptr = arena_alloc_text(arena, bytes);

    return ptr == NULL ? NULL : memset(ptr, 0, bytes);
}

void *arena_alloc_array(struct arena *arena, size_t count, size_t element_bytes)
{
    size_t bytes = 0;

    if (__builtin_mul_overflow(count, element_bytes, &bytes))
        return NULL;
    return arena_alloc(arena, bytes);
}

char *arena_grow(struct arena *arena, char *ptr, size_t old_bytes, size_t new_bytes)
{
    struct block *block = arena->newest;

    if (ptr != NULL && ptr == arena->last && ptr >= block->bytes &&
        ptr < block->bytes + block->capacity && new_bytes <= SIZE_MAX / 2) {
        size_t start = (size_t)(ptr - block->bytes);
        size_t padded = align_up(new_bytes) + ARENA_GAP_BYTES;
        if (padded <= block->capacity - start) {
            block->used = start + padded;
            UNPOISON(ptr, new_bytes);
            return ptr;
        }
    }
    char *copy = arena_alloc_text(arena, new_bytes);
    if (copy != NULL && ptr != NULL)
        memcpy(copy, ptr, old_bytes < new_bytes ? old_bytes : new_bytes);
    return copy;
}

void arena_extend(struct arena *arena, size_t bytes)
{
    arena->limit_bytes += bytes;
}

size_t arena_bytes(const struct arena *arena)
{
    return arena->taken_bytes;
}
