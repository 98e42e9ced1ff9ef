/* How a run is going, on stderr: one line rewritten in place on a terminal, a plain line every few
 * seconds otherwise. */
#ifndef LOADGEN_PROGRESS_H
#define LOADGEN_PROGRESS_H

#include "loadgen/run.h"

enum { PROGRESS_LIVE_MS = 200, PROGRESS_PLAIN_MS = 5000 };

struct progress {
    bool quiet;
    bool live; /* stderr is a terminal */
    int64_t last_ms;
    struct counters seen; /* counters.requests at the last line */
    bool open_line;
};

void progress_init(struct progress *progress, bool quiet);
/* For run_observer.tick; the context is a struct progress. */
void progress_tick(struct run *run, void *context);
/* Ends a live line. */
void progress_end(struct progress *progress);

#endif
