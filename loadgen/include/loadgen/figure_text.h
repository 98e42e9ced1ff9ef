/*
 * Figures as people read them: the same digits in the terminal's tables as on the page, whose
 * script does the same sum. A figure is known to a thousandth (results.h) and halves round up; C's
 * printf() and JavaScript's toFixed() differ in that.
 */
#ifndef LOADGEN_FIGURE_TEXT_H
#define LOADGEN_FIGURE_TEXT_H

#include "base/base.h"

enum { FIGURE_TEXT_BYTES = 32 };

/* With 0 to 3 decimals. Both answer `ret`. */
const char *figure_text(double value, int decimals, char ret[FIGURE_TEXT_BYTES]);
/* A time, with as many decimals as its size asks for: 0.12, 12.3, 1234. */
const char *figure_text_ms(double ms, char ret[FIGURE_TEXT_BYTES]);

#endif
