/*
 * squall import: an export's lines into a table, which is made where it is missing. What is written
 * is written: an import that ends early can simply be made again, and writes the same items.
 */
#include <pthread.h>

#include "base/base64.h"
#include "base/log.h"
#include "base/options.h"
#include "command.h"
#include "file_reader.h"
#include "import_line.h"
#include "import_source.h"
#include "item_progress.h"
#include "table_definition.h"
#include "transfer/transfer.h"

enum {
    SOURCES_BYTES_MAX = 256 * 1024 * 1024,
    TABLE_BYTES_MAX = 16 * 1024 * 1024,
    LINE_TREE_BYTES_MAX = 128 * 1024 * 1024,
    TOLD_MAX = 20,       /* lines that are left out and told one by one */
    PROGRESS_EVERY = 64, /* lines */
};

struct arguments {
    const char *table; /* NULL: as the export says */
    const char *partition_key;
    const char *sort_key;
    struct engine_options engine;
    bool keep_going;
    bool quiet;
};

#define AT(field) offsetof(struct arguments, field)

static const struct option_row rows[] = {
    {"table", 't', OPTION_TEXT, AT(table), "NAME", "into this table (the export's own)", 0, 0,
     NULL},
    {"partition-key", 0, OPTION_TEXT, AT(partition_key), "NAME:S|N|B",
     "make the table with this key, where it is missing and no\n"
     "table-definition.json lies beside the manifests",
     0, 0, NULL},
    {"sort-key", 0, OPTION_TEXT, AT(sort_key), "NAME:S|N|B", "and with this one", 0, 0, NULL},
    {"keep-going", 'k', OPTION_FLAG, AT(keep_going), NULL,
     "leave out lines that are bad, and tell them; exit status 1", 0, 0, NULL},
    {"data", 0, OPTION_TEXT, AT(engine.data), "DIR", COMMAND_DATA_HELP, 0, 0, NULL},
    {"endpoint", 0, OPTION_TEXT, AT(engine.endpoint), "URL", COMMAND_ENDPOINT_HELP, 0, 0, NULL},
    {"region", 0, OPTION_TEXT, AT(engine.region), "NAME", COMMAND_REGION_HELP, 0, 0, NULL},
    {"quiet", 'q', OPTION_FLAG, AT(quiet), NULL, "no progress on stderr", 0, 0, NULL},
};

static const struct command_help help = {
    .usage = "squall import SOURCE [--table NAME] [options]",
    .summary =
        "Reads tables in the form that DynamoDB exports to S3. SOURCE: an export's folder, a "
        "folder of exports or of files, one .json or .json.gz file, or - for stdin.",
    .epilogue =
        "Items that are there already are written over; nothing is deleted.\n\n"
        "  squall import backup\n"
        "  aws s3 sync s3://bucket/AWSDynamoDB/ID export && squall import export "
        "--partition-key id:S\n"
        "  zcat music.json.gz | squall import - --table music --endpoint http://127.0.0.1:8000",
};

/* One import into one table. */
struct import {
    const struct engine *engine;
    const struct arguments *arguments;
    const struct import_source *source;
    const char *table;
    struct import_keys keys;
    struct arena *arena; /* of the table's description */
    struct arena *line;  /* of one line */
    struct import_writer *writer;
    struct item_progress progress;
    pthread_mutex_t lock; /* guards `left_out`: lanes refuse items, too */
    uint64_t left_out;
};

/* --- bad lines ------------------------------------------------------------------------------ */

/* Told and passed over, or the end. */
static bool leave_out(void *state, const char *file, uint64_t line, const char *why,
                      struct aws_error *err)
{
    struct import *import = state;
    const char *name = strcmp(file, "-") == 0 ? "standard input" : file;

    if (!import->arguments->keep_going)
        return aws_fail(err, &error_usage,
                        "%s:%llu: %s; correct or remove the line and import again, or leave such "
                        "lines out with --keep-going",
                        name, (unsigned long long)line, why);
    pthread_mutex_lock(&import->lock);
    uint64_t number = ++import->left_out;
    pthread_mutex_unlock(&import->lock);
    if (number <= TOLD_MAX)
        log_error("%s:%llu: %s", name, (unsigned long long)line, why);
    if (number == TOLD_MAX)
        log_error("further lines that are left out are counted only");
    return true;
}

/* --- files ---------------------------------------------------------------------------------- */

static bool take_line(struct import *import, const struct import_file *file, uint64_t number,
                      struct str line, struct aws_error *err)
{
    struct import_item item = {.file = file->path, .line = number};
    struct aws_error why = {0};

    arena_reset(import->line);
    if (!import_line_read(line, &import->keys, import->line, &item, &why))
        return leave_out(import, file->path, number, why.message, err);
    return import_writer_add(import->writer, &item, err);
}

/* What the manifest says of a file that has been read to its end. */
static bool check_file(struct import *import, const struct import_file *file,
                       struct file_reader *reader, int64_t items, struct aws_error *err)
{
    unsigned char sum[MD5_BYTES];
    struct str text = {NULL, 0};

    arena_reset(import->line);
    file_reader_md5(reader, sum);
    if (file->md5.len > 0 &&
        (!base64_encode(import->line, (struct str){(const char *)sum, MD5_BYTES}, &text) ||
         !str_eq(text, file->md5)))
        return aws_fail(err, &error_environment,
                        "'%s' is not the file that the manifest describes (its MD5 differs): copy "
                        "the export again",
                        file->path);
    if (file->items >= 0 && file->items != items)
        return aws_fail(err, &error_environment,
                        "'%s' has %lld items, and %lld in the manifest: copy the export again",
                        file->path, (long long)items, (long long)file->items);
    return true;
}

static bool import_file(struct import *import, const struct import_file *file,
                        struct aws_error *err)
{
    struct file_reader *reader = NULL;
    enum line_result got = LINE_FAILED;
    struct str line = {NULL, 0};
    int64_t items = 0;
    bool ok = true;

    if (!file_reader_open(file->path, IMPORT_LINE_BYTES_MAX, &reader, err))
        return false;
    while (ok && (got = file_reader_next(reader, &line, err)) == LINE_READ) {
        line = str_trim(line);
        if (line.len == 0)
            continue;
        items++;
        ok = take_line(import, file, file_reader_line(reader), line, err);
        if (items % PROGRESS_EVERY == 0)
            item_progress_tell(&import->progress, import_writer_count(import->writer));
    }
    ok = ok && got == LINE_END && check_file(import, file, reader, items, err);
    file_reader_close(reader);
    return ok;
}

static bool import_files(struct import *import, struct aws_error *err)
{
    const struct import_writer_options options = {.engine = import->engine,
                                                  .table = str_from_c(import->table),
                                                  .state = import,
                                                  .refused = leave_out};
    struct aws_error later = {0};
    bool ok = import_writer_new(&options, &import->writer, err);

    for (const struct import_file *file = import->source->files; ok && file != NULL;
         file = file->next)
        ok = import_file(import, file, err);
    /* What was read is written, even when the rest cannot be read. */
    if (import->writer != NULL && !import_writer_finish(import->writer, &later) && ok) {
        *err = later;
        ok = false;
    }
    return ok;
}

/* --- the table ------------------------------------------------------------------------------ */

static bool missing_definition(const struct import *import, struct aws_error *err)
{
    return aws_fail(err, &error_usage,
                    "there is no table '%s' on %s, and '%s' does not say what its keys are: give "
                    "--partition-key NAME:S (and --sort-key)",
                    import->table, import->engine->where, import->source->path);
}

static bool make_table(const struct import *import, struct aws_error *err)
{
    const struct arguments *arguments = import->arguments;
    struct str definition = import->source->definition;

    if (arguments->partition_key != NULL) {
        if (!table_definition_of_keys(arguments->partition_key, arguments->sort_key, import->arena,
                                      &definition, err))
            return false;
    }
    if (definition.len == 0)
        return missing_definition(import, err);
    return table_create(import->engine, definition, str_from_c(import->table), import->arena, err);
}

static bool find_table(struct import *import, struct aws_error *err)
{
    struct str name = str_from_c(import->table);
    struct dynamodb_response response;
    struct json_value *answer = NULL;

    engine_call(import->engine, STR("DescribeTable"), table_request(name, import->arena),
                import->arena, &response);
    if (engine_error_is(&response, "ResourceNotFoundException") && !make_table(import, err))
        return false;
    if (!engine_ask(import->engine, STR("DescribeTable"), table_request(name, import->arena),
                    import->arena, &answer, err))
        return false;
    import_keys_of(json_member(json_member(answer, "Table"), "KeySchema"), &import->keys);
    return true;
}

static void tell_end(const struct import *import, double seconds)
{
    uint64_t count = import->writer == NULL ? 0 : import_writer_count(import->writer);

    (void)printf("imported %llu items into %s in %.1f s\n", (unsigned long long)count,
                 import->table, seconds);
    (void)fflush(stdout);
    if (import->left_out > 0)
        log_error("%llu lines were left out", (unsigned long long)import->left_out);
}

static bool import_source(const struct engine *engine, const struct arguments *arguments,
                          const struct import_source *source, const char *table, uint64_t *left_out,
                          struct aws_error *err)
{
    struct import import = {.engine = engine,
                            .arguments = arguments,
                            .source = source,
                            .table = table,
                            .arena = arena_new(TABLE_BYTES_MAX),
                            .line = arena_new(LINE_TREE_BYTES_MAX)};
    bool ok = false;

    pthread_mutex_init(&import.lock, NULL);
    item_progress_init(&import.progress, "imported", table, arguments->quiet, clock_system());
    if (import.arena == NULL || import.line == NULL)
        (void)aws_fail(err, &error_environment, "no memory to import with");
    else
        ok = find_table(&import, err) && import_files(&import, err);
    double seconds = item_progress_end(&import.progress);
    if (ok || import.writer != NULL)
        tell_end(&import, seconds);
    *left_out += import.left_out;
    import_writer_free(import.writer);
    arena_free(import.arena);
    arena_free(import.line);
    pthread_mutex_destroy(&import.lock);
    return ok;
}

/* --- the command ---------------------------------------------------------------------------- */

static bool import_sources(const struct engine *engine, const struct arguments *arguments,
                           const struct import_source *sources, size_t count, struct arena *arena,
                           uint64_t *left_out, struct aws_error *err)
{
    if (count > 1 && arguments->table != NULL)
        return aws_fail(err, &error_usage,
                        "there are %zu exports, of different tables, and one --table: give the "
                        "folder of one",
                        count);
    for (size_t i = 0; i < count; i++) {
        const char *table =
            arguments->table != NULL ? arguments->table : str_to_c(arena, sources[i].table);
        if (table == NULL || table[0] == '\0')
            return aws_fail(err, &error_usage, "'%s' does not say which table: give --table NAME",
                            sources[i].path);
        if (!import_source(engine, arguments, &sources[i], table, left_out, err))
            return false;
    }
    return true;
}

static bool run(const struct arguments *arguments, const char *path, uint64_t *left_out,
                struct aws_error *err)
{
    struct arena *arena = arena_new(SOURCES_BYTES_MAX);
    struct import_source *sources = NULL;
    struct engine engine = {0};
    size_t count = 0;
    bool ok = false;

    if (arena == NULL)
        (void)aws_fail(err, &error_environment, "no memory to import with");
    else
        ok = import_sources_find(path, arena, &sources, &count, err) &&
             engine_open(&arguments->engine, &engine, err) &&
             import_sources(&engine, arguments, sources, count, arena, left_out, err);
    engine_close(&engine);
    arena_free(arena);
    return ok;
}

int command_import(int argc, char **argv)
{
    struct arguments arguments = {.engine = {.create = true}};
    const char *path = NULL;
    size_t positional = 0;
    uint64_t left_out = 0;
    bool helped = false, ok = false;
    struct aws_error err = {0};

    if (!options_parse(rows, ARRAY_LEN(rows), &help, argc, argv, &arguments, &path, 1, &positional,
                       &helped, &err))
        goto done;
    if (helped)
        return EXIT_SUCCESS;
    if (positional == 0)
        (void)aws_fail(&err, &error_usage,
                       "say what to read: an export's folder, a file, or - for stdin");
    else if (arguments.sort_key != NULL && arguments.partition_key == NULL)
        (void)aws_fail(&err, &error_usage, "--sort-key goes with --partition-key");
    else
        ok = run(&arguments, path, &left_out, &err);
done:
    if (!ok) {
        log_error("%s", err.message);
        return command_exit_status(&err);
    }
    return left_out > 0 ? EXIT_LEFT_OUT : EXIT_SUCCESS;
}
