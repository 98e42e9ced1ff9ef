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
    {"P95>500 ms", METRIC_PERCENTILE, 95, "", CMP_GT, 500},
    {"p99.99 [a] > 1 s", METRIC_PERCENTILE, 99.99, "a", CMP_GT, 1000},
    {"p95[Legacy [v1]]>1s", METRIC_PERCENTILE, 95, "Legacy [v1]", CMP_GT, 1000},
    {"max[a] b]>1", METRIC_MAX, 0, "a] b", CMP_GT, 1},
    {"errors[x > 1]>2", METRIC_ERRORS, 0, "x > 1", CMP_GT, 2},
    {"failure_rate>=0.5%", METRIC_FAILURE_PCT, 0, "", CMP_GE, 0.5},
    {"tests<1", METRIC_TESTS, 0, "", CMP_LT, 1},
    {"less_than(p95, 500)", METRIC_PERCENTILE, 95, "", CMP_LT, 500},
};
static const struct reading pass_ifs[] = {
    {"less_than(p95, 500)", METRIC_PERCENTILE, 95, "", CMP_LT, 500},
    {"less_than_eq(error_rate,0)", METRIC_ERROR_PCT, 0, "", CMP_LE, 0},
    {"greater_than ( rps , 12 )", METRIC_RPS, 0, "", CMP_GT, 12},
    {"greater_than_eq(avg[x], 2s)", METRIC_AVG, 0, "x", CMP_GE, 2000},
    {"less_than(p90[f / a, (b)], 2)", METRIC_PERCENTILE, 90, "f / a, (b)", CMP_LT, 2},
    {"p95<500ms", METRIC_PERCENTILE, 95, "", CMP_LT, 500},
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
        assert_non_null(strstr(err.message, "'p95>500ms'")); /* shows how */
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

static void an_error_says_what_would_have_been_right(void **state)
{
    static const struct {
        const char *text, *says;
    } rows[] = {
        {"p95>5kg", "expected us, ms, s or the end at character 6"},
        {"rps>5ms", "expected the end at character 6"},
        {"error_pct>5ms", "expected % or the end at character 12"},
        {"p95=500", "expected one of > >= < <= == != at character 4"},
        {"q95>1", "expected a metric (avg min max p0 .. p100 rps"},
        {"corrected_rps>1", "expected a time (avg min max"},
        {"fewer_than(p95, 1)", "expected less_than, less_than_eq, greater_than or"},
        {"less_than(p95 500)", "expected ',' at character 15"},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct condition condition;
        struct aws_error err = {0};
        assert_false(condition_parse_fail_if(str_from_c(rows[i].text), &condition, &err));
        if (strstr(err.message, rows[i].says) == NULL)
            fail_msg("%s", err.message);
    }
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

static void what_is_measured_has_a_unit(void **state)
{
    static const struct {
        const char *text, *unit;
    } rows[] = {{"p95>1us", "ms"}, {"error_pct>1", "%"}, {"failure_rate>1", "%"}, {"rps<5", ""}};
    struct condition condition = {0};
    struct aws_error err = {0};

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        assert_true(condition_parse_fail_if(str_from_c(rows[i].text), &condition, &err));
        assert_string_equal(condition_unit(&condition), rows[i].unit);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_grammars_are_read),
        cmocka_unit_test(the_corrected_view_can_be_asked_for),
        cmocka_unit_test(what_is_no_condition_is_refused),
        cmocka_unit_test(an_error_says_what_would_have_been_right),
        cmocka_unit_test(what_is_measured_has_a_unit),
        cmocka_unit_test(fail_if_violates_when_it_holds_and_pass_if_when_not),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
