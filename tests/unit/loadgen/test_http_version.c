#include "../test.h"

#include "loadgen/http_version.h"

static void http_1_1_is_spoken_unless_told_otherwise(void **state)
{
    static const struct {
        struct http_version_flags flags;
        enum http_version version;
    } rows[] = {
        {{0}, HTTP_VERSION_1_1},
        {{.http1_1 = true}, HTTP_VERSION_1_1},
        {{.http2 = true}, HTTP_VERSION_2},
        {{.http2_prior_knowledge = true}, HTTP_VERSION_2_PRIOR_KNOWLEDGE},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        enum http_version version = HTTP_VERSION_1_1;
        struct aws_error err = {0};
        assert_true(http_version_read(&rows[i].flags, &version, &err));
        assert_int_equal(version, rows[i].version);
    }
}

static void two_versions_at_once_are_a_mistake(void **state)
{
    static const struct http_version_flags rows[] = {
        {.http1_1 = true, .http2 = true},
        {.http2 = true, .http2_prior_knowledge = true},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        enum http_version version = HTTP_VERSION_1_1;
        struct aws_error err = {0};
        assert_false(http_version_read(&rows[i], &version, &err));
        assert_ptr_equal(err.kind, &error_usage);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(http_1_1_is_spoken_unless_told_otherwise),
        cmocka_unit_test(two_versions_at_once_are_a_mistake),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
