/* Why a tuning run ended without an answer: kinds of struct aws_error. */
#ifndef TUNING_EXECUTION_ERROR_H
#define TUNING_EXECUTION_ERROR_H

#include "base/error.h"

/* The run failed, in the published tool's words: exit status 1. */
extern const struct error_kind error_execution;
/* Lambda answered ResourceNotFoundException. */
extern const struct error_kind error_resource_not_found;
/* The run was stopped by a signal. */
extern const struct error_kind error_interrupted;

#endif
