#include "loadgen/histogram_text.h"

#include <zlib.h>

#include "base/base64.h"

enum {
    COOKIE = 0x1c849313,
    COMPRESSED_COOKIE = 0x1c849314,
    HEADER_BYTES = 40,
    COMPRESSED_HEADER_BYTES = 8,
    ENCODED_BYTES_MAX = HEADER_BYTES + 9 * HISTOGRAM_COUNTS,
};

static void put_big_endian(char *at, uint64_t value, int bytes)
{
    for (int i = bytes - 1; i >= 0; i--, value >>= 8)
        at[i] = (char)(unsigned char)value;
}

static uint64_t get_big_endian(const char *at, int bytes)
{
    uint64_t value = 0;

    for (int i = 0; i < bytes; i++)
        value = value << 8 | (unsigned char)at[i];
    return value;
}

/* What stands before the counts. */
static void write_header(char header[HEADER_BYTES], size_t payload_bytes)
{
    const double ratio = 1.0;
    uint64_t ratio_bits = 0;

    memcpy(&ratio_bits, &ratio, sizeof(ratio_bits));
    put_big_endian(header, COOKIE, 4);
    put_big_endian(header + 4, payload_bytes, 4);
    put_big_endian(header + 8, 0, 4); /* normalizing index offset */
    put_big_endian(header + 12, HISTOGRAM_DIGITS, 4);
    put_big_endian(header + 16, 1, 8); /* lowest discernible value */
    put_big_endian(header + 24, (uint64_t)HISTOGRAM_MAX_US, 8);
    put_big_endian(header + 32, ratio_bits, 8);
}

bool histogram_text_write(struct str payload, struct arena *arena, struct str *ret)
{
    uLongf length = compressBound((uLong)(HEADER_BYTES + payload.len));
    char *plain = arena_alloc_text(arena, HEADER_BYTES + payload.len);
    char *packed = arena_alloc_text(arena, COMPRESSED_HEADER_BYTES + length);

    if (plain == NULL || packed == NULL)
        return false;
    write_header(plain, payload.len);
    if (payload.len > 0)
        memcpy(plain + HEADER_BYTES, payload.ptr, payload.len);
    if (compress2((Bytef *)packed + COMPRESSED_HEADER_BYTES, &length, (const Bytef *)plain,
                  (uLong)(HEADER_BYTES + payload.len), Z_DEFAULT_COMPRESSION) != Z_OK)
        return false;
    put_big_endian(packed, COMPRESSED_COOKIE, 4);
    put_big_endian(packed + 4, length, 4);
    return base64_encode(arena, (struct str){packed, COMPRESSED_HEADER_BYTES + length}, ret);
}

bool histogram_text_read(struct str text, struct arena *arena, struct histogram *to)
{
    struct str packed = {0};
    char *plain = arena_alloc_text(arena, ENCODED_BYTES_MAX);
    char header[HEADER_BYTES];
    uLongf length = ENCODED_BYTES_MAX;

    if (plain == NULL || !base64_decode(arena, text, &packed) ||
        packed.len < COMPRESSED_HEADER_BYTES ||
        get_big_endian(packed.ptr, 4) != COMPRESSED_COOKIE ||
        get_big_endian(packed.ptr + 4, 4) != packed.len - COMPRESSED_HEADER_BYTES)
        return false;
    if (uncompress((Bytef *)plain, &length, (const Bytef *)packed.ptr + COMPRESSED_HEADER_BYTES,
                   (uLong)(packed.len - COMPRESSED_HEADER_BYTES)) != Z_OK ||
        length < HEADER_BYTES)
        return false;
    /* The settings are ours or the counts mean something else. */
    write_header(header, length - HEADER_BYTES);
    return memcmp(plain, header, HEADER_BYTES) == 0 &&
           histogram_decode(to, (struct str){plain + HEADER_BYTES, length - HEADER_BYTES});
}
