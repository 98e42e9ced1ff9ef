/* How far it has come, on stderr: a line that is written over on a terminal, else one now and then.
 */
#ifndef TRANSFER_ITEM_PROGRESS_H
#define TRANSFER_ITEM_PROGRESS_H

#include "base/clock.h"

struct item_progress {
    const char *verb; /* "exported" */
    const char *name; /* the table's */
    struct clock *clock;
    bool quiet;
    bool terminal;
    bool open_line;
    int64_t started_ns;
    int64_t last_ns;
};

void item_progress_init(struct item_progress *progress, const char *verb, const char *name,
                        bool quiet, struct clock *clock);
/* Cheap: tells only when it is time again. */
void item_progress_tell(struct item_progress *progress, uint64_t items);
/* Clears the terminal's line. Answers the seconds since the beginning. */
double item_progress_end(struct item_progress *progress);

#endif
