/*
 * The data file of a run: rows of variables, from CSV or JSON.
 *
 * CSV (RFC 4180): the first row names the columns; unquoted true/false and numbers are taken as
 * such, so that `007` reads 7, as Postman guesses; a quoted cell stays text, and nothing but blanks
 * may follow its last quote. JSON: an array of objects. Everything ends as the text that {{name}}
 * becomes.
 */
#ifndef LOADGEN_DATA_FILE_H
#define LOADGEN_DATA_FILE_H

#include "base/error.h"

enum { DATA_COLUMNS_MAX = 4096, DATA_ROWS_MAX = 10000000 };

struct data_file {
    struct str *columns;
    size_t column_count;
    struct str *cells; /* row by row; ptr NULL: this row has no such column */
    bool *typed;       /* as cells: a number, or for JSON anything but a string; it is JSON text */
    struct str *trees; /* as cells: the JSON of objects, lists and null; NULL: there are none */
    size_t row_count;
    bool has_templates; /* some cell holds "{{" */
};

/* Text that begins with '[' is JSON, anything else CSV, unless it is binary or a JSON object.
 * Errors: error_usage, error_out_of_memory. */
MUST_CHECK bool data_file_parse(struct str text, struct arena *arena, struct data_file *ret,
                                struct aws_error *err);
/* The cell, or NULL when row or column are past the end or the row lacks it. */
const struct str *data_file_cell(const struct data_file *data, size_t row, size_t column);
/* The row as a JSON object, for scripts. False past the arena's limit. */
MUST_CHECK bool data_file_row_json(const struct data_file *data, size_t row, struct arena *arena,
                                   struct str *ret);
/* The column of a name, the last one when it is repeated; column_count when there is none. */
size_t data_file_column(const struct data_file *data, struct str name);

#endif
