/*
 * What `squall import` is given, as the files to read:
 *
 *   -                              lines on standard input
 *   FILE                           one file of lines, plain or gzip
 *   an export's folder             (with manifest-summary.json): what its manifests list
 *   a folder with AWSDynamoDB/     the exports in it, each of another table
 *   another folder                 its *.json and *.json.gz, by name
 *
 * A manifest's keys are S3's; the file of a key is looked for in the export's own data folder, so
 * that an export may be copied anywhere.
 */
#ifndef TRANSFER_IMPORT_SOURCE_H
#define TRANSFER_IMPORT_SOURCE_H

#include "base/arena.h"
#include "base/error.h"
#include "base/str.h"

enum { IMPORT_SOURCES_MAX = 256 };

struct import_file {
    const char *path; /* "-": standard input */
    int64_t items;    /* as the manifest says; -1: nobody says */
    struct str md5;   /* Base64, as the manifest says; empty: nobody says */
    struct import_file *next;
};

/* What goes into one table. */
struct import_source {
    const char *path;      /* for messages */
    struct str table;      /* as the manifest says; empty: nobody says */
    struct str definition; /* table-definition.json; empty: there is none */
    struct import_file *files;
};

/*
 * ret:     in `arena`, from 1 to IMPORT_SOURCES_MAX sources.
 * Errors:  error_environment: what cannot be read; error_usage: an export that is not finished, of
 *          another kind (incremental, ION), or several of one table.
 */
MUST_CHECK bool import_sources_find(const char *path, struct arena *arena,
                                    struct import_source **ret, size_t *ret_count,
                                    struct aws_error *err);

#endif
