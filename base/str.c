#include "base/str.h"

#include <errno.h>
#include <locale.h>
#include <stdarg.h>

enum { CASE_BIT = 0x20 };

struct str str_from_c(const char *text)
{
    return (struct str){text, text == NULL ? 0 : strlen(text)};
}

bool str_eq(struct str a, struct str b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

char str_lower(char byte)
{
    int lower = byte >= 'A' && byte <= 'Z' ? byte - 'A' + 'a' : byte;

    return (char)lower;
}

bool str_eq_nocase(struct str a, struct str b)
{
    if (a.len != b.len)
        return false;
    /* Most bytes are the same as they are; two cases of a letter differ in one bit. */
    for (size_t i = 0; i < a.len; i++) {
        int differing = a.ptr[i] ^ b.ptr[i];
        int lower = a.ptr[i] | CASE_BIT;
        if (differing != 0 && (differing != CASE_BIT || lower < 'a' || lower > 'z'))
            return false;
    }
    return true;
}

int str_compare(struct str a, struct str b)
{
    size_t shared = a.len < b.len ? a.len : b.len;
    int order = shared == 0 ? 0 : memcmp(a.ptr, b.ptr, shared);

    if (order != 0)
        return order;
    return a.len < b.len ? -1 : a.len > b.len;
}

bool str_starts_with(struct str text, struct str prefix)
{
    return text.len >= prefix.len && str_eq(str_slice(text, 0, prefix.len), prefix);
}

bool str_ends_with(struct str text, struct str suffix)
{
    return text.len >= suffix.len &&
           str_eq(str_slice(text, text.len - suffix.len, text.len), suffix);
}

size_t str_find_char(struct str text, char wanted)
{
    const char *found = text.len == 0 ? NULL : memchr(text.ptr, wanted, text.len);

    return found == NULL ? text.len : (size_t)(found - text.ptr);
}

size_t str_find(struct str text, struct str wanted)
{
    if (wanted.len == 0)
        return 0;
    for (size_t i = 0; i + wanted.len <= text.len; i++) {
        i += str_find_char(str_slice(text, i, text.len), wanted.ptr[0]);
        if (i + wanted.len <= text.len && memcmp(text.ptr + i, wanted.ptr, wanted.len) == 0)
            return i;
    }
    return text.len;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

struct str str_trim(struct str text)
{
    while (text.len > 0 && is_blank(text.ptr[0])) {
        text.ptr++;
        text.len--;
    }
    while (text.len > 0 && is_blank(text.ptr[text.len - 1]))
        text.len--;
    return text;
}

struct str str_slice(struct str text, size_t from, size_t to)
{
    if (to > text.len)
        to = text.len;
    if (from > to)
        from = to;
    return (struct str){text.ptr == NULL ? NULL : text.ptr + from, to - from};
}

struct str str_split(struct str *rest, char separator)
{
    size_t at = str_find_char(*rest, separator);
    struct str head = str_slice(*rest, 0, at);

    *rest = str_slice(*rest, at + 1, rest->len);
    return head;
}

bool str_copy(struct arena *arena, struct str text, struct str *ret)
{
    char *copy = arena_alloc_text(arena, text.len + 1);

    if (copy == NULL)
        return false;
    if (text.len > 0)
        memcpy(copy, text.ptr, text.len);
    copy[text.len] = '\0';
    *ret = (struct str){copy, text.len};
    return true;
}

char *str_to_c(struct arena *arena, struct str text)
{
    if (str_find_char(text, '\0') != text.len)
        return NULL;
    char *copy = arena_alloc_text(arena, text.len + 1);
    if (copy == NULL)
        return NULL;
    if (text.len > 0)
        memcpy(copy, text.ptr, text.len);
    copy[text.len] = '\0';
    return copy;
}

bool str_hex(struct arena *arena, struct str bytes, struct str *ret)
{
    static const char digits[] = "0123456789abcdef";
    char *text = arena_alloc_text(arena, 2 * bytes.len + 1);

    if (text == NULL)
        return false;
    for (size_t i = 0; i < bytes.len; i++) {
        text[2 * i] = digits[(unsigned char)bytes.ptr[i] >> 4];
        text[2 * i + 1] = digits[(unsigned char)bytes.ptr[i] & 15];
    }
    text[2 * bytes.len] = '\0';
    *ret = (struct str){text, 2 * bytes.len};
    return true;
}

struct str str_printf(struct arena *arena, const char *format, ...)
{
    va_list args, again;

    va_start(args, format);
    va_copy(again, args);
    int length = vsnprintf(NULL, 0, format, args);
    va_end(args);
    char *text = length < 0 ? NULL : arena_alloc_text(arena, (size_t)length + 1);
    if (text != NULL)
        (void)vsnprintf(text, (size_t)length + 1, format, again);
    va_end(again);
    return text == NULL ? (struct str){NULL, 0} : (struct str){text, (size_t)length};
}

bool str_to_int64(struct str text, int64_t min, int64_t max, int64_t *ret)
{
    bool negative = text.len > 0 && text.ptr[0] == '-';
    int64_t value = 0;
    size_t i = negative ? 1 : 0;

    if (i == text.len)
        return false;
    for (; i < text.len; i++) {
        if (text.ptr[i] < '0' || text.ptr[i] > '9')
            return false;
        int digit = text.ptr[i] - '0';
        /* Built downwards, so that INT64_MIN fits. */
        if (__builtin_mul_overflow(value, INT64_C(10), &value) ||
            __builtin_sub_overflow(value, (int64_t)digit, &value))
            return false;
    }
    if (!negative && value == INT64_MIN)
        return false;
    value = negative ? value : -value;
    if (value < min || value > max)
        return false;
    *ret = value;
    return true;
}

bool str_to_double(struct str text, double *ret)
{
    char copy[400]; /* longer digits than these tell a double nothing */
    char *end = NULL;

    if (text.len == 0 || text.len >= sizeof(copy))
        return false;
    /* Only digits, sign, point and exponent: strtod would also take blanks, hexadecimal and "nan".
     */
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == '\0' || strchr("0123456789+-.eE", text.ptr[i]) == NULL)
            return false;
    }
    memcpy(copy, text.ptr, text.len);
    copy[text.len] = '\0';
    /* The process never calls setlocale(), so strtod reads the "C" locale's point. */
    double value = strtod(copy, &end);
    if (end != copy + text.len || !(value - value == 0.0))
        return false;
    *ret = value;
    return true;
}

/* Bytes of the well-formed character at `at`, or 0 (Unicode 15, table 3-7). */
static size_t utf8_length(const unsigned char *at, size_t left)
{
    static const struct {
        unsigned char first_min, first_max, second_min, second_max;
        size_t length;
    } forms[] = {
        {0xc2, 0xdf, 0x80, 0xbf, 2}, {0xe0, 0xe0, 0xa0, 0xbf, 3}, {0xe1, 0xec, 0x80, 0xbf, 3},
        {0xed, 0xed, 0x80, 0x9f, 3}, {0xee, 0xef, 0x80, 0xbf, 3}, {0xf0, 0xf0, 0x90, 0xbf, 4},
        {0xf1, 0xf3, 0x80, 0xbf, 4}, {0xf4, 0xf4, 0x80, 0x8f, 4},
    };

    if (at[0] < 0x80)
        return 1;
    for (size_t i = 0; i < ARRAY_LEN(forms); i++) {
        if (at[0] < forms[i].first_min || at[0] > forms[i].first_max)
            continue;
        if (left < forms[i].length || at[1] < forms[i].second_min || at[1] > forms[i].second_max)
            return 0;
        for (size_t k = 2; k < forms[i].length; k++) {
            if (at[k] < 0x80 || at[k] > 0xbf)
                return 0;
        }
        return forms[i].length;
    }
    return 0;
}

bool str_is_utf8(struct str text)
{
    const unsigned char *bytes = (const unsigned char *)text.ptr;
    size_t i = 0;

    while (i < text.len) {
        size_t length = utf8_length(bytes + i, text.len - i);
        if (length == 0)
            return false;
        i += length;
    }
    return true;
}
