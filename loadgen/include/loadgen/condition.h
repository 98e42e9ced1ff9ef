/*
 * Conditions that a run passes or fails: --fail-if 'p95>500ms', --pass-if 'less_than(p95, 500)'.
 *
 *   short:      METRIC OP NUMBER[UNIT]   OP is > >= < <= == !=; UNIT is us, ms, s or %
 *   Postman's:  less_than|less_than_eq|greater_than|greater_than_eq(METRIC, NUMBER[UNIT])
 *
 * Either stands in either option. The request's name stands in square brackets: p95[create]>500ms;
 * it may hold brackets. Metrics: avg min max pN (p50, p99.9) in milliseconds; rps; error_pct or
 * error_rate, and failure_pct or failure_rate (failed tests) in percent; errors non_2xx tests
 * failed_tests requests. Before a time corrected_ may stand (corrected_p99): without coordinated
 * omission. A time of no answer is not known: such a condition is violated.
 */
#ifndef LOADGEN_CONDITION_H
#define LOADGEN_CONDITION_H

#include "base/error.h"

enum metric {
    METRIC_AVG,
    METRIC_MIN,
    METRIC_MAX,
    METRIC_PERCENTILE,
    METRIC_RPS,
    METRIC_ERROR_PCT,
    METRIC_ERRORS,
    METRIC_NON_2XX,
    METRIC_FAILED_TESTS,
    METRIC_FAILURE_PCT, /* failed tests, of all tests */
    METRIC_TESTS,
    METRIC_REQUESTS,
    METRIC_COUNT,
};

enum comparison { CMP_GT, CMP_GE, CMP_LT, CMP_LE, CMP_EQ, CMP_NE };

struct condition {
    struct str text; /* as given */
    bool fails;      /* fail-if: the run fails when it holds; pass-if: when it does not */
    enum metric metric;
    double percentile;  /* METRIC_PERCENTILE: 0 to 100 */
    bool corrected;     /* of the times without coordinated omission */
    struct str request; /* empty: the whole run */
    enum comparison comparison;
    double value; /* milliseconds, percent, or a count */
};

/* Borrows from `text`. Errors: error_usage, saying what was expected where. */
MUST_CHECK bool condition_parse_fail_if(struct str text, struct condition *ret,
                                        struct aws_error *err);
MUST_CHECK bool condition_parse_pass_if(struct str text, struct condition *ret,
                                        struct aws_error *err);

/* Whether it is about response times, which only answers have. */
bool condition_is_of_times(const struct condition *condition);
/* Of what is measured for it: "ms", "%", or "" for counts. */
const char *condition_unit(const struct condition *condition);
/* Whether the run violates it, given what was measured. */
bool condition_is_violated(const struct condition *condition, double measured);

#endif
