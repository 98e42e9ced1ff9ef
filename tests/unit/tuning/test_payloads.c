#include "../test.h"

#include "payloads.h"

enum { ARENA_BYTES = 1 << 20 };

static bool generate(const char *json, size_t num, struct arena *arena, struct str **texts,
                     struct aws_error *err)
{
    struct json_value *value = NULL;

    assert_true(json == NULL || json_parse(str_from_c(json), arena, &value, NULL));
    return payloads_generate(value, num, arena, texts, err);
}

static void one_payload_serves_all_runs(void **state)
{
    static const struct {
        const char *json, *text;
    } rows[] = {
        {NULL, "null"},
        {"null", "null"},
        {"0", "null"},
        {"{ \"a\" : 1 }", "{\"a\":1}"},
        {"\"test\"", "\"test\""},
        {"\"{\\\"a\\\": 1}\"", "{\"a\": 1}"}, /* a text that is JSON goes as it is */
        {"[]", "[]"},
        {"[{\"payload\":1}]", "[{\"payload\":1}]"}, /* no weight: the list is the payload */
        {"[{\"payload\":{},\"weight\":0}]", "[{\"payload\":{},\"weight\":0}]"},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct arena *arena = arena_new(ARENA_BYTES);
        struct aws_error err = {0};
        struct str *texts = NULL;
        assert_true(generate(rows[i].json, 5, arena, &texts, &err));
        for (size_t run = 0; run < 5; run++)
            assert_str_equal(texts[run], str_from_c(rows[i].text));
        arena_free(arena);
    }
}

static void weights_share_the_runs_in_order(void **state)
{
    static const struct {
        const char *json, *order;
        size_t num;
    } rows[] = {
        {"[{\"payload\":1,\"weight\":1},{\"payload\":2,\"weight\":2}]", "1112222222", 10},
        {"[{\"payload\":1,\"weight\":5},{\"payload\":2,\"weight\":15},"
         "{\"payload\":3,\"weight\":30}]",
         "1222333333", 10},
        {"[{\"payload\":1,\"weight\":1},{\"payload\":2,\"weight\":1}]", "11222", 5},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct arena *arena = arena_new(ARENA_BYTES);
        struct aws_error err = {0};
        struct str *texts = NULL;
        assert_true(generate(rows[i].json, rows[i].num, arena, &texts, &err));
        for (size_t run = 0; run < rows[i].num; run++)
            assert_str_equal(texts[run], ((struct str){rows[i].order + run, 1}));
        arena_free(arena);
    }
}

static void too_few_runs_for_the_weights_are_refused(void **state)
{
    static const struct {
        const char *json, *message;
        size_t num;
    } rows[] = {
        {"[{\"payload\":1,\"weight\":1},{\"payload\":2,\"weight\":1}]",
         "You have 2 payloads and only \"num\"=1. Please increase \"num\".", 1},
        {"[{\"payload\":1,\"weight\":1},{\"payload\":2,\"weight\":99}]",
         "Invalid payload weight (num is too small)", 10},
        {"[{\"payload\":1,\"weight\":\"x\"},{\"payload\":2,\"weight\":1}]",
         "Invalid payload weight (num is too small)", 10},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct arena *arena = arena_new(ARENA_BYTES);
        struct aws_error err = {0};
        struct str *texts = NULL;
        assert_false(generate(rows[i].json, rows[i].num, arena, &texts, &err));
        assert_string_equal(err.message, rows[i].message);
        assert_ptr_equal(err.kind, &error_usage);
        arena_free(arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_payload_serves_all_runs),
        cmocka_unit_test(weights_share_the_runs_in_order),
        cmocka_unit_test(too_few_runs_for_the_weights_are_refused),
    };

    return cmocka_run_group_tests_name("tuning/payloads", tests, NULL, NULL);
}
