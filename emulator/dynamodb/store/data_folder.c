#include "data_folder.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

static const char sqlite_magic[16] = "SQLite format 3";

static bool fail_errno(struct aws_error *err, const char *what, const char *path)
{
    return aws_fail(err, &error_environment,
                    "cannot %s '%s': %s; choose another folder with --data", what, path,
                    strerror(errno));
}

/* As mkdir -p. */
static bool make_folders(const char *path, struct aws_error *err)
{
    char part[DATA_FOLDER_PATH_BYTES];

    for (size_t i = 1; i <= strlen(path); i++) {
        if (path[i] != '/' && path[i] != '\0')
            continue;
        memcpy(part, path, i);
        part[i] = '\0';
        if (mkdir(part, 0700) != 0 && errno != EEXIST)
            return fail_errno(err, "make the folder", part);
    }
    return true;
}

static bool join(const char *folder, const char *name, char ret[DATA_FOLDER_PATH_BYTES],
                 struct aws_error *err)
{
    int length = snprintf(ret, DATA_FOLDER_PATH_BYTES, "%s/%s", folder, name);

    if (length > 0 && length < DATA_FOLDER_PATH_BYTES)
        return true;
    return aws_fail(err, &error_environment, "the data folder's path is too long");
}

static bool lock_folder(const char *folder, int *ret, struct aws_error *err)
{
    char path[DATA_FOLDER_PATH_BYTES];

    if (!join(folder, "lock", path, err))
        return false;
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0)
        return fail_errno(err, "open", path);
    if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
        (void)close(fd);
        return aws_fail(err, &error_environment,
                        "the data folder '%s' is in use by another squall: stop that one, or "
                        "choose another folder with --data",
                        folder);
    }
    *ret = fd;
    return true;
}

/* SQLite gives the files beside the database (-wal, -shm) the database's own mode. */
static bool prepare_database(const char *path, struct aws_error *err)
{
    char magic[sizeof(sqlite_magic)];
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);

    if (fd < 0)
        return fail_errno(err, "open", path);
    ssize_t length = read(fd, magic, sizeof(magic));
    (void)close(fd);
    if (length < 0)
        return fail_errno(err, "read", path);
    if (length != 0 && (length != sizeof(magic) || memcmp(magic, sqlite_magic, sizeof(magic)) != 0))
        return aws_fail(err, &error_environment,
                        "'%s' is not a database: move it away, or choose another folder with "
                        "--data",
                        path);
    return true;
}

bool data_folder_open(const char *path, struct data_folder *ret, struct aws_error *err)
{
    struct data_folder folder = {.lock_fd = -1};

    if (path[0] == '\0')
        return aws_fail(err, &error_environment, "the data folder's name is empty");
    if (!join(path, "dynamodb.sqlite3", folder.database, err) || !make_folders(path, err) ||
        !lock_folder(path, &folder.lock_fd, err))
        return false;
    if (!prepare_database(folder.database, err)) {
        (void)close(folder.lock_fd);
        return false;
    }
    *ret = folder;
    return true;
}

void data_folder_close(struct data_folder *folder)
{
    (void)close(folder->lock_fd);
}
