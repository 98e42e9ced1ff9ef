/*
 * What newman prints while it runs, to the letter: the tree of folders and requests, a line for
 * each assertion, boxes of console lines. The tables at the end are in reporter_tables.c.
 *
 * Source: newman 6.2's cli reporter, observed (tests/data/postman/newman-cli-*.txt).
 */
#include "loadgen/follow.h"
#include "pretty.h"
#include "reporters.h"

enum { BODY_SHOWN_BYTES = 2048, DEFAULT_COLUMNS = 60, COLUMNS_LEAST = 20 };

/* --- colours and symbols -------------------------------------------------------------------- */

static const struct style plain = {"", ""};
static const struct style gray = {"\x1b[90m", "\x1b[39m"};
static const struct style green = {"\x1b[32m", "\x1b[39m"};
static const struct style red = {"\x1b[31m", "\x1b[39m"};
static const struct style red_bold = {"\x1b[31m\x1b[1m", "\x1b[22m\x1b[39m"};
static const struct style cyan = {"\x1b[36m", "\x1b[39m"};
static const struct style yellow = {"\x1b[33m", "\x1b[39m"};
static const struct style blue = {"\x1b[34m", "\x1b[39m"};
static const struct style white = {"\x1b[37m", "\x1b[39m"};
static const struct style reset = {"\x1b[0m", "\x1b[0m"};
static const struct style gray_underline = {"\x1b[90m\x1b[4m", "\x1b[24m\x1b[39m"};

static struct style styled(const struct reporter_cli *cli, struct style style)
{
    return cli->options->colors ? style : plain;
}

struct symbols {
    const char *top, *middle, *bottom, *folder, *root, *sub, *ok, *star, *up, *down;
};
static const struct symbols unicode = {"┌", "│", "└", "❏", "→", "↳", "✓", "★", "↑", "↓"};
static const struct symbols words = {"-",          "|",    "-", "Folder", "Root",
                                     "Sub-folder", "Pass", "*", "^",      "v"};

static const struct symbols *symbols_of(const struct reporter_cli *cli)
{
    return cli->options->plain_symbols ? &words : &unicode;
}

/* --- printing ------------------------------------------------------------------------------- */

/* Anything else than a console line closes its box. */
static FILE *out_of(struct reporter_cli *cli)
{
    if (cli->boxed != NULL) {
        struct style style = styled(cli, cli->edge);
        (void)fprintf(cli->options->out, "%s  %s%s\n%s%s", style.on, cli->boxed, style.off,
                      style.on, style.off);
    }
    cli->boxed = NULL;
    return cli->options->out;
}

static void print(struct reporter_cli *cli, struct style style, struct str text)
{
    struct style shown = styled(cli, style);

    (void)fprintf(out_of(cli), "%s%.*s%s", shown.on, STR_ARG(text), shown.off);
}

/* --- the tree ------------------------------------------------------------------------------- */

static void print_item(struct reporter_cli *cli, const struct run_event *event)
{
    const struct request_definition *item = execution_item(event->record, event->execution);
    const struct symbols *symbols = symbols_of(cli);
    bool root = item->folder.len == 0;

    if (!root && !str_eq(item->folder, cli->group)) {
        (void)fprintf(out_of(cli), "\n%s ", symbols->folder);
        print(cli, reset, item->folder);
    }
    cli->group = item->folder;
    (void)fprintf(out_of(cli), "\n%s ", root ? symbols->root : symbols->sub);
    print(cli, reset, item->nameless ? STR("") : item->name);
    (void)fputc('\n', cli->options->out);
}

static void print_request(struct reporter_cli *cli, const struct execution *execution)
{
    (void)fputs("  ", out_of(cli));
    print(cli, gray, execution->method);
    (void)fputc(' ', cli->options->out);
    print(cli, gray, execution->url);
    (void)fputc(' ', cli->options->out);
    (void)fflush(cli->options->out);
}

static void print_answer(struct reporter_cli *cli, const struct execution *execution)
{
    char size[PRETTY_BYTES], time[PRETTY_BYTES];

    if (!execution->answered) {
        print(cli, red, STR("[errored]"));
        (void)fputc('\n', cli->options->out);
        print(cli, red,
              str_printf(cli->arena, "     %.*s", STR_ARG(execution->request_error.message)));
        (void)fputc('\n', cli->options->out);
        return;
    }
    pretty_size(execution->body_bytes + execution->header_bytes, size);
    pretty_time((double)execution->time_ms, time);
    print(cli, gray,
          str_printf(cli->arena, "[%d %.*s, %s, %s]", execution->status, STR_ARG(execution->reason),
                     size, time));
    (void)fputc('\n', cli->options->out);
}

/* --- --verbose ------------------------------------------------------------------------------ */

static size_t columns_of(const struct reporter_cli *cli)
{
    size_t columns = cli->options->columns;

    return cli->options->is_terminal && columns > COLUMNS_LEAST ? columns : DEFAULT_COLUMNS;
}

/* The end of at most `columns` units of UTF-16 from `at` on, or of the line. */
static size_t cut_line(struct str text, size_t at, size_t columns)
{
    while (at < text.len && text.ptr[at] != '\n' && columns > 0) {
        bool pair = (unsigned char)text.ptr[at] >= 0xF0;
        if (pair && columns == 1)
            return at;
        columns -= pair ? 1 : 0;
        at++;
        while (at < text.len && ((unsigned char)text.ptr[at] & 0xC0) == 0x80)
            at++;
        columns--;
    }
    return at;
}

/* Lines of at most the terminal's width, each behind the box's edge; blank ones are left out. */
static struct str boxed_lines(const struct reporter_cli *cli, struct str text, struct style edge)
{
    struct buffer out;
    struct style style = styled(cli, edge), soft = styled(cli, gray);
    size_t at = 0;

    buffer_init(&out, cli->arena);
    while (at < text.len) {
        size_t end = cut_line(text, at, columns_of(cli) - 6);
        if (end > at)
            buffer_printf(&out, "%s  %s%s%s %.*s%s\n", soft.on, style.on, symbols_of(cli)->middle,
                          soft.on, STR_ARG(str_slice(text, at, end)), soft.off);
        at = end < text.len && text.ptr[end] == '\n' ? end + 1 : end;
    }
    return buffer_str(&out);
}

static void print_box(struct reporter_cli *cli, const char *arrow, const char *what,
                      struct str body)
{
    struct style edge = styled(cli, white), soft = styled(cli, gray);
    char size[PRETTY_BYTES], shown[PRETTY_BYTES];
    struct str text = body;

    pretty_size(body.len, size);
    pretty_size(BODY_SHOWN_BYTES, shown);
    if (body.len > BODY_SHOWN_BYTES)
        text = str_printf(cli->arena, "%.*s\n(showing %s/%s)",
                          STR_ARG(str_slice(body, 0, BODY_SHOWN_BYTES)), shown, size);
    (void)fprintf(out_of(cli), "  %s%s%s %s%s%s %s %s%s%s %s\n", edge.on, symbols_of(cli)->top,
                  edge.off, edge.on, arrow, edge.off, what, soft.on, symbols_of(cli)->star,
                  soft.off, size);
    (void)fprintf(cli->options->out, "%.*s%s  %s%s\n", STR_ARG(boxed_lines(cli, text, white)),
                  edge.on, symbols_of(cli)->bottom, edge.off);
}

static struct str header_of(struct str head, struct str wanted)
{
    while (head.len > 0) {
        struct str value = str_split(&head, '\n');
        struct str name = str_split(&value, ':');
        if (str_eq_nocase(name, wanted))
            return str_trim(value);
    }
    return (struct str){0};
}

static struct str lowered(const struct reporter_cli *cli, struct str text)
{
    struct buffer out;

    buffer_init(&out, cli->arena);
    buffer_add_lower(&out, text);
    return buffer_str(&out);
}

static bool contains(struct str text, const char *part)
{
    return str_find(text, str_from_c(part)) < text.len;
}

/* What kind of content a type is, and its format, as postman-collection's Response.contentInfo().
 */
static struct str content_kind(const struct reporter_cli *cli, struct str type, struct str star)
{
    static const struct {
        const char *part, *kind, *format;
    } rows[] = {
        {"/json", "text", "json"},
        {"+json", "text", "json"},
        {"javascript", "text", "script"},
        {"html", "text", "html"},
        {"/xml", "text", "xml"},
        {"+xml", "text", "xml"},
        {"css", "text", "stylesheet"},
        {"text/", "text", "plain"},
        {"image/", "image", "image"},
        {"audio/", "audio", "audio"},
        {"video/", "video", "video"},
        {"pdf", "embed", "pdf"},
        {"octet-stream", "application", "raw"},
        {"", "unknown", "raw"},
    };
    size_t i = 0;

    while (rows[i].part[0] != '\0' && !contains(type, rows[i].part))
        i++;
    return str_printf(cli->arena, "%s %.*s %s", rows[i].kind, STR_ARG(star), rows[i].format);
}

/* "application/json ★ text ★ json ★ utf8" */
static struct str content_summary(const struct reporter_cli *cli, struct str head, struct str star)
{
    struct str value = header_of(head, STR("Content-Type")), charset = STR("utf8");
    struct str type = str_trim(str_slice(value, 0, str_find_char(value, ';')));

    type = lowered(cli, type.len > 0 ? type : STR("text/plain"));
    value = lowered(cli, value);
    size_t at = str_find(value, STR("charset="));
    if (at < value.len) {
        struct str given = str_slice(value, at + strlen("charset="), value.len);
        given = str_trim(str_slice(given, 0, str_find_char(given, ';')));
        charset = str_eq(given, STR("utf-8")) ? charset : given;
    }
    return str_printf(cli->arena, "%.*s %.*s %.*s %.*s %.*s", STR_ARG(type), STR_ARG(star),
                      STR_ARG(content_kind(cli, type, star)), STR_ARG(star), STR_ARG(charset));
}

/* As cli-table3 sets a table without lines: columns as wide as what is in them, and two before. */
static void print_phases(struct reporter_cli *cli, const struct phases *phases)
{
    static const char *const names[PHASE_COUNT] = {
        [PHASE_PREPARE] = "prepare",   [PHASE_WAIT] = "wait",
        [PHASE_LOOKUP] = "dns-lookup", [PHASE_CONNECT] = "tcp-handshake",
        [PHASE_TLS] = "ssl-handshake", [PHASE_FIRST_BYTE] = "transfer-start",
        [PHASE_DOWNLOAD] = "download", [PHASE_PROCESS] = "process",
        [PHASE_TOTAL] = "total",
    };
    struct style edge = styled(cli, white);
    char texts[PHASE_COUNT][PRETTY_BYTES];

    (void)out_of(cli);
    for (int values = 0; values < 2; values++) {
        for (int i = 0; i < PHASE_COUNT; i++) {
            if (i == PHASE_TLS && !phases->has_tls)
                continue;
            bool known = i == PHASE_LOOKUP || i == PHASE_CONNECT || i == PHASE_TLS;
            if (known && phases->ms[i] < PHASE_LEAST_MS)
                (void)snprintf(texts[i], PRETTY_BYTES, "(cache)");
            else
                pretty_time(phases->ms[i], texts[i]);
            size_t name = strlen(names[i]), value = strlen(texts[i]);
            int width = (int)(name > value ? name : value);
            if (values == 0)
                (void)fprintf(cli->options->out, "  %s%-*s%s ", edge.on, width, names[i], edge.off);
            else
                (void)fprintf(cli->options->out, "  %-*s ", width + (strstr(texts[i], "µ") != NULL),
                              texts[i]);
        }
        (void)fputc('\n', cli->options->out);
    }
    (void)fputc('\n', cli->options->out);
}

static void print_verbose(struct reporter_cli *cli, const struct run_event *event)
{
    static const char *const modes[] = {
        [BODY_NONE] = "raw",        [BODY_RAW] = "raw",           [BODY_URLENCODED] = "urlencoded",
        [BODY_GRAPHQL] = "graphql", [BODY_FORMDATA] = "formdata", [BODY_FILE] = "file",
    };
    const struct execution *execution = event->execution;
    const struct request_definition *item = execution_item(event->record, execution);
    const struct symbols *symbols = symbols_of(cli);
    struct style soft = styled(cli, gray);
    char time[PRETTY_BYTES], sent_size[PRETTY_BYTES], size[PRETTY_BYTES];
    struct str star = str_printf(cli->arena, "%s%s%s", soft.on, symbols->star, soft.off);
    struct str summary = content_summary(cli, execution->head, star);
    struct json_value *root = NULL;
    struct str sent = {0};

    pretty_time((double)execution->time_ms, time);
    pretty_size(execution->sent_bytes, sent_size);
    pretty_size(execution->body_bytes + execution->header_bytes, size);
    (void)fprintf(out_of(cli), " \n  %d %.*s %.*s %s %stime%s %.*s ", execution->status,
                  STR_ARG(execution->reason), STR_ARG(star), time, soft.on, soft.off,
                  STR_ARG(star));
    (void)fprintf(cli->options->out, "%s%s%s%s %s%s%s%s %ssize%s %.*s ", sent_size, soft.on,
                  symbols->up, soft.off, size, soft.on, symbols->down, soft.off, soft.on, soft.off,
                  STR_ARG(star));
    (void)fprintf(cli->options->out, "%zu%s%s%s %zu%s%s%s %sheaders%s %.*s 0 %scookies%s\n",
                  execution->sent_headers, soft.on, symbols->up, soft.off,
                  head_lines(execution->head), soft.on, symbols->down, soft.off, soft.on, soft.off,
                  STR_ARG(star), soft.on, soft.off);
    if (json_parse(execution->request, cli->arena, &root, NULL))
        sent = json_text(json_member(root, "body"), "raw");
    if (sent.len > 0)
        print_box(cli, symbols->up, modes[item->body_mode], sent);
    if (execution->body.len > 0)
        print_box(cli, symbols->down, summary.ptr, execution->body);
    else
        (void)fprintf(cli->options->out, "  %s %.*s\n\n", symbols->down, STR_ARG(summary));
    print_phases(cli, &execution->phases);
}

/* --- what scripts say ----------------------------------------------------------------------- */

static void print_assertion(struct reporter_cli *cli, const struct run_event *event)
{
    const struct assertion *row = event->assertion;
    const struct cli_options *options = cli->options;

    if (row->skipped && !options->no_success_assertions) {
        print(cli, cyan, STR("  - "));
        (void)fputc(' ', options->out);
        print(cli, cyan, str_printf(cli->arena, "[skipped] %.*s", STR_ARG(row->name)));
        (void)fputc('\n', options->out);
        return;
    }
    if (!row->failed && options->no_success_assertions)
        return;
    if (row->failed)
        print(cli, red_bold, str_printf(cli->arena, "%3zu.", event->record->failure_count));
    else
        print(cli, green, str_printf(cli->arena, "  %s ", symbols_of(cli)->ok));
    (void)fputc(' ', options->out);
    print(cli, row->failed ? red_bold : gray, row->name);
    (void)fputc('\n', options->out);
}

static void print_script_error(struct reporter_cli *cli, const struct run_event *event)
{
    const struct script_error *row = event->script;

    print(cli, red_bold,
          str_printf(cli->arena, "%3zu⠄ %.*s in %s-script", event->record->failure_count,
                     STR_ARG(row->error.name), row->phase == SCRIPT_TEST ? "test" : "prerequest"));
    (void)fputc('\n', cli->options->out);
}

static struct style level_style(struct str level)
{
    static const struct {
        struct str level;
        const struct style *style;
    } rows[] = {
        {STR_INIT("info"), &cyan},
        {STR_INIT("warn"), &yellow},
        {STR_INIT("debug"), &blue},
        {STR_INIT("error"), &red},
    };

    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        if (str_eq(rows[i].level, level))
            return *rows[i].style;
    }
    return gray;
}

static void print_console(struct reporter_cli *cli, const struct run_event *event)
{
    struct style level = level_style(event->level), edge = styled(cli, level);
    struct str lines = boxed_lines(cli, event->text, level);

    if (cli->boxed == NULL)
        (void)fprintf(cli->options->out, "%s  %s%s\n%s%s", edge.on, symbols_of(cli)->top, edge.off,
                      edge.on, edge.off);
    cli->boxed = symbols_of(cli)->bottom;
    cli->edge = level;
    (void)fprintf(cli->options->out, "%.*s", STR_ARG(lines));
}

/* --- the beginning and the end -------------------------------------------------------------- */

static void print_start(struct reporter_cli *cli, const struct run_event *event)
{
    if (!cli->options->no_banner) {
        print(cli, reset, STR("newman"));
        (void)fputs("\n\n", cli->options->out);
    }
    print(cli, reset, event->record->collection->name);
    (void)fputc('\n', cli->options->out);
}

static void print_iteration(struct reporter_cli *cli, const struct run_event *event)
{
    if (event->record->iterations < 2)
        return;
    (void)fputc('\n', out_of(cli));
    print(cli, gray_underline,
          str_printf(cli->arena, "Iteration %llu/%llu",
                     (unsigned long long)(event->record->iteration + 1),
                     (unsigned long long)event->record->iterations));
    (void)fputc('\n', cli->options->out);
}

static void print_end(struct reporter_cli *cli, const struct run_event *event)
{
    FILE *out = out_of(cli);

    if (!cli->options->no_summary) {
        (void)fputc('\n', out);
        cli_print_summary(cli->options, event->record, cli->arena);
    }
    if (!cli->options->no_failures && event->record->failure_count > 0) {
        (void)fputc('\n', out);
        cli_print_failures(cli->options, event->record, cli->arena);
    }
    (void)fflush(out);
}

void reporter_cli_tell(void *context, const struct run_event *event)
{
    struct reporter_cli *cli = context;

    arena_reset(cli->arena);
    switch (event->kind) {
    case EVENT_START:
        print_start(cli, event);
        return;
    case EVENT_ITERATION:
        print_iteration(cli, event);
        return;
    case EVENT_ITEM:
        print_item(cli, event);
        return;
    case EVENT_REQUEST_BEGUN:
        print_request(cli, event->execution);
        return;
    case EVENT_REQUEST_ENDED:
        if (cli->options->verbose && event->execution->answered)
            print_verbose(cli, event);
        else
            print_answer(cli, event->execution);
        return;
    case EVENT_CONSOLE:
        if (!cli->options->no_console)
            print_console(cli, event);
        return;
    case EVENT_ASSERTION:
        if (!cli->options->no_assertions)
            print_assertion(cli, event);
        return;
    case EVENT_SCRIPT_FAILED:
        print_script_error(cli, event);
        return;
    case EVENT_NEXT_REQUEST:
        (void)fputc('\n', out_of(cli));
        print(
            cli, gray,
            str_printf(cli->arena, "Attempting to set next request to %.*s", STR_ARG(event->text)));
        (void)fputc('\n', cli->options->out);
        return;
    case EVENT_ITEM_ENDED:
        return;
    case EVENT_DONE:
        print_end(cli, event);
        return;
    }
}
