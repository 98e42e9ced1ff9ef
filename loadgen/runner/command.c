/* squall run: from the command line to newman's exit status. */
#include "runner/runner.h"

#include <limits.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/log.h"
#include "base/uuid.h"
#include "loadgen/collection_files.h"
#include "loadgen/cookie_file.h"
#include "loadgen/report_file.h"
#include "loadgen/run_files.h"
#include "loadgen/text_file.h"
#include "loadgen/virtual_user.h"
#include "folders.h"
#include "output_path.h"
#include "reporters.h"
#include "run_transport.h"
#include "scope_export.h"

enum { EXIT_FAILED = 1, EVENT_ARENA_BYTES = 64 << 20, COOKIE_FILE_BYTES_MAX = 16 << 20 };
#define RUN_ARENA_BYTES ((size_t)4 << 30)

struct session {
    struct run_arguments arguments;
    struct arena *arena;
    struct collection collection;
    struct variables variables;
    struct target_list targets;
    struct run_transport transport;
    struct body_files files;
    struct run run;
    struct run_scripts scripts;
    struct run_record record;
    struct cli_options cli_options;
    struct reporter_cli cli;
    struct reporter_progress progress;
    struct str environment_name, globals_name;
    struct str cookies_given, cookies_kept; /* files' texts */
    bool has_cookies;
    bool json, junit;
};

static bool no_memory(struct aws_error *err)
{
    return aws_fail(err, &error_out_of_memory, "out of memory");
}

/* --- set-up --------------------------------------------------------------------------------- */

/* As newman does: what has no id is given one, and a collection without a name goes by it. */
static bool give_ids(struct session *session, struct aws_error *err)
{
    struct collection *collection = &session->collection;
    char text[UUID_TEXT_BYTES];
    struct rng rng;

    rng_init_random(&rng);
    for (size_t i = 0; i <= collection->request_count; i++) {
        struct str *id =
            i == collection->request_count ? &collection->id : &collection->requests[i].id;
        uuid_v4(&rng, text);
        if (id->len == 0 && !str_copy(session->arena, str_from_c(text), id))
            return no_memory(err);
    }
    if (collection->nameless)
        collection->name = collection->id;
    return true;
}

/* Bodies' files are read when they are sent. */
static bool find_files(struct session *session, struct aws_error *err)
{
    const char *folder = session->arguments.working_dir;
    char here[PATH_MAX];

    if (getcwd(here, sizeof(here)) == NULL)
        return aws_fail(err, &error_environment, "the current folder has no name");
    session->files.folder =
        path_resolve(session->arena, str_from_c(here), str_from_c(folder == NULL ? "." : folder))
            .ptr;
    session->files.inside_only = !session->arguments.insecure_file_read;
    for (size_t i = 0; i < session->collection.request_count; i++)
        session->collection.requests[i].files_at_send = true;
    return session->files.folder != NULL || no_memory(err);
}

static bool read_files(struct session *session, struct aws_error *err)
{
    const struct run_arguments *arguments = &session->arguments;
    struct arena *arena = session->arena;
    struct variables *variables = &session->variables;

    struct fetcher fetcher = {NULL};

    variables->as_newman = true;
    session->run.targets = &session->targets;
    if (!run_transport_proxies(&session->transport, arena, &session->run, err))
        return false;
    fetcher.proxies = session->run.proxies;
    return run_files_collection(arguments->collection, &fetcher, arena, &session->collection,
                                variables, err) &&
           run_files_scope(arguments->globals, SCOPE_GLOBAL, &fetcher, arena, variables,
                           &session->globals_name, err) &&
           run_files_pairs(&arguments->global_vars, SCOPE_GLOBAL, arena, variables, err) &&
           run_files_scope(arguments->environment, SCOPE_ENVIRONMENT, &fetcher, arena, variables,
                           &session->environment_name, err) &&
           run_files_pairs(&arguments->env_vars, SCOPE_ENVIRONMENT, arena, variables, err) &&
           run_files_data(arguments->data, &fetcher, arena, variables, err) &&
           folders_select(&arguments->folders, arena, &session->collection, err) &&
           give_ids(session, err) && find_files(session, err);
}

/* What a request says of itself counts for more. */
static void ignore_redirects(struct collection *collection)
{
    for (size_t i = 0; i < collection->request_count; i++) {
        struct request_definition *request = &collection->requests[i];
        if (!request->behavior.says_stay)
            request->behavior.stay = request->inherited.behavior.stay = true;
    }
}

/* Each request is compiled when it is sent: nothing can be known before. */
static bool prepare_run(struct session *session, struct aws_error *err)
{
    const struct run_arguments *arguments = &session->arguments;
    struct run *run = &session->run;
    size_t rows = session->variables.data.row_count;

    run->definitions = session->collection.requests;
    run->plan_count = session->collection.request_count;
    run->variables = &session->variables;
    run->plans = arena_alloc_array(session->arena, run->plan_count, sizeof(*run->plans));
    run->plan_targets = arena_alloc_array(session->arena, run->plan_count, sizeof(struct target *));
    if (run->plans == NULL || run->plan_targets == NULL)
        return no_memory(err);
    run->options.users = run->options.all_users = 1;
    run->options.segments = 1;
    run->options.iterations = arguments->iterations > 0 ? (uint64_t)arguments->iterations
                              : rows > 0                ? rows
                                                        : 1;
    run->options.duration_ms = arguments->timeout_ms;
    run->options.timeout_ms = arguments->timeout_request_ms;
    run->options.think_from_ms = run->options.think_to_ms = arguments->delay_ms;
    run->options.as_newman = true;
    run->options.files = &session->files;
    run->options.ignore_redirects = arguments->ignore_redirects;
    if (arguments->ignore_redirects)
        ignore_redirects(&session->collection);
    if (!http_version_read(&arguments->version, &run->options.version, err))
        return false;
    if (!profile_find(STR("fixed"), &run->options.profile))
        return aws_fail(err, &error_environment, "there is no fixed profile");
    return run_transport_init(&session->transport, arguments, &session->collection, session->arena,
                              run, err);
}

/* Also for a collection without scripts that exports variables: no, those are as given. */
static bool prepare_scripts(struct session *session, struct aws_error *err)
{
    struct script_setup setup = {
        .collection = &session->collection,
        .variables = &session->variables,
        .environment_name = session->environment_name,
        .globals_name = session->globals_name,
        .users = 1,
        .all_users = 1,
        .iterations = session->run.options.iterations,
        .detailed = true,
        .timeout_ms = session->arguments.timeout_script_ms,
    };

    if (session->collection.script_count == 0)
        return true;
    if (!run_scripts_init(&session->scripts, &session->run, &setup, err))
        return false;
    session->scripts.done = user_scripts_done;
    session->run.scripts = &session->scripts;
    return true;
}

/* --- cookies -------------------------------------------------------------------------------- */

/* Before the first request: the jar is the user's. */
static bool on_begin(struct run *run, void *context, struct aws_error *err)
{
    struct session *session = context;
    const char *path = session->arguments.cookie_jar;
    struct aws_error why = {0};

    if (path == NULL ||
        cookie_file_read(session->cookies_given, clock_wall_ms(clock_system()) / 1000,
                         session->arena, &run->lanes[0]->users[0].cookies, &why))
        return true;
    return aws_fail(err, &error_usage, "the file at %s does not contain valid JSON data.", path);
}

static void on_end(struct run *run, void *context)
{
    struct session *session = context;

    session->has_cookies =
        cookie_file_write(&run->lanes[0]->users[0].cookies, session->arena, &session->cookies_kept);
}

static bool prepare_cookies(struct session *session, struct aws_error *err)
{
    const char *path = session->arguments.cookie_jar;

    session->run.observer =
        (struct run_observer){.begin = on_begin, .end = on_end, .context = session};
    return path == NULL || text_file_read(session->arena, path, COOKIE_FILE_BYTES_MAX,
                                          &session->cookies_given, err);
}

/* --- reporters ------------------------------------------------------------------------------ */

static bool wants_colors(const char *color, bool is_terminal)
{
    if (color != NULL && strcmp(color, "on") == 0)
        return true;
    return is_terminal && (color == NULL || strcmp(color, "auto") == 0) &&
           getenv("NO_COLOR") == NULL;
}

/*
 * Whether cli-table3 colours its edges: it asks the environment, not the terminal, and takes any
 * --color for a yes.
 */
static bool table_has_escapes(const char *color)
{
    static const char *const terms[] = {"xterm", "screen", "vt100", "vt220", "rxvt"};
    static const char *const parts[] = {"-256", "color", "ansi", "cygwin", "linux"};
    const char *term = getenv("TERM");

    if (color != NULL || getenv("FORCE_COLOR") != NULL)
        return true;
    if (getenv("CI") != NULL || term == NULL || strcmp(term, "dumb") == 0)
        return false;
    for (size_t i = 0; i < ARRAY_LEN(terms); i++) {
        if (strncmp(term, terms[i], strlen(terms[i])) == 0)
            return true;
    }
    for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
        if (strstr(term, parts[i]) != NULL)
            return true;
    }
    return getenv("COLORTERM") != NULL;
}

static void prepare_cli(struct session *session)
{
    const struct run_arguments *arguments = &session->arguments;
    struct winsize size = {0};
    bool is_terminal = isatty(STDOUT_FILENO) != 0;

    /* In CI newman takes no notice of a terminal's width. */
    if (!is_terminal || getenv("CI") != NULL || ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0)
        size.ws_col = 0;
    session->cli_options = (struct cli_options){
        .out = stdout,
        .colors = wants_colors(arguments->color, is_terminal),
        .escapes = table_has_escapes(arguments->color),
        .is_terminal = is_terminal,
        .columns = size.ws_col,
        .plain_symbols = arguments->disable_unicode,
        .no_assertions = arguments->cli_no_assertions,
        .no_success_assertions = arguments->cli_no_success_assertions,
        .no_summary = arguments->cli_no_summary,
        .no_failures = arguments->cli_no_failures,
        .no_console = arguments->cli_no_console,
        .no_banner = arguments->cli_no_banner,
        .verbose = arguments->verbose,
    };
}

static bool add_reporter(struct session *session, struct str name, struct aws_error *err)
{
    const struct run_arguments *arguments = &session->arguments;
    struct run_record *record = &session->record;

    if (str_eq(name, STR("cli"))) {
        session->cli.options = &session->cli_options;
        session->cli.arena = arena_new(EVENT_ARENA_BYTES);
        if (session->cli.arena == NULL)
            return no_memory(err);
        if (!arguments->silent && !arguments->cli_silent && record->reporter_count < REPORTERS_MAX)
            record->reporters[record->reporter_count++] =
                (struct reporter){reporter_cli_tell, &session->cli};
    } else if (str_eq(name, STR("progress"))) {
        session->progress.out = stderr;
        if (!arguments->silent && isatty(STDERR_FILENO) && record->reporter_count < REPORTERS_MAX)
            record->reporters[record->reporter_count++] =
                (struct reporter){reporter_progress_tell, &session->progress};
    } else if (str_eq(name, STR("json"))) {
        session->json = true;
    } else if (str_eq(name, STR("junit"))) {
        session->junit = true;
    } else {
        log_notice("there is no \"%.*s\" reporter: cli, json, junit and progress are",
                   STR_ARG(name));
    }
    return true;
}

static bool prepare_record(struct session *session, struct aws_error *err)
{
    struct run_record *record = &session->record;
    struct str names = session->arguments.reporters != NULL
                           ? str_from_c(session->arguments.reporters)
                           : STR("cli");
    const char *bail = session->arguments.bail;

    record->arena = session->arena;
    record->collection = &session->collection;
    record->run = &session->run;
    record->iterations = session->run.options.iterations;
    record->bail = bail != NULL && strstr(bail, "failure") != NULL;
    prepare_cli(session);
    while (names.len > 0) {
        if (!add_reporter(session, str_trim(str_split(&names, ',')), err))
            return false;
    }
    record->keep_bodies = session->json || session->cli_options.verbose;
    record->keep_phases = session->cli_options.verbose;
    run_record_init(record);
    return true;
}

/* --- what is written at the end ------------------------------------------------------------- */

static bool place(struct session *session, const char *given, const char *name,
                  const char *extension, const char **ret, struct aws_error *err)
{
    return output_path(session->arena, given, name, extension, session->record.completed_wall_ms,
                       ret, err);
}

static bool write_reports(struct session *session, struct aws_error *err)
{
    const struct run_arguments *arguments = &session->arguments;
    const char *path = NULL;

    if (session->json &&
        (!place(session, arguments->json_export, "newman-run-report", "json", &path, err) ||
         !reporter_json_write(&session->record, path, err)))
        return false;
    return !session->junit ||
           (place(session, arguments->junit_export, "newman-run-report", "xml", &path, err) &&
            reporter_junit_write(&session->record, path, err));
}

/* `path` NULL: nobody asked for it. */
static bool export_text(struct session *session, const char *path, const char *name,
                        struct str text, struct aws_error *err)
{
    return path == NULL ||
           (place(session, path, name, "json", &path, err) && report_file_write(path, text, err));
}

static bool export_scope(struct session *session, const char *path, enum variable_scope scope,
                         const char *kind, struct aws_error *err)
{
    const struct json_value *file = session->variables.files[scope];
    struct buffer out;
    struct json_writer w;
    char now[CLOCK_TEXT_BYTES];
    struct str text = {0};

    if (path == NULL)
        return true;
    clock_format_iso(clock_wall_ms(clock_system()), now);
    buffer_init(&out, session->arena);
    json_writer_init(&w, &out, JSON_PRETTY);
    json_object_begin(&w);
    scope_write_members(&w, &session->record, scope);
    if (!json_is(json_member(file, "name"), JSON_STRING))
        json_field_string(&w, STR("name"), str_from_c(kind));
    json_field_string(&w, STR("_postman_variable_scope"), str_from_c(kind));
    json_field_string(&w, STR("_postman_exported_at"), str_from_c(now));
    json_field_string(&w, STR("_postman_exported_using"), STR("squall/" SQUALL_VERSION));
    json_object_end(&w);
    return buffer_done(&out, &text)
               ? export_text(session, path, str_printf(session->arena, "newman-%s", kind).ptr, text,
                             err)
               : no_memory(err);
}

static bool export_collection(struct session *session, struct aws_error *err)
{
    const char *path = session->arguments.export_collection;

    return export_text(session, path, "newman-collection", session->collection.source, err);
}

static bool export_cookies(struct session *session, struct aws_error *err)
{
    const char *path = session->arguments.export_cookie_jar;

    struct cookie_jar none = {0}; /* nothing ran */

    if (path != NULL && !session->has_cookies &&
        !cookie_file_write(&none, session->arena, &session->cookies_kept))
        return no_memory(err);
    return export_text(session, path, "newman-cookie-jar", session->cookies_kept, err);
}

static bool write_all(struct session *session, struct aws_error *err)
{
    const struct run_arguments *arguments = &session->arguments;

    if (!write_reports(session, err))
        return false;
    return export_scope(session, arguments->export_environment, SCOPE_ENVIRONMENT, "environment",
                        err) &&
           export_scope(session, arguments->export_globals, SCOPE_GLOBAL, "globals", err) &&
           export_collection(session, err) && export_cookies(session, err);
}

/* --- the whole ------------------------------------------------------------------------------ */

/* A server that does not take what was asked for is no failure, but worth a word. */
static void tell_protocol(const struct session *session)
{
    uint64_t count = session->run.generator.connections[HTTP_PROTOCOL_1_1];

    if (session->run.options.version != HTTP_VERSION_1_1 && count > 0 && !session->arguments.silent)
        log_notice("HTTP/2 was asked for, and %llu connections spoke HTTP/1.1: the server chose "
                   "it, or their address is http://",
                   (unsigned long long)count);
}

/* --timeout has ended the run before its time. */
static bool check_time(const struct session *session, struct aws_error *err)
{
    const struct run *run = &session->run;

    return session->arguments.timeout_ms == 0 || run->plan_count == 0 || run->aborted ||
           run->interrupted || run->iterations_done == run->options.iterations ||
           aws_fail(err, &error_environment, "callback timed out");
}

static bool execute(struct session *session, struct aws_error *err)
{
    if (!read_files(session, err) || !prepare_run(session, err) || !prepare_cookies(session, err) ||
        !prepare_scripts(session, err) || !prepare_record(session, err))
        return false;
    run_record_begin(&session->record);
    if (session->collection.request_count > 0 && !run_load(&session->run, err))
        return false;
    run_record_end(&session->record);
    tell_protocol(session);
    return write_all(session, err) && check_time(session, err);
}

static void release(struct session *session)
{
    run_scripts_deinit(&session->scripts);
    run_deinit(&session->run);
    run_transport_deinit(&session->transport);
    target_list_deinit(&session->targets);
    arena_free(session->cli.arena);
    arena_free(session->arena);
    free(session);
}

int command_run(int argc, char **argv)
{
    struct session *session = calloc(1, sizeof(*session));
    struct aws_error err = {0};
    bool help = false, ok = false;
    int status = EXIT_SUCCESS;

    if (session == NULL || (session->arena = arena_new(RUN_ARENA_BYTES)) == NULL) {
        log_error("out of memory");
        free(session);
        return EXIT_FAILED;
    }
    session->arguments.insecure_file_read = true;
    ok = run_options_read(argc, argv, session->arena, &session->arguments, &help, &err) &&
         (help || execute(session, &err));
    if (!ok)
        log_error("%s", err.message);
    if (!ok || session->record.failure_count > 0)
        status = ok && session->arguments.suppress_exit_code ? EXIT_SUCCESS : EXIT_FAILED;
    release(session);
    return status;
}
