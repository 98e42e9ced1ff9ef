/*
 * What a run measured: per request, per window of time, in total. Bounded memory: histograms and
 * counters, never a list of requests.
 *
 * A request counts when it has ended: answered, or failed with one of the error classes. Response
 * times are those of answers, any status; a failed request has none.
 */
#ifndef LOADGEN_METRICS_H
#define LOADGEN_METRICS_H

#include "loadgen/failed_tests.h"
#include "loadgen/sample_text.h"
#include "loadgen/timeline.h"

enum {
    WINDOW_MS = 1000,
    WINDOWS_MAX = 3600,         /* of the run as a whole */
    REQUEST_WINDOWS_MAX = 2400, /* of all its requests together ... */
    REQUEST_WINDOWS_MIN = 30,   /* ... but of each at least these */
    SLOWEST_MAX = 20,
    ERROR_SAMPLES_MAX = 5,   /* of each class */
    ANSWER_SAMPLES_MAX = 40, /* of answers other than 2xx ... */
    SAMPLES_A_STATUS = 4,    /* ... and of one status */
    STATUS_COUNT = 1000,     /* 999 is in use out there */
};

enum error_class {
    ERROR_CONNECT, /* refused, unreachable */
    ERROR_RESOLVE, /* the host has no address */
    ERROR_TLS,     /* no handshake, a certificate that is not trusted */
    ERROR_TIMEOUT,
    ERROR_RESET,   /* the connection broke */
    ERROR_CLOSED,  /* ended before the answer was whole */
    ERROR_PARSE,   /* no HTTP */
    ERROR_REQUEST, /* could not be built or addressed */
    ERROR_CLASS_COUNT,
};

const char *error_class_name(enum error_class class);
/* The class of that name; false for none. */
MUST_CHECK bool error_class_find(struct str name, enum error_class *ret);

struct series {
    struct counters counters;
    struct histogram *histogram;
};

struct request_metrics {
    struct series now;   /* the open window */
    struct series total; /* without it; no histogram in metrics_init_open() */
    struct timeline windows;
};

/* One request of interest. */
struct sample {
    int64_t at_ms; /* when it ended, to a tick */
    int64_t time_us;
    size_t request;
    int status;
    char text[SAMPLE_BYTES]; /* what went wrong, or the answer's status line and body */
    char sent[SAMPLE_BYTES]; /* the request's line and body */
};

struct metrics {
    struct request_metrics *requests; /* a row a request of the collection */
    size_t request_count;
    struct timeline windows; /* of all requests */
    struct counters totals;  /* without the open window */
    double at_ms;            /* the last metrics_users(), since the start */
    int64_t now_begin_ms;
    double end_ms;      /* when the last user stopped, once it has; else 0 */
    double now_user_ms; /* users * time so far in the open window */
    double now_most;    /* users at any moment of it; of several loops: the sum */
    double user_ms;     /* users * time of the whole run */
    uint64_t error_classes[ERROR_CLASS_COUNT];
    struct sample error_samples[ERROR_CLASS_COUNT][ERROR_SAMPLES_MAX]; /* the first of each */
    uint64_t statuses[STATUS_COUNT];
    struct sample slowest[SLOWEST_MAX]; /* slowest first */
    size_t slowest_count;
    struct sample answers[ANSWER_SAMPLES_MAX]; /* the first, other than 2xx */
    size_t answer_count;
    struct failed_tests failed_tests;
    struct histogram *scratch;
};

/* False without memory. Pairs with metrics_deinit(). */
MUST_CHECK bool metrics_init(struct metrics *metrics, size_t request_count);
/* The same for an open window alone, which metrics_take() empties: it can be closed nowhere else.
 */
MUST_CHECK bool metrics_init_open(struct metrics *metrics, size_t request_count);
void metrics_deinit(struct metrics *metrics);

/* An answer, `time_us` after its request began. */
void metrics_answer(struct metrics *metrics, size_t request, int status, int64_t time_us,
                    uint64_t bytes_in, uint64_t bytes_out);
/* A request that failed; `detail` is kept for the first of its class. The sample that was made of
 * it, for what was sent; or NULL. */
struct sample *metrics_error(struct metrics *metrics, size_t request, enum error_class class,
                             const char *detail, uint64_t bytes_in, uint64_t bytes_out);
/* What an answer other than 2xx looked like, as far as it is at hand: head and body as received.
 * Answers as metrics_error(). */
struct sample *metrics_sample_answer(struct metrics *metrics, size_t request, int status,
                                     struct str bytes);
/* Tests on an answer of that request, and how many of them failed; failed_tests has their names. A
 * script that ended in an error counts as a test that failed. */
void metrics_tests(struct metrics *metrics, size_t request, uint64_t count, uint64_t failed);
/* `users` were active for `ms`, until now. */
void metrics_users(struct metrics *metrics, double users, double ms);
/* Whether the open window is complete at that moment since the run's start. */
bool metrics_window_due(const struct metrics *metrics, int64_t at_ms);
/* Closes the open window. False without memory. */
MUST_CHECK bool metrics_close_window(struct metrics *metrics, int64_t at_ms);

/* The run is over: as metrics_close_window(), but a last window of less than half a width joins the
 * one before it. */
MUST_CHECK bool metrics_finish(struct metrics *metrics, int64_t at_ms);

/* Moves what `from` recorded in its open window into that of `to`: of the same run at the same
 * time, recorded by another thread. Samples, too: the slowest of both, and what there is room for.
 */
void metrics_take(struct metrics *to, struct metrics *from);

/* What has ended so far, the open window too. */
struct counters metrics_so_far(const struct metrics *metrics);
/* The sum of all requests' histograms, of closed windows. */
void metrics_total(const struct metrics *metrics, struct histogram *ret);
/*
 * The same without coordinated omission, as histogram_add_corrected(): a request's interval between
 * one user's sendings is the time that the users spent divided by its count.
 */
void metrics_corrected(const struct metrics *metrics, struct histogram *ret);
void metrics_corrected_request(const struct metrics *metrics, size_t request,
                               struct histogram *ret);

/* Adds another machine's part of the run, whose start was `offset_ms` after this one's. False
 * without memory, or when the number of requests differs. */
MUST_CHECK bool metrics_merge(struct metrics *to, const struct metrics *from, int64_t offset_ms);

#endif
