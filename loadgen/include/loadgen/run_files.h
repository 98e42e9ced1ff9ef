/* The files that a run is given: collection, environment, globals, data. */
#ifndef LOADGEN_RUN_FILES_H
#define LOADGEN_RUN_FILES_H

#include "base/options.h"
#include "loadgen/collection.h"
#include "loadgen/fetch.h"
#include "loadgen/variables.h"

/*
 * Everything is read into `arena`. A path that is NULL is read as nothing; with a fetcher it may be
 * an address.
 * Errors: error_environment for a file that cannot be read; error_usage for one that is not what it
 * should be; error_out_of_memory.
 */

/* A collection's file, a HAR archive's, an OpenAPI description's (JSON or YAML), or, without a
 * fetcher, an address: the collection of one GET request. */
MUST_CHECK bool run_files_collection(const char *source, const struct fetcher *fetcher,
                                     struct arena *arena, struct collection *ret,
                                     struct variables *variables, struct aws_error *err);
/* An environment or globals: {"name", "values": [...]}, or what the Postman API wraps around it. */
MUST_CHECK bool run_files_scope(const char *path, enum variable_scope scope,
                                const struct fetcher *fetcher, struct arena *arena,
                                struct variables *variables, struct str *ret_name,
                                struct aws_error *err);
/* NAME=VALUE each. */
MUST_CHECK bool run_files_pairs(const struct option_list *list, enum variable_scope scope,
                                struct arena *arena, struct variables *variables,
                                struct aws_error *err);
MUST_CHECK bool run_files_data(const char *path, const struct fetcher *fetcher, struct arena *arena,
                               struct variables *variables, struct aws_error *err);

#endif
