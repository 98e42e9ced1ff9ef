/* Figures: aws-lambda-power-tuning 4.4.0, run by hand; see ../../data/power-tuning/README.md. */
#include "../test.h"

#include "visualization.h"

static void check(const struct size_statistics *rows, size_t count, const char *region,
                  const char *expected)
{
    struct arena *arena = arena_new(1 << 16);
    struct str url;

    assert_true(visualization_url(rows, count, str_from_c(region), arena, &url));
    assert_str_equal(url, str_from_c(expected));
    arena_free(arena);
}

static void an_address_is_the_tools(void **state)
{
    static const struct size_statistics rows[] = {
        {.memory_mb = 256,
         .average_duration_ms = 85.31518998803347,
         .average_price = 3.6120000000000003e-7},
        {.memory_mb = 512,
         .average_duration_ms = 258.2220212519038,
         .average_price = 0.0000021756000000000004},
        {.memory_mb = 128, .average_duration_ms = 4891.293225172578, .average_price = 0.0000102732},
    };

    (void)state;
    check(rows, 3, "us-east-1",
          "https://lambda-power-tuning.show/#gAAAAQAC;WdqYRWGhqkJrHIFD;D1ssN/PqwTSGABI2");
}

static void numbers_wrap_and_overflow_as_typed_arrays_do(void **state)
{
    static const struct size_statistics rows[] = {
        {.memory_mb = 40000, .average_duration_ms = 1e40, .average_price = 1e-46},
    };

    (void)state;
    check(rows, 1, "us-east-1", "https://lambda-power-tuning.show/#QJw=;AACAfw==;AAAAAA==");
}

static void china_pays_in_yuan(void **state)
{
    static const struct size_statistics rows[] = {
        {.memory_mb = 128, .average_duration_ms = 5, .average_price = 0},
    };

    (void)state;
    check(rows, 1, "cn-north-1",
          "https://lambda-power-tuning.show/?currency=CNY#gAA=;AACgQA==;AAAAAA==");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_address_is_the_tools),
        cmocka_unit_test(numbers_wrap_and_overflow_as_typed_arrays_do),
        cmocka_unit_test(china_pays_in_yuan),
    };

    return cmocka_run_group_tests_name("tuning/visualization", tests, NULL, NULL);
}
