/*
 * Command lines from tables: a row an option, and the table also writes --help.
 *
 * Taken: `--name VALUE`, `--name=VALUE`, `-n VALUE`, flags, `--no-name` for a flag, `--` to end
 * options. Positional arguments may stand anywhere.
 */
#ifndef BASE_OPTIONS_H
#define BASE_OPTIONS_H

#include "base/base.h"
#include "base/error.h"

enum option_type {
    OPTION_FLAG,     /* bool */
    OPTION_TEXT,     /* const char *, borrowed from argv */
    OPTION_INT,      /* int64_t within [min, max] */
    OPTION_DURATION, /* int64_t milliseconds: 500ms 15s 2m 1h; a bare number is seconds; within
                        [min, max] */
    OPTION_CHOICE,   /* const char *, one of `choices` ("a|b|c") */
    OPTION_LIST,     /* struct option_list: the option may be given again */
    OPTION_HEADING,  /* no option: the rows below stand under `name` in --help */
};

enum { OPTION_LIST_MAX = 64 };
struct option_list {
    const char *values[OPTION_LIST_MAX];
    size_t count;
};

struct option_row {
    const char *name; /* without dashes */
    char letter;      /* 0: none */
    enum option_type type;
    size_t offset;     /* into the caller's struct, offsetof() */
    const char *value; /* what --help calls the value: "PORT" */
    const char *help;  /* may hold line breaks */
    int64_t min, max;  /* INT and DURATION */
    const char *choices;
};

struct command_help {
    const char *usage;    /* "squall load COLLECTION [options]" */
    const char *summary;  /* one sentence */
    const char *epilogue; /* examples, or NULL */
};

/*
 * Fills `target` (which holds the defaults) and moves positional arguments to positional[0..max).
 * False with `err` of kind error_usage, whose message says what to do. argv[0] is the command's own
 * name.
 * --help and --version print to stdout and set *help.
 */
MUST_CHECK bool options_parse(const struct option_row *rows, size_t row_count,
                              const struct command_help *help_text, int argc, char **argv,
                              void *target, const char **positional, size_t positional_max,
                              size_t *positional_count, bool *help, struct aws_error *err);
void options_print_help(const struct option_row *rows, size_t row_count,
                        const struct command_help *help_text);

#endif
