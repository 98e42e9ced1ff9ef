#include "loadgen/report_file.h"

#include <errno.h>
#include <limits.h>
#include <unistd.h>

static bool cannot_write(const char *path, struct aws_error *err)
{
    return aws_fail(err, &error_environment, "%s cannot be written: %s", path, strerror(errno));
}

bool report_file_check(const char *path, struct aws_error *err)
{
    bool existed = access(path, F_OK) == 0;
    FILE *file = fopen(path, "abe");

    if (file == NULL)
        return cannot_write(path, err);
    (void)fclose(file);
    if (!existed)
        (void)unlink(path);
    return true;
}

/* A pipe or a device is written as it is: there is nothing to replace. */
bool report_file_is_plain(const char *path)
{
    return strncmp(path, "/dev/", 5) != 0 && strncmp(path, "/proc/", 6) != 0;
}

bool report_file_write(const char *path, struct str text, struct aws_error *err)
{
    char temporary[PATH_MAX];
    const char *target = report_file_is_plain(path) ? temporary : path;
    FILE *file = NULL;
    bool ok = true;

    if (snprintf(temporary, sizeof(temporary), "%s.part", path) >= (int)sizeof(temporary))
        return aws_fail(err, &error_environment, "%s is too long a name", path);
    file = fopen(target, "wbe");
    if (file == NULL)
        return cannot_write(path, err);
    ok = text.len == 0 || fwrite(text.ptr, 1, text.len, file) == text.len;
    ok = fclose(file) == 0 && ok;
    ok = ok && (target == path || rename(temporary, path) == 0);
    if (ok)
        return true;
    (void)cannot_write(path, err);
    if (target == temporary)
        (void)unlink(temporary);
    return false;
}
