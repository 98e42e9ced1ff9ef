/* Whether results that are added up are the parts of one run, each once. */
#ifndef LOADGEN_MERGE_CHECK_H
#define LOADGEN_MERGE_CHECK_H

#include "loadgen/saved_results.h"

/*
 * Says what is odd about the parts, the earliest first, a notice each: a part that is there twice
 * or missing, parts of different divisions, one that began when the first had ended. Parts that no
 * --segment made are only asked whether two are the same.
 */
void merge_check(const struct saved_results *parts, size_t count);

#endif
