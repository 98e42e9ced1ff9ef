/*
 * squall export: tables read by Scan, a page at a time, into export folders or onto stdout. Memory
 * is that of a page, whatever the table's size.
 *
 * A table that is written to meanwhile is exported as Scan finds it: each item as it was at some
 * moment of the export, not all at one.
 */
#include <errno.h>

#include "base/log.h"
#include "base/options.h"
#include "command.h"
#include "engine.h"
#include "export_folder.h"
#include "item_progress.h"
#include "table_definition.h"
#include "transfer/transfer.h"

enum { TABLE_BYTES_MAX = 16 * 1024 * 1024 };

struct arguments {
    const char *table; /* NULL: every one */
    const char *out;
    struct engine_options engine;
    bool quiet;
};

#define AT(field) offsetof(struct arguments, field)

static const struct option_row rows[] = {
    {"table", 't', OPTION_TEXT, AT(table), "NAME", "this table (every one)", 0, 0, NULL},
    {"out", 'o', OPTION_TEXT, AT(out), "DIR|-",
     "the folder that the export goes into, or - for lines on stdout", 0, 0, NULL},
    {"data", 0, OPTION_TEXT, AT(engine.data), "DIR", COMMAND_DATA_HELP, 0, 0, NULL},
    {"endpoint", 0, OPTION_TEXT, AT(engine.endpoint), "URL", COMMAND_ENDPOINT_HELP, 0, 0, NULL},
    {"region", 0, OPTION_TEXT, AT(engine.region), "NAME", COMMAND_REGION_HELP, 0, 0, NULL},
    {"quiet", 'q', OPTION_FLAG, AT(quiet), NULL, "no progress on stderr", 0, 0, NULL},
};

static const struct command_help help = {
    .usage = "squall export --out DIR [--table NAME] [options]",
    .summary = "Writes tables in the form that DynamoDB exports to S3: DIR/AWSDynamoDB/ID/ with "
               "manifests and gzip files of {\"Item\":{...}} lines.",
    .epilogue =
        "Without --data and --endpoint, AWS_ENDPOINT_URL says where, else the folder .squall is\n"
        "opened, which no other squall may have open.\n\n"
        "  squall export --table music --out backup\n"
        "  squall export --table music --out - --endpoint http://127.0.0.1:8000 | gzip > "
        "music.json.gz",
};

/* Where the items of one table go: a folder, or stdout. */
struct sink {
    struct export_folder *folder; /* NULL: stdout */
    uint64_t items;
};

/* --- one page ------------------------------------------------------------------------------- */

/* One line whatever the engine's own layout was. */
static bool one_line(const struct json_value *item, struct arena *arena, struct str *ret,
                     struct aws_error *err)
{
    struct json_writer out;
    struct buffer text;

    *ret = item->raw;
    if (str_find_char(item->raw, '\n') == item->raw.len)
        return true;
    buffer_init(&text, arena);
    json_writer_init(&out, &text, JSON_COMPACT);
    json_write_value(&out, item);
    return buffer_done(&text, ret) ||
           aws_fail(err, &error_environment, "no memory for an item's line");
}

static bool write_stdout(struct str item, struct aws_error *err)
{
    if (fputs("{\"Item\":", stdout) < 0 || fwrite(item.ptr, 1, item.len, stdout) != item.len ||
        fputs("}\n", stdout) < 0)
        return aws_fail(err, &error_environment, "stdout cannot be written: %s", strerror(errno));
    return true;
}

static bool take_page(struct sink *sink, const struct json_value *page, struct arena *arena,
                      struct aws_error *err)
{
    const struct json_value *items = json_member(page, "Items");

    for (const struct json_value *at = items == NULL ? NULL : items->child; at != NULL;
         at = at->next) {
        struct str line = {NULL, 0};
        if (!one_line(at, arena, &line, err))
            return false;
        if (!(sink->folder != NULL ? export_folder_add(sink->folder, line, err)
                                   : write_stdout(line, err)))
            return false;
        sink->items++;
    }
    return true;
}

/* --- one table ------------------------------------------------------------------------------ */

static struct str scan_request(struct str table, struct str start, struct arena *arena)
{
    struct json_writer out;
    struct buffer text;

    buffer_init(&text, arena);
    json_writer_init(&out, &text, JSON_COMPACT);
    json_object_begin(&out);
    json_field_string(&out, STR("TableName"), table);
    json_field_bool(&out, STR("ConsistentRead"), true);
    if (start.len > 0)
        json_field_raw(&out, STR("ExclusiveStartKey"), start);
    json_object_end(&out);
    return buffer_str(&text);
}

/* Two arenas in turns: a page's last key is in the request for the next. */
static bool scan(const struct engine *engine, struct str table, struct arena *arenas[2],
                 struct sink *sink, struct item_progress *progress, struct aws_error *err)
{
    struct str start = {NULL, 0};

    for (size_t turn = 0;; turn = 1 - turn) {
        struct json_value *page = NULL;
        arena_reset(arenas[turn]);
        if (!engine_ask(engine, STR("Scan"), scan_request(table, start, arenas[turn]), arenas[turn],
                        &page, err) ||
            !take_page(sink, page, arenas[turn], err))
            return false;
        item_progress_tell(progress, sink->items);
        const struct json_value *last = json_member(page, "LastEvaluatedKey");
        if (!json_is(last, JSON_OBJECT))
            return true;
        start = last->raw;
    }
}

static void tell_end(const struct sink *sink, const char *table, double seconds, bool quiet)
{
    if (sink->folder != NULL)
        (void)printf("exported %llu items of %s to %s\n", (unsigned long long)sink->items, table,
                     export_folder_path(sink->folder));
    else if (!quiet)
        (void)fprintf(stderr, "exported %llu items of %s in %.1f s\n",
                      (unsigned long long)sink->items, table, seconds);
}

static bool export_into(const struct engine *engine, const char *table, struct sink *sink,
                        bool quiet, struct aws_error *err)
{
    struct arena *arenas[2] = {arena_new(ENGINE_CALL_BYTES_MAX), arena_new(ENGINE_CALL_BYTES_MAX)};
    struct item_progress progress;
    bool ok = false;

    item_progress_init(&progress, "exported", table, quiet, clock_system());
    if (arenas[0] == NULL || arenas[1] == NULL)
        (void)aws_fail(err, &error_environment, "no memory for a page");
    else
        ok = scan(engine, str_from_c(table), arenas, sink, &progress, err) &&
             (sink->folder == NULL || export_folder_finish(sink->folder, err));
    double seconds = item_progress_end(&progress);
    if (ok && sink->folder == NULL && fflush(stdout) != 0)
        ok = aws_fail(err, &error_environment, "stdout cannot be written: %s", strerror(errno));
    if (ok)
        tell_end(sink, table, seconds, quiet);
    arena_free(arenas[0]);
    arena_free(arenas[1]);
    return ok;
}

static bool export_table(const struct engine *engine, const struct arguments *arguments,
                         const char *table, struct aws_error *err)
{
    struct arena *arena = arena_new(TABLE_BYTES_MAX);
    struct json_value *described = NULL;
    struct sink sink = {0};
    bool ok = false;

    if (arena == NULL) {
        (void)aws_fail(err, &error_environment, "no memory for a table's description");
        goto done;
    }
    if (!engine_ask(engine, STR("DescribeTable"), table_request(str_from_c(table), arena), arena,
                    &described, err))
        goto done;
    if (strcmp(arguments->out, "-") != 0 &&
        !export_folder_create(arguments->out, json_member(described, "Table"), clock_system(),
                              &sink.folder, err))
        goto done;
    ok = export_into(engine, table, &sink, arguments->quiet, err);
done:
    export_folder_free(sink.folder);
    arena_free(arena);
    return ok;
}

/* --- every table ---------------------------------------------------------------------------- */

static struct str list_request(struct str start, struct arena *arena)
{
    struct json_writer out;
    struct buffer text;

    buffer_init(&text, arena);
    json_writer_init(&out, &text, JSON_COMPACT);
    json_object_begin(&out);
    if (start.len > 0)
        json_field_string(&out, STR("ExclusiveStartTableName"), start);
    json_object_end(&out);
    return buffer_str(&text);
}

static bool export_every_table(const struct engine *engine, const struct arguments *arguments,
                               struct aws_error *err)
{
    struct arena *arena = arena_new(TABLE_BYTES_MAX);
    struct str start = {NULL, 0};
    bool ok = arena != NULL || aws_fail(err, &error_environment, "no memory for the tables' names");

    while (ok) {
        struct json_value *list = NULL;
        ok = engine_ask(engine, STR("ListTables"), list_request(start, arena), arena, &list, err);
        const struct json_value *names = ok ? json_member(list, "TableNames") : NULL;
        for (const struct json_value *at = names == NULL ? NULL : names->child; ok && at != NULL;
             at = at->next) {
            const char *name = str_to_c(arena, at->text);
            ok = name == NULL || export_table(engine, arguments, name, err);
        }
        if (!ok || !json_string(json_member(list, "LastEvaluatedTableName"), &start))
            break;
    }
    arena_free(arena);
    return ok;
}

static bool check(const struct arguments *arguments, struct aws_error *err)
{
    if (arguments->out == NULL)
        return aws_fail(err, &error_usage,
                        "say where to: --out DIR, or --out - for lines on stdout");
    if (strcmp(arguments->out, "-") == 0 && arguments->table == NULL)
        return aws_fail(err, &error_usage,
                        "lines on stdout do not say whose they are: choose one with --table NAME");
    return true;
}

int command_export(int argc, char **argv)
{
    struct arguments arguments = {0};
    struct engine engine = {0};
    struct aws_error err = {0};
    size_t positional = 0;
    bool helped = false, ok = false;

    if (!options_parse(rows, ARRAY_LEN(rows), &help, argc, argv, &arguments, NULL, 0, &positional,
                       &helped, &err))
        goto done;
    if (helped)
        return EXIT_SUCCESS;
    if (!check(&arguments, &err) || !engine_open(&arguments.engine, &engine, &err))
        goto done;
    ok = arguments.table != NULL ? export_table(&engine, &arguments, arguments.table, &err)
                                 : export_every_table(&engine, &arguments, &err);
done:
    engine_close(&engine);
    if (!ok)
        log_error("%s", err.message);
    return ok ? EXIT_SUCCESS : command_exit_status(&err);
}
