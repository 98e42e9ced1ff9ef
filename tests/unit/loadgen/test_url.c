#include "../test.h"

#include "loadgen/url.h"

static void addresses_come_apart(void **state)
{
    static const struct {
        const char *text, *authority, *host;
        int port;
        const char *path, *query;
    } rows[] = {
        {"http://127.0.0.1:3000/a/b?x=1#frag", "127.0.0.1:3000", "127.0.0.1", 3000, "/a/b", "x=1"},
        {"HTTP://Host", "Host", "Host", 80, "", ""},
        {"https://host/s", "host", "host", 443, "/s", ""},
        {"HTTPS://host:8443", "host:8443", "host", 8443, "", ""},
        {"host:8080?q", "host:8080", "host", 8080, "", "q"},
        {"localhost/x", "localhost", "localhost", 80, "/x", ""},
        {"http://[::1]:81/", "[::1]:81", "::1", 81, "/", ""},
        {" http://h/{{id}}?a={{b}} ", "h", "h", 80, "/{{id}}", "a={{b}} "},
        {"h/redirect?to=https://x", "h", "h", 80, "/redirect", "to=https://x"},
        {"http://h/#only", "h", "h", 80, "/", ""},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct url url;
        struct aws_error err = {0};
        if (!url_read(str_from_c(rows[i].text), &url, &err))
            fail_msg("%s: %s", rows[i].text, err.message);
        assert_str_equal(url.authority, str_from_c(rows[i].authority));
        assert_str_equal(url.host, str_from_c(rows[i].host));
        assert_int_equal(url.port, rows[i].port);
        assert_int_equal(url.tls, rows[i].text[4] == 's' || rows[i].text[4] == 'S');
        assert_str_equal(url.path, str_from_c(rows[i].path));
        assert_str_equal(url.query, str_from_c(rows[i].query));
    }
}

static void what_cannot_be_asked_is_refused(void **state)
{
    static const char *const rows[] = {"",
                                       "http://",
                                       "https://",
                                       "ftp://host/",
                                       "http://host:0/",
                                       "http://host:99999/",
                                       "http://host:x/",
                                       "http://[::1]x/",
                                       "http://[::1",
                                       "http://ho st/",
                                       "{{base}}/x",
                                       "/only/a/path"};

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct url url;
        struct aws_error err = {0};
        if (url_read(str_from_c(rows[i]), &url, &err) || err.kind != &error_usage)
            fail_msg("'%s' is taken", rows[i]);
    }
}

static void names_and_passwords_stand_apart(void **state)
{
    struct url url;
    struct aws_error err = {0};

    (void)state;
    assert_true(url_read(STR("https://us@r:p@ss@host:81/x@y"), &url, &err));
    assert_str_equal(url.user_info, STR("us@r:p@ss"));
    assert_str_equal(url.authority, STR("host:81"));
    assert_str_equal(url.path, STR("/x@y"));
}

/* Source of the last block: RFC 3492, section 7.1, as labels. */
static void hosts_are_written_as_the_standard_does(void **state)
{
    static const struct {
        const char *text, *expected;
    } rows[] = {
        {"HTTPS://Echo.COM:443/Path?Q", "HTTPS://echo.com:443/Path?Q"},
        {"Echo.com", "echo.com"},
        {"http://User:Pass@Echo.com/", "http://User:Pass@echo.com/"},
        {"http://127.1:4041/x", "http://127.0.0.1:4041/x"},
        {"0x7f.1", "127.0.0.1"},
        {"http://2130706433/", "http://127.0.0.1/"},
        {"http://010.0.0.1/", "http://8.0.0.1/"},
        {"http://256.1.1.1/", "http://256.1.1.1/"},
        {"http://1.2.3.4.5/", "http://1.2.3.4.5/"},
        {"http://1.2.3.a/", "http://1.2.3.a/"},
        {"http://[::1]:80/", "http://[::1]:80/"},
        {"http://{{Host}}/", "http://{{Host}}/"},
        {"/only/A", "/only/A"},
        {"http://b\xc3\xbc"
         "cher.Example/x",
         "http://xn--bcher-kva.example/x"},
        {"http://\xff.example/", "http://\xff.example/"},
        {"ليهمابتكلموشعربي؟", "xn--egbpdaj6bu4bxfgehfvwxn"},
        {"他们为什么不说中文", "xn--ihqwcrb4cv8a8dqg056pqjye"},
        {"なぜみんな日本語を話してくれないのか", "xn--n8jok5ay5dzabd5bym9f0cm5685rrjetr6pdxa"},
        {"PorquénopuedensimplementehablarenEspañol",
         "xn--porqunopuedensimplementehablarenespaol-fmd56a"},
    };
    struct arena *arena = arena_new(1 << 20);
    struct str text = {0};

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        assert_true(url_canonical(str_from_c(rows[i].text), arena, &text));
        assert_str_equal(text, str_from_c(rows[i].expected));
    }
    arena_free(arena);
}

static void each_place_encodes_what_it_must(void **state)
{
    static const struct {
        enum encoding encoding;
        const char *expected;
    } rows[] = {
        {ENCODE_NONE, "a b?\"{é}%20&'\t"},
        {ENCODE_PATH, "a%20b?%22%7B%C3%A9%7D%20&'%09"},
        {ENCODE_QUERY, "a%20b?%22{%C3%A9}%20&%27%09"},
        {ENCODE_LEAST, "a%20b?\"{%C3%A9}%20&'%09"},
        {ENCODE_FORM, "a%20b%3F%22%7B%C3%A9%7D%2520%26%27%09"},
        {ENCODE_HEADER, "a b?\"{\xE9}%20&'\t"},
    };
    struct arena *arena = arena_new(1 << 20);
    struct buffer out;

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        buffer_init(&out, arena);
        encode_add(&out, STR("a b?\"{é}%20&'\t"), rows[i].encoding);
        assert_str_equal(buffer_str(&out), str_from_c(rows[i].expected));
    }
    buffer_init(&out, arena);
    encode_add(&out, STR("a\r\nInjected: x"), ENCODE_HEADER);
    assert_str_equal(buffer_str(&out), STR("a  Injected: x"));
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(addresses_come_apart),
        cmocka_unit_test(what_cannot_be_asked_is_refused),
        cmocka_unit_test(names_and_passwords_stand_apart),
        cmocka_unit_test(hosts_are_written_as_the_standard_does),
        cmocka_unit_test(each_place_encodes_what_it_must),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
