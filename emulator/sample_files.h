/* Where the sample application's files are: installed with the binary, or in the source tree. */
#ifndef EMULATOR_SAMPLE_FILES_H
#define EMULATOR_SAMPLE_FILES_H

#include <limits.h>

#include "base/error.h"

/*
 * name: below fixtures/, as "sample/template.yaml". Looked for under the installation's prefix,
 * then beside the build folder. Errors: error_environment.
 */
MUST_CHECK bool sample_file(const char *name, char ret[PATH_MAX], struct aws_error *err);

#endif
