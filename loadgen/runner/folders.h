/* --folder: which requests of a collection are to run. */
#ifndef RUNNER_FOLDERS_H
#define RUNNER_FOLDERS_H

#include "base/options.h"
#include "loadgen/collection.h"

/*
 * Leaves the collection the requests that are named, in its own order. One name: the first folder
 * or request that has it as id or name, level by level; several: each once, and what lies in a
 * folder that is named, too, is not run twice.
 *
 * Errors: error_usage for a name that nothing has; error_out_of_memory.
 * Source: postman-runtime, lib/runner/extract-runnable-items.js.
 */
MUST_CHECK bool folders_select(const struct option_list *names, struct arena *arena,
                               struct collection *collection, struct aws_error *err);

#endif
