/* What `squall export` and `squall import` share of a command line. */
#ifndef TRANSFER_COMMAND_H
#define TRANSFER_COMMAND_H

#include "base/error.h"

enum { EXIT_LEFT_OUT = 1, EXIT_USAGE = 2, EXIT_ENVIRONMENT = 3 };

#define COMMAND_DATA_HELP "the data folder (.squall), while no server has it"
#define COMMAND_ENDPOINT_HELP                                                                      \
    "a running DynamoDB instead: ours (http://127.0.0.1:4566),\nanother one, or AWS"
#define COMMAND_REGION_HELP "the endpoint's region (AWS_REGION, us-east-1)"

int command_exit_status(const struct aws_error *err);

#endif
