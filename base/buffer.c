#include "base/buffer.h"

#include <stdarg.h>

enum { BUFFER_FIRST_BYTES = 256 };

void buffer_init(struct buffer *buffer, struct arena *arena)
{
    *buffer = (struct buffer){.arena = arena};
}

char *buffer_reserve(struct buffer *buffer, size_t bytes)
{
    if (buffer->failed)
        return NULL;
    if (bytes > buffer->capacity - buffer->len || buffer->ptr == NULL) {
        size_t wanted =
            buffer->capacity < BUFFER_FIRST_BYTES ? BUFFER_FIRST_BYTES : buffer->capacity * 2;
        if (bytes > SIZE_MAX / 4 || buffer->len > SIZE_MAX / 4) {
            buffer->failed = true;
            return NULL;
        }
        if (wanted < buffer->len + bytes)
            wanted = buffer->len + bytes;
        char *grown = arena_grow(buffer->arena, buffer->ptr, buffer->len, wanted);
        if (grown == NULL) {
            buffer->failed = true;
            return NULL;
        }
        buffer->ptr = grown;
        buffer->capacity = wanted;
    }
    return buffer->ptr + buffer->len;
}

void buffer_add(struct buffer *buffer, struct str text)
{
    char *room = text.len == 0 ? NULL : buffer_reserve(buffer, text.len);

    if (room == NULL)
        return;
    memcpy(room, text.ptr, text.len);
    buffer->len += text.len;
}

void buffer_add_char(struct buffer *buffer, char byte)
{
    char *room = buffer_reserve(buffer, 1);

    if (room == NULL)
        return;
    *room = byte;
    buffer->len++;
}

void buffer_add_lower(struct buffer *buffer, struct str text)
{
    for (size_t i = 0; i < text.len; i++)
        buffer_add_char(buffer, str_lower(text.ptr[i]));
}

void buffer_add_int(struct buffer *buffer, int64_t value)
{
    char digits[24];
    size_t at = sizeof(digits);
    uint64_t rest = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;

    do {
        digits[--at] = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest > 0);
    if (value < 0)
        digits[--at] = '-';
    buffer_add(buffer, (struct str){digits + at, sizeof(digits) - at});
}

void buffer_printf(struct buffer *buffer, const char *format, ...)
{
    va_list args, again;

    va_start(args, format);
    va_copy(again, args);
    int length = vsnprintf(NULL, 0, format, args);
    va_end(args);
    char *room = length < 0 ? NULL : buffer_reserve(buffer, (size_t)length + 1);
    if (room != NULL) {
        (void)vsnprintf(room, (size_t)length + 1, format, again);
        buffer->len += (size_t)length;
    }
    va_end(again);
}

struct str buffer_str(const struct buffer *buffer)
{
    return (struct str){buffer->ptr, buffer->len};
}

bool buffer_done(const struct buffer *buffer, struct str *ret)
{
    if (buffer->failed)
        return false;
    *ret = buffer_str(buffer);
    return true;
}
