#include "base/md5.h"

/* The first 32 bits of |sin(i + 1)|. */
static const uint32_t sines[64] = {
    0xd76aa478, 0xe8c7b756, 0x242070db, 0xc1bdceee, 0xf57c0faf, 0x4787c62a, 0xa8304613, 0xfd469501,
    0x698098d8, 0x8b44f7af, 0xffff5bb1, 0x895cd7be, 0x6b901122, 0xfd987193, 0xa679438e, 0x49b40821,
    0xf61e2562, 0xc040b340, 0x265e5a51, 0xe9b6c7aa, 0xd62f105d, 0x02441453, 0xd8a1e681, 0xe7d3fbc8,
    0x21e1cde6, 0xc33707d6, 0xf4d50d87, 0x455a14ed, 0xa9e3e905, 0xfcefa3f8, 0x676f02d9, 0x8d2a4c8a,
    0xfffa3942, 0x8771f681, 0x6d9d6122, 0xfde5380c, 0xa4beea44, 0x4bdecfa9, 0xf6bb4b60, 0xbebfbc70,
    0x289b7ec6, 0xeaa127fa, 0xd4ef3085, 0x04881d05, 0xd9d4d039, 0xe6db99e5, 0x1fa27cf8, 0xc4ac5665,
    0xf4292244, 0x432aff97, 0xab9423a7, 0xfc93a039, 0x655b59c3, 0x8f0ccc92, 0xffeff47d, 0x85845dd1,
    0x6fa87e4f, 0xfe2ce6e0, 0xa3014314, 0x4e0811a1, 0xf7537e82, 0xbd3af235, 0x2ad7d2bb, 0xeb86d391,
};

static const int shifts[4][4] = {{7, 12, 17, 22}, {5, 9, 14, 20}, {4, 11, 16, 23}, {6, 10, 15, 21}};

static uint32_t rotate(uint32_t value, int bits)
{
    return (value << bits) | (value >> (32 - bits));
}

/* The four rounds' functions, and which word each step takes. */
static uint32_t mix(size_t step, const uint32_t s[4], size_t *ret_word)
{
    switch (step / 16) {
    case 0:
        *ret_word = step;
        return (s[1] & s[2]) | (~s[1] & s[3]);
    case 1:
        *ret_word = (5 * step + 1) % 16;
        return (s[3] & s[1]) | (~s[3] & s[2]);
    case 2:
        *ret_word = (3 * step + 5) % 16;
        return s[1] ^ s[2] ^ s[3];
    default:
        *ret_word = (7 * step) % 16;
        return s[2] ^ (s[1] | ~s[3]);
    }
}

static void add_block(struct md5 *hash, const unsigned char *block)
{
    uint32_t words[16], s[4];

    for (size_t i = 0; i < 16; i++) {
        const unsigned char *at = block + 4 * i;
        words[i] = (uint32_t)at[3] << 24 | (uint32_t)at[2] << 16 | (uint32_t)at[1] << 8 | at[0];
    }
    memcpy(s, hash->state, sizeof(s));
    for (size_t i = 0; i < 64; i++) {
        size_t word = 0;
        uint32_t mixed = mix(i, s, &word) + s[0] + sines[i] + words[word];
        s[0] = s[3];
        s[3] = s[2];
        s[2] = s[1];
        s[1] += rotate(mixed, shifts[i / 16][i % 4]);
    }
    for (size_t i = 0; i < 4; i++)
        hash->state[i] += s[i];
}

void md5_init(struct md5 *hash)
{
    *hash = (struct md5){.state = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476}};
}

void md5_add(struct md5 *hash, const void *bytes, size_t count)
{
    const unsigned char *at = bytes;

    hash->length += count;
    while (count > 0) {
        size_t room = MD5_BLOCK_BYTES - hash->pending;
        size_t part = count < room ? count : room;
        memcpy(hash->block + hash->pending, at, part);
        hash->pending += part;
        at += part;
        count -= part;
        if (hash->pending == MD5_BLOCK_BYTES) {
            add_block(hash, hash->block);
            hash->pending = 0;
        }
    }
}

void md5_finish(struct md5 *hash, unsigned char ret[MD5_BYTES])
{
    static const unsigned char padding[MD5_BLOCK_BYTES] = {0x80};
    uint64_t bits = hash->length * 8;
    unsigned char length[8];

    for (size_t i = 0; i < 8; i++)
        length[i] = (unsigned char)(bits >> (8 * i));
    md5_add(hash, padding, (hash->pending < 56 ? 56 : 120) - hash->pending);
    md5_add(hash, length, sizeof(length));
    for (size_t i = 0; i < MD5_BYTES; i++)
        ret[i] = (unsigned char)(hash->state[i / 4] >> (8 * (i % 4)));
}
