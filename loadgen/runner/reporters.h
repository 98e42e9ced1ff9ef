/* newman's reporters: cli, json, junit, progress. */
#ifndef RUNNER_REPORTERS_H
#define RUNNER_REPORTERS_H

#include "record.h"

enum color_choice { COLOR_AUTO, COLOR_ON, COLOR_OFF };

struct cli_options {
    FILE *out;
    bool colors;        /* of the text */
    bool escapes;       /* of the failures' table, which newman leaves to a library's judgement */
    bool is_terminal;   /* widths follow the terminal's */
    size_t columns;     /* of the terminal; 0: not known */
    bool plain_symbols; /* --disable-unicode */
    bool silent, no_assertions, no_success_assertions, no_summary, no_failures, no_console,
        no_banner;
    bool verbose;
};

struct style {
    const char *on, *off;
};

struct reporter_cli {
    const struct cli_options *options;
    struct arena *arena; /* of one event */
    const char *boxed;   /* the lower edge of an open box of console lines, or NULL */
    struct style edge;   /* of that box */
    struct str group;    /* the folder that was shown last */
};
void reporter_cli_tell(void *context, const struct run_event *event);

struct reporter_progress {
    FILE *out;
    uint64_t done, total;
    int64_t started_wall_ms;
};
void reporter_progress_tell(void *context, const struct run_event *event);

/* The reports of a finished run, to a file; errors: error_environment, error_out_of_memory. */
MUST_CHECK bool reporter_json_write(const struct run_record *record, const char *path,
                                    struct aws_error *err);
MUST_CHECK bool reporter_junit_write(const struct run_record *record, const char *path,
                                     struct aws_error *err);

/* --- tables of the cli reporter (reporter_tables.c) ----------------------------------------- */

void cli_print_summary(const struct cli_options *options, const struct run_record *record,
                       struct arena *arena);
void cli_print_failures(const struct cli_options *options, const struct run_record *record,
                        struct arena *arena);

#endif
