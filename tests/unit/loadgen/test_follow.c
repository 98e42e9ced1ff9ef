/* Redirects and digest's second request, as bytes. */
#include "../test.h"

#include "loadgen/digest_login.h"
#include "loadgen/follow.h"

static struct arena *arena;

static int set_up(void **state)
{
    (void)state;
    arena = arena_new(1 << 20);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    arena_free(arena);
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

/* Source of the first block: RFC 3986, section 5.4, for http. */
static void a_location_means_what_the_rfc_says(void **state)
{
    static const struct {
        const char *location, *expected;
    } rows[] = {
        {"g", "http://a/b/c/g"},
        {"./g", "http://a/b/c/g"},
        {"g/", "http://a/b/c/g/"},
        {"/g", "http://a/g"},
        {"//g", "http://g"},
        {"?y", "http://a/b/c/d;p?y"},
        {"g?y", "http://a/b/c/g?y"},
        {"#s", "http://a/b/c/d;p?q#s"},
        {"g?y#s", "http://a/b/c/g?y#s"},
        {";x", "http://a/b/c/;x"},
        {".", "http://a/b/c/"},
        {"./", "http://a/b/c/"},
        {"..", "http://a/b/"},
        {"../", "http://a/b/"},
        {"../g", "http://a/b/g"},
        {"../..", "http://a/"},
        {"../../g", "http://a/g"},
        {"../../../g", "http://a/g"},
        {"/./g", "http://a/g"},
        {"/../g", "http://a/g"},
        {"g.", "http://a/b/c/g."},
        {"..g", "http://a/b/c/..g"},
        {"./g/.", "http://a/b/c/g/"},
        {"g/../h", "http://a/b/c/h"},
        {"g?y/../x", "http://a/b/c/g?y/../x"},
        {"HTTPS://other:1/x", "HTTPS://other:1/x"},
        {"mailto:x", "mailto:x"},
    };
    struct url from = address("http://a/");
    struct str text = {0};

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        assert_true(
            location_resolve(&from, STR("/b/c/d;p?q"), str_from_c(rows[i].location), arena, &text));
        if (!str_eq(text, str_from_c(rows[i].expected)))
            fail_msg("%s: %.*s", rows[i].location, STR_ARG(text));
    }
}

struct hop {
    int status;
    struct behavior behavior;
    const char *method, *location;
    const char *expected; /* the whole next request */
};

#define OWN                                                                                        \
    "X: y\r\nAuthorization: secret\r\nContent-Type: t/t\r\nHost: a:1\r\nContent-Length: 2\r\n"
#define KEPT "X: y\r\nAuthorization: secret\r\n"
#define FROM "Referer: http://a:1/p?q\r\n"

static void a_redirect_keeps_what_it_may(void **state)
{
    static const struct hop rows[] = {
        {302, {0}, "POST", "/n", "GET /n HTTP/1.1\r\n" KEPT FROM "Host: a:1\r\n\r\n"},
        {303,
         {0},
         "PUT",
         "http://a:2/n?x y",
         "GET /n?x%20y HTTP/1.1\r\n" KEPT FROM "Host: a:2\r\n\r\n"},
        {301, {0}, "HEAD", "/n", "HEAD /n HTTP/1.1\r\n" KEPT FROM "Host: a:1\r\n\r\n"},
        {302, {0}, "GET", "http://b/n", "GET /n HTTP/1.1\r\nX: y\r\n" FROM "Host: b\r\n\r\n"},
        {302,
         {.keep_authorization = true},
         "GET",
         "http://b/n",
         "GET /n HTTP/1.1\r\n" KEPT FROM "Host: b\r\n\r\n"},
        {307,
         {0},
         "POST",
         "/n",
         "POST /n HTTP/1.1\r\n" KEPT "Content-Type: t/t\r\nContent-Length: 2\r\n" FROM
         "Host: a:1\r\n\r\nhi"},
        {308,
         {0},
         "PUT",
         "/n",
         "PUT /n HTTP/1.1\r\n" KEPT "Content-Type: t/t\r\nContent-Length: 2\r\n" FROM
         "Host: a:1\r\n\r\nhi"},
        {302,
         {.keep_method = true},
         "DELETE",
         "/n",
         "DELETE /n HTTP/1.1\r\n" KEPT "Content-Type: t/t\r\nContent-Length: 2\r\n" FROM
         "Host: a:1\r\n\r\nhi"},
        {302, {.drop_referer = true}, "GET", "", "GET /p?q HTTP/1.1\r\n" KEPT "Host: a:1\r\n\r\n"},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct url from = address("http://a:1/");
        struct request_bytes bytes = {
            str_printf(arena, "%s /p?q HTTP/1.1\r\n" OWN "\r\nhi", rows[i].method), {NULL, 0}};
        struct redirect next = {0};
        struct aws_error err = {0};
        if (!redirect_make(&rows[i].behavior, rows[i].status, str_from_c(rows[i].location), &from,
                           bytes, arena, &next, &err))
            fail_msg("row %zu: %s", i, err.message);
        assert_str_equal(
            str_printf(arena, "%.*s%.*s", STR_ARG(next.bytes.head), STR_ARG(next.bytes.body)),
            str_from_c(rows[i].expected));
        assert_int_equal(next.is_head, strcmp(rows[i].method, "HEAD") == 0);
    }
}

static void a_host_of_ones_own_goes_along_on_one_machine(void **state)
{
    static const struct {
        const char *location, *expected;
    } rows[] = {
        {"/n", "GET /n HTTP/1.1\r\nHost: shop\r\nReferer: http://a:1/\r\n\r\n"},
        {"http://b/n", "GET /n HTTP/1.1\r\nReferer: http://a:1/\r\nHost: b\r\n\r\n"},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct url from = address("http://a:1/");
        struct request_bytes bytes = {STR("GET / HTTP/1.1\r\nHost: shop\r\n\r\n"), {NULL, 0}};
        struct behavior behavior = {0};
        struct redirect next = {0};
        struct aws_error err = {0};
        assert_true(redirect_make(&behavior, 302, str_from_c(rows[i].location), &from, bytes, arena,
                                  &next, &err));
        assert_str_equal(next.bytes.head, str_from_c(rows[i].expected));
    }
}

static void a_form_that_moves_has_its_headers_last(void **state)
{
    struct url from = address("http://a/");
    struct request_bytes bytes = {
        STR("POST / HTTP/1.1\r\nHost: a\r\nContent-Type: multipart/form-data; boundary=b\r\n"
            "Content-Length: 2\r\nX: y\r\n\r\nhi"),
        {NULL, 0}};
    struct behavior behavior = {0};
    struct redirect next = {0};
    struct aws_error err = {0};

    (void)state;
    assert_true(redirect_make(&behavior, 307, STR("/n"), &from, bytes, arena, &next, &err));
    assert_str_equal(
        next.bytes.head,
        STR("POST /n HTTP/1.1\r\nX: y\r\nReferer: http://a/\r\nHost: a\r\nContent-Type: "
            "multipart/form-data; boundary=b\r\nContent-Length: 2\r\n\r\n"));
    assert_str_equal(next.bytes.body, STR("hi"));
}

static void a_redirect_to_another_scheme_is_refused(void **state)
{
    struct url from = address("http://a/");
    struct request_bytes bytes = {STR("GET / HTTP/1.1\r\nHost: a\r\n\r\n"), {NULL, 0}};
    struct behavior behavior = {0};
    struct redirect next = {0};
    struct aws_error err = {0};

    (void)state;
    assert_false(
        redirect_make(&behavior, 302, STR("file:///etc/passwd"), &from, bytes, arena, &next, &err));
    assert_ptr_equal(err.kind, &error_usage);
}

static void a_header_is_added_or_joined(void **state)
{
    struct request_bytes bytes = {STR("GET / HTTP/1.1\r\nold: a\r\nHost: h\r\n\r\nbody"),
                                  {NULL, 0}};
    struct request_bytes with = {0};

    (void)state;
    assert_true(head_add(bytes, STR("Old"), STR("b"), arena, &with));
    assert_str_equal(with.head, STR("GET / HTTP/1.1\r\nold: a; b\r\nHost: h\r\n\r\n"));
    assert_str_equal(with.body, STR("body"));
    assert_true(head_add(bytes, STR("New"), STR("x"), arena, &with));
    assert_str_equal(with.head, STR("GET / HTTP/1.1\r\nold: a\r\nHost: h\r\nNew: x\r\n\r\n"));
}

static void cookies_have_a_place_of_their_own(void **state)
{
    static const struct {
        const char *headers;
        struct cookie_line line;
        const char *expected;
    } rows[] = {
        {"H: h\r\n", {STR_INIT("b=2"), true, false}, "H: h\r\nCookie: b=2\r\n"},
        {"H: h\r\nContent-Length: 4\r\n",
         {STR_INIT("b=2"), false, false},
         "H: h\r\nContent-Length: 4\r\nCookie: b=2\r\n"},
        {"H: h\r\nContent-Type: t\r\nContent-Length: 4\r\n",
         {STR_INIT("b=2"), true, false},
         "H: h\r\nContent-Type: t\r\nCookie: b=2\r\nContent-Length: 4\r\n"},
        {"cookie: a=1\r\nH: h\r\n", {STR_INIT("b=2"), true, false}, "cookie: a=1; b=2\r\nH: h\r\n"},
        {"cookie: a=1\r\nH: h\r\n", {STR_INIT(""), true, true}, "cookie: a=1\r\nH: h\r\n"},
        {"H: h\r\n", {STR_INIT(""), true, true}, "H: h\r\nCookie: \r\n"},
        {"Cookie: \r\nH: h\r\n", {STR_INIT("b=2"), true, false}, "Cookie: b=2\r\nH: h\r\n"},
        {"Cookie: \r\nH: h\r\n", {STR_INIT(""), true, false}, "H: h\r\n"},
        {"H: h\r\n", {STR_INIT(""), true, false}, "H: h\r\n"},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct request_bytes bytes = {
            str_printf(arena, "GET / HTTP/1.1\r\n%s\r\nbody", rows[i].headers), {NULL, 0}};
        struct request_bytes with = {0};
        assert_true(head_add_cookies(bytes, rows[i].line, arena, &with));
        assert_str_equal(with.head,
                         str_printf(arena, "GET / HTTP/1.1\r\n%s\r\n", rows[i].expected));
        assert_str_equal(with.body, STR("body"));
    }
}

/* --- digest --------------------------------------------------------------------------------- */

static struct str digest(const char *challenge, const char *algorithm, const char *client_nonce,
                         const char *method, const char *target, const char *user,
                         const char *password)
{
    struct pair rows[] = {{STR_INIT("username"), str_from_c(user), true},
                          {STR_INIT("password"), str_from_c(password), true},
                          {STR_INIT("algorithm"), str_from_c(algorithm), true},
                          {STR_INIT("clientNonce"), str_from_c(client_nonce), true}};
    struct pair_list attributes = {rows, ARRAY_LEN(rows)};
    struct digest_challenge read;
    struct rng rng;
    struct signing signing = {&rng, clock_system(), arena};
    struct str value = {0};

    rng_init(&rng, 1);
    assert_true(digest_challenge_read(str_from_c(challenge), &read));
    assert_true(digest_answer(&attributes, &read, str_from_c(method), str_from_c(target), STR(""),
                              &signing, &value));
    return value;
}

/* Source: RFC 7616, section 3.9.1; RFC 2617, section 3.5. */
static void digest_answers_as_the_rfcs_do(void **state)
{
#define CHALLENGE                                                                                  \
    "Digest realm=\"http-auth@example.org\", qop=\"auth, auth-int\", "                             \
    "nonce=\"7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v\", "                                     \
    "opaque=\"FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS\", algorithm="
    static const struct {
        const char *challenge, *algorithm, *client_nonce, *method, *target, *user, *password;
        const char *response;
    } rows[] = {
        {CHALLENGE "MD5", "", "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ", "GET",
         "/dir/index.html", "Mufasa", "Circle of Life", "8ca523f5e9506fed4657c9700eebdbec"},
        {CHALLENGE "SHA-256", "", "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ", "GET",
         "/dir/index.html", "Mufasa", "Circle of Life",
         "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"},
        {"DIGEST realm=\"testrealm@host.com\",qop=\"auth,auth-int\","
         "nonce=\"dcd98b7102dd2f0e8b11d0f600bfb0c093\","
         "opaque=\"5ccc069c403ebaf9f0171e9517f40e41\"",
         "MD5", "0a4f113b", "GET", "/dir/index.html", "Mufasa", "Circle Of Life",
         "6629fae49393a05397450978507c4ef1"},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct str value = digest(rows[i].challenge, rows[i].algorithm, rows[i].client_nonce,
                                  rows[i].method, rows[i].target, rows[i].user, rows[i].password);
        struct str wanted = str_printf(arena, "response=\"%s\"", rows[i].response);
        if (str_find(value, wanted) == value.len)
            fail_msg("row %zu: %.*s", i, STR_ARG(value));
    }
}

static struct str remembered(const struct digest_logins *logins, const void *owner,
                             const char *name)
{
    struct pair rows[] = {{STR_INIT("username"), STR_INIT("u"), true},
                          {STR_INIT("realm"), STR_INIT("own"), true},
                          {STR_INIT("nonce"), STR_INIT(""), true}};
    struct pair_list attributes = {rows, ARRAY_LEN(rows)};

    assert_true(digest_logins_extend(logins, owner, &attributes, arena));
    return auth_text(&attributes, str_from_c(name));
}

static void a_login_is_remembered_for_all_that_inherit_it(void **state)
{
    struct digest_logins logins = {0};
    struct digest_challenge challenge = {
        .realm = STR("theirs"), .nonce = STR("n"), .qop = STR("auth")};
    const int folder = 1, other = 2;

    (void)state;
    digest_logins_note(&logins, &folder, &challenge,
                       STR("Digest nc=1, cnonce=\"c\", response=\"r\""));
    assert_str_equal(remembered(&logins, &folder, "nonce"), STR("n"));
    assert_str_equal(remembered(&logins, &folder, "realm"), STR("own"));
    assert_str_equal(remembered(&logins, &folder, "clientNonce"), STR("c"));
    assert_str_equal(remembered(&logins, &folder, "nonceCount"), STR("00000001"));
    digest_logins_count(&logins, &folder);
    assert_str_equal(remembered(&logins, &folder, "nonceCount"), STR("00000002"));
    assert_str_equal(remembered(&logins, &other, "nonce"), STR(""));
    digest_logins_note(&logins, NULL, &challenge, STR(""));
    assert_str_equal(remembered(&logins, NULL, "nonce"), STR(""));
    digest_logins_deinit(&logins);
}

static void what_is_no_digest_challenge_is_passed_over(void **state)
{
    static const char *const rows[] = {"Basic realm=\"x\"",     "Digest",
                                       "Digest realm=\"x\"",    "Digest nonce=\"\"",
                                       "Digestive nonce=\"x\"", ""};
    struct digest_challenge challenge;

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        if (digest_challenge_read(str_from_c(rows[i]), &challenge))
            fail_msg("'%s' is taken", rows[i]);
    }
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(a_location_means_what_the_rfc_says),
        CASE(a_redirect_keeps_what_it_may),
        CASE(a_host_of_ones_own_goes_along_on_one_machine),
        CASE(a_form_that_moves_has_its_headers_last),
        CASE(a_redirect_to_another_scheme_is_refused),
        CASE(a_header_is_added_or_joined),
        CASE(cookies_have_a_place_of_their_own),
        CASE(digest_answers_as_the_rfcs_do),
        CASE(a_login_is_remembered_for_all_that_inherit_it),
        CASE(what_is_no_digest_challenge_is_passed_over),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
