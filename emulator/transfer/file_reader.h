/* A file's lines (line_reader.h), with the file's own MD5; `-` is standard input. */
#ifndef TRANSFER_FILE_READER_H
#define TRANSFER_FILE_READER_H

#include "line_reader.h"
#include "base/md5.h"

struct file_reader;

/* Errors: error_environment. */
MUST_CHECK bool file_reader_open(const char *path, size_t line_bytes_max, struct file_reader **ret,
                                 struct aws_error *err);
void file_reader_close(struct file_reader *reader); /* NULL is accepted */

/* As line_reader_next(), with FILE:LINE in front of the error. */
MUST_CHECK enum line_result file_reader_next(struct file_reader *reader, struct str *ret,
                                             struct aws_error *err);
uint64_t file_reader_line(const struct file_reader *reader);
/* Of the bytes as they lie there; after LINE_END, once. */
void file_reader_md5(struct file_reader *reader, unsigned char ret[MD5_BYTES]);

/* A whole small file into `arena`. Errors: error_environment. */
MUST_CHECK bool file_read(const char *path, size_t bytes_max, struct arena *arena, struct str *ret,
                          struct aws_error *err);

#endif
