/*
 * The folder that holds the database: made with mode 0700, used by one process at a time.
 *
 * Two emulators on one folder would each believe their own caches, so the folder is locked with
 * flock() for as long as it is open; the kernel gives the lock back when the process dies in any
 * way.
 */
#ifndef DYNAMODB_DATA_FOLDER_H
#define DYNAMODB_DATA_FOLDER_H

#include "base/error.h"

enum { DATA_FOLDER_PATH_BYTES = 4096 };

struct data_folder {
    int lock_fd;
    char database[DATA_FOLDER_PATH_BYTES]; /* the SQLite file's path */
};

/*
 * Makes the folder and an empty database file (0600) where they are missing. Errors
 * (error_environment): no right to do so, another process has the folder, a file in the database's
 * place that is no SQLite database.
 */
MUST_CHECK bool data_folder_open(const char *path, struct data_folder *ret, struct aws_error *err);
void data_folder_close(struct data_folder *folder);

#endif
