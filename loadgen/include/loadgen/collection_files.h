/* The files that a collection's bodies name, read once before the run. */
#ifndef LOADGEN_COLLECTION_FILES_H
#define LOADGEN_COLLECTION_FILES_H

#include "loadgen/collection.h"
#include "loadgen/variables.h"

enum { BODY_FILE_BYTES_MAX = 256 << 20 };

/*
 * Fills in `content`. A relative path begins at `folder` (NULL: the current one); {{names}} in it
 * must have a value that stays the same.
 *
 * Errors: error_environment for a file that cannot be read; error_usage for a path that varies.
 */
MUST_CHECK bool collection_files_read(struct collection *collection,
                                      const struct variables *variables, const char *folder,
                                      struct arena *arena, struct aws_error *err);

#endif
