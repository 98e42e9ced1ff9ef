/*
 * One file of an export as it is written: lines, compressed (gzip), counted, summed (MD5), and on
 * the disk when it is closed.
 */
#ifndef TRANSFER_EXPORT_FILE_H
#define TRANSFER_EXPORT_FILE_H

#include "base/error.h"
#include "base/str.h"
#include "base/md5.h"

struct export_file;

struct export_file_sum {
    uint64_t items;
    unsigned char md5[MD5_BYTES]; /* of the file's bytes */
};

/* Made new, mode 0600. Errors: error_environment, also for those below. */
MUST_CHECK bool export_file_create(const char *path, struct export_file **ret,
                                   struct aws_error *err);
/* One line, of `item` as the JSON of its attributes: {"Item":item}. */
MUST_CHECK bool export_file_add(struct export_file *file, struct str item, struct aws_error *err);
uint64_t export_file_text_bytes(const struct export_file *file); /* before compression */
/* Frees in any case. */
MUST_CHECK bool export_file_close(struct export_file *file, struct export_file_sum *ret,
                                  struct aws_error *err);
/* Without an end: the file is of no use. NULL is accepted. */
void export_file_abandon(struct export_file *file);

/* A whole small file. Errors: error_environment. */
MUST_CHECK bool export_file_write(const char *path, struct str text, struct aws_error *err);

#endif
