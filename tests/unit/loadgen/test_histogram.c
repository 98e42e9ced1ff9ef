#include "../test.h"

#include "base/rng.h"
#include "loadgen/histogram.h"

enum { SAMPLES = 20000, TEST_ARENA_BYTES = 4 << 20 };

/* A value from 1 us to an hour, all sizes alike. */
static int64_t any_value(struct rng *rng)
{
    int64_t value = (int64_t)(rng_next(rng) >> (32 + rng_below(rng, 32)));

    return value < 1 ? 1 : value > HISTOGRAM_MAX_US ? HISTOGRAM_MAX_US : value;
}

static void every_bucket_begins_behind_the_last_one(void **state)
{
    (void)state;
    for (uint32_t i = 1; i < HISTOGRAM_COUNTS; i++) {
        assert_true(histogram_lowest(i) == histogram_highest(i - 1) + 1);
        assert_int_equal(histogram_index(histogram_lowest(i)), i);
        assert_int_equal(histogram_index(histogram_highest(i)), i);
    }
    assert_true(histogram_highest(HISTOGRAM_COUNTS - 1) >= HISTOGRAM_MAX_US);
}

static void a_bucket_is_no_wider_than_a_thousandth(void **state)
{
    (void)state;
    for (uint32_t i = 1; i < HISTOGRAM_COUNTS; i++) {
        int64_t width = histogram_highest(i) - histogram_lowest(i);
        assert_true(width * 1000 <= histogram_lowest(i));
    }
}

/* countsArrayIndex() of HdrHistogram, worked out by hand: ((bucket + 1) << 10) + (sub - 1024). */
static void indices_are_those_of_hdrhistogram(void **state)
{
    static const struct {
        int64_t value;
        uint32_t index;
        int64_t lowest, highest;
    } rows[] = {
        {1, 1, 1, 1},
        {2047, 2047, 2047, 2047},
        {2048, 2048, 2048, 2049},
        {10000, 4322, 10000, 10007},
        {3600000000, 23220, 3598712832, 3600809983},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        uint32_t index = histogram_index(rows[i].value);
        assert_int_equal(index, rows[i].index);
        assert_true(histogram_lowest(index) <= rows[i].value);
        assert_true(histogram_highest(index) >= rows[i].value);
        assert_int_equal(histogram_lowest(index), rows[i].lowest);
        assert_int_equal(histogram_highest(index), rows[i].highest);
    }
}

static int compare(const void *a, const void *b)
{
    int64_t left = *(const int64_t *)a, right = *(const int64_t *)b;

    return left < right ? -1 : left > right;
}

static void percentiles_are_the_sorted_values_within_a_thousandth(void **state)
{
    static int64_t values[SAMPLES];
    static const double percentiles[] = {0, 1, 25, 50, 75, 90, 95, 99, 99.9, 99.99, 100};
    struct histogram *histogram = histogram_new();
    struct rng rng;

    (void)state;
    rng_init(&rng, 1);
    for (size_t i = 0; i < SAMPLES; i++) {
        values[i] = any_value(&rng);
        histogram_record(histogram, values[i]);
    }
    qsort(values, SAMPLES, sizeof(values[0]), compare);
    for (size_t i = 0; i < ARRAY_LEN(percentiles); i++) {
        size_t rank = (size_t)(percentiles[i] / 100 * SAMPLES + 0.999999);
        int64_t exact = values[rank == 0 ? 0 : rank - 1];
        int64_t answer = histogram_percentile(histogram, percentiles[i]);
        assert_true(answer >= exact && answer - exact <= exact / 1000 + 1);
    }
    assert_true(histogram->min_us == values[0] && histogram->max_us == values[SAMPLES - 1]);
    histogram_free(histogram);
}

static void values_past_the_ends_count_as_the_ends(void **state)
{
    struct histogram *histogram = histogram_new();

    (void)state;
    histogram_record(histogram, -5);
    histogram_record(histogram, INT64_MAX);
    assert_int_equal(histogram->min_us, 1);
    assert_true(histogram->max_us == HISTOGRAM_MAX_US);
    assert_int_equal(histogram->total, 2);
    histogram_free(histogram);
}

static void adding_is_recording_both(void **state)
{
    struct histogram *a = histogram_new(), *b = histogram_new(), *both = histogram_new();
    struct rng rng;

    (void)state;
    rng_init(&rng, 2);
    for (size_t i = 0; i < SAMPLES; i++) {
        int64_t value = any_value(&rng);
        histogram_record(i % 3 == 0 ? a : b, value);
        histogram_record(both, value);
    }
    histogram_add(a, b);
    assert_memory_equal(a, both, sizeof(*a));
    histogram_reset(a);
    histogram_reset(b);
    assert_memory_equal(a, b, sizeof(*a));
    assert_int_equal(histogram_percentile(a, 50), 0);
    histogram_free(a);
    histogram_free(b);
    histogram_free(both);
}

static void what_is_encoded_decodes_to_the_same_counts(void **state)
{
    struct arena *arena = arena_new(TEST_ARENA_BYTES);
    struct histogram *from = histogram_new(), *to = histogram_new();
    struct buffer out;
    struct rng rng;

    (void)state;
    rng_init(&rng, 3);
    for (size_t i = 0; i < SAMPLES; i++)
        histogram_record_count(from, any_value(&rng), 1 + rng_below(&rng, 1000000));
    buffer_init(&out, arena);
    histogram_encode(from, &out);
    assert_true(histogram_decode(to, buffer_str(&out)));
    assert_memory_equal(from->counts, to->counts, sizeof(from->counts));
    assert_int_equal(from->total, to->total);
    histogram_free(from);
    histogram_free(to);
    arena_free(arena);
}

/* HdrHistogram's V2 payload of one value 1 and two values 3: zeros 0..0, then 1, 0, 2. */
static void the_payload_is_hdrhistograms(void **state)
{
    struct arena *arena = arena_new(TEST_ARENA_BYTES);
    struct histogram *histogram = histogram_new();
    struct buffer out;

    (void)state;
    histogram_record(histogram, 1);
    histogram_record_count(histogram, 3, 2);
    histogram_record_count(histogram, 10, 100);
    buffer_init(&out, arena);
    histogram_encode(histogram, &out);
    /* zero run of 1 as 0; 1 as 2; 0; 2 as 4; zero run of 6 as -6, zigzag 11; 100 as 200. */
    assert_str_equal(buffer_str(&out), STR("\x00\x02\x00\x04\x0b\xc8\x01"));
    histogram_free(histogram);
    arena_free(arena);
}

static void damaged_payloads_are_refused(void **state)
{
    static const struct str rows[] = {
        STR_INIT("\xff"),                                 /* a number without its end */
        STR_INIT("\xff\xff\xff\xff\xff\xff\xff\xff\xff"), /* more zeros than buckets */
        STR_INIT("\xff\xff\x02\x02"),                     /* counts past the last bucket */
    };
    struct histogram *histogram = histogram_new();

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        assert_false(histogram_decode(histogram, rows[i]));
    histogram_free(histogram);
}

/* 100 ms every 10 ms: the nine requests that it kept back are 90, 80, ... 10 ms. */
static void a_stall_also_counts_for_the_requests_that_it_kept_back(void **state)
{
    struct histogram *from = histogram_new(), *to = histogram_new();

    (void)state;
    histogram_record_count(from, 5000, 90);
    histogram_record(from, 100000);
    histogram_add_corrected(to, from, 10000);
    assert_int_equal(to->total, 100);
    assert_int_equal(histogram_percentile(from, 95), 5003);
    assert_true(histogram_percentile(to, 95) >= 50000);
    histogram_reset(to);
    histogram_add_corrected(to, from, 0);
    assert_int_equal(to->total, 91);
    histogram_free(from);
    histogram_free(to);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_bucket_begins_behind_the_last_one),
        cmocka_unit_test(a_bucket_is_no_wider_than_a_thousandth),
        cmocka_unit_test(indices_are_those_of_hdrhistogram),
        cmocka_unit_test(percentiles_are_the_sorted_values_within_a_thousandth),
        cmocka_unit_test(values_past_the_ends_count_as_the_ends),
        cmocka_unit_test(adding_is_recording_both),
        cmocka_unit_test(what_is_encoded_decodes_to_the_same_counts),
        cmocka_unit_test(the_payload_is_hdrhistograms),
        cmocka_unit_test(damaged_payloads_are_refused),
        cmocka_unit_test(a_stall_also_counts_for_the_requests_that_it_kept_back),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
