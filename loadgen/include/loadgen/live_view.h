/*
 * What a run shows of itself while it goes: some lines for a terminal, or one line where there is
 * none. Text only: progress.h puts it on the screen.
 */
#ifndef LOADGEN_LIVE_VIEW_H
#define LOADGEN_LIVE_VIEW_H

#include "loadgen/timeline.h"

enum { LIVE_WINDOWS = 60, LIVE_TEXT_BYTES = 4096, LIVE_LINES = 5 };

struct live_view {
    struct str name;                       /* of the collection */
    int64_t at_ms, length_ms;              /* length 0: not known */
    uint64_t iterations_begun, iterations; /* 0: not bounded */
    size_t users;
    bool ending;
    struct counters all;            /* so far */
    const struct timeline *windows; /* closed ones */
};

struct live_style {
    int columns;  /* lines are cut there */
    bool color;   /* errors in red, names dimmed */
    bool unicode; /* bars of eighths; else ASCII */
};

/* LIVE_LINES lines, each ended by a line feed. */
void live_view_lines(const struct live_view *view, const struct live_style *style,
                     char ret[LIVE_TEXT_BYTES]);
/* One line without a line feed; `seen` is what the line before it knew, `seconds` ago. */
void live_view_plain(const struct live_view *view, const struct counters *seen, double seconds,
                     char ret[LIVE_TEXT_BYTES]);

#endif
