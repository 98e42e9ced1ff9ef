#include "loadgen/histogram.h"

#include <math.h>
#include <sys/mman.h>

enum { SUB_BUCKETS = 1 << HISTOGRAM_SUB_BITS, HALF = SUB_BUCKETS / 2 };

/*
 * Pages of its own, so that what no time falls into takes no memory. calloc() has only 65,536 such
 * blocks to give; past them it cleared every byte, and 100,000 requests took 19 GB.
 */
struct histogram *histogram_new(void)
{
    void *pages = mmap(NULL, sizeof(struct histogram), PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    return pages == MAP_FAILED ? NULL : pages;
}

void histogram_free(struct histogram *histogram)
{
    if (histogram != NULL)
        (void)munmap(histogram, sizeof(*histogram));
}

void histogram_reset(struct histogram *histogram)
{
    if (histogram->used_to > histogram->used_from)
        memset(&histogram->counts[histogram->used_from], 0,
               (histogram->used_to - histogram->used_from) * sizeof(histogram->counts[0]));
    memset(histogram, 0, offsetof(struct histogram, counts));
}

/* HdrHistogram's countsArrayIndex for a unit magnitude of 0: the first 2,048 values have a bucket
 * each, every doubling after that 1,024. */
uint32_t histogram_index(int64_t value_us)
{
    int bucket =
        63 - HISTOGRAM_SUB_BITS + 1 - __builtin_clzll((uint64_t)value_us | (SUB_BUCKETS - 1));
    uint32_t sub = (uint32_t)((uint64_t)value_us >> bucket);

    return ((uint32_t)bucket << (HISTOGRAM_SUB_BITS - 1)) + sub;
}

int64_t histogram_lowest(uint32_t index)
{
    uint32_t bucket = index >> (HISTOGRAM_SUB_BITS - 1);
    uint32_t sub = index & (HALF - 1);

    if (bucket == 0)
        return (int64_t)sub;
    return (int64_t)(sub + HALF) << (bucket - 1);
}

int64_t histogram_highest(uint32_t index)
{
    return histogram_lowest(index + 1) - 1;
}

static void widen(struct histogram *histogram, uint32_t from, uint32_t to)
{
    if (histogram->used_to == 0) {
        histogram->used_from = from;
        histogram->used_to = to;
        return;
    }
    if (from < histogram->used_from)
        histogram->used_from = from;
    if (to > histogram->used_to)
        histogram->used_to = to;
}

void histogram_record_count(struct histogram *histogram, int64_t value_us, uint64_t count)
{
    uint32_t index = 0;

    if (count == 0)
        return;
    if (value_us < 1)
        value_us = 1;
    if (value_us > HISTOGRAM_MAX_US)
        value_us = HISTOGRAM_MAX_US;
    index = histogram_index(value_us);
    histogram->counts[index] += count;
    if (histogram->total == 0 || value_us < histogram->min_us)
        histogram->min_us = value_us;
    if (value_us > histogram->max_us)
        histogram->max_us = value_us;
    histogram->total += count;
    widen(histogram, index, index + 1);
}

void histogram_record(struct histogram *histogram, int64_t value_us)
{
    histogram_record_count(histogram, value_us, 1);
}

void histogram_add(struct histogram *to, const struct histogram *from)
{
    if (from->total == 0)
        return;
    for (uint32_t i = from->used_from; i < from->used_to; i++)
        to->counts[i] += from->counts[i];
    if (to->total == 0 || from->min_us < to->min_us)
        to->min_us = from->min_us;
    if (from->max_us > to->max_us)
        to->max_us = from->max_us;
    to->total += from->total;
    widen(to, from->used_from, from->used_to);
}

void histogram_add_corrected(struct histogram *to, const struct histogram *from,
                             int64_t interval_us)
{
    histogram_add(to, from);
    if (interval_us < 1)
        return;
    for (uint32_t i = from->used_from; i < from->used_to; i++) {
        if (from->counts[i] == 0)
            continue;
        /* An hour of 1 us steps would be billions: past a million steps the tail is told anyway. */
        int64_t step = interval_us;
        int64_t value = histogram_highest(i);
        if (value > from->max_us)
            value = from->max_us;
        if (value / step > 1000000)
            step = value / 1000000;
        for (int64_t missing = value - step; missing >= step; missing -= step)
            histogram_record_count(to, missing, from->counts[i]);
    }
}

/* The highest value equivalent to the bucket, as HdrHistogram; the exact extreme at the ends. */
static int64_t answer_of(const struct histogram *histogram, uint32_t index)
{
    int64_t value = histogram_highest(index);

    if (value > histogram->max_us)
        value = histogram->max_us;
    return value;
}

int64_t histogram_percentile(const struct histogram *histogram, double percentile)
{
    uint64_t wanted = 0, seen = 0;

    if (histogram->total == 0)
        return 0;
    if (percentile > 100)
        percentile = 100;
    /* HdrHistogram takes one ULP off, so that 50 % of two is the first. */
    percentile = nextafter(percentile, -INFINITY);
    wanted = (uint64_t)ceil(percentile / 100 * (double)histogram->total);
    if (wanted < 1)
        wanted = 1;
    for (uint32_t i = histogram->used_from; i < histogram->used_to; i++) {
        seen += histogram->counts[i];
        if (seen >= wanted)
            return answer_of(histogram, i);
    }
    return histogram->max_us;
}

double histogram_mean(const struct histogram *histogram)
{
    double sum = 0;

    if (histogram->total == 0)
        return 0;
    for (uint32_t i = histogram->used_from; i < histogram->used_to; i++) {
        int64_t lowest = histogram_lowest(i);
        int64_t middle = lowest + ((histogram_highest(i) - lowest + 1) >> 1);
        sum += (double)middle * (double)histogram->counts[i];
    }
    return sum / (double)histogram->total;
}

/* --- HdrHistogram's V2 payload -------------------------------------------------------------- */

static void put_leb128(struct buffer *out, int64_t value)
{
    uint64_t zigzag = ((uint64_t)value << 1) ^ (value < 0 ? UINT64_MAX : 0);

    /* Nine bytes at most: the ninth holds eight bits. */
    for (int i = 0; i < 8 && zigzag >= 0x80; i++) {
        buffer_add_char(out, (char)(unsigned char)(0x80 | (zigzag & 0x7F)));
        zigzag >>= 7;
    }
    buffer_add_char(out, (char)zigzag);
}

static bool get_leb128(struct str *text, int64_t *ret)
{
    uint64_t value = 0;

    for (int i = 0; i < 9; i++) {
        if (text->len == 0)
            return false;
        uint64_t byte = (unsigned char)text->ptr[0];
        *text = str_slice(*text, 1, text->len);
        if (i < 8) {
            value |= (byte & 0x7F) << (7 * i);
            if ((byte & 0x80) == 0)
                break;
        } else {
            value |= byte << 56;
        }
    }
    *ret = (int64_t)(value >> 1) ^ -(int64_t)(value & 1);
    return true;
}

void histogram_encode(const struct histogram *histogram, struct buffer *out)
{
    uint32_t i = 0;

    if (histogram->total == 0)
        return;
    while (i < histogram->used_to) {
        uint32_t zeros = 0;
        while (i + zeros < histogram->used_to && histogram->counts[i + zeros] == 0)
            zeros++;
        if (zeros > 0) {
            put_leb128(out, zeros == 1 ? 0 : -(int64_t)zeros);
            i += zeros;
            continue;
        }
        put_leb128(out, (int64_t)histogram->counts[i++]);
    }
}

bool histogram_decode(struct histogram *to, struct str payload)
{
    uint32_t index = 0;
    int64_t value = 0;

    while (payload.len > 0) {
        if (!get_leb128(&payload, &value))
            return false;
        if (value <= 0) {
            if (value < -(int64_t)HISTOGRAM_COUNTS || (uint32_t)-value > HISTOGRAM_COUNTS - index)
                return false;
            index += value == 0 ? 1 : (uint32_t)-value;
            if (index > HISTOGRAM_COUNTS)
                return false;
            continue;
        }
        if (index >= HISTOGRAM_COUNTS || (uint64_t)value > UINT64_MAX / 4 - to->total)
            return false;
        histogram_record_count(to, histogram_highest(index), (uint64_t)value);
        index++;
    }
    return true;
}
