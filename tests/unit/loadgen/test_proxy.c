#include "../test.h"

#include "loadgen/proxy.h"

static void zones_bypass_the_proxy_as_in_postman_request(void **state)
{
    static const struct {
        const char *bypass, *address;
        bool bypassed;
    } rows[] = {
        {"", "http://a.example/", false},
        {"*", "http://a.example/", true},
        {"a.example", "http://a.example/", true},
        {".example", "https://a.example/", true},
        {"example", "http://A.Example/", true},
        {"..example", "http://a.example/", true},
        {"ample", "http://a.example/", false},
        {"b, a.example ", "http://a.example/", true},
        {",,", "http://a.example/", false},
        {"a.example:80", "http://a.example/", true},
        {"a.example:443", "http://a.example/", false},
        {"a.example:443", "https://a.example/", true},
        {"a.example:x", "http://a.example/", false},
        {"b.a.example", "http://a.example/", false},
        {"127.0.0.1", "http://127.0.0.1:8080/", true},
    };
    struct target proxy_target = {.host = "proxy"};
    struct proxies proxies = {.http = {.target = &proxy_target},
                              .https = {.target = &proxy_target}};

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct target target = {0};
        struct url url;
        struct aws_error err = {0};
        assert_true(url_read(str_from_c(rows[i].address), &url, &err));
        (void)snprintf(target.host, sizeof(target.host), "%.*s", STR_ARG(url.host));
        target.port = url.port;
        target.tls = url.tls;
        proxies.bypass = str_from_c(rows[i].bypass);
        if ((proxies_find(&proxies, &target) == NULL) != rows[i].bypassed)
            fail_msg("'%s' and %s", rows[i].bypass, rows[i].address);
    }
}

static void each_scheme_has_its_own_proxy(void **state)
{
    struct target proxy_target = {.host = "proxy"}, plain = {.host = "h", .port = 80},
                  secure = {.host = "h", .port = 443, .tls = true};
    struct proxies proxies = {.https = {.target = &proxy_target}};

    (void)state;
    assert_null(proxies_find(&proxies, &plain));
    assert_ptr_equal(proxies_find(&proxies, &secure), &proxies.https);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(zones_bypass_the_proxy_as_in_postman_request),
        cmocka_unit_test(each_scheme_has_its_own_proxy),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
