#include "file_reader.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

struct file_reader {
    int fd;
    const char *name; /* for messages; the caller's path */
    struct md5 hash;
    struct line_reader *lines;
};

static bool fail(const char *path, struct aws_error *err)
{
    return aws_fail(err, &error_environment, "cannot read '%s': %s", path, strerror(errno));
}

static ssize_t read_bytes(void *state, void *to, size_t bytes)
{
    struct file_reader *reader = state;
    ssize_t got = 0;

    do
        got = read(reader->fd, to, bytes);
    while (got < 0 && errno == EINTR);
    if (got > 0)
        md5_add(&reader->hash, to, (size_t)got);
    return got;
}

bool file_reader_open(const char *path, size_t line_bytes_max, struct file_reader **ret,
                      struct aws_error *err)
{
    bool standard = strcmp(path, "-") == 0;
    struct file_reader *reader = calloc(1, sizeof(*reader));

    if (reader == NULL)
        return aws_fail(err, &error_environment, "no memory to read '%s'", path);
    reader->name = standard ? "standard input" : path;
    reader->fd = standard ? dup(STDIN_FILENO) : open(path, O_RDONLY | O_CLOEXEC);
    md5_init(&reader->hash);
    reader->lines =
        line_reader_new((struct line_source){.state = reader, .read = read_bytes}, line_bytes_max);
    if (reader->fd < 0 || reader->lines == NULL) {
        (void)fail(path, err);
        file_reader_close(reader);
        return false;
    }
    *ret = reader;
    return true;
}

void file_reader_close(struct file_reader *reader)
{
    if (reader == NULL)
        return;
    line_reader_free(reader->lines);
    if (reader->fd >= 0)
        (void)close(reader->fd);
    free(reader);
}

enum line_result file_reader_next(struct file_reader *reader, struct str *ret,
                                  struct aws_error *err)
{
    struct aws_error why = {0};
    enum line_result got = line_reader_next(reader->lines, ret, &why);

    if (got == LINE_FAILED)
        (void)aws_fail(err, why.kind, "%s:%llu: %s", reader->name,
                       (unsigned long long)file_reader_line(reader), why.message);
    return got;
}

uint64_t file_reader_line(const struct file_reader *reader)
{
    return line_reader_number(reader->lines);
}

void file_reader_md5(struct file_reader *reader, unsigned char ret[MD5_BYTES])
{
    md5_finish(&reader->hash, ret);
}

static bool read_whole(int fd, char *text, size_t bytes, size_t *ret)
{
    size_t length = 0;
    ssize_t got = 1;

    while (got > 0 && length < bytes) {
        got = read(fd, text + length, bytes - length);
        length += got > 0 ? (size_t)got : 0;
    }
    *ret = length;
    return got >= 0;
}

bool file_read(const char *path, size_t bytes_max, struct arena *arena, struct str *ret,
               struct aws_error *err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    struct stat status;
    char *text = NULL;
    bool ok = false;

    if (fd < 0 || fstat(fd, &status) != 0) {
        (void)fail(path, err);
        goto done;
    }
    if ((uint64_t)status.st_size > bytes_max) {
        (void)aws_fail(err, &error_environment, "'%s' is larger than %zu bytes", path, bytes_max);
        goto done;
    }
    text = arena_alloc_text(arena, (size_t)status.st_size + 1);
    if (text == NULL)
        (void)aws_fail(err, &error_environment, "no memory to read '%s'", path);
    else if (!read_whole(fd, text, (size_t)status.st_size, &ret->len))
        (void)fail(path, err);
    else
        ok = true;
    if (ok)
        ret->ptr = text;
done:
    if (fd >= 0)
        (void)close(fd);
    return ok;
}
