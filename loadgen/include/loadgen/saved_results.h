/*
 * Results that 'squall load --json' wrote, made whole again: the same counts, to the last answer,
 * so that every report can be written from them and those of several machines add up.
 */
#ifndef LOADGEN_SAVED_RESULTS_H
#define LOADGEN_SAVED_RESULTS_H

#include "loadgen/outputs.h"

struct saved_results {
    const char *path;           /* borrowed; what saved_results_read() was given */
    struct arena *arena, *text; /* what the texts borrow from: the tree, and the file */
    struct metrics metrics;
    struct request_label *labels;
    struct results results;           /* given, but not computed */
    struct condition_list conditions; /* as the run had them */
};

/* Pairs with saved_results_deinit(), whatever the outcome. Errors: error_usage for what is no such
 * text, saying where; error_out_of_memory. `text` must live as long. */
MUST_CHECK bool saved_results_parse(struct str text, struct saved_results *ret,
                                    struct aws_error *err);
/* The same from a file, which the messages name. Errors: error_environment, too. */
MUST_CHECK bool saved_results_read(const char *path, struct saved_results *ret,
                                   struct aws_error *err);
void saved_results_deinit(struct saved_results *saved);

/*
 * Adds a run of the same requests that took place at the same time elsewhere; times are those since
 * the start of `to`, which is to be the earliest. Errors: error_usage when the requests differ,
 * with the first that does; error_out_of_memory.
 */
MUST_CHECK bool saved_results_merge(struct saved_results *to, const struct saved_results *from,
                                    struct aws_error *err);

#endif
