#include "export_file.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>
#include <zlib.h>

enum { BUFFER_BYTES = 64 * 1024, GZIP_ONLY = 15 + 16, MEMORY_LEVEL = 8 };

struct export_file {
    int fd;
    char *path;
    z_stream stream;
    struct md5 hash;
    uint64_t items;
    uint64_t text_bytes;
    unsigned char buffer[BUFFER_BYTES];
};

static bool fail(const char *what, const char *path, struct aws_error *err)
{
    return aws_fail(err, &error_environment, "cannot %s '%s': %s", what, path, strerror(errno));
}

static bool write_all(int fd, const void *bytes, size_t count)
{
    const char *at = bytes;

    while (count > 0) {
        ssize_t written = write(fd, at, count);
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return false;
        at += written;
        count -= (size_t)written;
    }
    return true;
}

static int create(const char *path)
{
    return open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
}

bool export_file_create(const char *path, struct export_file **ret, struct aws_error *err)
{
    struct export_file *file = calloc(1, sizeof(*file));

    if (file == NULL)
        return aws_fail(err, &error_environment, "no memory for a file");
    file->path = strdup(path);
    file->fd = create(path);
    md5_init(&file->hash);
    if (file->path == NULL || file->fd < 0) {
        (void)fail("make", path, err);
        goto failed;
    }
    /* Level 1: a third of the time of zlib's usual 6, and a tenth larger, for items as JSON. */
    if (deflateInit2(&file->stream, Z_BEST_SPEED, Z_DEFLATED, GZIP_ONLY, MEMORY_LEVEL,
                     Z_DEFAULT_STRATEGY) != Z_OK) {
        (void)aws_fail(err, &error_environment, "no memory to compress");
        goto failed;
    }
    *ret = file;
    return true;
failed:
    if (file->fd >= 0)
        (void)close(file->fd);
    free(file->path);
    free(file);
    return false;
}

/* Takes all of the input; with Z_FINISH to the stream's end. */
static bool compress_text(struct export_file *file, struct str text, int flush,
                          struct aws_error *err)
{
    z_stream *stream = &file->stream;
    union {
        const char *given;
        unsigned char *taken; /* zlib reads it only */
    } input = {.given = text.ptr};
    int result = Z_OK;

    stream->next_in = input.taken;
    stream->avail_in = (uInt)text.len;
    do {
        stream->next_out = file->buffer;
        stream->avail_out = BUFFER_BYTES;
        result = deflate(stream, flush);
        assert(result != Z_STREAM_ERROR);
        size_t made = BUFFER_BYTES - stream->avail_out;
        md5_add(&file->hash, file->buffer, made);
        if (!write_all(file->fd, file->buffer, made))
            return fail("write", file->path, err);
    } while (stream->avail_out == 0);
    return true;
}

bool export_file_add(struct export_file *file, struct str item, struct aws_error *err)
{
    static const struct str before = STR_INIT("{\"Item\":"), after = STR_INIT("}\n");

    file->items++;
    file->text_bytes += before.len + item.len + after.len;
    return compress_text(file, before, Z_NO_FLUSH, err) &&
           compress_text(file, item, Z_NO_FLUSH, err) &&
           compress_text(file, after, Z_NO_FLUSH, err);
}

uint64_t export_file_text_bytes(const struct export_file *file)
{
    return file->text_bytes;
}

bool export_file_close(struct export_file *file, struct export_file_sum *ret, struct aws_error *err)
{
    bool ok = compress_text(file, (struct str){"", 0}, Z_FINISH, err);

    if (ok && fsync(file->fd) != 0)
        ok = fail("write", file->path, err);
    if (ok) {
        ret->items = file->items;
        md5_finish(&file->hash, ret->md5);
    }
    export_file_abandon(file);
    return ok;
}

void export_file_abandon(struct export_file *file)
{
    if (file == NULL)
        return;
    (void)deflateEnd(&file->stream);
    (void)close(file->fd);
    free(file->path);
    free(file);
}

bool export_file_write(const char *path, struct str text, struct aws_error *err)
{
    int fd = create(path);

    if (fd < 0)
        return fail("make", path, err);
    bool ok = write_all(fd, text.ptr, text.len) && fsync(fd) == 0;
    if (!ok)
        (void)fail("write", path, err);
    (void)close(fd);
    return ok;
}
