/* The files that a collection's bodies name: read once before the run, or, as newman does, at each
 * send. */
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

/* How a send finds them. */
struct body_files {
    const char *folder; /* where a relative path begins, absolute; newman's --working-dir */
    bool inside_only;   /* --no-insecure-file-read */
};

/* What a send has to say of files that it does without: newman's words. */
struct file_warnings {
    struct str *rows;
    size_t count;
};

/*
 * `*request` is a copy of the send's own; its lists are copied. A file that cannot be read leaves
 * its part, or the body, out.
 *
 * Errors: error_out_of_memory.
 * Source: postman-runtime, lib/runner/request-helpers-presend.js and util.js.
 */
MUST_CHECK bool collection_files_load(struct request_definition *request,
                                      const struct resolver *resolver,
                                      const struct body_files *files, struct arena *arena,
                                      struct file_warnings *warnings, struct aws_error *err);

/* "/a/./b/../c" and "d" of "/x": "/x/d"; without looking at the disk. The empty text past the
 * limit. */
struct str path_resolve(struct arena *arena, struct str folder, struct str path);

#endif
