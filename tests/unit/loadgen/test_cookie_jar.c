#include "../test.h"

#include "loadgen/cookie_jar.h"

struct fixture {
    struct arena *arena;
    struct cookie_jar jar;
};

static int set_up(void **state)
{
    static struct fixture f;

    f = (struct fixture){arena_new(1 << 20), {0}};
    *state = &f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;

    cookie_jar_deinit(&f->jar);
    arena_free(f->arena);
    return 0;
}

static struct url address(const char *text)
{
    struct aws_error err = {0};
    struct url url;

    if (!url_read(str_from_c(text), &url, &err))
        fail_msg("%s: %s", text, err.message);
    return url;
}

static void set(struct fixture *f, const char *url, const char *header, int64_t now_s)
{
    struct url from = address(url);

    cookie_jar_set(&f->jar, str_from_c(header), &from, from.path, now_s);
}

static struct str sent(struct fixture *f, const char *url, int64_t now_s)
{
    struct url to = address(url);
    struct str text = {0};

    assert_true(cookie_jar_header(&f->jar, &to, to.path, now_s, f->arena, &text));
    return text;
}

static void a_cookie_goes_where_it_belongs(void **state)
{
    static const struct {
        const char *from, *header, *to;
        const char *sent;
    } rows[] = {
        {"http://h/a/b", "x=1", "http://h/a/c", "x=1"},
        {"http://h/a/b", "x=1", "http://h/a", "x=1"},
        {"http://h/a/b", "x=1", "http://h/ab", ""},
        {"http://h/a/b", "x=1", "http://other/a/b", ""},
        {"http://h/a", "x=1", "http://h", "x=1"},
        {"http://h", "x=1", "http://h/z", "x=1"},
        {"http://h:1/", "x=1", "http://h:2/", "x=1"}, /* ports do not count */
        {"http://h/a", "x=1; Path=/b", "http://h/b/", "x=1"},
        {"http://h/a", "x=1; Path=/b", "http://h/a", ""},
        {"http://h/a", "x=1; path=b", "http://h/zz", "x=1"},
        {"http://www.a.com/", "x=1; Domain=a.com", "http://b.a.com/", "x=1"},
        {"http://www.a.com/", "x=1; Domain=.A.com", "http://a.COM/", "x=1"},
        {"http://www.a.com/", "x=1", "http://b.www.a.com/", ""},
        {"http://www.a.com/", "x=1; Domain=b.com", "http://b.com/", ""},
        {"http://www.a.com/", "x=1; Domain=w.a.com", "http://w.a.com/", ""},
        {"http://www.a.com/", "x=1; Domain=com", "http://b.com/", ""},
        {"http://localhost/", "x=1; Domain=localhost", "http://localhost/", "x=1"},
        {"http://10.0.0.1/", "x=1; Domain=0.0.1", "http://10.0.0.1/", ""},
        {"http://10.0.0.1/", "x=1", "http://10.0.0.1/", "x=1"},
        {"http://h/", "x=1; Secure", "http://h/", ""},
        {"http://h/", "x=1; Secure", "https://h/", "x=1"},
        {"http://localhost/", "x=1; Secure", "http://localhost:1/", "x=1"}, /* it never leaves */
        {"http://a.localhost/", "x=1; Secure", "http://a.localhost/", "x=1"},
        {"http://127.0.0.9/", "x=1; Secure", "http://127.0.0.9/", "x=1"},
        {"http://[::1]/", "x=1; Secure", "http://[::1]/", "x=1"},
        {"http://127.example/", "x=1; Secure", "http://127.example/", ""},
        {"http://notlocalhost/", "x=1; Secure", "http://notlocalhost/", ""},
        {"http://h/", " x = 1 2 ; HttpOnly; SameSite=Lax", "http://h/", "x=1 2"},
        {"http://h/", "x=\"a=b\"", "http://h/", "x=\"a=b\""},
        {"http://h/", "word", "http://h/", "word"},
        {"http://h/", "=word", "http://h/", "word"},
        {"http://h/", "x=", "http://h/", "x="},
        {"http://h/", ";", "http://h/", ""},
        {"http://h/", "", "http://h/", ""},
    };

    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct fixture *f = *state;
        cookie_jar_deinit(&f->jar);
        set(f, rows[i].from, rows[i].header, 1000);
        struct str text = sent(f, rows[i].to, 1000);
        if (!str_eq(text, str_from_c(rows[i].sent)))
            fail_msg("row %zu, '%s': '%.*s'", i, rows[i].header, STR_ARG(text));
    }
}

static void a_cookie_ends_when_it_should(void **state)
{
    struct fixture *f = *state;

    set(f, "http://h/", "a=1; Max-Age=10", 1000);
    set(f, "http://h/", "b=1; Expires=Thu, 01 Jan 1970 00:20:00 GMT", 1000);
    set(f, "http://h/", "c=1; Max-Age=5; Expires=Fri, 01 Jan 2100 00:00:00 GMT", 1000);
    set(f, "http://h/", "d=1; Expires=whenever", 1000);
    set(f, "http://h/", "e=1; Max-Age=99999999999999999999", 1000);
    set(f, "http://h/", "f=1; Max-Age=x", 1000);
    assert_str_equal(sent(f, "http://h/", 1004), STR("a=1; b=1; c=1; d=1; e=1; f=1"));
    assert_str_equal(sent(f, "http://h/", 1005), STR("a=1; b=1; d=1; e=1; f=1"));
    assert_str_equal(sent(f, "http://h/", 1200), STR("d=1; e=1; f=1"));
    set(f, "http://h/", "d=; Max-Age=0", 1200);
    set(f, "http://h/", "e=; Max-Age=-1", 1200);
    set(f, "http://h/", "f=; Expires=Thu, 01 Jan 1970 00:00:00 GMT", 1200);
    assert_str_equal(sent(f, "http://h/", 1200), STR(""));
}

static void longer_paths_come_first_then_older_cookies(void **state)
{
    struct fixture *f = *state;

    set(f, "http://h/", "a=1; Path=/", 1);
    set(f, "http://h/", "b=2; Path=/x", 1);
    set(f, "http://h/", "c=3; Path=/", 1);
    set(f, "http://h/", "d=4; Path=/x", 1);
    set(f, "http://h/", "a=5; Path=/", 1); /* keeps its age */
    assert_str_equal(sent(f, "http://h/x", 1), STR("b=2; d=4; a=5; c=3"));
}

static void a_jar_is_bounded(void **state)
{
    struct fixture *f = *state;
    char header[32];

    for (int i = 0; i < COOKIES_MAX + 5; i++) {
        (void)snprintf(header, sizeof(header), "n%d=x", i);
        set(f, "http://h/", header, 1);
    }
    assert_int_equal(f->jar.count, COOKIES_MAX);
    assert_true(str_starts_with(sent(f, "http://h/", 1), STR("n5=x; n6=x")));
    assert_true(str_ends_with(sent(f, "http://h/", 1), STR("; n304=x")));
}

/* The first three: RFC 9110, section 5.6.7; the others: RFC 6265's algorithm, step by step. */
static void dates_are_read_in_any_form(void **state)
{
    static const struct {
        const char *text;
        int64_t expected_s; /* -1: none */
    } rows[] = {
        {"Sun, 06 Nov 1994 08:49:37 GMT", 784111777},
        {"Sunday, 06-Nov-94 08:49:37 GMT", 784111777},
        {"Sun Nov  6 08:49:37 1994", 784111777},
        {"1994 nov 6 8:49:37", 784111777},
        {"06 Nov 2038 08:49:37", INT64_C(2172646177)},
        {"6 Nov 38 8:49:37", INT64_C(2172646177)},
        {"Nov 1994 08:49:37", -1},
        {"6 Nov 1994", -1},
        {"6 Nov 1994 24:00:00", -1},
        {"32 Nov 1994 00:00:00", -1},
        {"6 Nov 1600 00:00:00", -1},
        {"", -1},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        int64_t s = -1;
        bool ok = cookie_date_read(str_from_c(rows[i].text), &s);
        if (ok != (rows[i].expected_s >= 0) || (ok && s != rows[i].expected_s))
            fail_msg("'%s': %lld", rows[i].text, (long long)s);
    }
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(a_cookie_goes_where_it_belongs),
        CASE(a_cookie_ends_when_it_should),
        CASE(longer_paths_come_first_then_older_cookies),
        CASE(a_jar_is_bounded),
        CASE(dates_are_read_in_any_form),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
