/* A collection's scripts ("event") and which of them belong to a request. Part of collection.c. */
#ifndef LOADGEN_COLLECTION_SCRIPTS_H
#define LOADGEN_COLLECTION_SCRIPTS_H

#include "loadgen/collection.h"

/* The collection, a folder or a request, and what it lies in. */
struct script_level {
    const struct script_level *parent;
    struct str name;
    size_t first, count;         /* its scripts */
    size_t blank[SCRIPT_PHASES]; /* those that say nothing: newman counts them as run */
};

/*
 * Adds the scripts of an item, or of the collection itself, in order; blank ones are
 * counted only, disabled ones are none. `parent` is NULL for the collection.
 * Errors: error_out_of_memory.
 */
MUST_CHECK bool collection_scripts_read(const struct json_value *item, struct str name,
                                        const struct script_level *parent, struct arena *arena,
                                        struct collection *collection, struct script_level *ret,
                                        struct aws_error *err);

/* The request's path of names and, for each phase, its scripts: outermost first. */
MUST_CHECK bool collection_scripts_chain(const struct script_level *level,
                                         const struct collection *collection, struct arena *arena,
                                         struct request_definition *ret, struct aws_error *err);

#endif
