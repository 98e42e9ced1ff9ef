/* The same work for many indexes, on threads that end with the call. */
#ifndef TUNING_PARALLEL_H
#define TUNING_PARALLEL_H

#include "base/base.h"

/*
 * Calls work(context, index) once for each index below `count`, on at most `threads_max` threads of
 * which the caller's is one, and returns when all are done. Where the machine gives fewer threads,
 * fewer do the work.
 */
void parallel_for(size_t count, size_t threads_max, void (*work)(void *context, size_t index),
                  void *context);

#endif
