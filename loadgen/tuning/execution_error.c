#include "execution_error.h"

const struct error_kind error_execution = {"ExecutionFailed", 500, true};
const struct error_kind error_resource_not_found = {"ResourceNotFoundException", 404, false};
const struct error_kind error_interrupted = {"Interrupted", 500, false};
