/* The report that programs read, and ours again: JSON. */
#include "loadgen/report.h"

#include "loadgen/report_file.h"

static bool write_done(const char *path, const struct buffer *out, struct aws_error *err)
{
    struct str text = {0};

    if (!buffer_done(out, &text))
        return aws_fail(err, &error_out_of_memory, "%s: the report does not fit in memory", path);
    return report_file_write(path, text, err);
}

bool report_json_file(const struct results *results, const char *path, struct aws_error *err)
{
    struct arena *arena = arena_new(REPORT_BYTES_MAX);
    struct buffer out;
    struct json_writer writer;
    bool ok = false;

    if (arena == NULL)
        return aws_fail(err, &error_out_of_memory, "out of memory");
    buffer_init(&out, arena);
    json_writer_init(&writer, &out, JSON_PRETTY);
    report_json(results, NULL, &writer);
    buffer_add_char(&out, '\n');
    ok = write_done(path, &out, err);
    arena_free(arena);
    return ok;
}
