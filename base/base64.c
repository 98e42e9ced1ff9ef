#include "base/base64.h"

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

bool base64_encode(struct arena *arena, struct str bytes, struct str *ret)
{
    if (bytes.len > SIZE_MAX / 2)
        return false;
    size_t length = (bytes.len + 2) / 3 * 4;
    char *text = arena_alloc_text(arena, length + 1);
    char *at = text;

    if (text == NULL)
        return false;
    for (size_t i = 0; i < bytes.len; i += 3) {
        size_t left = bytes.len - i;
        uint32_t group = (uint32_t)(unsigned char)bytes.ptr[i] << 16;
        if (left > 1)
            group |= (uint32_t)(unsigned char)bytes.ptr[i + 1] << 8;
        if (left > 2)
            group |= (unsigned char)bytes.ptr[i + 2];
        *at++ = alphabet[group >> 18];
        *at++ = alphabet[(group >> 12) & 63];
        *at++ = left > 1 ? alphabet[(group >> 6) & 63] : '=';
        *at++ = left > 2 ? alphabet[group & 63] : '=';
    }
    *at = '\0';
    *ret = (struct str){text, length};
    return true;
}

static int digit_value(char c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    return c == '+' ? 62 : c == '/' ? 63 : -1;
}

bool base64_decode(struct arena *arena, struct str text, struct str *ret)
{
    if (text.len % 4 != 0)
        return false;
    size_t padding = 0;
    while (padding < 2 && padding < text.len && text.ptr[text.len - 1 - padding] == '=')
        padding++;
    size_t length = text.len / 4 * 3 - padding;
    char *bytes = arena_alloc_text(arena, length + 1);
    if (bytes == NULL)
        return false;
    size_t used = 0;
    for (size_t i = 0; i < text.len; i += 4) {
        uint32_t group = 0;
        for (size_t k = 0; k < 4; k++) {
            bool pad = i + k >= text.len - padding;
            int value = pad ? 0 : digit_value(text.ptr[i + k]);
            if (value < 0)
                return false;
            group = group << 6 | (uint32_t)value;
        }
        for (int shift = 16; shift >= 0; shift -= 8) {
            uint32_t byte = (group >> shift) & 255;
            if (used < length)
                bytes[used++] = (char)byte;
            else if (byte != 0)
                return false; /* bits behind the last byte: not a canonical text */
        }
    }
    bytes[length] = '\0';
    *ret = (struct str){bytes, length};
    return true;
}

bool base64_decode_loosely(struct arena *arena, struct str text, struct str *ret)
{
    char *bytes = arena_alloc_text(arena, text.len / 4 * 3 + 4);
    size_t used = 0;
    uint32_t bits = 0;
    int count = 0;

    if (bytes == NULL)
        return false;
    for (size_t i = 0; i < text.len && text.ptr[i] != '='; i++) {
        char c = text.ptr[i];
        int value = digit_value(c == '-' ? '+' : c == '_' ? '/' : c);
        if (value < 0)
            continue;
        bits = (bits << 6 | (uint32_t)value) & 0xFFF;
        count += 6;
        if (count >= 8) {
            count -= 8;
            bytes[used++] = (char)(bits >> count & 255);
        }
    }
    bytes[used] = '\0';
    *ret = (struct str){bytes, used};
    return true;
}
