/* What a stream is written to. */
#ifndef LOADGEN_TERMINAL_H
#define LOADGEN_TERMINAL_H

#include "base/base.h"

/* Its width now: people change the size of their windows. 0 for what is no terminal, 80 for one
 * that does not say. */
size_t terminal_columns(int file);

#endif
