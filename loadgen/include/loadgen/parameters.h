/*
 * Lists of names and values as signatures need them: taken apart from a query, encoded anew by
 * RFC 3986 (only unreserved characters stay), sorted by bytes.
 */
#ifndef LOADGEN_PARAMETERS_H
#define LOADGEN_PARAMETERS_H

#include "loadgen/collection.h"

struct parameters {
    struct arena *arena;
    struct pair *rows; /* encoded */
    size_t count, capacity;
    bool failed; /* past the arena's limit */
};

void parameters_add(struct parameters *parameters, struct str name, struct str value);
/* "a=1&b": decoded first, with '+' as a blank. */
void parameters_add_query(struct parameters *parameters, struct str query);
void parameters_sort(struct parameters *parameters);
/* "a=1&b=" */
void parameters_write(const struct parameters *parameters, struct buffer *out);

#endif
