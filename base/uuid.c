#include "base/uuid.h"

static const char hex_digits[] = "0123456789abcdef";

void uuid_v4(struct rng *rng, char ret[UUID_TEXT_BYTES])
{
    uint64_t bits[2] = {rng_next(rng), rng_next(rng)};

    bits[0] = (bits[0] & ~UINT64_C(0xf000)) | UINT64_C(0x4000);       /* version 4 */
    bits[1] = (bits[1] & ~(UINT64_C(3) << 62)) | (UINT64_C(2) << 62); /* variant 10 */
    char *at = ret;
    for (int digit = 0; digit < 32; digit++) {
        if (digit == 8 || digit == 12 || digit == 16 || digit == 20)
            *at++ = '-';
        *at++ = hex_digits[(bits[digit / 16] >> (60 - 4 * (digit % 16))) & 15];
    }
    *at = '\0';
}

void hex_random(struct rng *rng, size_t count, char *ret)
{
    uint64_t bits = 0;

    for (size_t i = 0; i < count; i++) {
        if (i % 16 == 0)
            bits = rng_next(rng);
        ret[i] = hex_digits[bits & 15];
        bits >>= 4;
    }
    ret[count] = '\0';
}
