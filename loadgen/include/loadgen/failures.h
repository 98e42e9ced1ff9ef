/*
 * What went wrong and how often, in a window or in all of a request: classes of errors and answers
 * by their status. A bounded number of kinds is told apart; the rest count together.
 */
#ifndef LOADGEN_FAILURES_H
#define LOADGEN_FAILURES_H

#include "base/base.h"

enum {
    FAILURES_MAX = 12, /* rows, the last of which is kept for FAILURE_OTHER */
    FAILURE_OTHER = 0,
    /* 1 to 999: an answer of that status, other than 2xx. */
    FAILURE_ERRORS = 1000, /* and from here: a request without an answer, plus its error class */
};

struct failure_count {
    uint32_t kind;
    uint64_t count;
};

struct failures {
    struct failure_count rows[FAILURES_MAX]; /* in order of first appearance */
    size_t count;
};

void failures_count(struct failures *failures, uint32_t kind, uint64_t count);
void failures_add(struct failures *to, const struct failures *from);

#endif
