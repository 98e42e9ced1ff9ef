#include "base/options.h"

#include <stdalign.h>

static const struct option_row *find_long(const struct option_row *rows, size_t count,
                                          struct str name)
{
    for (size_t i = 0; i < count; i++) {
        if (rows[i].type != OPTION_HEADING && str_eq(str_from_c(rows[i].name), name))
            return &rows[i];
    }
    return NULL;
}

static const struct option_row *find_letter(const struct option_row *rows, size_t count,
                                            char letter)
{
    for (size_t i = 0; i < count; i++) {
        if (rows[i].letter != '\0' && rows[i].letter == letter)
            return &rows[i];
    }
    return NULL;
}

/* The milliseconds of 500ms, 15s, 2m, 1h or 15; false for another text or an overflow. */
static bool read_duration(struct str text, int64_t *ret)
{
    static const struct {
        struct str unit;
        int64_t ms;
    } units[] = {{STR_INIT("ms"), 1},
                 {STR_INIT("s"), 1000},
                 {STR_INIT("m"), 60000},
                 {STR_INIT("h"), 3600000}};
    int64_t factor = 1000;
    double amount = 0;

    for (size_t i = 0; i < ARRAY_LEN(units); i++) {
        if (str_ends_with(text, units[i].unit)) {
            factor = units[i].ms;
            text.len -= units[i].unit.len;
            break;
        }
    }
    if (!str_to_double(text, &amount) || amount < 0 || amount > 1e9)
        return false;
    *ret = (int64_t)(amount * (double)factor + 0.5);
    return true;
}

static bool is_choice(const char *choices, struct str value)
{
    struct str rest = str_from_c(choices);

    while (rest.len > 0) {
        if (str_eq(str_split(&rest, '|'), value))
            return true;
    }
    return false;
}

static bool set_value(const struct option_row *row, const char *value, void *target,
                      struct aws_error *err)
{
    char *field = (char *)target + row->offset;
    struct str text = str_from_c(value);
    int64_t number = 0;
    struct option_list *list = NULL;

    switch (row->type) {
    case OPTION_FLAG:
        return aws_fail(err, &error_usage, "--%s takes no value", row->name);
    case OPTION_TEXT:
        memcpy(field, &value, sizeof(value));
        return true;
    case OPTION_CHOICE:
        if (!is_choice(row->choices, text))
            return aws_fail(err, &error_usage, "--%s: '%s' is none of %s", row->name, value,
                            row->choices);
        memcpy(field, &value, sizeof(value));
        return true;
    case OPTION_INT:
        if (!str_to_int64(text, row->min, row->max, &number))
            return aws_fail(err, &error_usage, "--%s: '%s' is no whole number from %lld to %lld",
                            row->name, value, (long long)row->min, (long long)row->max);
        memcpy(field, &number, sizeof(number));
        return true;
    case OPTION_DURATION:
        if (!read_duration(text, &number) || number < row->min || number > row->max)
            return aws_fail(
                err, &error_usage,
                "--%s: '%s' is no duration such as 500ms, 15s, 2m or 1h within its range",
                row->name, value);
        memcpy(field, &number, sizeof(number));
        return true;
    case OPTION_LIST:
        list = (struct option_list *)(void *)field;
        if (list->count == OPTION_LIST_MAX)
            return aws_fail(err, &error_usage, "--%s: given more than %d times", row->name,
                            (int)OPTION_LIST_MAX);
        list->values[list->count++] = value;
        return true;
    case OPTION_HEADING:
        return false;
    }
    return false;
}

struct parse {
    const struct option_row *rows;
    size_t row_count;
    const char *command; /* for messages: "squall load" */
    char **argv;
    int argc;
    int at;
    void *target;
    struct aws_error *err;
};

/* --- what may have been meant --------------------------------------------------------------- */

enum { NAME_BYTES = 64, TYPOS_MAX = 2 };

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* How many letters must be put in, left out or changed (Levenshtein). */
static size_t typos(struct str a, struct str b)
{
    size_t row[NAME_BYTES + 1];

    if (a.len > NAME_BYTES || b.len > NAME_BYTES)
        return SIZE_MAX;
    for (size_t j = 0; j <= b.len; j++)
        row[j] = j;
    for (size_t i = 0; i < a.len; i++) {
        size_t corner = row[0]++;
        for (size_t j = 0; j < b.len; j++) {
            size_t changed = corner + (a.ptr[i] == b.ptr[j] ? 0 : 1);
            corner = row[j + 1];
            row[j + 1] = smaller(changed, smaller(corner, row[j]) + 1);
        }
    }
    return row[b.len];
}

static const char *similar(const struct parse *p, struct str name)
{
    /* Of a short name anything is two letters away. */
    size_t least = name.len < 4 ? TYPOS_MAX : TYPOS_MAX + 1;
    const char *found = NULL;

    for (size_t i = 0; i < p->row_count; i++) {
        size_t far = typos(name, str_from_c(p->rows[i].name));
        if (p->rows[i].type != OPTION_HEADING && far < least) {
            least = far;
            found = p->rows[i].name;
        }
    }
    return found;
}

static bool unknown_option(struct parse *p, const char *argument)
{
    struct str name = str_from_c(argument);
    const char *meant = NULL;

    if (str_starts_with(name, STR("--"))) {
        name = str_slice(name, 2, name.len);
        meant = similar(p, str_split(&name, '='));
    }
    if (meant != NULL)
        return aws_fail(p->err, &error_usage,
                        "unknown option '%s'; did you mean --%s? see '%s --help'", argument, meant,
                        p->command);
    return aws_fail(p->err, &error_usage, "unknown option '%s'; see '%s --help'", argument,
                    p->command);
}

static bool set_flag(const struct option_row *row, bool value, void *target)
{
    *(bool *)((char *)target + row->offset) = value;
    return true;
}

/* The option `row`, written as `argument`; its value is behind '=', or the next argument. */
static bool take_option(struct parse *p, const struct option_row *row, const char *argument,
                        const char *value)
{
    if (row->type == OPTION_FLAG && value == NULL)
        return set_flag(row, true, p->target);
    if (value == NULL) {
        if (p->at + 1 >= p->argc)
            return aws_fail(p->err, &error_usage, "%s needs a value: %s", argument, row->value);
        value = p->argv[++p->at];
    }
    return set_value(row, value, p->target, p->err);
}

static bool take_long(struct parse *p, const char *argument)
{
    struct str rest = str_from_c(argument + 2);
    struct str name = str_split(&rest, '=');
    bool has_value = name.len < strlen(argument + 2);
    const struct option_row *row = find_long(p->rows, p->row_count, name);

    if (row != NULL)
        return take_option(p, row, argument, has_value ? rest.ptr : NULL);
    if (!has_value && str_starts_with(name, STR("no-"))) {
        row = find_long(p->rows, p->row_count, str_slice(name, 3, name.len));
        if (row != NULL && row->type == OPTION_FLAG)
            return set_flag(row, false, p->target);
    }
    return unknown_option(p, argument);
}

static bool take_short(struct parse *p, const char *argument)
{
    const struct option_row *row = find_letter(p->rows, p->row_count, argument[1]);

    if (row == NULL)
        return unknown_option(p, argument);
    if (argument[2] != '\0' && row->type == OPTION_FLAG)
        return unknown_option(p, argument);
    return take_option(p, row, argument, argument[2] == '\0' ? NULL : argument + 2);
}

/* The command's words in its usage line: everything before the first argument in capitals, brackets
 * or options. */
static const char *command_name(const struct command_help *help, char *name, size_t size)
{
    struct str rest = str_from_c(help->usage);
    size_t used = 0;

    while (rest.len > 0) {
        struct str word = str_split(&rest, ' ');
        if (word.len == 0 || !(word.ptr[0] >= 'a' && word.ptr[0] <= 'z') ||
            used + word.len + 2 > size)
            break;
        if (used > 0)
            name[used++] = ' ';
        memcpy(name + used, word.ptr, word.len);
        used += word.len;
    }
    name[used] = '\0';
    return name;
}

bool options_parse(const struct option_row *rows, size_t row_count,
                   const struct command_help *help_text, int argc, char **argv, void *target,
                   const char **positional, size_t positional_max, size_t *positional_count,
                   bool *help, struct aws_error *err)
{
    char name[64];
    struct parse p = {.rows = rows,
                      .row_count = row_count,
                      .argv = argv,
                      .argc = argc,
                      .target = target,
                      .err = err};
    bool only_positional = false;

    p.command = command_name(help_text, name, sizeof(name));
    *positional_count = 0;
    *help = false;
    for (p.at = 1; p.at < argc; p.at++) {
        const char *argument = argv[p.at];
        if (!only_positional && strcmp(argument, "--") == 0) {
            only_positional = true;
        } else if (!only_positional && strcmp(argument, "--version") == 0) {
            (void)printf("squall %s\n", SQUALL_VERSION);
            *help = true;
            return true;
        } else if (!only_positional && strcmp(argument, "--help") == 0) {
            options_print_help(rows, row_count, help_text);
            *help = true;
            return true;
        } else if (!only_positional && argument[0] == '-' && argument[1] == '-') {
            if (!take_long(&p, argument))
                return false;
        } else if (!only_positional && argument[0] == '-' && argument[1] != '\0') {
            if (!take_short(&p, argument))
                return false;
        } else if (*positional_count < positional_max) {
            positional[(*positional_count)++] = argument;
        } else {
            return aws_fail(err, &error_usage, "'%s' is one argument too many; see '%s --help'",
                            argument, p.command);
        }
    }
    return true;
}

static void print_option(const struct option_row *row)
{
    char left[80];
    const char *value = row->type == OPTION_CHOICE ? row->choices
                        : row->type == OPTION_FLAG ? ""
                                                   : row->value;
    char letter[8] = "    ";

    if (row->letter != '\0')
        (void)snprintf(letter, sizeof(letter), "-%c, ", row->letter);
    (void)snprintf(left, sizeof(left), "  %s--%s %s", letter, row->name, value);
    (void)printf("%-34s", left);
    if (strlen(left) > 33)
        (void)printf("\n%34s", "");
    struct str rest = str_from_c(row->help);
    for (bool first = true; rest.len > 0; first = false) {
        struct str line = str_split(&rest, '\n');
        (void)printf("%*s%.*s\n", first ? 0 : 34, "", STR_ARG(line));
    }
}

void options_print_help(const struct option_row *rows, size_t row_count,
                        const struct command_help *help_text)
{
    (void)printf("usage: %s\n\n%s\n", help_text->usage, help_text->summary);
    if (row_count > 0 && rows[0].type != OPTION_HEADING)
        (void)printf("\noptions:\n");
    for (size_t i = 0; i < row_count; i++) {
        if (rows[i].type == OPTION_HEADING)
            (void)printf("\n%s:\n", rows[i].name);
        else
            print_option(&rows[i]);
    }
    (void)printf("%-34sthis page\n", "      --help");
    (void)printf("%-34sthe version\n", "      --version");
    if (help_text->epilogue != NULL)
        (void)printf("\n%s%s", help_text->epilogue,
                     str_ends_with(str_from_c(help_text->epilogue), STR("\n")) ? "" : "\n");
}
