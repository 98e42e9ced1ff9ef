/* squall load's command line: its options, their defaults, its help. */
#ifndef LOADGEN_LOAD_ARGUMENTS_H
#define LOADGEN_LOAD_ARGUMENTS_H

#include "base/options.h"
#include "loadgen/http_version.h"
#include "loadgen/load_shape.h"
#include "loadgen/outputs.h"

/* Texts are borrowed from argv; NULL where an option was not given. */
struct load_arguments {
    const char *source;
    const char *environment, *globals, *data, *data_order, *working_dir;
    struct option_list env_vars, global_vars;
    struct load_shape shape;
    int64_t timeout_ms, timeout_script_ms, abort_after_ms;
    int64_t seed; /* -1: none */
    bool scripts;
    struct http_version_flags version;
    bool insecure;
    const char *proxy;
    const char *ca_file, *cert_file, *key_file, *passphrase;
    const char *errors;
    struct outputs outputs;
    const char *prometheus;
    bool abort_on_fail, quiet;
};

/*
 * Reads the command line over the defaults. `*ret_help`: --help or --version has been answered, and
 * nothing is to be done. Errors: error_usage, whose message says what to do.
 */
MUST_CHECK bool load_arguments_read(int argc, char **argv, struct load_arguments *ret,
                                    bool *ret_help, struct aws_error *err);

#endif
