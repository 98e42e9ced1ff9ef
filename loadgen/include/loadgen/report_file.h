/* Report files, written beside their name and moved there when complete. */
#ifndef LOADGEN_REPORT_FILE_H
#define LOADGEN_REPORT_FILE_H

#include "base/buffer.h"
#include "base/error.h"

enum { REPORT_BYTES_MAX = 256 << 20 };

/* Errors: error_environment. */
MUST_CHECK bool report_file_write(const char *path, struct str text, struct aws_error *err);
/* The same of what a buffer has; also error_out_of_memory when it has failed. */
MUST_CHECK bool report_file_write_buffer(const char *path, struct buffer *buffer,
                                         struct aws_error *err);
/* Whether a file of that name could be written: asked before a run, not after it. */
MUST_CHECK bool report_file_check(const char *path, struct aws_error *err);
/* False for a pipe or a device, which has nothing beside it. */
bool report_file_is_plain(const char *path);

#endif
