/*
 * What a run measured: per request, per window of time, in total. Constant memory: histograms and
 * counters, never a list of requests.
 *
 * A request counts when it has ended: answered, or failed with one of the error classes. Response
 * times are those of answers, any status; a failed request has none.
 */
#ifndef LOADGEN_METRICS_H
#define LOADGEN_METRICS_H

#include "loadgen/histogram.h"

enum {
    WINDOWS_MAX = 3600,
    ERROR_SAMPLE_BYTES = 160,
    STATUS_COUNT = 600,
};

enum error_class {
    ERROR_CONNECT, /* refused, unreachable */
    ERROR_RESOLVE, /* the host has no address */
    ERROR_TIMEOUT,
    ERROR_RESET,   /* the connection broke */
    ERROR_CLOSED,  /* ended before the answer was whole */
    ERROR_PARSE,   /* no HTTP/1.1 */
    ERROR_REQUEST, /* could not be built or addressed */
    ERROR_CLASS_COUNT,
};

const char *error_class_name(enum error_class class);

struct counters {
    uint64_t requests; /* ended, with or without an answer */
    uint64_t errors, non_2xx, failed_tests;
    uint64_t bytes_in, bytes_out;
    uint64_t sum_us; /* of answers; their number is requests - errors */
    int64_t min_us, max_us;
};

/* One moment's figures, closed: a window's counts stay as a compact text, for its percentiles. */
struct window {
    int64_t begin_ms, end_ms;
    double users; /* active, on average; with a rate: with a request in flight */
    struct counters counters;
    int64_t p50_us, p90_us, p95_us, p99_us;
    char *payload; /* histogram_encode(); malloc */
    size_t payload_bytes;
};

struct series {
    struct counters counters;
    struct histogram *histogram;
};

struct metrics {
    struct series *requests; /* a row a request of the collection */
    size_t request_count;
    struct series now; /* the open window */
    int64_t now_begin_ms;
    double now_user_ms; /* users * time so far in it */
    struct window *windows;
    size_t window_count;
    int64_t window_ms; /* doubled whenever WINDOWS_MAX is met */
    struct counters totals;
    uint64_t error_classes[ERROR_CLASS_COUNT];
    char error_samples[ERROR_CLASS_COUNT][ERROR_SAMPLE_BYTES]; /* the first of each class */
    uint64_t statuses[STATUS_COUNT];
    double user_ms; /* users * time of the whole run */
};

/* False without memory. Pairs with metrics_deinit(). */
MUST_CHECK bool metrics_init(struct metrics *metrics, size_t request_count, int64_t window_ms);
void metrics_deinit(struct metrics *metrics);

/* An answer, `time_us` after its request began. */
void metrics_answer(struct metrics *metrics, size_t request, int status, int64_t time_us,
                    uint64_t bytes_in, uint64_t bytes_out);
/* A request that failed; `detail` is kept for the first of its class. */
void metrics_error(struct metrics *metrics, size_t request, enum error_class class,
                   const char *detail, uint64_t bytes_in, uint64_t bytes_out);
/* `users` were active for `ms`. */
void metrics_users(struct metrics *metrics, double users, double ms);
/* Whether the open window is complete at that moment since the run's start. */
bool metrics_window_due(const struct metrics *metrics, int64_t at_ms);
/* Closes the open window. False without memory. */
MUST_CHECK bool metrics_close_window(struct metrics *metrics, int64_t at_ms);

/* The run is over: as metrics_close_window(), but a last window of less than half a width joins the
 * one before it. */
MUST_CHECK bool metrics_finish(struct metrics *metrics, int64_t at_ms);

/* The sum of all requests' histograms. */
void metrics_total(const struct metrics *metrics, struct histogram *ret);
/* As metrics_total() without coordinated omission: each request's own interval between one user's
 * sendings is the time that the users spent divided by its count. */
void metrics_corrected(const struct metrics *metrics, struct histogram *ret);

double counters_average_ms(const struct counters *counters);
/* `non_2xx`: answers other than 2xx count as errors. */
double counters_error_percent(const struct counters *counters, bool non_2xx);

#endif
