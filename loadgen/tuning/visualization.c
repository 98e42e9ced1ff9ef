#include "visualization.h"

#include "base/base64.h"
#include "base/buffer.h"

#define VISUALIZATION_BASE_URL "https://lambda-power-tuning.show/"

static void put_little_endian(char *bytes, uint32_t value, size_t size)
{
    for (size_t i = 0; i < size; i++)
        bytes[i] = (char)(unsigned char)(value >> (8 * i));
}

static uint32_t float_bits(double value)
{
    float narrow = (float)value; /* to the nearest; past a float's range it is infinite */
    uint32_t bits;

    memcpy(&bits, &narrow, sizeof(bits));
    return bits;
}

static struct size_statistics *sorted_by_memory(const struct size_statistics *rows, size_t count,
                                                struct arena *arena)
{
    struct size_statistics *sorted = arena_alloc_array(arena, count, sizeof(*sorted));

    for (size_t i = 0; sorted != NULL && i < count; i++) {
        size_t at = i;
        for (; at > 0 && sorted[at - 1].memory_mb > rows[i].memory_mb; at--)
            sorted[at] = sorted[at - 1];
        sorted[at] = rows[i];
    }
    return sorted;
}

static bool add_column(struct buffer *out, struct str bytes)
{
    struct str text;

    if (!base64_encode(out->arena, bytes, &text))
        return false;
    buffer_add(out, text);
    return true;
}

bool visualization_url(const struct size_statistics *rows, size_t count, struct str tool_region,
                       struct arena *arena, struct str *ret)
{
    struct size_statistics *sorted = sorted_by_memory(rows, count, arena);
    char *sizes = arena_alloc_text(arena, 2 * count);
    char *times = arena_alloc_text(arena, 4 * count);
    char *costs = arena_alloc_text(arena, 4 * count);
    struct buffer out;

    if (sorted == NULL || sizes == NULL || times == NULL || costs == NULL)
        return false;
    for (size_t i = 0; i < count; i++) {
        put_little_endian(sizes + 2 * i, (uint32_t)(uint64_t)sorted[i].memory_mb, 2);
        put_little_endian(times + 4 * i, float_bits(sorted[i].average_duration_ms), 4);
        put_little_endian(costs + 4 * i, float_bits(sorted[i].average_price), 4);
    }
    buffer_init(&out, arena);
    buffer_add_literal(&out, VISUALIZATION_BASE_URL);
    if (str_starts_with(tool_region, STR("cn-")))
        buffer_add_literal(&out, "?currency=CNY");
    buffer_add_char(&out, '#');
    bool ok = add_column(&out, (struct str){sizes, 2 * count});
    buffer_add_char(&out, ';');
    ok = ok && add_column(&out, (struct str){times, 4 * count});
    buffer_add_char(&out, ';');
    return ok && add_column(&out, (struct str){costs, 4 * count}) && buffer_done(&out, ret);
}
