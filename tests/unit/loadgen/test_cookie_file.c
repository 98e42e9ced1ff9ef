#include "../test.h"

#include "loadgen/cookie_file.h"

enum { NOW_S = 1700000000 };

/* What newman 6.2.2 wrote, but for the times. */
static const char written[] = "{\n"
                              "  \"version\": \"tough-cookie@4.1.3-postman.1\",\n"
                              "  \"storeType\": \"MemoryCookieStore\",\n"
                              "  \"rejectPublicSuffixes\": false,\n"
                              "  \"enableLooseMode\": true,\n"
                              "  \"allowSpecialUseDomain\": true,\n"
                              "  \"prefixSecurity\": \"silent\",\n"
                              "  \"cookies\": [\n"
                              "    {\n"
                              "      \"key\": \"b\",\n"
                              "      \"value\": \"2\",\n"
                              "      \"maxAge\": 3600,\n"
                              "      \"domain\": \"localhost\",\n"
                              "      \"path\": \"/setcookie\",\n"
                              "      \"httpOnly\": true,\n"
                              "      \"hostOnly\": true,\n"
                              "      \"pathIsDefault\": true,\n"
                              "      \"creation\": \"2023-11-14T22:13:20.000Z\",\n"
                              "      \"lastAccessed\": \"2023-11-14T22:13:20.000Z\"\n"
                              "    },\n"
                              "    {\n"
                              "      \"key\": \"c\",\n"
                              "      \"value\": \"3\",\n"
                              "      \"expires\": \"2098-01-01T00:00:00.000Z\",\n"
                              "      \"domain\": \"localhost\",\n"
                              "      \"path\": \"/deep\",\n"
                              "      \"secure\": true,\n"
                              "      \"extensions\": [\n"
                              "        \"Weird=x\",\n"
                              "        \"other\"\n"
                              "      ],\n"
                              "      \"hostOnly\": true,\n"
                              "      \"creation\": \"2023-11-14T22:13:20.000Z\",\n"
                              "      \"lastAccessed\": \"2023-11-14T22:13:20.000Z\",\n"
                              "      \"sameSite\": \"lax\"\n"
                              "    },\n"
                              "    {\n"
                              "      \"value\": \"\\\"q v\\\"\",\n"
                              "      \"domain\": \"localhost\",\n"
                              "      \"path\": \"/setcookie\",\n"
                              "      \"hostOnly\": false,\n"
                              "      \"pathIsDefault\": true,\n"
                              "      \"creation\": \"2023-11-14T22:13:20.000Z\",\n"
                              "      \"lastAccessed\": \"2023-11-14T22:13:20.000Z\"\n"
                              "    }\n"
                              "  ]\n"
                              "}";

static void a_jar_is_written_as_newman_writes_it_and_read_again(void **state)
{
    static const char *const headers[] = {
        "b=2; Max-Age=3600; HttpOnly",
        "c=3; Path=/deep; Expires=Wed, 01 Jan 2098 00:00:00 GMT; SameSite=Lax; Weird=x; Secure; "
        "other",
        "\"q v\"; domain=localhost"};
    struct arena *arena = arena_new(1 << 20);
    struct cookie_jar jar = {0}, again = {0};
    struct aws_error err = {0};
    struct url url;
    struct str text = {0};

    (void)state;
    assert_true(url_read(STR("http://localhost/setcookie/x"), &url, &err));
    for (size_t i = 0; i < ARRAY_LEN(headers); i++)
        cookie_jar_set(&jar, str_from_c(headers[i]), &url, url.path, NOW_S);
    assert_true(cookie_file_write(&jar, arena, &text));
    assert_str_equal(text, str_from_c(written));
    assert_true(cookie_file_read(text, NOW_S + 10, arena, &again, &err));
    assert_true(cookie_file_write(&again, arena, &text));
    assert_str_equal(text, str_from_c(written));
    cookie_jar_deinit(&jar);
    cookie_jar_deinit(&again);
    arena_free(arena);
}

static void cookies_that_are_over_are_not_read(void **state)
{
    struct arena *arena = arena_new(1 << 20);
    struct cookie_jar jar = {0};
    struct aws_error err = {0};

    (void)state;
    assert_true(cookie_file_read(str_from_c(written), NOW_S + 3601, arena, &jar, &err));
    assert_int_equal(jar.count, 2);
    assert_str_equal(jar.first->name, STR("c"));
    cookie_jar_deinit(&jar);
    arena_free(arena);
}

static void of_one_cookie_twice_the_later_one_counts(void **state)
{
    static const char text[] =
        "{\"cookies\": ["
        "{\"key\": \"a\", \"domain\": \"h\", \"creation\": \"2013-11-14T22:13:20.000Z\"},"
        "{\"key\": \"a\", \"domain\": \"h\", \"maxAge\": 60, \"extensions\": [\";\", \"x\"],"
        " \"creation\": \"2023-11-14T22:13:00.000Z\"}]}";
    struct arena *arena = arena_new(1 << 20);
    struct cookie_jar jar = {0};
    struct aws_error err = {0};

    (void)state;
    assert_true(cookie_file_read(str_from_c(text), NOW_S, arena, &jar, &err));
    assert_int_equal(jar.count, 1);
    assert_int_equal(jar.first->given.created_s, NOW_S - 20);
    assert_int_equal(jar.first->expires_s, NOW_S + 40);
    assert_str_equal(jar.first->given.extensions, STR("x"));
    cookie_jar_deinit(&jar);
    arena_free(arena);
}

/* One of them would be a moment before the year 0, which no file can say again. */
static void a_moment_that_is_none_is_passed_over(void **state)
{
    static const char *const moments[] = {"2098-00-01T00:00:00.000Z", "0000-01-00T00:00:00.000Z",
                                          "9999-12-31T24:00:00.000Z", "9999-12-31T23:59:60.000Z",
                                          "2098-13-01T00:00:00.000Z", "2098"};
    struct arena *arena = arena_new(1 << 20);

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(moments); i++) {
        struct cookie_jar jar = {0};
        struct aws_error err = {0};
        struct str text =
            str_printf(arena, "{\"cookies\":[{\"key\":\"a\",\"domain\":\"h\",\"expires\":\"%s\"}]}",
                       moments[i]);

        assert_true(cookie_file_read(text, NOW_S, arena, &jar, &err));
        assert_int_equal(jar.count, 1);
        if (jar.first->given.has_expires)
            fail_msg("%s", moments[i]);
        cookie_jar_deinit(&jar);
    }
    arena_free(arena);
}

static void what_is_no_jar_is_refused(void **state)
{
    static const char *const rows[] = {"", "{", "{}", "[]", "{\"cookies\": {}}"};
    struct arena *arena = arena_new(1 << 20);
    struct cookie_jar jar = {0};

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct aws_error err = {0};
        if (cookie_file_read(str_from_c(rows[i]), NOW_S, arena, &jar, &err))
            fail_msg("'%s' is taken", rows[i]);
    }
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_jar_is_written_as_newman_writes_it_and_read_again),
        cmocka_unit_test(cookies_that_are_over_are_not_read),
        cmocka_unit_test(of_one_cookie_twice_the_later_one_counts),
        cmocka_unit_test(a_moment_that_is_none_is_passed_over),
        cmocka_unit_test(what_is_no_jar_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
