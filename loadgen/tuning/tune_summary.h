/* What a sweep found, for people: a table on stdout and a page with a chart. */
#ifndef TUNING_TUNE_SUMMARY_H
#define TUNING_TUNE_SUMMARY_H

#include "tuning_run.h"

/* The sizes that won, of the rows that have a duration. */
struct tune_winners {
    bool any;
    int64_t cheapest_mb, fastest_mb, balanced_mb;
};

struct tune_winners tune_winners_of(const struct tuning_input *input,
                                    const struct tuning_result *result);
/* The function's name: the ARN's last part. */
struct str tune_function_name(const struct tuning_input *input);

void tune_print_table(FILE *out, const struct tuning_input *input,
                      const struct tuning_result *result);

/* One self-contained HTML page. wall_ms: when. Errors: error_environment, error_out_of_memory. */
MUST_CHECK bool tune_write_page(const char *path, const struct tuning_input *input,
                                const struct tuning_result *result, int64_t wall_ms,
                                struct aws_error *err);

#endif
