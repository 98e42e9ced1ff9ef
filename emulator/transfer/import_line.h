/* One line of an export: {"Item":{"attribute":{"S":"value"}}}. */
#ifndef TRANSFER_IMPORT_LINE_H
#define TRANSFER_IMPORT_LINE_H

#include "base/json.h"
#include "import_writer.h"

enum {
    /* An item has 400 KB; a byte of it takes at most seven of JSON, and there are blanks. */
    IMPORT_LINE_BYTES_MAX = 4 * 1024 * 1024,
};

/* The attributes that make a key, out of DescribeTable's KeySchema. */
struct import_keys {
    struct str names[8];
    size_t count;
};

void import_keys_of(const struct json_value *key_schema, struct import_keys *ret);

/*
 * ret:     json borrows from `line`; lane is set, file and line are the caller's.
 * Errors:  error_usage, with what is wrong in the line and no more.
 */
MUST_CHECK bool import_line_read(struct str line, const struct import_keys *keys,
                                 struct arena *arena, struct import_item *ret,
                                 struct aws_error *err);

#endif
