#include "loadgen/report_file.h"

#include <errno.h>
#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

static bool cannot_write(const char *path, struct aws_error *err)
{
    return aws_fail(err, &error_environment, "%s cannot be written: %s", path, strerror(errno));
}

/* A pipe or a device is written as it is: there is nothing to replace. */
bool report_file_is_plain(const char *path)
{
    struct stat info;

    return stat(path, &info) != 0 || S_ISREG(info.st_mode);
}

bool report_file_check(const char *path, struct aws_error *err)
{
    struct stat info;
    bool existed = stat(path, &info) == 0;
    FILE *file = NULL;

    if (existed && S_ISDIR(info.st_mode)) {
        errno = EISDIR;
        return cannot_write(path, err);
    }
    /* Opening a pipe waits for its reader. */
    if (existed && !S_ISREG(info.st_mode))
        return access(path, W_OK) == 0 || cannot_write(path, err);
    file = fopen(path, "abe");
    if (file == NULL)
        return cannot_write(path, err);
    (void)fclose(file);
    if (!existed)
        (void)unlink(path);
    return true;
}

/* False with errno. */
static bool write_whole(const char *path, struct str text)
{
    FILE *file = fopen(path, "wbe");
    bool ok = false;
    int why = 0;

    if (file == NULL)
        return false;
    ok = text.len == 0 || fwrite(text.ptr, 1, text.len, file) == text.len;
    why = errno;
    if (fclose(file) != 0)
        return false;
    errno = why;
    return ok;
}

/* A folder may let its files be written and none be added. */
static bool may_add_beside(const char *temporary)
{
    FILE *file = fopen(temporary, "wbe");

    if (file == NULL)
        return false;
    (void)fclose(file);
    return true;
}

bool report_file_write(const char *path, struct str text, struct aws_error *err)
{
    char target[PATH_MAX], temporary[PATH_MAX];

    /* What a link names is replaced, not the link. */
    if (realpath(path, target) == NULL &&
        snprintf(target, sizeof(target), "%s", path) >= (int)sizeof(target))
        return aws_fail(err, &error_environment, "%s is too long a name", path);
    if (snprintf(temporary, sizeof(temporary), "%s.part", target) >= (int)sizeof(temporary))
        return aws_fail(err, &error_environment, "%s is too long a name", path);
    if (!report_file_is_plain(target) || !may_add_beside(temporary))
        return write_whole(target, text) || cannot_write(path, err);
    if (write_whole(temporary, text) && rename(temporary, target) == 0)
        return true;
    (void)cannot_write(path, err);
    (void)unlink(temporary);
    return false;
}

bool report_file_write_buffer(const char *path, struct buffer *buffer, struct aws_error *err)
{
    struct str text = {0};

    if (!buffer_done(buffer, &text))
        return aws_fail(err, &error_out_of_memory, "%s: the report does not fit in memory", path);
    return report_file_write(path, text, err);
}
