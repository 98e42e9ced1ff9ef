#include "import_source.h"

#include <dirent.h>
#include <errno.h>
#include <sys/stat.h>

#include "base/json.h"
#include "export_folder.h"
#include "file_reader.h"

enum { MANIFEST_LINE_BYTES_MAX = 64 * 1024, SMALL_FILE_BYTES_MAX = 4 * 1024 * 1024 };

static bool fail_memory(struct aws_error *err)
{
    return aws_fail(err, &error_environment, "no memory for the list of files");
}

static bool fail_read(const char *path, struct aws_error *err)
{
    return aws_fail(err, &error_environment, "cannot read '%s': %s", path, strerror(errno));
}

/* "folder/name" */
static const char *join(const char *folder, struct str name, struct arena *arena)
{
    return str_to_c(arena, str_printf(arena, "%s/%.*s", folder, STR_ARG(name)));
}

static bool is_there(const char *path)
{
    struct stat ignored;

    return path != NULL && stat(path, &ignored) == 0;
}

static bool is_folder(const char *path)
{
    struct stat status;

    return path != NULL && stat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

/* At the list's end; NULL with the error. */
static struct import_file *add_file(struct import_file ***last, const char *path,
                                    struct arena *arena, struct aws_error *err)
{
    struct import_file *file = arena_alloc(arena, sizeof(*file));

    if (file == NULL || path == NULL) {
        (void)fail_memory(err);
        return NULL;
    }
    *file = (struct import_file){.path = path, .items = -1};
    **last = file;
    *last = &file->next;
    return file;
}

/* --- names in a folder ---------------------------------------------------------------------- */

struct names {
    char **names; /* of malloc, in byte order */
    size_t count;
};

static void names_free(struct names *names)
{
    for (size_t i = 0; i < names->count; i++)
        free(names->names[i]);
    free(names->names);
    *names = (struct names){0};
}

static int compare_names(const void *a, const void *b)
{
    const char *const *left = a, *const *right = b;

    return strcmp(*left, *right);
}

static bool names_add(struct names *names, const char *name)
{
    char **grown = realloc(names->names, (names->count + 1) * sizeof(*grown));

    if (grown == NULL)
        return false;
    names->names = grown;
    grown[names->count] = strdup(name);
    if (grown[names->count] == NULL)
        return false;
    names->count++;
    return true;
}

/* Without what begins with a point. */
static bool names_read(const char *folder, struct names *ret, struct aws_error *err)
{
    DIR *open = opendir(folder);
    struct dirent *entry = NULL;
    bool ok = true;

    *ret = (struct names){0};
    if (open == NULL)
        return fail_read(folder, err);
    while (ok && (entry = readdir(open)) != NULL)
        ok = entry->d_name[0] == '.' || names_add(ret, entry->d_name);
    (void)closedir(open);
    if (!ok) {
        names_free(ret);
        return fail_memory(err);
    }
    if (ret->count > 0)
        qsort(ret->names, ret->count, sizeof(*ret->names), compare_names);
    return true;
}

static bool is_lines_name(struct str name)
{
    return str_ends_with(name, STR(".json")) || str_ends_with(name, STR(".json.gz")) ||
           str_ends_with(name, STR(".jsonl"));
}

/* --- an export -------------------------------------------------------------------------------- */

/* arn:aws:dynamodb:us-east-1:123456789012:table/ProductCatalog */
static struct str table_of_arn(struct str arn)
{
    size_t at = str_find(arn, STR(":table/"));

    return str_slice(arn, at + sizeof(":table/") - 1, arn.len);
}

static bool read_summary(const char *folder, struct arena *arena, struct import_source *source,
                         struct aws_error *err)
{
    const char *path = join(folder, STR(EXPORT_SUMMARY), arena);
    struct json_value *summary = NULL;
    struct str text = {NULL, 0};

    if (path == NULL)
        return fail_memory(err);
    if (!is_there(path))
        return aws_fail(err, &error_usage,
                        "the export in '%s' has no " EXPORT_SUMMARY ": it was not finished, or not "
                        "copied whole",
                        folder);
    if (!file_read(path, SMALL_FILE_BYTES_MAX, arena, &text, err))
        return false;
    if (!json_parse(text, arena, &summary, NULL))
        return aws_fail(err, &error_usage, "'%s' is no JSON", path);
    struct str format = json_string_or(json_member(summary, "outputFormat"), STR("DYNAMODB_JSON"));
    struct str kind = json_string_or(json_member(summary, "exportType"), STR("FULL_EXPORT"));
    if (!str_eq(format, STR("DYNAMODB_JSON")) || !str_eq(kind, STR("FULL_EXPORT")))
        return aws_fail(
            err, &error_usage,
            "'%s' is an export of type %.*s in %.*s: only a full export in DYNAMODB_JSON "
            "can be imported",
            folder, STR_ARG(kind), STR_ARG(format));
    source->table = table_of_arn(json_text(summary, "tableArn"));
    return true;
}

/* {"itemCount":8,"md5Checksum":"...","etag":"...","dataFileS3Key":"prefix/.../data/NAME.json.gz"}
 */
static bool add_listed_file(const char *folder, struct str line, struct import_file ***last,
                            struct arena *arena, struct aws_error *err)
{
    struct json_value *entry = NULL;
    struct str copy = {NULL, 0}, key = {NULL, 0}, name = {NULL, 0}, md5 = {NULL, 0};
    int64_t items = 0;

    if (!str_copy(arena, line, &copy))
        return fail_memory(err);
    if (!json_parse(copy, arena, &entry, NULL) ||
        !json_string(json_member(entry, "dataFileS3Key"), &key) ||
        !json_int64(json_member(entry, "itemCount"), 0, INT64_MAX, &items))
        return aws_fail(err, &error_usage, "'%s/" EXPORT_FILES "' has a line that names no file",
                        folder);
    while (key.len > 0)
        name = str_split(&key, '/');
    struct str in_data = str_printf(arena, EXPORT_DATA_FOLDER "/%.*s", STR_ARG(name));
    struct import_file *file = add_file(last, join(folder, in_data, arena), arena, err);
    if (file == NULL)
        return false;
    file->items = items;
    if (json_string(json_member(entry, "md5Checksum"), &md5))
        file->md5 = md5;
    return true;
}

static bool read_file_list(const char *folder, struct arena *arena, struct import_source *source,
                           struct aws_error *err)
{
    const char *path = join(folder, STR(EXPORT_FILES), arena);
    struct import_file **last = &source->files;
    struct file_reader *reader = NULL;
    enum line_result got = LINE_FAILED;
    struct str line = {NULL, 0};

    if (path == NULL)
        return fail_memory(err);
    if (!file_reader_open(path, MANIFEST_LINE_BYTES_MAX, &reader, err))
        return false;
    while ((got = file_reader_next(reader, &line, err)) == LINE_READ) {
        if (str_trim(line).len > 0 && !add_listed_file(folder, line, &last, arena, err)) {
            got = LINE_FAILED;
            break;
        }
    }
    file_reader_close(reader);
    return got == LINE_END;
}

static bool read_export(const char *folder, struct arena *arena, struct import_source *source,
                        struct aws_error *err)
{
    const char *definition = join(folder, STR(EXPORT_TABLE_DEFINITION), arena);

    *source = (struct import_source){.path = folder};
    if (!read_summary(folder, arena, source, err) || !read_file_list(folder, arena, source, err))
        return false;
    return !is_there(definition) ||
           file_read(definition, SMALL_FILE_BYTES_MAX, arena, &source->definition, err);
}

/* --- folders ---------------------------------------------------------------------------------- */

static bool is_table_known(const struct import_source *sources, size_t count)
{
    for (size_t i = 0; i + 1 < count; i++) {
        if (str_eq(sources[i].table, sources[count - 1].table))
            return true;
    }
    return false;
}

/* The exports under AWSDynamoDB/. Incremental ones share folders of other names. */
static bool read_exports(const char *top, struct arena *arena, struct import_source *sources,
                         size_t *ret_count, struct aws_error *err)
{
    struct names names;
    size_t count = 0;
    bool ok = names_read(top, &names, err);

    for (size_t i = 0; ok && i < names.count; i++) {
        const char *folder = join(top, str_from_c(names.names[i]), arena);
        if (!is_folder(folder))
            continue;
        if (count == IMPORT_SOURCES_MAX)
            ok = aws_fail(err, &error_usage, "'%s' holds more than %d exports: give one of them",
                          top, (int)IMPORT_SOURCES_MAX);
        else
            ok = read_export(folder, arena, &sources[count++], err);
        if (ok && is_table_known(sources, count))
            ok = aws_fail(err, &error_usage,
                          "'%s' holds several exports of table '%.*s': give the folder of one", top,
                          STR_ARG(sources[count - 1].table));
    }
    if (ok && count == 0)
        ok = aws_fail(err, &error_usage, "'%s' holds no export", top);
    names_free(&names);
    *ret_count = count;
    return ok;
}

static bool read_plain_folder(const char *folder, struct arena *arena, struct import_source *source,
                              struct aws_error *err)
{
    struct import_file **last = &source->files;
    struct names names;
    bool ok = names_read(folder, &names, err);

    *source = (struct import_source){.path = folder};
    for (size_t i = 0; ok && i < names.count; i++) {
        struct str name = str_from_c(names.names[i]);
        if (is_lines_name(name))
            ok = add_file(&last, join(folder, name, arena), arena, err) != NULL;
    }
    if (ok && source->files == NULL)
        ok = aws_fail(err, &error_usage,
                      "'%s' holds neither an export nor a .json or .json.gz file", folder);
    names_free(&names);
    return ok;
}

static bool is_export(const char *folder, struct arena *arena)
{
    return is_there(join(folder, STR(EXPORT_SUMMARY), arena)) ||
           is_there(join(folder, STR("_started"), arena)) ||
           is_folder(join(folder, STR(EXPORT_DATA_FOLDER), arena));
}

bool import_sources_find(const char *path, struct arena *arena, struct import_source **ret,
                         size_t *ret_count, struct aws_error *err)
{
    struct import_source *sources = arena_alloc_array(arena, IMPORT_SOURCES_MAX, sizeof(*sources));
    const char *top = join(path, STR(EXPORT_TOP_FOLDER), arena);

    if (sources == NULL || top == NULL)
        return fail_memory(err);
    *ret = sources;
    *ret_count = 1;
    if (strcmp(path, "-") != 0 && !is_there(path))
        return fail_read(path, err);
    if (!is_folder(path)) {
        struct import_file **last = &sources->files;
        sources->path = path;
        return add_file(&last, path, arena, err) != NULL;
    }
    if (is_export(path, arena))
        return read_export(path, arena, sources, err);
    if (is_folder(top))
        return read_exports(top, arena, sources, ret_count, err);
    return read_plain_folder(path, arena, sources, err);
}
