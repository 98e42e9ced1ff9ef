/* Which tests of scripts failed: each once, with how often and why the first time. Bounded. */
#ifndef LOADGEN_FAILED_TESTS_H
#define LOADGEN_FAILED_TESTS_H

#include "base/str.h"

enum { FAILED_TESTS_KEPT = 100, FAILED_TEST_BYTES = 200 };

struct failed_test {
    size_t request;
    uint64_t count;
    char name[FAILED_TEST_BYTES]; /* cut */
    char message[FAILED_TEST_BYTES];
};

struct failed_tests {
    struct failed_test rows[FAILED_TESTS_KEPT];
    size_t count;
    uint64_t others; /* failures of tests that found no row */
};

void failed_tests_add(struct failed_tests *tests, size_t request, struct str name,
                      struct str message);
/* The same for a test that failed so often. */
void failed_tests_add_count(struct failed_tests *tests, size_t request, struct str name,
                            struct str message, uint64_t count);
/* Another machine's, of the same requests. */
void failed_tests_merge(struct failed_tests *to, const struct failed_tests *from);

#endif
