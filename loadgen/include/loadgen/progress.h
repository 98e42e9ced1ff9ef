/* How a run is going, on stderr: a view rewritten in place on a terminal, a plain line every few
 * seconds otherwise. NO_COLOR and TERM=dumb are honoured. */
#ifndef LOADGEN_PROGRESS_H
#define LOADGEN_PROGRESS_H

#include "loadgen/live_view.h"
#include "loadgen/run.h"

enum { PROGRESS_LIVE_MS = 200, PROGRESS_PLAIN_MS = 5000 };

struct progress {
    struct str name;
    bool quiet;
    bool live; /* stderr is a terminal */
    struct live_style style;
    int64_t last_ms;
    struct counters seen; /* at the last plain line */
    bool open_view;       /* its lines stand on the screen, the cursor below them */
};

void progress_init(struct progress *progress, struct str name, bool quiet);
/* For run_observer.tick; the context is a struct progress. */
void progress_tick(struct run *run, void *context);
/* Takes the live view off the screen. */
void progress_end(struct progress *progress);

#endif
