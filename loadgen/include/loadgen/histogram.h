/*
 * Times in microseconds, counted in buckets as HdrHistogram does: from 1 us to 1 hour, three
 * significant digits, constant memory, counts that add up exactly across histograms.
 *
 * The bucket layout, the percentile rule and the encoded form are HdrHistogram's (lowest 1, highest
 * 3,600,000,000, 3 digits), so that its tools read what we write.
 *
 * Source: HdrHistogram 2.1, AbstractHistogram and its V2 encoding.
 */
#ifndef LOADGEN_HISTOGRAM_H
#define LOADGEN_HISTOGRAM_H

#include "base/buffer.h"

#define HISTOGRAM_MAX_US INT64_C(3600000000)

enum {
    HISTOGRAM_DIGITS = 3,
    HISTOGRAM_SUB_BITS = 11, /* 2,048 sub-buckets: the least power of two past 2 * 10^3 */
    HISTOGRAM_BUCKETS = 22,  /* doublings of 2,048 until past the highest value */
    HISTOGRAM_COUNTS = (HISTOGRAM_BUCKETS + 1) << (HISTOGRAM_SUB_BITS - 1),
};

struct histogram {
    uint64_t total;
    int64_t min_us, max_us;      /* exact; 0 while empty */
    uint32_t used_from, used_to; /* indices [from, to) that may hold counts */
    uint64_t counts[HISTOGRAM_COUNTS];
};

/* Zeroed memory; NULL without it. Pairs with histogram_free(). */
struct histogram *histogram_new(void);
void histogram_free(struct histogram *histogram);
void histogram_reset(struct histogram *histogram);

/* Values below 1 us count as 1 us, values above an hour as an hour. */
void histogram_record(struct histogram *histogram, int64_t value_us);
void histogram_record_count(struct histogram *histogram, int64_t value_us, uint64_t count);
void histogram_add(struct histogram *to, const struct histogram *from);

/*
 * Adds `from` as it would have been without coordinated omission: a value longer than
 * `interval_us`, the time between one user's requests, stands also for the requests that it kept
 * from being sent: value - interval, value - 2 * interval, ... down to the interval.
 */
void histogram_add_corrected(struct histogram *to, const struct histogram *from,
                             int64_t interval_us);

/* The value at a percentile, 0 to 100, as HdrHistogram answers it; 0 while empty. */
int64_t histogram_percentile(const struct histogram *histogram, double percentile);
/* The mean of the buckets' middles, as HdrHistogram; 0 while empty. */
double histogram_mean(const struct histogram *histogram);

/* The layout, for iteration: the bucket of a value, and a bucket's lowest and highest value. */
uint32_t histogram_index(int64_t value_us);
int64_t histogram_lowest(uint32_t index);
int64_t histogram_highest(uint32_t index);

/*
 * Counts as HdrHistogram's V2 payload: ZigZag LEB128, runs of zeros as negative lengths.
 * histogram_decode() adds to `to`; false for bytes that are no such payload, `to` is then
 * unspecified.
 */
void histogram_encode(const struct histogram *histogram, struct buffer *out);
MUST_CHECK bool histogram_decode(struct histogram *to, struct str payload);

#endif
