#include "command.h"

int command_exit_status(const struct aws_error *err)
{
    return err->kind == &error_usage ? EXIT_USAGE : EXIT_ENVIRONMENT;
}
