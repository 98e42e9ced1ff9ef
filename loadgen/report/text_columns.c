#include "loadgen/text_columns.h"

struct range {
    uint32_t first, last;
};

static const struct range wide[] = {
    {0x1100, 0x115F},   {0x231A, 0x231B},   {0x23E9, 0x23EC},   {0x25FD, 0x25FE},
    {0x2614, 0x2615},   {0x26A1, 0x26A1},   {0x26D4, 0x26D4},   {0x2705, 0x2705},
    {0x274C, 0x274C},   {0x2753, 0x2755},   {0x2795, 0x2797},   {0x2B50, 0x2B50},
    {0x2E80, 0x303E},   {0x3041, 0xA4CF},   {0xA960, 0xA97C},   {0xAC00, 0xD7A3},
    {0xF900, 0xFAFF},   {0xFE30, 0xFE6F},   {0xFF00, 0xFF60},   {0xFFE0, 0xFFE6},
    {0x1F300, 0x1F64F}, {0x1F680, 0x1F6FF}, {0x1F900, 0x1F9FF}, {0x20000, 0x3FFFD},
};

static const struct range combining[] = {
    {0x0300, 0x036F}, {0x0483, 0x0489}, {0x0591, 0x05BD}, {0x064B, 0x065F},   {0x0E31, 0x0E31},
    {0x0E34, 0x0E3A}, {0x0E47, 0x0E4E}, {0x1AB0, 0x1AFF}, {0x1DC0, 0x1DFF},   {0x200B, 0x200F},
    {0x20D0, 0x20F0}, {0xFE00, 0xFE0F}, {0xFE20, 0xFE2F}, {0x1F3FB, 0x1F3FF},
};

static bool is_in(const struct range *ranges, size_t count, uint32_t point)
{
    for (size_t i = 0; i < count; i++) {
        if (point >= ranges[i].first && point <= ranges[i].last)
            return true;
    }
    return false;
}

/* The bytes of a character by its first byte; 1 for a byte that begins none. */
static size_t length_of(unsigned char first)
{
    if (first < 0xC2)
        return 1;
    return first < 0xE0 ? 2 : first < 0xF0 ? 3 : first < 0xF5 ? 4 : 1;
}

struct text_character text_first(struct str text)
{
    struct text_character one = {0, 0};
    uint32_t point = 0;

    if (text.len == 0)
        return one;
    one.bytes = length_of((unsigned char)text.ptr[0]);
    if (one.bytes > text.len || (one.bytes > 1 && !str_is_utf8(str_slice(text, 0, one.bytes))))
        one.bytes = 1;
    one.columns = 1;
    if (one.bytes == 1)
        return one;
    point = (unsigned char)text.ptr[0] & (0x7Fu >> one.bytes);
    for (size_t i = 1; i < one.bytes; i++)
        point = point << 6 | ((unsigned char)text.ptr[i] & 0x3Fu);
    if (is_in(combining, ARRAY_LEN(combining), point))
        one.columns = 0;
    else if (is_in(wide, ARRAY_LEN(wide), point))
        one.columns = 2;
    return one;
}

size_t text_columns(struct str text)
{
    size_t columns = 0;

    while (text.len > 0) {
        struct text_character one = text_first(text);
        columns += one.columns;
        text = str_slice(text, one.bytes, text.len);
    }
    return columns;
}

struct str text_fit(struct str text, size_t columns_max)
{
    size_t columns = 0, at = 0;

    while (at < text.len) {
        struct text_character one = text_first(str_slice(text, at, text.len));
        if (columns + one.columns > columns_max)
            break;
        columns += one.columns;
        at += one.bytes;
    }
    return str_slice(text, 0, at);
}

static void put_clean(FILE *out, struct str text)
{
    for (size_t i = 0; i < text.len; i++) {
        unsigned char byte = (unsigned char)text.ptr[i];
        (void)fputc(byte < ' ' || byte == 0x7F ? ' ' : byte, out);
    }
}

void text_print(FILE *out, struct str text, size_t columns)
{
    struct str shown = text_fit(text, columns);
    bool cut = shown.len < text.len && columns > 0;

    if (cut)
        shown = text_fit(text, columns - 1);
    put_clean(out, shown);
    if (cut)
        (void)fputs("…", out);
    (void)fprintf(out, "%*s", (int)(columns - text_columns(shown) - (cut ? 1 : 0)), "");
}
