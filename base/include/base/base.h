/*
 * What every file may count on: checked results, and the C library's traps closed.
 */
#ifndef BASE_BASE_H
#define BASE_BASE_H

#include <assert.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MUST_CHECK               __attribute__((warn_unused_result))
#define PRINTF_LIKE(text, first) __attribute__((format(printf, text, first)))

#define ARRAY_LEN(array)         (sizeof(array) / sizeof((array)[0]))

/* Unbounded or locale-bound functions, each with a bounded replacement in base/. */
#pragma GCC poison sprintf strcpy strcat strncpy strtok atoi atol atof system popen gets

#endif
