/* What `squall tune` and `squall invoke` share of a command line: endpoint, region, exit status. */
#ifndef TUNING_COMMAND_LINE_H
#define TUNING_COMMAND_LINE_H

#include "base/buffer.h"
#include "base/error.h"
#include "base/str.h"

enum { EXIT_FAILED_RUN = 1, EXIT_USAGE = 2, EXIT_ENVIRONMENT = 3 };

/*
 * The endpoint without slashes at its end: `given`, else AWS_ENDPOINT_URL_LAMBDA, else
 * AWS_ENDPOINT_URL, else this machine's emulator. Errors: error_usage for what is no http(s) URL.
 */
MUST_CHECK bool endpoint_of(const char *given, struct str *ret, struct aws_error *err);

/* `given`, else AWS_REGION, else AWS_DEFAULT_REGION, else `otherwise`. */
struct str region_of_environment(const char *given, struct str otherwise);

/* A whole file; `-` is standard input. Errors: error_environment. */
MUST_CHECK bool input_read(const char *path, size_t bytes_max, struct arena *arena, struct str *ret,
                           struct aws_error *err);

int exit_status_of(const struct aws_error *err);

#endif
