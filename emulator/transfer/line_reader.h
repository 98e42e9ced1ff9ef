/*
 * Text read line by line, plain or gzip (its first two bytes tell), in memory bounded by the
 * longest line that is allowed: a file of any size costs no more. Several gzip members one behind
 * the other are one text, as for gzip itself.
 *
 * A reader belongs to one thread.
 */
#ifndef TRANSFER_LINE_READER_H
#define TRANSFER_LINE_READER_H

#include <sys/types.h>

#include "base/error.h"
#include "base/str.h"

struct line_reader;

/* Where the bytes come from. Reads up to `bytes`: how many, 0 at the end, -1 with errno. */
struct line_source {
    void *state;
    ssize_t (*read)(void *state, void *to, size_t bytes);
};

enum line_result { LINE_READ, LINE_END, LINE_FAILED };

/* NULL without memory. A line of more than `line_bytes_max` bytes is an error. */
struct line_reader *line_reader_new(struct line_source source, size_t line_bytes_max);
void line_reader_free(struct line_reader *reader); /* NULL is accepted */

/*
 * ret:     without its end (LF, and a CR before it); valid until the next call.
 * Errors:  error_usage: a line that is too long, compressed data that is damaged or cut off;
 *          error_environment: what cannot be read. The text does not name the file. After an error
 *          or the end, that is the answer for ever.
 */
MUST_CHECK enum line_result line_reader_next(struct line_reader *reader, struct str *ret,
                                             struct aws_error *err);
/* Of the newest line, from 1. */
uint64_t line_reader_number(const struct line_reader *reader);

#endif
