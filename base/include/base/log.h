/*
 * Lines for people, on stderr: `squall: …`, one line each, whole lines also from many threads.
 */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include "base/base.h"

/* What went wrong and what to do about it. */
void log_error(const char *format, ...) PRINTF_LIKE(1, 2);
/* What was left out or assumed; silent after log_set_quiet(true). */
void log_notice(const char *format, ...) PRINTF_LIKE(1, 2);
/* Called once at start, before there are threads. */
void log_set_quiet(bool quiet);

#endif
