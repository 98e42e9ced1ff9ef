/*
 * Text as pointer and length: it may contain NUL and need not end in one. A str borrows; who owns
 * the bytes is said where the str is handed out. {NULL, 0} is the empty text.
 */
#ifndef BASE_STR_H
#define BASE_STR_H

#include "base/arena.h"
#include "base/base.h"

struct str {
    const char *ptr;
    size_t len;
};

#define STR(literal) ((struct str){"" literal, sizeof(literal) - 1})
/* The same for static initialisers, where a compound literal is no constant. */
#define STR_INIT(literal)                                                                          \
    {                                                                                              \
        "" literal, sizeof(literal) - 1                                                            \
    }
/* For printf's "%.*s". */
#define STR_ARG(text)                                                                              \
    (int)((text).len > INT32_MAX ? INT32_MAX : (text).len), (text).ptr == NULL ? "" : (text).ptr

struct str str_from_c(const char *text); /* NULL is the empty text */

char str_lower(char byte); /* ASCII only */
bool str_eq(struct str a, struct str b);
bool str_eq_nocase(struct str a, struct str b); /* ASCII only, as HTTP's header names */
/* memcmp's order on bytes, the shorter first when one begins the other: <0, 0, >0. */
int str_compare(struct str a, struct str b);
bool str_starts_with(struct str text, struct str prefix);
bool str_ends_with(struct str text, struct str suffix);
/* Offset of the first occurrence, or text.len. */
size_t str_find_char(struct str text, char wanted);
size_t str_find(struct str text, struct str wanted);
struct str str_trim(struct str text); /* without blanks, tabs, CR and LF at both ends */
/* Bytes [from, to) of `text`; both are cut to its length. */
struct str str_slice(struct str text, size_t from, size_t to);
/* Cuts `*rest` at the first `separator`: answers what lies before it, leaves what lies behind it
 * (empty at the end). */
struct str str_split(struct str *rest, char separator);

/* Copies into the arena; the copy is also followed by a NUL. False past the arena's limit. */
MUST_CHECK bool str_copy(struct arena *arena, struct str text, struct str *ret);
/* A NUL-terminated copy for C interfaces; NULL past the limit or when `text` contains a NUL itself.
 */
MUST_CHECK char *str_to_c(struct arena *arena, struct str text);
/* Two lower-case hexadecimal digits a byte, and a NUL. False past the arena's limit. */
MUST_CHECK bool str_hex(struct arena *arena, struct str bytes, struct str *ret);
/* printf into the arena; the empty text past the limit. */
struct str str_printf(struct arena *arena, const char *format, ...) PRINTF_LIKE(2, 3);

/* The whole text as a decimal integer in [min, max]: no blanks, no plus sign; false otherwise. */
MUST_CHECK bool str_to_int64(struct str text, int64_t min, int64_t max, int64_t *ret);
/* The whole text as a finite decimal number, independent of the locale. */
MUST_CHECK bool str_to_double(struct str text, double *ret);
bool str_is_utf8(struct str text); /* well-formed UTF-8: no surrogates, no overlong forms */

#endif
