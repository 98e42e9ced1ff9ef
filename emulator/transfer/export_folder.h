/*
 * An export as DynamoDB writes it to S3, in a folder:
 *
 *   OUT/AWSDynamoDB/<id>/_started                empty
 *                       /data/<name>.json.gz     {"Item":{...}} a line
 *                       /table-definition.json   ours: the table as a CreateTable request
 *                       /manifest-files.json     a line a data file       } written last, each with
 *                       /manifest-summary.json   the export as a whole    } its .md5 beside it
 *
 * Without manifest-summary.json an export is not finished. Source: Developer Guide, "DynamoDB table
 * export output format"; names of the checksum files and their form (Base64) as the service writes.
 */
#ifndef TRANSFER_EXPORT_FOLDER_H
#define TRANSFER_EXPORT_FOLDER_H

#include "base/clock.h"
#include "base/error.h"
#include "base/json.h"

enum { EXPORT_PATH_BYTES = 4096 };

/* The names that both ways go by. */
#define EXPORT_TOP_FOLDER       "AWSDynamoDB"
#define EXPORT_DATA_FOLDER      "data"
#define EXPORT_SUMMARY          "manifest-summary.json"
#define EXPORT_FILES            "manifest-files.json"
#define EXPORT_TABLE_DEFINITION "table-definition.json"

struct export_folder;

/*
 * table:   DescribeTable's "Table"; lives as long as the folder.
 * Errors:  error_environment, also for those below.
 */
MUST_CHECK bool export_folder_create(const char *out, const struct json_value *table,
                                     struct clock *clock, struct export_folder **ret,
                                     struct aws_error *err);
/* `item`: the JSON of its attributes, in one line. Files are cut at a size of their own. */
MUST_CHECK bool export_folder_add(struct export_folder *folder, struct str item,
                                  struct aws_error *err);
/* The manifests. */
MUST_CHECK bool export_folder_finish(struct export_folder *folder, struct aws_error *err);
uint64_t export_folder_items(const struct export_folder *folder);
const char *export_folder_path(const struct export_folder *folder);
void export_folder_free(struct export_folder *folder); /* NULL is accepted */

#endif
