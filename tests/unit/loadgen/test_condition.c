#include "../test.h"

#include "loadgen/condition.h"

struct reading {
    const char *text;
    enum metric metric;
    double percentile;
    const char *request;
    enum comparison comparison;
    double value;
};

static const struct reading fail_ifs[] = {
    {"p95>500ms", METRIC_PERCENTILE, 95, "", CMP_GT, 500},
    {"p95 > 0.5s", METRIC_PERCENTILE, 95, "", CMP_GT, 500},
    {" p99.9>=300us ", METRIC_PERCENTILE, 99.9, "", CMP_GE, 0.3},
    {"avg<10", METRIC_AVG, 0, "", CMP_LT, 10},
    {"error_pct>1%", METRIC_ERROR_PCT, 0, "", CMP_GT, 1},
    {"error_rate>1", METRIC_ERROR_PCT, 0, "", CMP_GT, 1},
    {"rps<=100.5", METRIC_RPS, 0, "", CMP_LE, 100.5},
    {"non_2xx!=0", METRIC_NON_2XX, 0, "", CMP_NE, 0},
    {"requests==0", METRIC_REQUESTS, 0, "", CMP_EQ, 0},
    {"p50[create an item]>20ms", METRIC_PERCENTILE, 50, "create an item", CMP_GT, 20},
};
static const struct reading pass_ifs[] = {
    {"less_than(p95, 500)", METRIC_PERCENTILE, 95, "", CMP_LT, 500},
    {"less_than_eq(error_rate,0)", METRIC_ERROR_PCT, 0, "", CMP_LE, 0},
    {"greater_than ( rps , 12 )", METRIC_RPS, 0, "", CMP_GT, 12},
    {"greater_than_eq(avg[x], 2s)", METRIC_AVG, 0, "x", CMP_GE, 2000},
};

typedef bool parse_function(struct str text, struct condition *ret, struct aws_error *err);

static void assert_readings(const struct reading *rows, size_t count, parse_function *parse)
{
    for (size_t i = 0; i < count; i++) {
        struct condition condition = {0};
        struct aws_error err = {0};
        if (!parse(str_from_c(rows[i].text), &condition, &err))
            fail_msg("%s: %s", rows[i].text, err.message);
        double off = condition.value - rows[i].value;
        if (condition.metric != rows[i].metric || condition.comparison != rows[i].comparison ||
            condition.percentile != rows[i].percentile || off > 1e-9 || off < -1e-9)
            fail_msg("%s is read differently", rows[i].text);
        assert_str_equal(condition.request, str_from_c(rows[i].request));
    }
}

static void both_grammars_are_read(void **state)
{
    (void)state;
    assert_readings(fail_ifs, ARRAY_LEN(fail_ifs), condition_parse_fail_if);
    assert_readings(pass_ifs, ARRAY_LEN(pass_ifs), condition_parse_pass_if);
}

static void the_corrected_view_can_be_asked_for(void **state)
{
    struct condition condition = {0};
    struct aws_error err = {0};

    (void)state;
    assert_true(condition_parse_fail_if(STR("corrected_p99[a]>1s"), &condition, &err));
    assert_true(condition.corrected && condition.metric == METRIC_PERCENTILE);
    assert_true(condition_parse_pass_if(STR("less_than(corrected_avg, 5)"), &condition, &err));
    assert_true(condition.corrected && condition.metric == METRIC_AVG);
    assert_true(condition_parse_fail_if(STR("p99>1s"), &condition, &err));
    assert_false(condition.corrected);
}

static void assert_refused(const char *const *rows, size_t count, parse_function *parse)
{
    for (size_t i = 0; i < count; i++) {
        struct condition condition = {0};
        struct aws_error err = {0};
        if (parse(str_from_c(rows[i]), &condition, &err) || err.kind != &error_usage)
            fail_msg("'%s' is taken", rows[i]);
        assert_non_null(strstr(err.message, "expected"));
    }
}

static void what_is_no_condition_is_refused(void **state)
{
    static const char *const fail_rows[] = {"",
                                            "p95",
                                            "p95>",
                                            "p95>ms",
                                            "p95>5kg",
                                            "p101>1",
                                            "p>1",
                                            "q95>1",
                                            "p95=>1",
                                            "p95>1 2",
                                            "p95[]>1",
                                            "p95[a>1",
                                            "p95>1.2.3",
                                            "rps>5ms",
                                            "corrected_rps>1",
                                            "corrected_>1",
                                            "p95>99999999999999999999"};
    static const char *const pass_rows[] = {"",
                                            "p95<500",
                                            "less_than",
                                            "less_than(p95)",
                                            "less_than(p95,)",
                                            "less_than(p95, 1",
                                            "less_than(p95, 1))",
                                            "lesser_than(p95, 1)"};

    (void)state;
    assert_refused(fail_rows, ARRAY_LEN(fail_rows), condition_parse_fail_if);
    assert_refused(pass_rows, ARRAY_LEN(pass_rows), condition_parse_pass_if);
}

static void fail_if_violates_when_it_holds_and_pass_if_when_not(void **state)
{
    struct condition condition = {0};
    struct aws_error err = {0};

    (void)state;
    assert_true(condition_parse_fail_if(STR("p95>500ms"), &condition, &err));
    assert_true(condition_is_violated(&condition, 500.001));
    assert_false(condition_is_violated(&condition, 500));
    assert_true(condition_parse_pass_if(STR("less_than(p95, 500)"), &condition, &err));
    assert_true(condition_is_violated(&condition, 500));
    assert_false(condition_is_violated(&condition, 499.9));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_grammars_are_read),
        cmocka_unit_test(the_corrected_view_can_be_asked_for),
        cmocka_unit_test(what_is_no_condition_is_refused),
        cmocka_unit_test(fail_if_violates_when_it_holds_and_pass_if_when_not),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
