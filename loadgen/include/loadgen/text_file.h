/* Files that people hand us: UTF-8 with or without a byte order mark, or UTF-16 as some editors
 * save. */
#ifndef LOADGEN_TEXT_FILE_H
#define LOADGEN_TEXT_FILE_H

#include "base/error.h"

/*
 * The file's bytes as they are, in `arena`, followed by a NUL.
 *
 * Errors: error_environment when it cannot be read, is no regular file (a pipe's writer may never
 *         come, a device never end) or is larger than `bytes_max`; error_out_of_memory.
 */
MUST_CHECK bool whole_file_read(struct arena *arena, const char *path, size_t bytes_max,
                                struct str *ret, struct aws_error *err);

/* The file's text as UTF-8 without a byte order mark, likewise. */
MUST_CHECK bool text_file_read(struct arena *arena, const char *path, size_t bytes_max,
                               struct str *ret, struct aws_error *err);

/* The same for bytes at hand: drops the mark, converts UTF-16. False past the arena's limit. */
MUST_CHECK bool text_decode(struct arena *arena, struct str bytes, struct str *ret);

#endif
