#include "stream_iterator.h"

#include "base/base64.h"
#include "store.h"

/* Four numbers of eight bytes, the highest first, and a checksum of four. */
enum { NUMBERS = 4, NUMBERS_BYTES = NUMBERS * 8, PAYLOAD_BYTES = NUMBERS_BYTES + 4 };

static void put_bytes(char *to, uint64_t value, size_t count)
{
    for (size_t i = 0; i < count; i++)
        to[i] = (char)(unsigned char)(value >> (8 * (count - 1 - i)));
}

static uint64_t take_bytes(const char *from, size_t count)
{
    uint64_t value = 0;

    for (size_t i = 0; i < count; i++)
        value = value << 8 | (unsigned char)from[i];
    return value;
}

/* Of ARN and numbers together: no iterator of one stream is another's. */
static uint32_t checksum(struct str arn, const char *numbers)
{
    return store_hash((struct str){numbers, NUMBERS_BYTES}) ^ store_hash(arn);
}

bool stream_iterator_text(const struct stream_iterator *iterator, struct arena *arena,
                          struct str *ret)
{
    const int64_t numbers[NUMBERS] = {iterator->shard, iterator->from.ms, iterator->from.count,
                                      iterator->issued_ms};
    char payload[PAYLOAD_BYTES];
    struct str text;

    for (size_t i = 0; i < NUMBERS; i++)
        put_bytes(payload + i * 8, (uint64_t)numbers[i], 8);
    put_bytes(payload + NUMBERS_BYTES, checksum(iterator->arn, payload), 4);
    if (!base64_encode(arena, (struct str){payload, sizeof(payload)}, &text))
        return false;
    *ret = str_printf(arena, "%.*s|1|%.*s", STR_ARG(iterator->arn), STR_ARG(text));
    return ret->len > 0;
}

bool stream_iterator_read(struct str text, struct arena *arena, struct stream_iterator *ret)
{
    int64_t numbers[NUMBERS];
    struct str payload, arn = str_split(&text, '|');

    if (!str_eq(str_split(&text, '|'), STR("1")) || !base64_decode(arena, text, &payload) ||
        payload.len != PAYLOAD_BYTES ||
        take_bytes(payload.ptr + NUMBERS_BYTES, 4) != checksum(arn, payload.ptr))
        return false;
    for (size_t i = 0; i < NUMBERS; i++) {
        uint64_t number = take_bytes(payload.ptr + i * 8, 8);

        if (number > INT64_MAX)
            return false;
        numbers[i] = (int64_t)number;
    }
    *ret = (struct stream_iterator){
        .arn = arn, .shard = numbers[0], .from = {numbers[1], numbers[2]}, .issued_ms = numbers[3]};
    return numbers[2] <= STREAM_COUNT_MAX;
}
