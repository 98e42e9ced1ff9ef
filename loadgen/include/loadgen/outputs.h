/* The report files that a command line names, and the conditions that stand beside them. */
#ifndef LOADGEN_OUTPUTS_H
#define LOADGEN_OUTPUTS_H

#include "base/options.h"
#include "loadgen/results.h"

struct outputs {
    const char *out, *json, *csv, *hlog, *junit; /* NULL: not wanted */
    struct option_list fail_if, pass_if;
};

/* The options' rows, for the table of a command whose struct holds the outputs as `member`. */
#define OUTPUTS_OFFSET(type, member, field)                                                        \
    (offsetof(type, member) + offsetof(struct outputs, field))
#define OUTPUTS_ROWS(type, member)                                                                 \
    {"fail-if",   0,                                                                               \
     OPTION_LIST, OUTPUTS_OFFSET(type, member, fail_if),                                           \
     "CONDITION", "exit 1 when it holds: 'p95>500ms', 'error_pct>1' (repeatable)",                 \
     0,           0,                                                                               \
     NULL},                                                                                        \
        {"pass-if",   0,                                                                           \
         OPTION_LIST, OUTPUTS_OFFSET(type, member, pass_if),                                       \
         "CONDITION", "exit 1 unless it holds: 'less_than(p95, 500)' (repeatable)",                \
         0,           0,                                                                           \
         NULL},                                                                                    \
        {"reports", 0, OPTION_HEADING, 0, "", "", 0, 0, NULL},                                     \
        {"out",       'o',                                                                         \
         OPTION_TEXT, OUTPUTS_OFFSET(type, member, out),                                           \
         "FILE.html", "the report as one page, with charts",                                       \
         0,           0,                                                                           \
         NULL},                                                                                    \
        {"json",      0,                                                                           \
         OPTION_TEXT, OUTPUTS_OFFSET(type, member, json),                                          \
         "FILE",      "all figures as JSON, for 'squall report' and 'squall merge', too",          \
         0,           0,                                                                           \
         NULL},                                                                                    \
        {"csv",                                                                                    \
         0,                                                                                        \
         OPTION_TEXT,                                                                              \
         OUTPUTS_OFFSET(type, member, csv),                                                        \
         "FILE",                                                                                   \
         "a row a second as CSV (run.csv), and beside it a row a request\n(run.requests.csv)",     \
         0,                                                                                        \
         0,                                                                                        \
         NULL},                                                                                    \
        {"junit",     0,                                                                           \
         OPTION_TEXT, OUTPUTS_OFFSET(type, member, junit),                                         \
         "FILE",      "the conditions as JUnit test cases",                                        \
         0,           0,                                                                           \
         NULL},                                                                                    \
    {                                                                                              \
        "hlog", 0, OPTION_TEXT, OUTPUTS_OFFSET(type, member, hlog), "FILE",                        \
            "an HdrHistogram log (V2), an interval a second, in microseconds", 0, 0, NULL          \
    }

struct condition_list {
    struct condition rows[CONDITIONS_MAX];
    size_t count;
};

/* Adds the conditions that were given. Errors: error_usage. */
MUST_CHECK bool outputs_conditions(const struct outputs *outputs, struct condition_list *ret,
                                   struct aws_error *err);
/* Whether the files could be written: asked before the work. Errors: error_usage for one file of
 * two reports; error_environment. */
MUST_CHECK bool outputs_check(const struct outputs *outputs, struct aws_error *err);
/* Writes them all, whichever cannot be written. Errors, of which all but the last are logged:
 * error_environment, error_out_of_memory. */
MUST_CHECK bool outputs_write(const struct outputs *outputs, const struct results *results,
                              struct aws_error *err);
/* The same, and the table on standard output: the files first, which somebody waits for. */
MUST_CHECK bool outputs_show(const struct outputs *outputs, bool table,
                             const struct results *results, struct aws_error *err);
/* Computes the figures and judges all conditions. Errors: as results_judge(). */
MUST_CHECK bool outputs_judge(const struct condition_list *conditions, struct results *results,
                              struct aws_error *err);

#endif
