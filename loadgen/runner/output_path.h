/* Where newman writes a file: in a folder that it makes, under a name of its own where it is given
 * none, or a folder for one. */
#ifndef RUNNER_OUTPUT_PATH_H
#define RUNNER_OUTPUT_PATH_H

#include "base/error.h"
#include "base/str.h"

/*
 * given:  the path that was asked for; NULL: newman/NAME-TIME-0.EXTENSION.
 * ret:    in `arena`; its folder exists.
 * Errors: error_environment for a folder that cannot be made; error_out_of_memory.
 * Source: newman 6.2, lib/run/export-file.js.
 */
MUST_CHECK bool output_path(struct arena *arena, const char *given, const char *name,
                            const char *extension, int64_t now_wall_ms, const char **ret,
                            struct aws_error *err);

#endif
