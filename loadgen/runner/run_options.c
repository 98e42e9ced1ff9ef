#include "run_options.h"

#include "base/log.h"

enum { POSITIONAL_MAX = 64 };
#define OFFSET(member) offsetof(struct run_arguments, member)
static const struct option_row option_rows[] = {
    {"environment", 'e', OPTION_TEXT, OFFSET(environment), "FILE", "a Postman environment", 0, 0,
     NULL},
    {"globals", 'g', OPTION_TEXT, OFFSET(globals), "FILE", "Postman globals", 0, 0, NULL},
    {"reporters", 'r', OPTION_TEXT, OFFSET(reporters), "LIST",
     "cli (default), json, junit, progress; several with commas", 0, 0, NULL},
    {"iteration-count", 'n', OPTION_INT, OFFSET(iterations), "N",
     "iterations (default: as many as there are rows of data, else 1)", 1, INT64_MAX, NULL},
    {"iteration-data", 'd', OPTION_TEXT, OFFSET(data), "FILE",
     "rows of values, one an iteration: CSV with a heading, or a JSON array of objects", 0, 0,
     NULL},
    {"folder", 0, OPTION_LIST, OFFSET(folders), "NAME",
     "only this folder or request, by name or id (repeatable)", 0, 0, NULL},
    {"global-var", 0, OPTION_LIST, OFFSET(global_vars), "NAME=VALUE",
     "one more global value (repeatable)", 0, 0, NULL},
    {"env-var", 0, OPTION_LIST, OFFSET(env_vars), "NAME=VALUE",
     "one more value, over the environment's (repeatable)", 0, 0, NULL},
    {"export-environment", 0, OPTION_TEXT, OFFSET(export_environment), "FILE",
     "write the environment as it ended", 0, 0, NULL},
    {"export-globals", 0, OPTION_TEXT, OFFSET(export_globals), "FILE",
     "write the globals as they ended", 0, 0, NULL},
    {"export-collection", 0, OPTION_TEXT, OFFSET(export_collection), "FILE",
     "write the collection, with its variables as they ended", 0, 0, NULL},
    {"bail", 0, OPTION_TEXT, OFFSET(bail), "[folder,failure]",
     "end at the first failure (alone, or failure); folder: an unknown --folder runs nothing", 0, 0,
     NULL},
    {"ignore-redirects", 0, OPTION_FLAG, OFFSET(ignore_redirects), "",
     "show redirects instead of following them", 0, 0, NULL},
    {"suppress-exit-code", 'x', OPTION_FLAG, OFFSET(suppress_exit_code), "",
     "exit 0 whatever failed", 0, 0, NULL},
    {"silent", 0, OPTION_FLAG, OFFSET(silent), "", "print nothing", 0, 0, NULL},
    {"disable-unicode", 0, OPTION_FLAG, OFFSET(disable_unicode), "", "words instead of symbols", 0,
     0, NULL},
    {"color", 0, OPTION_CHOICE, OFFSET(color), "auto|on|off", "coloured output (default auto)", 0,
     0, "auto|on|off"},
    {"delay-request", 0, OPTION_INT, OFFSET(delay_ms), "MS", "a pause between requests", 0,
     86400000, NULL},
    {"timeout", 0, OPTION_INT, OFFSET(timeout_ms), "MS", "end the run after this long", 0,
     INT64_C(86400000) * 30, NULL},
    {"timeout-request", 0, OPTION_INT, OFFSET(timeout_request_ms), "MS",
     "give up on an answer after this long", 0, 86400000, NULL},
    {"timeout-script", 0, OPTION_INT, OFFSET(timeout_script_ms), "MS",
     "stop a script after this long (default 10 s of running, 60 s of waiting)", 0, 86400000, NULL},
    {"insecure", 'k', OPTION_FLAG, OFFSET(insecure), "",
     "https: take any certificate of the server's", 0, 0, NULL},
    {"ssl-client-cert", 0, OPTION_TEXT, OFFSET(cert_file), "FILE", "our certificate, PEM", 0, 0,
     NULL},
    {"ssl-client-key", 0, OPTION_TEXT, OFFSET(key_file), "FILE", "its private key, PEM", 0, 0,
     NULL},
    {"ssl-client-passphrase", 0, OPTION_TEXT, OFFSET(passphrase), "TEXT", "of the key", 0, 0, NULL},
    {"ssl-client-cert-list", 0, OPTION_TEXT, OFFSET(cert_list), "FILE",
     "certificates by address: a JSON array of {name, matches, cert, key, passphrase}", 0, 0, NULL},
    {"ssl-extra-ca-certs", 0, OPTION_TEXT, OFFSET(ca_file), "FILE",
     "authorities beside the system's, PEM", 0, 0, NULL},
    HTTP_VERSION_ROWS(struct run_arguments, version),
    {"verbose", 0, OPTION_FLAG, OFFSET(verbose), "", "requests' and answers' bodies, too", 0, 0,
     NULL},
    {"reporter-json-export", 0, OPTION_TEXT, OFFSET(json_export), "FILE",
     "where -r json writes (default newman/newman-run-report-TIME.json)", 0, 0, NULL},
    {"reporter-junit-export", 0, OPTION_TEXT, OFFSET(junit_export), "FILE",
     "where -r junit writes (default newman/newman-run-report-TIME.xml)", 0, 0, NULL},
    {"reporter-cli-silent", 0, OPTION_FLAG, OFFSET(cli_silent), "", "no cli report", 0, 0, NULL},
    {"reporter-cli-no-assertions", 0, OPTION_FLAG, OFFSET(cli_no_assertions), "",
     "without assertions", 0, 0, NULL},
    {"reporter-cli-no-success-assertions", 0, OPTION_FLAG, OFFSET(cli_no_success_assertions), "",
     "without assertions that pass", 0, 0, NULL},
    {"reporter-cli-no-summary", 0, OPTION_FLAG, OFFSET(cli_no_summary), "",
     "without the table of figures", 0, 0, NULL},
    {"reporter-cli-no-failures", 0, OPTION_FLAG, OFFSET(cli_no_failures), "",
     "without the table of failures", 0, 0, NULL},
    {"reporter-cli-no-console", 0, OPTION_FLAG, OFFSET(cli_no_console), "",
     "without what scripts log", 0, 0, NULL},
    {"reporter-cli-no-banner", 0, OPTION_FLAG, OFFSET(cli_no_banner), "", "without the first line",
     0, 0, NULL},
    {"cookie-jar", 0, OPTION_TEXT, OFFSET(cookie_jar), "FILE",
     "cookies to begin with, as --export-cookie-jar writes them", 0, 0, NULL},
    {"export-cookie-jar", 0, OPTION_TEXT, OFFSET(export_cookie_jar), "FILE",
     "write the cookies as they ended", 0, 0, NULL},
    {"postman-api-key", 0, OPTION_TEXT, OFFSET(api_key), "KEY", "(absent)", 0, 0, NULL},
    {"working-dir", 0, OPTION_TEXT, OFFSET(working_dir), "DIR",
     "where the files that bodies name are (default: here)", 0, 0, NULL},
    {"insecure-file-read", 0, OPTION_FLAG, OFFSET(insecure_file_read), "",
     "bodies' files may lie outside the working directory (default; --no-insecure-file-read)", 0, 0,
     NULL},
};

static const struct command_help help_text = {
    "squall run COLLECTION|URL [options]",
    "Runs a Postman collection (v2.0, v2.1) once through, as newman does: its output, options and "
    "exit status.",
    "examples\n"
    "  squall run shop.json -e local.json\n"
    "  squall run shop.json -d users.csv --folder Checkout --bail\n"
    "  squall run shop.json -r cli,junit --reporter-junit-export report.xml\n"
    "\n"
    "proxies: HTTP_PROXY, HTTPS_PROXY and NO_PROXY in the environment, as newman reads them\n"
    "\n"
    "exit status: 0 all is well, 1 otherwise: a failed assertion, an error of a request or script, "
    "a\nfile that is not there\n",
};

/* --- newman's ways of writing options ------------------------------------------------------- */

struct rewriting {
    struct arena *space;
    char **argv;
    int count;
};

static void put(struct rewriting *r, const char *argument)
{
    r->argv[r->count++] = str_to_c(r->space, str_from_c(argument));
}

static bool is_option(struct str name)
{
    for (size_t i = 0; i < ARRAY_LEN(option_rows); i++) {
        if (str_eq(str_from_c(option_rows[i].name), name))
            return true;
    }
    return false;
}

/* `--reporter-export FILE` is for every reporter that has such an option; what none has belongs to
 * a reporter that is not here, and is dropped with its value. */
static bool put_for_all(struct rewriting *r, struct str name, struct str value)
{
    static const char *const reporters[] = {"cli", "json", "junit"};
    bool takes_value = str_eq(name, STR("export")), found = false;

    for (size_t i = 0; i < ARRAY_LEN(reporters); i++) {
        struct str whole = str_printf(r->space, "reporter-%s-%.*s", reporters[i], STR_ARG(name));
        if (!is_option(whole) || (takes_value && value.len == 0))
            continue;
        put(r, str_printf(r->space, "--%.*s%s%.*s", STR_ARG(whole), takes_value ? "=" : "",
                          STR_ARG(takes_value ? value : STR("")))
                   .ptr);
        found = true;
    }
    return takes_value || !found;
}

/* Answers how many arguments it took. */
static int put_reporter_option(struct rewriting *r, int argc, char **argv, int at)
{
    struct str value = str_from_c(argv[at]), name = str_split(&value, '=');
    bool next = name.len == strlen(argv[at]) && at + 1 < argc && argv[at + 1][0] != '-';

    if (is_option(str_slice(name, 2, name.len))) {
        put(r, argv[at]);
        return 1;
    }
    if (next)
        value = str_from_c(argv[at + 1]);
    return put_for_all(r, str_slice(name, strlen("--reporter-"), name.len), value) && next ? 2 : 1;
}

/* `--bail` may stand alone. */
static bool is_bare_bail(int argc, char **argv, int at)
{
    return strcmp(argv[at], "--bail") == 0 &&
           (at + 1 == argc ||
            (strncmp(argv[at + 1], "folder", 6) != 0 && strncmp(argv[at + 1], "failure", 7) != 0));
}

static char **rewrite(int argc, char **argv, struct arena *space, int *ret_count)
{
    struct rewriting r = {space, arena_alloc_array(space, 3 * (size_t)argc + 1, sizeof(char *)), 0};

    for (int i = 0; r.argv != NULL && i < argc;) {
        if (strncmp(argv[i], "--reporter-", strlen("--reporter-")) == 0) {
            i += put_reporter_option(&r, argc, argv, i);
            continue;
        }
        put(&r, is_bare_bail(argc, argv, i) ? "--bail=failure" : argv[i]);
        i++;
    }
    *ret_count = r.count;
    return r.argv;
}

static bool check_absent(const struct run_arguments *arguments, struct aws_error *err)
{
    const struct {
        const void *given;
        const char *name;
    } rows[] = {
        {arguments->api_key, "--postman-api-key"},
    };

    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        if (rows[i].given != NULL)
            return aws_fail(err, &error_usage,
                            "%s is not part of this version; docs/absent.md lists what is not",
                            rows[i].name);
    }
    return true;
}

bool run_options_read(int argc, char **argv, struct arena *space, struct run_arguments *ret,
                      bool *help, struct aws_error *err)
{
    const char *positional[POSITIONAL_MAX] = {NULL}; /* newman reads the first */
    size_t count = 0;
    char **rewritten = rewrite(argc, argv, space, &argc);

    if (rewritten == NULL)
        return aws_fail(err, &error_out_of_memory, "out of memory");
    if (!options_parse(option_rows, ARRAY_LEN(option_rows), &help_text, argc, rewritten, ret,
                       positional, POSITIONAL_MAX, &count, help, err))
        return false;
    if (*help)
        return true;
    if (count == 0)
        return aws_fail(err, &error_usage, "missing required argument 'collection'");
    ret->collection = positional[0];
    return check_absent(ret, err);
}
