/* From a collection's text to the bytes on the wire: collection.c, collection_request.c, request.c.
 */
#include "../test.h"

#include "loadgen/request.h"
#include "loadgen/unknown_names.h"

struct fixture {
    struct arena *arena;
    struct collection collection;
    struct variables variables;
    struct rng rng;
    struct aws_error err;
};

static int set_up(void **state)
{
    static struct fixture f;

    memset(&f, 0, sizeof(f));
    f.arena = arena_new(16 << 20);
    rng_init(&f.rng, 1);
    assert_true(variables_add(&f.variables, SCOPE_ENVIRONMENT, STR("base"),
                              STR("http://127.0.0.1:3000"), f.arena));
    assert_true(data_file_parse(STR("id,name\n1,é b\n2"), f.arena, &f.variables.data, &f.err));
    *state = &f;
    return 0;
}

static int tear_down(void **state)
{
    arena_free(((struct fixture *)*state)->arena);
    return 0;
}

/* Reads {"item": [ITEMS]} and whatever stands before it. */
static bool read(struct fixture *f, const char *before, const char *items)
{
    struct str text = str_printf(f->arena, "{%s\"item\":[%s]}", before, items);

    return collection_parse(text, f->arena, &f->collection, &f->err);
}

/* What compiling made of a request. */
enum form { PREBUILT, PIECES, AT_SEND };

/* The bytes that request `index`, compiled to `form`, sends for a data row. */
static struct str sent(struct fixture *f, size_t index, size_t row, enum form form)
{
    struct resolver resolver = {.variables = &f->variables,
                                .at_send = false,
                                .data_row = 0,
                                .rng = NULL,
                                .clock = clock_system()};
    struct request_plan plan, whole;
    struct request_bytes bytes = {0};

    if (!request_compile(&f->collection.requests[index], &resolver, f->arena, &plan, &f->err))
        fail_msg("%s", f->err.message);
    assert_int_equal(plan.sent.len > 0 ? PREBUILT : plan.whole ? AT_SEND : PIECES, form);
    if (form == PREBUILT)
        return plan.sent;
    resolver = (struct resolver){.variables = &f->variables,
                                 .at_send = true,
                                 .data_row = row,
                                 .rng = &f->rng,
                                 .clock = clock_system()};
    if (plan.whole) {
        assert_true(request_compile(plan.definition, &resolver, f->arena, &whole, &f->err));
        return whole.sent;
    }
    assert_true(request_build(&plan, &resolver, f->arena, &bytes));
    return str_printf(f->arena, "%.*s%.*s", STR_ARG(bytes.head), STR_ARG(bytes.body));
}

#define DEFAULTS                                                                                   \
    "User-Agent: squall/" SQUALL_VERSION "\r\nAccept: */*\r\nCache-Control: no-cache\r\n"          \
    "Host: 127.0.0.1:3000\r\nAccept-Encoding: gzip, deflate, br\r\nConnection: keep-alive\r\n"

static void a_request_without_variables_is_one_run_of_bytes(void **state)
{
    struct fixture *f = *state;

    assert_true(read(f, "", "{\"name\":\"r\",\"request\":\"{{base}}\"}"));
    assert_str_equal(sent(f, 0, 0, PREBUILT), STR("GET / HTTP/1.1\r\n" DEFAULTS "\r\n"));
}

static void a_body_brings_its_type_and_length(void **state)
{
    struct fixture *f = *state;

    assert_true(read(f, "",
                     "{\"request\":{\"method\":\"POST\",\"url\":\"{{base}}/x\",\"body\":{"
                     "\"mode\":\"raw\",\"raw\":\"{\\\"a\\\":1}\",\"options\":{\"raw\":{"
                     "\"language\":\"json\"}}}}},"
                     "{\"request\":{\"method\":\"POST\",\"url\":\"{{base}}\",\"header\":[{\"key\":"
                     "\"content-type\",\"value\":\"a/b\"},{\"key\":\"Content-Length\",\"value\":"
                     "\"9\"}],\"body\":{\"mode\":\"raw\",\"raw\":\"x\"}}},"
                     "{\"request\":{\"method\":\"DELETE\",\"url\":\"{{base}}\"}},"
                     "{\"request\":{\"method\":\"PURGE\",\"url\":\"{{base}}\"}},"
                     "{\"request\":{\"method\":\"GET\",\"url\":\"{{base}}\",\"body\":{\"mode\":"
                     "\"raw\",\"raw\":\"pruned\"}}}"));
    assert_str_equal(sent(f, 0, 0, PREBUILT),
                     STR("POST /x HTTP/1.1\r\nContent-Type: application/json\r\n" DEFAULTS
                         "Content-Length: 7\r\n\r\n{\"a\":1}"));
    assert_str_equal(
        sent(f, 1, 0, PREBUILT),
        STR("POST / HTTP/1.1\r\ncontent-type: a/b\r\nContent-Length: 9\r\n" DEFAULTS "\r\nx"));
    assert_str_equal(sent(f, 2, 0, PREBUILT), STR("DELETE / HTTP/1.1\r\n" DEFAULTS "\r\n"));
    assert_str_equal(sent(f, 3, 0, PREBUILT),
                     STR("PURGE / HTTP/1.1\r\n" DEFAULTS "Content-Length: 0\r\n\r\n"));
    assert_str_equal(sent(f, 4, 0, PREBUILT), STR("GET / HTTP/1.1\r\n" DEFAULTS "\r\n"));
}

static void url_objects_are_put_together(void **state)
{
    struct fixture *f = *state;

    assert_true(read(
        f, "",
        "{\"request\":{\"url\":{\"raw\":\"ignored\",\"protocol\":\"http\",\"host\":[\"127\",\"0\","
        "\"0\",\"1\"],\"port\":\"3000\",\"path\":[\"a b\",\":id\",\":other\",\"\"],\"query\":[{"
        "\"key\":\"q\",\"value\":\"x&y\"},{\"key\":\"off\",\"value\":\"1\",\"disabled\":true},{"
        "\"key\":\"flag\",\"value\":null}],\"variable\":[{\"key\":\"id\",\"value\":\"4/2\"}]}}}"));
    assert_str_equal(sent(f, 0, 0, PREBUILT),
                     STR("GET /a%20b/4/2/:other/?q=x%26y&flag HTTP/1.1\r\n" DEFAULTS "\r\n"));
}

/* postman-collection's Url.getPath(). */
static void path_variables_are_text_that_is_not_empty(void **state)
{
    static const struct {
        const char *path, *variables, *sent;
    } rows[] = {
        {":p/x", "{\"key\":\"p\"}", "/:p/x"},
        {":p/x", "{\"key\":\"p\",\"value\":\"\"}", "/:p/x"},
        {":p/x", "{\"key\":\"p\",\"value\":5}", "/:p/x"},
        {":p/x", "{\"key\":\"p\",\"value\":\"v\",\"disabled\":true}", "/v/x"},
        {":p/x", "{\"key\":\"p\",\"value\":\"1\"},{\"key\":\"p\",\"value\":\"2\"}", "/2/x"},
        {":p.json/:p:q/:", "{\"id\":\"p\",\"value\":\"v\"}", "/v.json/:p:q/:"},
        {":p/x", "{\"key\":\"p\",\"value\":\"a b?c\"}", "/a%20b?c/x"},
    };
    struct fixture *f = *state;

    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct str item = str_printf(f->arena,
                                     "{\"request\":{\"url\":{\"host\":\"{{base}}\",\"path\":"
                                     "\"%s\",\"variable\":[%s]}}}",
                                     rows[i].path, rows[i].variables);
        assert_true(read(f, "", item.ptr));
        assert_str_equal(sent(f, 0, 0, PREBUILT),
                         str_printf(f->arena, "GET %s HTTP/1.1\r\n" DEFAULTS "\r\n", rows[i].sent));
    }
}

static void one_spelling_of_a_header_stays_with_all_its_values(void **state)
{
    struct fixture *f = *state;

    assert_true(read(f, "",
                     "{\"request\":{\"url\":\"{{base}}\",\"header\":\"X-A:1\\nB:2\\nx-a:3\\n"
                     "X-A:4\\nB:5\"}},{\"request\":{\"url\":\"{{base}}\",\"header\":[{\"key\":"
                     "\"N\",\"value\":null},{\"key\":\"L\",\"value\":\"é\"}]}}"));
    assert_str_equal(sent(f, 0, 0, PREBUILT),
                     STR("GET / HTTP/1.1\r\nx-a: 3\r\nB: 2\r\nB: 5\r\n" DEFAULTS "\r\n"));
    assert_str_equal(sent(f, 1, 0, PREBUILT),
                     STR("GET / HTTP/1.1\r\nN: null\r\nL: \xE9\r\n" DEFAULTS "\r\n"));
}

static void methods_go_out_in_capitals_and_most_say_that_they_have_no_body(void **state)
{
    struct fixture *f = *state;

    assert_true(read(f, "",
                     "{\"request\":{\"method\":\"copy\",\"url\":\"{{base}}\",\"body\":{\"mode\":"
                     "\"none\"}}},{\"request\":{\"method\":\"options\",\"url\":\"{{base}}\"}}"));
    assert_str_equal(sent(f, 0, 0, PREBUILT),
                     STR("COPY / HTTP/1.1\r\n" DEFAULTS "Content-Length: 0\r\n\r\n"));
    assert_str_equal(sent(f, 1, 0, PREBUILT), STR("OPTIONS / HTTP/1.1\r\n" DEFAULTS "\r\n"));
}

static void auth_that_is_empty_is_none(void **state)
{
    static const char *const rows[] = {
        "{\"type\":\"bearer\",\"bearer\":{\"token\":\"{{empty}}\"}}",
        "{\"type\":\"apikey\",\"apikey\":{\"key\":\"{{empty}}\",\"value\":\"{{empty}}\"}}",
        "{\"type\":\"oauth2\",\"oauth2\":{\"accessToken\":\"{{empty}}\"}}",
    };
    struct fixture *f = *state;

    assert_true(variables_add(&f->variables, SCOPE_GLOBAL, STR("empty"), STR(""), f->arena));
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct str item = str_printf(f->arena,
                                     "{\"request\":{\"url\":\"{{base}}\",\"header\":"
                                     "\"authorization: mine\",\"auth\":%s}}",
                                     rows[i]);
        assert_true(read(f, "", item.ptr));
        assert_str_equal(sent(f, 0, 0, PREBUILT),
                         STR("GET / HTTP/1.1\r\nauthorization: mine\r\n" DEFAULTS "\r\n"));
    }
}

static void a_key_takes_the_place_of_its_parameter(void **state)
{
    static const struct {
        const char *auth, *target;
    } rows[] = {
        {"{\"type\":\"apikey\",\"apikey\":{\"key\":\"old\",\"value\":\"{{x}}\",\"in\":\"query\"}}",
         "/?z=2&old={{x}}"},
        {"{\"type\":\"apikey\",\"apikey\":{\"key\":\"a b\",\"value\":\"&=#\",\"in\":\"query\"}}",
         "/?old=1&z=2&a%20b=%26=%23"},
        {"{\"type\":\"apikey\",\"apikey\":{\"key\":\"n\",\"in\":\"query\"}}", "/?old=1&z=2&n"},
        {"{\"type\":\"oauth2\",\"oauth2\":{\"accessToken\":\"t\",\"addTokenTo\":"
         "\"queryParams\"}}",
         "/?old=1&z=2&access_token=t"},
    };
    struct fixture *f = *state;

    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct str item = str_printf(
            f->arena, "{\"request\":{\"url\":\"{{base}}/?old=1&z=2\",\"auth\":%s}}", rows[i].auth);
        assert_true(read(f, "", item.ptr));
        assert_str_equal(
            sent(f, 0, 0, PREBUILT),
            str_printf(f->arena, "GET %s HTTP/1.1\r\n" DEFAULTS "\r\n", rows[i].target));
    }
}

static void names_that_nothing_knows_are_told(void **state)
{
    struct fixture *f = *state;
    struct resolver resolver = {.variables = &f->variables, .clock = clock_system()};
    struct request_plan plans[2];
    struct str names = {0};

    assert_true(read(
        f, "",
        "{\"request\":{\"url\":\"{{base}}/{{a}}/{{id}}?g={{$guid}}\",\"header\":\"X: {{b}}\"}},"
        "{\"request\":{\"url\":\"{{base}}\",\"header\":\"X: {{b}}{{c}}{{d}}{{e}}{{f}}\"}}"));
    for (size_t i = 0; i < ARRAY_LEN(plans); i++)
        assert_true(
            request_compile(&f->collection.requests[i], &resolver, f->arena, &plans[i], &f->err));
    assert_true(unknown_names(plans, 1, &f->variables, f->arena, &names));
    assert_str_equal(names, STR("{{a}}, {{b}}"));
    assert_true(unknown_names(plans, 2, &f->variables, f->arena, &names));
    assert_str_equal(names, STR("{{a}}, {{b}}, {{c}}, {{d}}, {{e}} and others"));
}

static void data_rows_vary_the_request(void **state)
{
    struct fixture *f = *state;

    assert_true(read(f, "",
                     "{\"request\":{\"method\":\"POST\",\"url\":\"{{base}}/{{id}}?n={{name}}\","
                     "\"header\":[{\"key\":\"X-Name\",\"value\":\"{{name}}\"}],\"body\":{\"mode\":"
                     "\"urlencoded\",\"urlencoded\":[{\"key\":\"n\",\"value\":\"{{name}}\"}]}}}"));
    assert_str_equal(
        sent(f, 0, 0, PIECES),
        STR("POST /1?n=%C3%A9%20b HTTP/1.1\r\nX-Name: é b\r\n" DEFAULTS
            "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 12\r\n\r\n"
            "n=%C3%A9%20b"));
    /* An unknown name before a piece does not make it more than a piece. */
    assert_true(read(f, "", "{\"request\":\"{{base}}/{{who}}?n={{id}}\"}"));
    assert_true(str_starts_with(sent(f, 0, 0, PIECES), STR("GET /%7B%7Bwho%7D%7D?n=1 HTTP")));
}

static void what_a_row_lacks_stays_as_written_or_comes_from_a_broader_scope(void **state)
{
    struct fixture *f = *state;

    assert_true(read(f, "", "{\"request\":\"{{base}}/{{id}}?n={{name}}\"}"));
    /* Row 2 lacks the name, row 3 is past the end: what nobody knows stays as written. */
    assert_true(str_starts_with(sent(f, 0, 1, PIECES), STR("GET /2?n={{name}} HTTP/1.1\r\n")));
    assert_true(
        str_starts_with(sent(f, 0, 2, PIECES), STR("GET /%7B%7Bid%7D%7D?n={{name}} HTTP/1.1\r\n")));
    assert_true(
        variables_add(&f->variables, SCOPE_GLOBAL, STR("id"), STR("g{{$randomInt}}"), f->arena));
    assert_true(str_starts_with(sent(f, 0, 0, AT_SEND), STR("GET /1?n=%C3%A9%20b")));
    assert_true(str_starts_with(sent(f, 0, 2, AT_SEND), STR("GET /g")));
}

static void variables_within_names_or_the_address_wait_for_the_send(void **state)
{
    struct fixture *f = *state;

    assert_true(variables_add(&f->variables, SCOPE_GLOBAL, STR("item1"), STR("one"), f->arena));
    assert_true(read(f, "",
                     "{\"request\":\"{{base}}/{{item{{id}}}}\"},"
                     "{\"request\":\"http://127.0.0.{{id}}:3000/\"}"));
    assert_true(str_starts_with(sent(f, 0, 0, AT_SEND), STR("GET /one HTTP/1.1\r\n")));
    assert_str_equal(sent(f, 1, 0, AT_SEND), STR("GET / HTTP/1.1\r\n" DEFAULTS "\r\n"));
}

static void auth_is_inherited_folder_by_folder(void **state)
{
    struct fixture *f = *state;

    assert_true(read(
        f, "\"auth\":{\"type\":\"bearer\",\"bearer\":[{\"key\":\"token\",\"value\":\"T\"}]},",
        "{\"request\":\"{{base}}\"},"
        "{\"name\":\"F\",\"auth\":{\"type\":\"basic\",\"basic\":{\"username\":\"Aladdin\","
        "\"password\":\"open sesame\"}},\"item\":[{\"name\":\"in\",\"request\":{\"url\":"
        "\"{{base}}\",\"header\":[{\"key\":\"authorization\",\"value\":\"lost\"}]}},"
        "{\"name\":\"G\",\"item\":[{\"request\":{\"url\":\"{{base}}\",\"auth\":{\"type\":"
        "\"noauth\"}}}]}]},"
        "{\"request\":{\"url\":\"{{base}}?a\",\"auth\":{\"type\":\"apikey\",\"apikey\":[{\"key\":"
        "\"key\",\"value\":\"k\"},{\"key\":\"value\",\"value\":\"v&\"},{\"key\":\"in\",\"value\":"
        "\"query\"}]}}},"
        "{\"request\":{\"url\":\"{{base}}\",\"auth\":{\"type\":\"apikey\",\"apikey\":[{\"key\":"
        "\"key\",\"value\":\"X-Key\"},{\"key\":\"value\",\"value\":\"v\"}]}}}"));
    assert_int_equal(f->collection.request_count, 5);
    assert_str_equal(sent(f, 0, 0, PREBUILT),
                     STR("GET / HTTP/1.1\r\nAuthorization: Bearer T\r\n" DEFAULTS "\r\n"));
    assert_str_equal(
        sent(f, 1, 0, PREBUILT),
        STR("GET / HTTP/1.1\r\nAuthorization: Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==\r\n" DEFAULTS
            "\r\n"));
    assert_str_equal(f->collection.requests[2].folder, STR("F / G"));
    assert_str_equal(sent(f, 2, 0, PREBUILT), STR("GET / HTTP/1.1\r\n" DEFAULTS "\r\n"));
    assert_str_equal(sent(f, 3, 0, PREBUILT), STR("GET /?a&k=v%26 HTTP/1.1\r\n" DEFAULTS "\r\n"));
    assert_str_equal(sent(f, 4, 0, PREBUILT),
                     STR("GET / HTTP/1.1\r\nX-Key: v\r\n" DEFAULTS "\r\n"));
}

static void a_graphql_body_is_json(void **state)
{
    struct fixture *f = *state;

    assert_true(read(f, "",
                     "{\"request\":{\"method\":\"POST\",\"url\":\"{{base}}\",\"body\":{\"mode\":"
                     "\"graphql\",\"graphql\":{\"query\":\"{ a }\",\"variables\":\"{\\\"v\\\":1}\"}"
                     "}}}"));
    assert_true(str_ends_with(sent(f, 0, 0, PREBUILT),
                              STR("Content-Length: 37\r\n\r\n"
                                  "{\"query\":\"{ a }\",\"variables\":{\"v\":1}}")));
}

static void real_files_oddities_are_read(void **state)
{
    struct fixture *f = *state;
    struct str text = STR(
        "{\"collection\":{\"info\":{\"name\":\"Wrapped\"},\"event\":{\"listen\":\"test\","
        "\"script\":{\"exec\":\"one line\"}},\"item\":[{\"name\":\"x\",\"event\":[{\"script\":{"
        "\"exec\":[\"\",\" \"]}},{\"listen\":\"prerequest\",\"script\":{\"exec\":[\"a\"]}},"
        "{\"listen\":\"test\",\"disabled\":true,\"script\":{\"exec\":\"b\"}}],\"request\":{\"url\":"
        "\"{{base}}\",\"header\":\"A: b\\r\\nC:d\\n// D: e\\nF\\n\"}}]}}");

    assert_true(collection_parse(text, f->arena, &f->collection, &f->err));
    assert_str_equal(f->collection.name, STR("Wrapped"));
    assert_int_equal(f->collection.script_count, 2);
    assert_int_equal(f->collection.requests[0].scripts[SCRIPT_PREREQUEST].count, 1);
    assert_int_equal(f->collection.requests[0].scripts[SCRIPT_TEST].rows[0], 0);
    assert_str_equal(sent(f, 0, 0, PREBUILT),
                     STR("GET / HTTP/1.1\r\nA: b\r\nC: d\r\n" DEFAULTS "\r\n"));
}

static void what_is_absent_names_itself_and_the_request(void **state)
{
    struct fixture *f = *state;
    static const struct {
        const char *items, *says;
    } rows[] = {
        {"{\"name\":\"o\",\"request\":{\"url\":\"h\",\"auth\":{\"type\":\"ntlm\"}}}",
         "request 'o': auth type 'ntlm' is not part of this version"},
    };

    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        assert_false(read(f, "", rows[i].items));
        assert_ptr_equal(f->err.kind, &error_usage);
        assert_non_null(strstr(f->err.message, rows[i].says));
    }
}

static void what_cannot_be_sent_is_refused_at_start(void **state)
{
    struct fixture *f = *state;
    struct resolver resolver = {.variables = &f->variables,
                                .at_send = false,
                                .data_row = 0,
                                .rng = NULL,
                                .clock = clock_system()};
    static const struct {
        const char *items, *says;
    } rows[] = {
        {"{\"name\":\"r\",\"request\":\"{{unknown}}/x\"}", "nothing gives {{unknown}} a value"},
        {"{\"name\":\"r\",\"request\":\"ftp://h/x\"}", "Invalid protocol: ftp:"},
        {"{\"name\":\"r\",\"request\":{\"method\":\"G T\",\"url\":\"h\"}}", "no method"},
        {"{\"name\":\"r\",\"request\":{\"url\":\"h\",\"header\":[{\"key\":\"a b\",\"value\":\"\"}]}"
         "}",
         "request 'r': Header name must be a valid HTTP token [\"a b\"]"},
    };

    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct request_plan plan;
        assert_true(read(f, "", rows[i].items));
        assert_false(
            request_compile(&f->collection.requests[0], &resolver, f->arena, &plan, &f->err));
        if (strstr(f->err.message, rows[i].says) == NULL)
            fail_msg("'%s' does not say '%s'", f->err.message, rows[i].says);
    }
}

static void what_is_no_collection_is_refused(void **state)
{
    struct fixture *f = *state;
    static const char *const rows[] = {"", "[]", "{}", "{\"item\":{}}", "{\"item\":[]", "\xff"};

    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        f->err.kind = NULL;
        assert_false(collection_parse(str_from_c(rows[i]), f->arena, &f->collection, &f->err));
        assert_ptr_equal(f->err.kind, &error_usage);
    }
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(a_request_without_variables_is_one_run_of_bytes),
        CASE(a_body_brings_its_type_and_length),
        CASE(url_objects_are_put_together),
        CASE(path_variables_are_text_that_is_not_empty),
        CASE(one_spelling_of_a_header_stays_with_all_its_values),
        CASE(methods_go_out_in_capitals_and_most_say_that_they_have_no_body),
        CASE(auth_that_is_empty_is_none),
        CASE(a_key_takes_the_place_of_its_parameter),
        CASE(names_that_nothing_knows_are_told),
        CASE(data_rows_vary_the_request),
        CASE(what_a_row_lacks_stays_as_written_or_comes_from_a_broader_scope),
        CASE(variables_within_names_or_the_address_wait_for_the_send),
        CASE(auth_is_inherited_folder_by_folder),
        CASE(a_graphql_body_is_json),
        CASE(real_files_oddities_are_read),
        CASE(what_is_absent_names_itself_and_the_request),
        CASE(what_cannot_be_sent_is_refused_at_start),
        CASE(what_is_no_collection_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
