#include "../test.h"

#include <math.h>
#include <stdlib.h>
#include <unistd.h>

#include "lambda/latency_profile.h"

static bool load_text(const char *text, struct latency_profile **ret, struct aws_error *err)
{
    char path[] = "/tmp/squall-profile-XXXXXX";
    int file = mkstemp(path);

    assert_true(file >= 0);
    assert_int_equal(write(file, text, strlen(text)), (ssize_t)strlen(text));
    (void)close(file);
    bool ok = latency_profile_load(path, ret, err);
    (void)unlink(path);
    return ok;
}

static int compare_doubles(const void *a, const void *b)
{
    double left = *(const double *)a, right = *(const double *)b;

    return (left > right) - (left < right);
}

static void samples_have_the_percentiles_of_the_file(void **state)
{
    enum { SAMPLES = 20000 };
    static double samples[SAMPLES];
    struct latency_profile *profile = NULL;
    struct aws_error err = {0};
    struct rng rng;

    (void)state;
    rng_init(&rng, 5);
    assert_true(load_text("{\"dynamodb\":{\"GetItem\":{\"p50\":3,\"p99\":10}}}", &profile, &err));
    for (int i = 0; i < SAMPLES; i++)
        samples[i] = latency_dynamodb_ms(profile, STR("GetItem"), &rng);
    qsort(samples, SAMPLES, sizeof(samples[0]), compare_doubles);
    assert_true(fabs(samples[SAMPLES / 2] - 3) < 0.1);
    assert_true(fabs(samples[SAMPLES / 100 * 99] - 10) < 0.6);
    assert_true(latency_dynamodb_ms(profile, STR("Scan"), &rng) < 0);
    assert_true(latency_init_ms(profile, &rng) < 0);
    latency_profile_free(profile);
}

static void same_seed_gives_the_same_samples(void **state)
{
    struct latency_profile *profile = NULL;
    struct aws_error err = {0};
    struct rng one, two;

    (void)state;
    rng_init(&one, 9);
    rng_init(&two, 9);
    assert_true(load_text("{\"lambda\":{\"init_ms\":{\"p50\":40,\"p99\":90}},"
                          "\"dynamodb\":{\"default\":{\"p50\":5,\"p99\":5}}}",
                          &profile, &err));
    assert_true(latency_init_ms(profile, &one) == latency_init_ms(profile, &two));
    assert_true(fabs(latency_dynamodb_ms(profile, STR("Scan"), &one) - 5) < 1e-9);
    latency_profile_free(profile);
}

static void files_that_are_no_profiles_are_refused(void **state)
{
    static const char *const rows[] = {
        "",
        "{",
        "[]",
        "{}",
        "{\"lambda\":40}",
        "{\"dynamodb\":[]}",
        "{\"dynamoDB\":{\"GetItem\":{\"p50\":3,\"p99\":10}}}",
        "{\"lambda\":{\"init_ms\":40}}",
        "{\"dynamodb\":{\"GetItem\":{\"p50\":3}}}",
        "{\"dynamodb\":{\"GetItem\":{\"p50\":3,\"p99\":2}}}",
        "{\"dynamodb\":{\"GetItem\":{\"p50\":0,\"p99\":2}}}",
        "{\"dynamodb\":{\"ANameThatIsLongerThanAnyOperationsNameIs\":{\"p50\":1,\"p99\":2}}}",
    };
    struct latency_profile *profile = NULL;

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct aws_error err = {0};
        if (load_text(rows[i], &profile, &err) || err.kind != &error_usage)
            fail_msg("row %zu: %s", i, rows[i]);
    }
    struct aws_error err = {0};
    assert_false(latency_profile_load("/nonexistent/profile.json", &profile, &err));
    assert_ptr_equal(err.kind, &error_environment);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(samples_have_the_percentiles_of_the_file),
        cmocka_unit_test(same_seed_gives_the_same_samples),
        cmocka_unit_test(files_that_are_no_profiles_are_refused),
    };

    return cmocka_run_group_tests_name("lambda/latency_profile", tests, NULL, NULL);
}
