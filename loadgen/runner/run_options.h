/* The command line of squall run: newman's options, with newman's names. */
#ifndef RUNNER_RUN_OPTIONS_H
#define RUNNER_RUN_OPTIONS_H

#include "loadgen/http_version.h"

struct run_arguments {
    const char *collection;
    const char *environment, *globals, *data, *reporters;
    int64_t iterations, delay_ms, timeout_ms, timeout_request_ms, timeout_script_ms;
    struct option_list folders, global_vars, env_vars;
    const char *export_environment, *export_globals, *export_collection;
    const char *json_export, *junit_export;
    const char *color, *bail;
    const char *cert_file, *key_file, *passphrase, *ca_file;
    bool ignore_redirects, suppress_exit_code, silent, disable_unicode, insecure, verbose;
    bool cli_silent, cli_no_assertions, cli_no_success_assertions, cli_no_summary, cli_no_failures,
        cli_no_console, cli_no_banner;
    struct http_version_flags version;
    const char *cert_list;
    const char *cookie_jar, *export_cookie_jar;
    const char *api_key; /* absent */
    const char *working_dir;
    bool insecure_file_read;
};

/*
 * Reads argv into `ret` (borrowed). Errors: error_usage. *help: --help or --version was shown.
 * `space` holds a rewritten argv: newman's `--bail` may stand without a value.
 */
MUST_CHECK bool run_options_read(int argc, char **argv, struct arena *space,
                                 struct run_arguments *ret, bool *help, struct aws_error *err);

#endif
