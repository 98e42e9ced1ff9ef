/*
 * The figures of one invocation, read from the log tail that Lambda returns (X-Amz-Log-Result): the
 * REPORT line, or the platform.report record of JSON logging. Read exactly as the published tool
 * reads them, also where that is surprising: a duration needs a decimal part, billed ones must have
 * none, and the first match wins, even if the function itself printed it. One thing is kinder here:
 * a JSON record without its init or restore figures, as every warm invocation writes it, counts
 * them as 0, where the published tool gives up.
 */
#ifndef TUNING_LOG_TAIL_H
#define TUNING_LOG_TAIL_H

#include "base/error.h"
#include "base/str.h"

struct invocation_figures {
    double duration_ms;
    double init_ms;
    double restore_ms;
    double billed_ms;
    double billed_restore_ms;
};

/*
 * tail: the decoded text; empty gives zeros, as an endpoint without logs does.
 * Errors: error_execution, `Invalid JSON log ...`.
 */
MUST_CHECK bool log_tail_read(struct str tail, struct arena *arena, struct invocation_figures *ret,
                              struct aws_error *err);

/* What counts as duration, and what is billed. */
double figures_duration(const struct invocation_figures *figures);
double figures_billed(const struct invocation_figures *figures);

#endif
