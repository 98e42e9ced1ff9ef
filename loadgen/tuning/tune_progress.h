/* How a sweep is going, on stderr: one line rewritten in place on a terminal, a plain line every
 * few seconds otherwise. */
#ifndef TUNING_TUNE_PROGRESS_H
#define TUNING_TUNE_PROGRESS_H

#include "tuning_run.h"

#include <pthread.h>

struct tune_progress {
    bool quiet;
    bool live;            /* stderr is a terminal */
    pthread_mutex_t lock; /* guards the rest */
    const char *step;
    int64_t done, total; /* runs */
    int64_t last_ms;
    bool open_line;
    char reason[AWS_ERROR_MESSAGE_BYTES]; /* why a size was tried again, last */
};

/* False without memory. Pairs with tune_progress_end(). */
MUST_CHECK bool tune_progress_begin(struct tune_progress *progress, bool quiet, int64_t total);
/* Ends a live line. */
void tune_progress_end(struct tune_progress *progress);
/* What tuning_run() calls; the state is the progress. */
struct tuning_listener tune_progress_listener(struct tune_progress *progress);

#endif
