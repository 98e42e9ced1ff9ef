#include "fingerprint.h"

#include <inttypes.h>

#include "number.h"

/* FNV-1a of 128 bits (Fowler, Noll, Vo): the offset and the prime are the algorithm's own. */
static const uint128 fnv_offset =
    (uint128)UINT64_C(0x6c62272e07bb0142) << 64 | UINT64_C(0x62b821756295c58d);
static const uint128 fnv_prime = (uint128)UINT64_C(0x1000000) << 64 | UINT64_C(0x13b);

static uint128 add_byte(uint128 hash, unsigned char byte)
{
    return (hash ^ byte) * fnv_prime;
}

static uint128 add_text(uint128 hash, struct str text)
{
    for (size_t i = 0; i < text.len; i++)
        hash = add_byte(hash, (unsigned char)text.ptr[i]);
    return hash;
}

static uint128 add_hash(uint128 hash, uint128 part)
{
    for (int i = 0; i < 16; i++)
        hash = add_byte(hash, (unsigned char)(part >> (8 * i)));
    return hash;
}

/* Depth is bounded by JSON_DEPTH_MAX. An object's members are summed up, for a sum has no order. */
static uint128 hash_value(const struct json_value *value)
{
    uint128 hash = add_byte(fnv_offset, (unsigned char)value->type);
    uint128 members = 0;

    switch (value->type) {
    case JSON_NULL:
    case JSON_FALSE:
    case JSON_TRUE:
        return hash;
    case JSON_NUMBER:
    case JSON_STRING:
        return add_text(hash, value->text);
    case JSON_ARRAY:
        for (const struct json_value *child = value->child; child != NULL; child = child->next)
            hash = add_hash(hash, hash_value(child));
        return hash;
    case JSON_OBJECT:
        for (const struct json_value *child = value->child; child != NULL; child = child->next) {
            if (child->type != JSON_NULL)
                members += add_hash(add_text(fnv_offset, child->name), hash_value(child));
        }
        return add_hash(hash, members);
    }
    return hash;
}

bool fingerprint_json(const struct json_value *value, struct arena *arena, struct str *ret)
{
    uint128 hash = hash_value(value);

    *ret = str_printf(arena, "%016" PRIx64 "%016" PRIx64, (uint64_t)(hash >> 64), (uint64_t)hash);
    return ret->len > 0;
}
