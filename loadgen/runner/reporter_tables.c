/*
 * The two tables at the end of newman's report, drawn as cli-table3 draws them: a column is as wide
 * as its widest cell, a cell over several columns widens them evenly; escapes have no width.
 */
#include "pretty.h"
#include "reporters.h"

enum { COLUMNS = 3, LINES_MAX = 200, FIRST_COLUMN = 25 };

/* --- text ----------------------------------------------------------------------------------- */

/* Characters, without escapes. */
static size_t shown_width(struct str text)
{
    size_t width = 0;

    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == '\x1b') {
            while (i < text.len && text.ptr[i] != 'm')
                i++;
            continue;
        }
        width += ((unsigned char)text.ptr[i] & 0xC0) != 0x80 ? 1 : 0;
    }
    return width;
}

static void repeat(FILE *out, const char *text, size_t count)
{
    while (count-- > 0)
        (void)fputs(text, out);
}

/* --- the summary ---------------------------------------------------------------------------- */

struct borders {
    const char *line, *wall;
    const char *top[3], *middle[3], *joint[3], *span[3], *bottom[3]; /* left, between, right */
};
static const struct borders unicode = {
    "─", "│", {"┌", "┬", "┐"}, {"├", "┼", "┤"}, {"├", "┴", "┤"}, {"├", "─", "┤"}, {"└", "─", "┘"}};
static const struct borders ascii = {
    "-", "|", {"-", "-", "-"}, {"-", "+", "-"}, {"-", "-", "-"}, {"-", "-", "-"}, {"-", "-", "-"}};

struct summary {
    const struct cli_options *options;
    const struct borders *borders;
    size_t widths[COLUMNS];
};

static const char *border_on(const struct summary *table)
{
    return table->options->colors ? "\x1b[90m" : "";
}

static const char *border_off(const struct summary *table)
{
    return table->options->colors ? "\x1b[39m" : "";
}

/* Each cell draws its own piece of a line, in a colour of its own: `single` is one over all. */
static void print_line(const struct summary *table, const char *const marks[3], bool single)
{
    FILE *out = table->options->out;

    for (size_t i = 0; i < COLUMNS; i++) {
        (void)fprintf(out, "%s%s", i == 0 || !single ? border_on(table) : "",
                      marks[i == 0 ? 0 : 1]);
        repeat(out, table->borders->line, table->widths[i]);
        (void)fprintf(out, "%s%s", i + 1 == COLUMNS ? marks[2] : "",
                      i + 1 == COLUMNS || !single ? border_off(table) : "");
    }
    (void)fputc('\n', out);
}

static void print_wall(const struct summary *table)
{
    (void)fprintf(table->options->out, "%s%s%s", border_on(table), table->borders->wall,
                  border_off(table));
}

/* `style` colours the text; NULL: none. */
static void print_cell(const struct summary *table, size_t column, const char *text,
                       const char *style)
{
    bool colored = style != NULL && table->options->colors;

    print_wall(table);
    repeat(table->options->out, " ", table->widths[column] - 1 - shown_width(str_from_c(text)));
    (void)fprintf(table->options->out, "%s%s%s ", colored ? style : "", text,
                  colored ? "\x1b[39m" : "");
}

static void print_spanned(const struct summary *table, struct str text)
{
    size_t width = table->widths[0] + table->widths[1] + table->widths[2] + 2;

    print_wall(table);
    (void)fprintf(table->options->out, " %.*s", STR_ARG(text));
    repeat(table->options->out, " ", width - 1 - shown_width(text));
    print_wall(table);
    (void)fputc('\n', table->options->out);
}

/* The first column is fixed; the others share what the widest spanned text wants more. */
static void widen(struct summary *table, struct str text)
{
    size_t wanted = shown_width(text) + 2;

    for (size_t column = 1; column < COLUMNS; column++) {
        size_t has = table->widths[0] + table->widths[1] + table->widths[2] + 2;
        size_t left = COLUMNS - column;
        if (wanted > has)
            table->widths[column] += (2 * (wanted - has) + left) / (2 * left);
    }
}

static const struct {
    enum run_stat stat;
    const char *label;
} summary_rows[] = {
    {STAT_ITERATIONS, "iterations"},     {STAT_REQUESTS, "requests"},
    {STAT_TEST_SCRIPTS, "test-scripts"}, {STAT_PREREQUEST_SCRIPTS, "prerequest-scripts"},
    {STAT_ASSERTIONS, "assertions"},
};

enum { SUMMARY_TEXTS = 5 };

static struct str average_text(const char *what, const struct moving_average *row,
                               struct arena *arena)
{
    char text[4][PRETTY_BYTES];

    pretty_time(row->average, text[0]);
    pretty_time(row->min, text[1]);
    pretty_time(row->max, text[2]);
    pretty_time(row->deviation, text[3]);
    return str_printf(arena, "average %s time: %s [min: %s, max: %s, s.d.: %s]", what, text[0],
                      text[1], text[2], text[3]);
}

static size_t summary_texts(const struct run_record *record, struct arena *arena,
                            struct str ret[SUMMARY_TEXTS])
{
    const struct {
        const char *what;
        const struct moving_average *row;
    } averages[] = {{"response", &record->response},
                    {"DNS lookup", &record->lookup},
                    {"first byte", &record->first_byte}};
    char text[PRETTY_BYTES];
    size_t count = 0;

    pretty_time((double)(record->completed_wall_ms - record->started_wall_ms), text);
    ret[count++] = str_printf(arena, "total run duration: %s", text);
    pretty_size(record->received_bytes, text);
    ret[count++] = str_printf(arena, "total data received: %s (approx)", text);
    for (size_t i = 0; i < ARRAY_LEN(averages); i++) {
        if (averages[i].row->count > 0)
            ret[count++] = average_text(averages[i].what, averages[i].row, arena);
    }
    return count;
}

void cli_print_summary(const struct cli_options *options, const struct run_record *record,
                       struct arena *arena)
{
    struct summary table = {options,
                            options->plain_symbols ? &ascii : &unicode,
                            {FIRST_COLUMN, strlen("executed") + 2, strlen("  failed") + 2}};
    struct str texts[SUMMARY_TEXTS];
    size_t count = summary_texts(record, arena, texts);

    /* From the last to the first, as cli-table3 does. */
    for (size_t i = count; i > 0; i--)
        widen(&table, texts[i - 1]);
    print_line(&table, table.borders->top, false);
    print_cell(&table, 0, "", NULL);
    print_cell(&table, 1, "executed", NULL);
    print_cell(&table, 2, "  failed", NULL);
    print_wall(&table);
    (void)fputc('\n', options->out);
    for (size_t i = 0; i < ARRAY_LEN(summary_rows); i++) {
        const struct stat_row *row = &record->stats[summary_rows[i].stat];
        char total[24], failed[24];
        (void)snprintf(total, sizeof(total), "%llu", (unsigned long long)row->total);
        (void)snprintf(failed, sizeof(failed), "%llu", (unsigned long long)row->failed);
        print_line(&table, table.borders->middle, false);
        print_cell(&table, 0, summary_rows[i].label, row->failed > 0 ? "\x1b[31m" : "\x1b[32m");
        print_cell(&table, 1, total, NULL);
        print_cell(&table, 2, failed, row->failed > 0 ? "\x1b[31m" : NULL);
        print_wall(&table);
        (void)fputc('\n', options->out);
    }
    for (size_t i = 0; i < count; i++) {
        print_line(&table, i == 0 ? table.borders->joint : table.borders->span, true);
        print_spanned(&table, texts[i]);
    }
    print_line(&table, table.borders->bottom, true);
}

/* --- the failures --------------------------------------------------------------------------- */

/* A row of the table: lines of text, a column each. */
struct failure_row {
    struct str number, name;
    struct str detail; /* lines */
};

static size_t lines_width(struct str text)
{
    size_t width = 0;

    while (text.len > 0) {
        size_t line = shown_width(str_split(&text, '\n'));
        width = line > width ? line : width;
    }
    return width;
}

static void add_gray(struct buffer *out, bool colors, struct str text)
{
    /* A text of several lines is coloured line by line, or its padding would be, too. */
    for (bool first = true; first || text.len > 0; first = false) {
        struct str line = str_split(&text, '\n');
        if (!first)
            buffer_add_char(out, '\n');
        buffer_printf(out, colors ? "\x1b[90m%.*s\x1b[39m" : "%.*s", STR_ARG(line));
    }
}

static struct str failure_detail(const struct cli_options *options, const struct failure *failure,
                                 struct arena *arena)
{
    struct buffer out;
    bool colors = options->colors;

    buffer_init(&out, arena);
    buffer_add(&out, failure->test);
    buffer_add_char(&out, '\n');
    add_gray(&out, colors, failure->error.message);
    buffer_add_char(&out, '\n');
    add_gray(&out, colors, str_printf(arena, "at %.*s", STR_ARG(failure->at)));
    /* The line break before "inside" is within the colour of what follows. */
    buffer_add(&out, colors ? STR("\x1b[90m\x1b[39m\n") : STR("\n"));
    add_gray(&out, colors, str_printf(arena, "inside \"%.*s\"", STR_ARG(failure->source)));
    return buffer_str(&out);
}

static struct str failure_name(const struct cli_options *options, const struct run_record *record,
                               const struct failure *failure, struct arena *arena)
{
    if (record->iterations < 2)
        return failure->error.name;
    return str_printf(
        arena, options->colors ? "%.*s\n\x1b[90miteration: %llu\x1b[39m" : "%.*s\niteration: %llu",
        STR_ARG(failure->error.name), (unsigned long long)failure->iteration + 1);
}

static void print_padded(FILE *out, struct str text, size_t width, bool right)
{
    size_t fill = width - 2 - shown_width(text);

    (void)fputc(' ', out);
    repeat(out, " ", right ? fill : 0);
    (void)fprintf(out, "%.*s", STR_ARG(text));
    repeat(out, " ", right ? 1 : fill + 1);
}

/* Between rows: cli-table3 colours the empty edge of each cell. */
static void print_gap(FILE *out, bool escapes, const size_t widths[COLUMNS])
{
    for (size_t i = 0; i < COLUMNS; i++) {
        (void)fputs(escapes ? "\x1b[90m" : "", out);
        repeat(out, " ", widths[i]);
        (void)fputs(escapes ? "\x1b[39m" : "", out);
    }
    (void)fputc('\n', out);
}

static void print_head(const struct cli_options *options, const size_t widths[COLUMNS])
{
    static const char *const titles[COLUMNS] = {"#", "failure", "detail"};

    for (size_t i = 0; i < COLUMNS; i++) {
        struct str title = str_from_c(titles[i]);
        size_t fill = widths[i] - 2 - title.len;
        (void)fputs(options->escapes ? "\x1b[31m " : " ", options->out);
        repeat(options->out, " ", i == 0 ? fill : 0);
        (void)fprintf(options->out, options->colors ? "\x1b[31m\x1b[4m%s\x1b[24m\x1b[31m" : "%s",
                      titles[i]);
        repeat(options->out, " ", i == 0 ? 1 : fill + 1);
        (void)fputs(options->escapes ? "\x1b[39m" : "", options->out);
    }
    (void)fputc('\n', options->out);
}

static void print_row(const struct cli_options *options, const struct failure_row *row,
                      const size_t widths[COLUMNS])
{
    struct str columns[COLUMNS] = {row->number, row->name, row->detail};
    bool more = true;

    for (int line = 0; more && line < LINES_MAX; line++) {
        more = false;
        for (size_t i = 0; i < COLUMNS; i++) {
            print_padded(options->out, str_split(&columns[i], '\n'), widths[i], i == 0);
            more = more || columns[i].len > 0;
        }
        (void)fputc('\n', options->out);
    }
}

/* On a terminal the columns are fixed: longer lines break between words. */
static struct str wrap_words(struct str text, size_t width, struct arena *arena)
{
    struct buffer out;
    size_t column = 0;

    buffer_init(&out, arena);
    while (text.len > 0) {
        size_t end = 0;
        while (end < text.len && text.ptr[end] != ' ' && text.ptr[end] != '\n')
            end++;
        struct str word = str_slice(text, 0, end);
        size_t length = shown_width(word);
        if (column > 0 && column + 1 + length > width) {
            buffer_add_char(&out, '\n');
            column = 0;
        } else if (column > 0) {
            buffer_add_char(&out, ' ');
            column++;
        }
        buffer_add(&out, word);
        column += length;
        if (end < text.len && text.ptr[end] == '\n') {
            buffer_add_char(&out, '\n');
            column = 0;
        }
        text = str_slice(text, end + 1, text.len);
    }
    return buffer_str(&out);
}

static void fix_widths(const struct cli_options *options, size_t digits, size_t widths[COLUMNS])
{
    if (!options->is_terminal || options->columns <= 20)
        return;
    widths[0] = digits + 3;
    widths[1] = (options->columns - widths[0]) / 5;
    widths[2] = options->columns - (widths[0] + widths[1] + 5);
}

void cli_print_failures(const struct cli_options *options, const struct run_record *record,
                        struct arena *arena)
{
    struct failure_row *rows = arena_alloc_array(arena, record->failure_count, sizeof(*rows));
    size_t widths[COLUMNS] = {strlen("#") + 2, strlen("failure") + 2, strlen("detail") + 2};
    size_t at = 0, digits = 1;

    if (rows == NULL)
        return;
    for (size_t count = record->failure_count; count >= 10; count /= 10)
        digits++;
    for (const struct failure *one = record->failures; one != NULL; one = one->next) {
        struct failure_row *row = &rows[at++];
        row->number = str_printf(arena, "%0*zu.", (int)digits, at);
        row->name = failure_name(options, record, one, arena);
        row->detail = failure_detail(options, one, arena);
        widths[0] = digits + 3 > widths[0] ? digits + 3 : widths[0];
        widths[1] = lines_width(row->name) + 2 > widths[1] ? lines_width(row->name) + 2 : widths[1];
        widths[2] =
            lines_width(row->detail) + 2 > widths[2] ? lines_width(row->detail) + 2 : widths[2];
    }
    fix_widths(options, digits, widths);
    print_head(options, widths);
    for (size_t i = 0; i < at; i++) {
        if (options->is_terminal && options->columns > 20) {
            rows[i].name = wrap_words(rows[i].name, widths[1] - 2, arena);
            rows[i].detail = wrap_words(rows[i].detail, widths[2] - 2, arena);
        }
        print_gap(options->out, options->escapes, widths);
        print_row(options, &rows[i], widths);
    }
}
