#include "export_folder.h"

#include <errno.h>
#include <sys/stat.h>

#include "base/base64.h"
#include "base/rng.h"
#include "export_file.h"
#include "table_definition.h"

enum {
    FILE_TEXT_BYTES_MAX = 256 * 1024 * 1024, /* of lines, before compression */
    FILE_NAME_LENGTH = 26,
    ID_BYTES = 32,
    MANIFEST_BYTES_MAX = 64 * 1024 * 1024, /* a line of 200 bytes for each 256 MB of items */
};

struct export_folder {
    const struct json_value *table;
    struct clock *clock;
    struct rng rng;
    int64_t started_ms;
    char id[ID_BYTES];
    char path[EXPORT_PATH_BYTES];
    struct export_file *file; /* open, or NULL */
    char file_name[FILE_NAME_LENGTH + 1];
    uint64_t items; /* in closed files and the open one */
    struct arena *arena;
    struct buffer files; /* manifest-files.json so far */
};

/* --- files ---------------------------------------------------------------------------------- */

static bool make_folder(const char *path, struct aws_error *err)
{
    if (mkdir(path, 0700) == 0 || errno == EEXIST)
        return true;
    return aws_fail(err, &error_environment, "cannot make the folder '%s': %s", path,
                    strerror(errno));
}

static bool path_of(const struct export_folder *folder, const char *name,
                    char ret[EXPORT_PATH_BYTES], struct aws_error *err)
{
    int length = snprintf(ret, EXPORT_PATH_BYTES, "%s/%s", folder->path, name);

    if (length > 0 && length < EXPORT_PATH_BYTES)
        return true;
    return aws_fail(err, &error_environment, "the path of --out is too long");
}

static bool write_file(const struct export_folder *folder, const char *name, struct str text,
                       struct aws_error *err)
{
    char path[EXPORT_PATH_BYTES];

    return path_of(folder, name, path, err) && export_file_write(path, text, err);
}

static struct str base64_of(const unsigned char md5[MD5_BYTES], struct arena *arena)
{
    struct str text = {NULL, 0};

    (void)!base64_encode(arena, (struct str){(const char *)md5, MD5_BYTES}, &text);
    return text;
}

/* NAME.json and, beside it, NAME.md5. */
static bool write_manifest(const struct export_folder *folder, const char *name, struct str text,
                           struct aws_error *err)
{
    unsigned char sum[MD5_BYTES];
    struct md5 hash;
    char file_name[64];

    md5_init(&hash);
    md5_add(&hash, text.ptr, text.len);
    md5_finish(&hash, sum);
    (void)snprintf(file_name, sizeof(file_name), "%.*s.md5", (int)(strlen(name) - strlen(".json")),
                   name);
    return write_file(folder, file_name, base64_of(sum, folder->arena), err) &&
           write_file(folder, name, text, err);
}

/* --- data ----------------------------------------------------------------------------------- */

/* S3's etag of an object that was put in one part is its MD5. */
static void list_file(struct export_folder *folder, const struct export_file_sum *sum)
{
    struct buffer *out = &folder->files;

    buffer_printf(out, "{\"itemCount\":%llu,\"md5Checksum\":\"%.*s\",\"etag\":\"",
                  (unsigned long long)sum->items, STR_ARG(base64_of(sum->md5, folder->arena)));
    for (size_t i = 0; i < MD5_BYTES; i++)
        buffer_printf(out, "%02x", sum->md5[i]);
    buffer_printf(out,
                  "\",\"dataFileS3Key\":\"" EXPORT_TOP_FOLDER "/%s/" EXPORT_DATA_FOLDER
                  "/%s.json.gz\"}\n",
                  folder->id, folder->file_name);
}

static bool open_file(struct export_folder *folder, struct aws_error *err)
{
    static const char digits[] = "abcdefghijklmnopqrstuvwxyz234567";
    char name[64], path[EXPORT_PATH_BYTES];

    for (size_t i = 0; i < FILE_NAME_LENGTH; i++)
        folder->file_name[i] = digits[rng_below(&folder->rng, sizeof(digits) - 1)];
    (void)snprintf(name, sizeof(name), EXPORT_DATA_FOLDER "/%s.json.gz", folder->file_name);
    return path_of(folder, name, path, err) && export_file_create(path, &folder->file, err);
}

static bool close_file(struct export_folder *folder, struct aws_error *err)
{
    struct export_file *file = folder->file;
    struct export_file_sum sum;

    folder->file = NULL;
    if (!export_file_close(file, &sum, err))
        return false;
    list_file(folder, &sum);
    return true;
}

bool export_folder_add(struct export_folder *folder, struct str item, struct aws_error *err)
{
    if (folder->file == NULL && !open_file(folder, err))
        return false;
    if (!export_file_add(folder->file, item, err))
        return false;
    folder->items++;
    return export_file_text_bytes(folder->file) < FILE_TEXT_BYTES_MAX || close_file(folder, err);
}

/* --- beginning and end ---------------------------------------------------------------------- */

static bool make_folders(struct export_folder *folder, const char *out, struct aws_error *err)
{
    char data[EXPORT_PATH_BYTES];
    int length = snprintf(folder->path, EXPORT_PATH_BYTES, "%s/" EXPORT_TOP_FOLDER, out);

    if (length < 0 || length >= EXPORT_PATH_BYTES - ID_BYTES)
        return aws_fail(err, &error_environment, "the path of --out is too long");
    if (!make_folder(out, err) || !make_folder(folder->path, err))
        return false;
    (void)snprintf(folder->path + length, (size_t)(EXPORT_PATH_BYTES - length), "/%s", folder->id);
    return make_folder(folder->path, err) && path_of(folder, EXPORT_DATA_FOLDER, data, err) &&
           make_folder(data, err);
}

/* 14 digits of milliseconds since 1970, and 8 of chance. */
static void make_id(struct export_folder *folder)
{
    (void)snprintf(folder->id, ID_BYTES, "%014lld-%08llx", (long long)folder->started_ms,
                   (unsigned long long)rng_below(&folder->rng, UINT64_C(1) << 32));
}

bool export_folder_create(const char *out, const struct json_value *table, struct clock *clock,
                          struct export_folder **ret, struct aws_error *err)
{
    struct export_folder *folder = calloc(1, sizeof(*folder));
    struct str definition = {NULL, 0};

    if (folder == NULL || (folder->arena = arena_new(MANIFEST_BYTES_MAX)) == NULL) {
        (void)aws_fail(err, &error_environment, "no memory for an export");
        goto failed;
    }
    folder->table = table;
    folder->clock = clock;
    folder->started_ms = clock_wall_ms(clock);
    rng_init_random(&folder->rng);
    buffer_init(&folder->files, folder->arena);
    make_id(folder);
    if (!table_definition_of(table, folder->arena, &definition)) {
        (void)aws_fail(err, &error_environment, "no memory for a table's definition");
        goto failed;
    }
    if (!make_folders(folder, out, err) ||
        !write_file(folder, "_started", (struct str){"", 0}, err) ||
        !write_file(folder, EXPORT_TABLE_DEFINITION, definition, err))
        goto failed;
    *ret = folder;
    return true;
failed:
    export_folder_free(folder);
    return false;
}

static void write_date(struct json_writer *out, struct str name, int64_t wall_ms)
{
    char text[CLOCK_TEXT_BYTES];

    clock_format_iso(wall_ms, text);
    json_field_string(out, name, str_from_c(text));
}

/* Null is what is S3's alone. */
static struct str summary(const struct export_folder *folder)
{
    struct str arn = json_text(folder->table, "TableArn");
    struct str table_id = {NULL, 0};
    int64_t bytes = 0;
    struct json_writer out;
    struct buffer text;

    (void)!json_int64(json_member(folder->table, "TableSizeBytes"), 0, INT64_MAX, &bytes);
    buffer_init(&text, folder->arena);
    json_writer_init(&out, &text, JSON_COMPACT);
    json_object_begin(&out);
    json_field_string(&out, STR("version"), STR("2020-06-30"));
    json_field_string(&out, STR("exportArn"),
                      str_printf(folder->arena, "%.*s/export/%s", STR_ARG(arn), folder->id));
    write_date(&out, STR("startTime"), folder->started_ms);
    write_date(&out, STR("endTime"), clock_wall_ms(folder->clock));
    json_field_string(&out, STR("tableArn"), arn);
    if (json_string(json_member(folder->table, "TableId"), &table_id))
        json_field_string(&out, STR("tableId"), table_id);
    else
        json_field_raw(&out, STR("tableId"), STR("null"));
    write_date(&out, STR("exportTime"), folder->started_ms);
    json_field_raw(&out, STR("s3Bucket"), STR("null"));
    json_field_raw(&out, STR("s3Prefix"), STR("null"));
    json_field_raw(&out, STR("s3SseAlgorithm"), STR("null"));
    json_field_raw(&out, STR("s3SseKmsKeyId"), STR("null"));
    json_field_string(&out, STR("manifestFilesS3Key"),
                      str_printf(folder->arena, EXPORT_TOP_FOLDER "/%s/" EXPORT_FILES, folder->id));
    json_field_int(&out, STR("billedSizeBytes"), bytes);
    json_field_int(&out, STR("itemCount"), (int64_t)folder->items);
    json_field_string(&out, STR("outputFormat"), STR("DYNAMODB_JSON"));
    json_field_string(&out, STR("exportType"), STR("FULL_EXPORT"));
    json_object_end(&out);
    return buffer_str(&text);
}

bool export_folder_finish(struct export_folder *folder, struct aws_error *err)
{
    struct str files = {NULL, 0};

    /* An empty table has one file with nothing in it, as an empty partition has. */
    if (folder->file == NULL && folder->items == 0 && !open_file(folder, err))
        return false;
    if (folder->file != NULL && !close_file(folder, err))
        return false;
    if (!buffer_done(&folder->files, &files))
        return aws_fail(err, &error_environment, "no memory for a manifest of so many files");
    return write_manifest(folder, EXPORT_FILES, files, err) &&
           write_manifest(folder, EXPORT_SUMMARY, summary(folder), err);
}

uint64_t export_folder_items(const struct export_folder *folder)
{
    return folder->items;
}

const char *export_folder_path(const struct export_folder *folder)
{
    return folder->path;
}

void export_folder_free(struct export_folder *folder)
{
    if (folder == NULL)
        return;
    export_file_abandon(folder->file);
    arena_free(folder->arena);
    free(folder);
}
