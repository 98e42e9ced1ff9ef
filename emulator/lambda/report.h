/*
 * A function's log: platform lines, one invocation's text, and what is kept of all.
 *
 * Source: Lambda Developer Guide, "Viewing CloudWatch logs for Lambda": group
 * /aws/lambda/NAME, one stream an environment. The lines are written by hand and not by printf():
 * each invocation has three of them, also the ones that last microseconds.
 */
#ifndef LAMBDA_REPORT_H
#define LAMBDA_REPORT_H

#include <pthread.h>

#include "base/str.h"

enum {
    REPORT_BYTES = 512,        /* any platform line of ours fits */
    CALL_LOG_BYTES = 8 * 1024, /* kept of one invocation: its newest text */
    FUNCTION_LOG_BYTES = 64 * 1024,
    LOG_STREAM_BYTES = 80,
};

/* Bytes in a ring: the newest `capacity` of all that were added. */
struct log_ring {
    char *bytes;
    size_t capacity;
    uint64_t written; /* ever */
};
void log_ring_add(struct log_ring *ring, struct str text);
/* Copies the newest `max` bytes at most; false past the arena's limit. */
MUST_CHECK bool log_ring_tail(const struct log_ring *ring, size_t max, struct arena *arena,
                              struct str *ret);
/* The same without a copy, oldest part first; the second part is empty unless the ring wrapped. */
void log_ring_parts(const struct log_ring *ring, struct str parts[2]);

/* One function's log; `lock` guards the ring. */
struct function_log {
    pthread_mutex_t lock;
    struct log_ring ring;
};
struct function_log *function_log_new(void);
void function_log_free(struct function_log *log);
void function_log_add(struct function_log *log, const struct str *parts, size_t count);

struct report {
    const char *request_id;
    int64_t duration_ns;
    int64_t init_ns; /* below 0: no cold start */
    int64_t memory_mb;
    int64_t max_memory_mb;
    const char *status;     /* NULL, "timeout" or "error" */
    const char *error_type; /* with "error" */
};

/* Each answers the length; `ret` has REPORT_BYTES. */
size_t report_start_line(char *ret, const char *request_id, const char *version);
size_t report_end_line(char *ret, const char *request_id);
size_t report_line(char *ret, const struct report *report);
/* INIT_REPORT, when the init phase failed; `phase` is "init" or "invoke". */
size_t report_init_line(char *ret, int64_t init_ns, const char *phase, const char *status,
                        const char *error_type);
/* Whole milliseconds, rounded up, of duration and init together; at least 1. */
int64_t report_billed_ms(int64_t duration_ns, int64_t init_ns);

#endif
