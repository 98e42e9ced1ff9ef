/* A run's results for people and programs: table, JSON, CSV, HTML, JUnit, HdrHistogram log. */
#ifndef LOADGEN_REPORT_H
#define LOADGEN_REPORT_H

#include "base/json.h"
#include "loadgen/results.h"

/* Postman's table, for the terminal. */
void report_table(FILE *out, const struct results *results);
/* Two runs side by side: each request's figures then, now, and the change. */
void report_comparison(FILE *out, const struct results *baseline, const struct results *results);

/*
 * One JSON object: totals, corrected, requests, windows, options; and beside them conditions,
 * error_classes, status_codes, answers and slowest (samples), failed_tests, spectrum, generator and
 * what was run.
 *
 * Requests and windows have their histograms, from which saved_results.h makes the results again
 * and 'squall merge' adds several up; "failures" are their errors by class and answers by status.
 *
 * intervals: NULL; or for the page, which does without histograms: the run's windows once more, as
 *            wide as those of all requests. Windows are rows then, of "window_columns" and the
 *            failures.
 */
void report_json(const struct results *results, const struct timeline *intervals,
                 struct json_writer *writer);

/* Files, replaced whole. Errors: error_environment. */
MUST_CHECK bool report_json_file(const struct results *results, const char *path,
                                 struct aws_error *err);
/* A row a window; and, in a file beside it (run.csv: run.requests.csv), a row a request. */
MUST_CHECK bool report_csv_file(const struct results *results, const char *path,
                                struct aws_error *err);
/* One page that needs nothing else: no network, no other file. With `baseline` (or NULL) it shows
 * what has changed since that run. */
MUST_CHECK bool report_html_file(const struct results *results, const struct results *baseline,
                                 const char *path, struct aws_error *err);
/* A test case a condition, and one that any answer came. */
MUST_CHECK bool report_junit_file(const struct results *results, const char *path,
                                  struct aws_error *err);

/* HdrHistogram's log, version 1.3: an interval a window, times in microseconds. */
MUST_CHECK bool report_hlog_file(const struct results *results, const char *path,
                                 struct aws_error *err);

#endif
