#include "loadgen/data_file.h"

#include "base/json.h"
#include "loadgen/js_value.h"

const struct str *data_file_cell(const struct data_file *data, size_t row, size_t column)
{
    const struct str *cell = NULL;

    if (row >= data->row_count || column >= data->column_count)
        return NULL;
    cell = &data->cells[row * data->column_count + column];
    return cell->ptr == NULL ? NULL : cell;
}

size_t data_file_column(const struct data_file *data, struct str name)
{
    for (size_t i = data->column_count; i > 0; i--) {
        if (str_eq(data->columns[i - 1], name))
            return i - 1;
    }
    return data->column_count;
}

bool data_file_row_json(const struct data_file *data, size_t row, struct arena *arena,
                        struct str *ret)
{
    struct buffer out;
    struct json_writer writer;

    buffer_init(&out, arena);
    json_writer_init(&writer, &out, JSON_COMPACT);
    json_object_begin(&writer);
    for (size_t column = 0; column < data->column_count; column++) {
        const struct str *cell = data_file_cell(data, row, column);
        size_t place = row * data->column_count + column;
        bool is_tree = data->trees != NULL && data->trees[place].len > 0;
        if (cell == NULL && !is_tree)
            continue;
        json_write_name(&writer, data->columns[column]);
        if (is_tree)
            json_write_raw(&writer, data->trees[place]);
        else if (data->typed[place])
            json_write_raw(&writer, *cell);
        else
            json_write_string(&writer, *cell);
    }
    json_object_end(&writer);
    return buffer_done(&out, ret);
}

static bool no_memory(struct aws_error *err)
{
    return aws_fail(err, &error_out_of_memory, "the data file does not fit in memory");
}

/* --- CSV ---------------------------------------------------------------------------------- */

struct csv {
    struct str text;
    size_t at;
    struct arena *arena;
    struct aws_error *err;
};

struct cell_list {
    struct str *cells;
    bool *typed;
    size_t count;
    size_t capacity;
};

static bool list_add(struct arena *arena, struct cell_list *list, struct str cell, bool typed)
{
    if (list->count == list->capacity) {
        size_t capacity = list->capacity == 0 ? 64 : list->capacity * 2;
        char *grown = arena_grow(arena, (char *)list->cells, list->capacity * sizeof(struct str),
                                 capacity * sizeof(struct str));
        char *flags = arena_grow(arena, (char *)list->typed, list->capacity, capacity);
        if (grown == NULL || flags == NULL)
            return false;
        list->cells = (struct str *)(void *)grown;
        list->typed = (bool *)flags;
        list->capacity = capacity;
    }
    list->typed[list->count] = typed;
    list->cells[list->count++] = cell;
    return true;
}

static bool ends_cell(char byte)
{
    return byte == ',' || byte == '\r' || byte == '\n';
}

static size_t line_of(const struct csv *csv)
{
    size_t line = 1;

    for (size_t i = 0; i < csv->at && i < csv->text.len; i++)
        line += csv->text.ptr[i] == '\n' ? 1 : 0;
    return line;
}

/* A quoted cell behind its first quote; doubled quotes are one. The words are csv-parse's. */
static bool csv_quoted(struct csv *csv, struct str *ret)
{
    struct buffer out;
    bool closed = false;

    buffer_init(&out, csv->arena);
    while (!closed && csv->at < csv->text.len) {
        char byte = csv->text.ptr[csv->at++];
        closed = byte == '"' && (csv->at >= csv->text.len || csv->text.ptr[csv->at] != '"');
        if (closed)
            break;
        csv->at += byte == '"' ? 1 : 0;
        buffer_add_char(&out, byte);
    }
    if (!closed)
        return aws_fail(
            csv->err, &error_usage,
            "Quote Not Closed: the parsing is finished with an opening quote at line %zu",
            line_of(csv));
    for (; csv->at < csv->text.len && !ends_cell(csv->text.ptr[csv->at]); csv->at++) {
        if (csv->text.ptr[csv->at] != ' ' && csv->text.ptr[csv->at] != '\t')
            return aws_fail(
                csv->err, &error_usage,
                "Invalid Closing Quote: found non trimable byte after quote at line %zu",
                line_of(csv));
    }
    if (!buffer_done(&out, ret))
        return no_memory(csv->err);
    if (ret->ptr == NULL)
        *ret = STR("");
    return true;
}

/* Number(text) as JavaScript prints it, where the text is a decimal number; else as it is. */
static bool guess_type(struct arena *arena, struct str text, struct str *ret, bool *ret_number)
{
    char number[JSON_DOUBLE_BYTES];
    struct str digits = text;
    double value = 0;

    if (text.len > 0 && text.ptr[0] == '+')
        digits = str_slice(text, 1, text.len);
    if (digits.len == 0 || strchr("0123456789.-", digits.ptr[0]) == NULL ||
        !str_to_double(digits, &value)) {
        *ret = text.ptr == NULL ? STR("") : text;
        *ret_number = false;
        return true;
    }
    *ret_number = true;
    size_t len = json_format_double(value, number);
    return str_copy(arena, (struct str){number, len}, ret);
}

static bool csv_cell(struct csv *csv, struct str *ret, bool guess, bool *ret_number)
{
    size_t start = 0;
    struct str cell = {0};

    *ret_number = false;
    while (csv->at < csv->text.len &&
           (csv->text.ptr[csv->at] == ' ' || csv->text.ptr[csv->at] == '\t'))
        csv->at++;
    if (csv->at < csv->text.len && csv->text.ptr[csv->at] == '"') {
        csv->at++;
        return csv_quoted(csv, ret);
    }
    start = csv->at;
    while (csv->at < csv->text.len && !ends_cell(csv->text.ptr[csv->at]))
        csv->at++;
    cell = str_trim(str_slice(csv->text, start, csv->at));
    if (guess)
        return guess_type(csv->arena, cell, ret, ret_number) || no_memory(csv->err);
    *ret = cell.ptr == NULL ? STR("") : cell;
    return true;
}

static bool at_line_end(const struct csv *csv)
{
    return csv->at >= csv->text.len || csv->text.ptr[csv->at] == '\n' ||
           csv->text.ptr[csv->at] == '\r';
}

static void skip_line_ends(struct csv *csv)
{
    while (csv->at < csv->text.len && at_line_end(csv))
        csv->at++;
}

/* The cells of one line, appended; at most `max` are kept, the rest dropped. */
static bool csv_line(struct csv *csv, struct cell_list *list, size_t max, bool guess,
                     size_t *ret_count)
{
    size_t count = 0;
    struct str cell = {0};
    bool number = false;

    for (;;) {
        if (!csv_cell(csv, &cell, guess, &number))
            return false;
        if (count < max) {
            if (!list_add(csv->arena, list, cell, number))
                return no_memory(csv->err);
            count++;
        }
        if (at_line_end(csv))
            break;
        csv->at++; /* the comma */
    }
    skip_line_ends(csv);
    *ret_count = count;
    return true;
}

static bool csv_parse(struct str text, struct arena *arena, struct data_file *ret,
                      struct aws_error *err)
{
    struct csv csv = {text, 0, arena, err};
    struct cell_list names = {0}, cells = {0};
    size_t rows = 0, count = 0;

    skip_line_ends(&csv);
    if (csv.at >= text.len)
        return aws_fail(err, &error_usage, "the data file is empty");
    if (!csv_line(&csv, &names, DATA_COLUMNS_MAX, false, &count))
        return false;
    while (csv.at < text.len) {
        if (rows == DATA_ROWS_MAX)
            return aws_fail(err, &error_usage, "the data file has more than %d rows",
                            (int)DATA_ROWS_MAX);
        if (!csv_line(&csv, &cells, names.count, true, &count))
            return false;
        for (; count < names.count; count++) {
            if (!list_add(arena, &cells, (struct str){0}, false))
                return no_memory(err);
        }
        rows++;
    }
    *ret = (struct data_file){.columns = names.cells,
                              .column_count = names.count,
                              .cells = cells.cells,
                              .typed = cells.typed,
                              .row_count = rows};
    return true;
}

/* --- JSON --------------------------------------------------------------------------------- */

static bool cell_text(const struct json_value *value, struct arena *arena, struct str *ret,
                      bool *ret_typed)
{
    *ret_typed = value->type != JSON_STRING;
    if (value->type == JSON_NULL)
        return true;
    if (value->type == JSON_STRING) {
        *ret = value->text.ptr == NULL ? STR("") : value->text;
        return true;
    }
    if (value->type == JSON_NUMBER)
        return guess_type(arena, value->text, ret, ret_typed);
    return js_string(value, arena, ret);
}

/* What a text gets of it is not what scripts get: of null a text gets nothing, {{name}} stays. */
static bool is_tree(const struct json_value *value)
{
    return value->type == JSON_OBJECT || value->type == JSON_ARRAY || value->type == JSON_NULL;
}

/* What scripts get of it: few files have any. */
static bool keep_tree(const struct json_value *value, size_t place, struct arena *arena,
                      struct data_file *data)
{
    if (data->trees == NULL)
        data->trees =
            arena_alloc_array(arena, data->row_count * data->column_count + 1, sizeof(struct str));
    if (data->trees != NULL)
        data->trees[place] = value->raw;
    return data->trees != NULL;
}

/* The union of all rows' names, in order of first appearance. */
static bool json_columns(const struct json_value *rows, struct arena *arena, struct data_file *ret,
                         struct aws_error *err)
{
    struct cell_list names = {0};
    struct data_file seen = {0};

    for (const struct json_value *row = rows->child; row != NULL; row = row->next) {
        if (row->type != JSON_OBJECT)
            return aws_fail(err, &error_usage, "the data file's rows are not all JSON objects");
        for (const struct json_value *cell = row->child; cell != NULL; cell = cell->next) {
            seen.columns = names.cells;
            seen.column_count = names.count;
            if (data_file_column(&seen, cell->name) < names.count)
                continue;
            if (names.count == DATA_COLUMNS_MAX)
                return aws_fail(err, &error_usage, "the data file has more than %d names",
                                (int)DATA_COLUMNS_MAX);
            if (!list_add(arena, &names, cell->name, false))
                return no_memory(err);
        }
    }
    ret->columns = names.cells;
    ret->column_count = names.count;
    return true;
}

static bool json_rows(struct str text, struct arena *arena, struct data_file *ret,
                      struct aws_error *err)
{
    struct json_value *rows = NULL;
    struct json_error why = {0};
    size_t at = 0;

    if (!json_parse(text, arena, &rows, &why))
        return aws_fail(err, &error_usage, "the data file is no JSON: %s in line %zu (byte %zu)",
                        why.reason, json_error_line(text, &why), why.offset);
    if (!json_columns(rows, arena, ret, err))
        return false;
    ret->row_count = rows->count;
    ret->cells =
        arena_alloc_array(arena, ret->row_count * ret->column_count + 1, sizeof(struct str));
    ret->typed = arena_alloc_array(arena, ret->row_count * ret->column_count + 1, sizeof(bool));
    if (ret->cells == NULL || ret->typed == NULL)
        return no_memory(err);
    for (const struct json_value *row = rows->child; row != NULL; row = row->next, at++) {
        for (const struct json_value *cell = row->child; cell != NULL; cell = cell->next) {
            size_t place = at * ret->column_count + data_file_column(ret, cell->name);
            if (!cell_text(cell, arena, &ret->cells[place], &ret->typed[place]) ||
                (is_tree(cell) && !keep_tree(cell, place, arena, ret)))
                return no_memory(err);
        }
    }
    return true;
}

/* No spreadsheet writes other control characters into text; pictures and archives have them soon.
 */
static bool is_text(struct str text)
{
    for (size_t i = 0; i < text.len; i++) {
        unsigned char byte = (unsigned char)text.ptr[i];
        if (byte < ' ' && (byte == '\0' || strchr("\t\n\r\f\v", byte) == NULL))
            return false;
    }
    return true;
}

static bool is_readable(struct str text, struct str trimmed, struct aws_error *err)
{
    if (str_starts_with(text, STR("PK\x03\x04")))
        return aws_fail(err, &error_usage,
                        "the data file is a workbook or an archive: save its rows as CSV");
    if (!is_text(text))
        return aws_fail(err, &error_usage,
                        "the data file is binary, neither CSV nor a JSON array of objects");
    if (trimmed.len > 0 && trimmed.ptr[0] == '{')
        return aws_fail(err, &error_usage,
                        "the data file is a JSON object: rows are an array of objects, [{..}]");
    return true;
}

bool data_file_parse(struct str text, struct arena *arena, struct data_file *ret,
                     struct aws_error *err)
{
    struct str trimmed = str_trim(text);
    struct data_file data = {0};
    bool is_json = trimmed.len > 0 && trimmed.ptr[0] == '[';

    if (!is_readable(text, trimmed, err))
        return false;
    if (!(is_json ? json_rows(trimmed, arena, &data, err) : csv_parse(text, arena, &data, err)))
        return false;
    for (size_t i = 0; i < data.row_count * data.column_count; i++)
        data.has_templates =
            data.has_templates || str_find(data.cells[i], STR("{{")) < data.cells[i].len;
    *ret = data;
    return true;
}
