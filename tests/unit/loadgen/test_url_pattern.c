#include "../test.h"

#include "loadgen/url_pattern.h"

/* The third column is what postman-collection 4.4 answers. */
static void patterns_meet_the_addresses_that_postman_has_them_meet(void **state)
{
    static const struct {
        const char *pattern, *address;
        bool expected;
    } rows[] = {
        {"<all_urls>", "https://a/", true},
        {"https://a.example/*", "https://a.example/x/y", true},
        {"https://a.example/*", "https://a.example", true},
        {"https://a.example/x", "https://a.example/y", false},
        {"https://*.example/*", "https://a.b.example/", true},
        {"https://*.example/*", "https://example/", true},
        {"https://*.example/*", "https://badexample/", false},
        {"https://*/*", "https://x:8443/", false},
        {"https://*:*/*", "https://x:8443/", true},
        {"https://x:8443/*", "https://x:8443/a", true},
        {"https://x:443/*", "https://x/a", true},
        {"https://x/*", "https://x:443/a", true},
        {"http+https://x/*", "https://x/a", true},
        {"*://x/*", "https://x/a", true},
        {"http://x/*", "https://x/a", false},
        {"ftp+gopher://x/*", "https://x/a", false},
        {"https://x/a?c", "https://x/abc", true},
        {"https://x/a?c", "https://x/ac", false},
        {"https://x/*/b*", "https://x/1/bbb", true},
        {"https://x/*/b*", "https://x/1/b/c", false},
        {"https://x/*/b*", "https://x/1/", true},
        {"https://x", "https://x/", false},
        {"x/*", "https://x/", false},
        {"https://x:/*", "https://x/", false},
        {"https://X/*", "https://x/", false},
        {"https://x.*/*", "https://x.y/", false},
        {"https://x/a.b", "https://x/aXb", false},
        {"https://x/a?", "https://x/ab?q=1", true},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct url url;
        struct aws_error err = {0};
        if (!url_read(str_from_c(rows[i].address), &url, &err))
            fail_msg("%s: %s", rows[i].address, err.message);
        if (url_pattern_matches(str_from_c(rows[i].pattern), &url) != rows[i].expected)
            fail_msg("%s and %s", rows[i].pattern, rows[i].address);
    }
}

static void what_is_no_pattern_meets_nothing(void **state)
{
    static const char *const rows[] = {"",
                                       "://",
                                       "https://",
                                       "https:///",
                                       "+https://x/*",
                                       "https://*./*",
                                       "https://**/*",
                                       "<all_urls>x"};
    struct url url;
    struct aws_error err = {0};

    (void)state;
    assert_true(url_read(STR("https://x/"), &url, &err));
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        if (url_pattern_matches(str_from_c(rows[i]), &url))
            fail_msg("'%s' meets something", rows[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(patterns_meet_the_addresses_that_postman_has_them_meet),
        cmocka_unit_test(what_is_no_pattern_meets_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
