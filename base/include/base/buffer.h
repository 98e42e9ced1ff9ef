/*
 * Text that grows, in an arena. A buffer that meets the arena's limit remembers it (`failed`) and
 * takes nothing more, so that a writer checks once at its end with buffer_done().
 */
#ifndef BASE_BUFFER_H
#define BASE_BUFFER_H

#include "base/str.h"

struct buffer {
    struct arena *arena;
    char *ptr;
    size_t len;
    size_t capacity;
    bool failed;
};

void buffer_init(struct buffer *buffer, struct arena *arena);
void buffer_add(struct buffer *buffer, struct str text);
void buffer_add_char(struct buffer *buffer, char byte);
void buffer_add_lower(struct buffer *buffer, struct str text); /* ASCII's capitals made small */
void buffer_add_int(struct buffer *buffer, int64_t value);
void buffer_printf(struct buffer *buffer, const char *format, ...) PRINTF_LIKE(2, 3);
#define buffer_add_literal(buffer, literal) buffer_add(buffer, STR(literal))

/* Room for `bytes` more; NULL past the limit. The caller writes there and then adds to `len`. */
MUST_CHECK char *buffer_reserve(struct buffer *buffer, size_t bytes);

struct str
buffer_str(const struct buffer *buffer); /* what is there now; valid until the next growth */
/* True with the text when everything found room. */
MUST_CHECK bool buffer_done(const struct buffer *buffer, struct str *ret);

#endif
