/* squall load: from the command line to the files, the run and its reports. */
#include "loadgen/load.h"

#include <errno.h>
#include <signal.h>
#include <sys/resource.h>

#include "base/log.h"
#include "loadgen/describe.h"
#include "loadgen/load_arguments.h"
#include "loadgen/collection_files.h"
#include "loadgen/metrics_server.h"
#include "loadgen/metrics_text.h"
#include "loadgen/progress.h"
#include "loadgen/report.h"
#include "loadgen/run_files.h"
#include "loadgen/segment.h"
#include "loadgen/tls_choice.h"
#include "loadgen/unknown_names.h"
#include "loadgen/virtual_user.h"

enum {
    EXIT_VIOLATED = 1,
    EXIT_USAGE = 2,
    EXIT_ENVIRONMENT = 3,
    FILES_APART = 64,
    FILES_A_LOOP = 8, /* past the first */
};
#define LOAD_ARENA_BYTES ((size_t)4 << 30)

/* Everything between the arguments and the figures. */
struct session {
    struct load_arguments arguments;
    struct arena *arena;
    struct collection collection;
    struct variables variables;
    struct target_list targets;
    struct tls_settings tls;
    struct tls_choice tls_choice;
    struct proxies proxies;
    struct condition_list conditions;
    struct run run;
    struct run_scripts scripts;
    struct run_words words;
    struct results results;
    struct progress progress;
    struct metrics_server metrics_server;
};

static bool no_memory(struct aws_error *err)
{
    return aws_fail(err, &error_out_of_memory, "out of memory");
}

/* --- the command line ----------------------------------------------------------------------- */

static bool read_run_options(struct session *session, struct aws_error *err)
{
    const struct load_arguments *arguments = &session->arguments;
    struct run_options *options = &session->run.options;

    options->random_rows =
        arguments->data_order != NULL && strcmp(arguments->data_order, "randomized") == 0;
    options->timeout_ms = arguments->timeout_ms;
    options->seeded = arguments->seed >= 0;
    options->seed = options->seeded ? (uint64_t)arguments->seed : 0;
    session->words.errors_non_2xx =
        arguments->errors != NULL && strcmp(arguments->errors, "non-2xx") == 0;
    session->words.source = str_from_c(arguments->source);
    session->words.environment = str_from_c(arguments->environment);
    session->words.data = str_from_c(arguments->data);
    session->words.rate = str_from_c(arguments->shape.rate != NULL ? arguments->shape.rate
                                                                   : arguments->shape.rate_trace);
    session->words.think_time = str_from_c(arguments->shape.think_time);
    session->words.segment = str_from_c(arguments->shape.segment);
    return http_version_read(&arguments->version, &options->version, err) &&
           load_shape_read(&arguments->shape, session->arena, options, &session->words.profile,
                           err) &&
           outputs_conditions(&arguments->outputs, &session->conditions, err) &&
           (!arguments->abort_on_fail || session->conditions.count > 0 ||
            aws_fail(err, &error_usage, "--abort-on-fail needs a --fail-if or --pass-if"));
}

/* --- the files ------------------------------------------------------------------------------ */

static bool read_files(struct session *session, struct aws_error *err)
{
    const struct load_arguments *arguments = &session->arguments;
    struct arena *arena = session->arena;
    struct variables *variables = &session->variables;
    struct str name = {0};

    if (!run_files_collection(arguments->source, NULL, arena, &session->collection, variables,
                              err) ||
        !run_files_scope(arguments->globals, SCOPE_GLOBAL, NULL, arena, variables, &name, err) ||
        !run_files_pairs(&arguments->global_vars, SCOPE_GLOBAL, arena, variables, err) ||
        !run_files_scope(arguments->environment, SCOPE_ENVIRONMENT, NULL, arena, variables, &name,
                         err) ||
        !run_files_pairs(&arguments->env_vars, SCOPE_ENVIRONMENT, arena, variables, err) ||
        !run_files_data(arguments->data, NULL, arena, variables, err) ||
        !collection_files_read(&session->collection, variables, arguments->working_dir, arena, err))
        return false;
    if (session->collection.request_count == 0)
        return aws_fail(err, &error_usage, "the collection has no request");
    return outputs_check(&arguments->outputs, err);
}

/* --- requests and targets ------------------------------------------------------------------- */

static bool runs_scripts(const struct session *session)
{
    return session->arguments.scripts && session->collection.script_count > 0;
}

static bool compile_requests(struct session *session, struct aws_error *err)
{
    struct run *run = &session->run;
    struct resolver resolver = {.variables = &session->variables,
                                .clock = clock_system(),
                                .may_change = runs_scripts(session)};

    run->definitions = session->collection.requests;
    run->plan_count = session->collection.request_count;
    run->variables = &session->variables;
    run->targets = &session->targets;
    run->plans = arena_alloc_array(session->arena, run->plan_count, sizeof(*run->plans));
    run->plan_targets = arena_alloc_array(session->arena, run->plan_count, sizeof(struct target *));
    if (run->plans == NULL || run->plan_targets == NULL)
        return no_memory(err);
    for (size_t i = 0; i < run->plan_count; i++) {
        if (!request_compile(&run->definitions[i], &resolver, session->arena, &run->plans[i], err))
            return false;
    }
    return true;
}

/* What looks like a forgotten file is told; a script may know better than we. */
static bool tell_what_is_missing(const struct session *session, struct aws_error *err)
{
    const struct run *run = &session->run;
    const char *data = session->arguments.data;
    struct str names = {0};

    if (data != NULL && session->variables.data.row_count == 0)
        log_notice("%s has no rows of data: no user gets one", data);
    if (runs_scripts(session))
        return true;
    if (!unknown_names(run->plans, run->plan_count, &session->variables, session->arena, &names))
        return no_memory(err);
    if (names.len > 0)
        log_notice("nothing gives %.*s a value (-e FILE, -d FILE, --env-var NAME=VALUE): sent as "
                   "written",
                   STR_ARG(names));
    return true;
}

/* Every host that is known now must answer now: a run against nothing measures nothing. */
static bool find_targets(struct session *session, struct aws_error *err)
{
    struct run *run = &session->run;

    for (size_t i = 0; i < run->plan_count; i++) {
        const struct url *url = &run->plans[i].url;
        if (url->host.len == 0)
            continue;
        if (!tls_choice_target(run->tls_choice, &session->targets, url,
                               &run->definitions[i].behavior.tls, &run->plan_targets[i], err) ||
            !target_probe(run->proxies != NULL ? run->proxies->http.target : run->plan_targets[i],
                          err))
            return false;
        if (session->results.facts.target.len == 0)
            session->results.facts.target = str_printf(
                session->arena, "%s://%.*s", url->tls ? "https" : "http", STR_ARG(url->authority));
    }
    return true;
}

/* Files that are named are read before the run; who needs none pays nothing. */
static bool prepare_transport(struct session *session, struct aws_error *err)
{
    const struct load_arguments *arguments = &session->arguments;

    session->tls = (struct tls_settings){.insecure = arguments->insecure,
                                         .http2 = session->run.options.version != HTTP_VERSION_1_1,
                                         .ca_file = arguments->ca_file,
                                         .cert_file = arguments->cert_file,
                                         .key_file = arguments->key_file,
                                         .passphrase = arguments->passphrase};
    session->run.tls = &session->tls;
    if (arguments->proxy != NULL) {
        if (!proxy_read(str_from_c(arguments->proxy), &session->targets, session->arena,
                        &session->proxies.http, err))
            return false;
        session->proxies.https = session->proxies.http;
        session->run.proxies = &session->proxies;
    }
    session->run.tls_choice = &session->tls_choice;
    return tls_choice_init(&session->collection, &session->tls, NULL, session->arena,
                           &session->tls_choice, err) &&
           ((arguments->ca_file == NULL && arguments->cert_file == NULL) ||
            tls_settings_ready(&session->tls, err));
}

/* The engine is there only for collections that need it. */
static bool prepare_scripts(struct session *session, struct aws_error *err)
{
    struct run *run = &session->run;
    struct script_setup setup = {
        .collection = &session->collection,
        .variables = &session->variables,
        .users = segment_share(run->options.users, 0, run->options.threads),
        .all_users = run->options.users,
        .iterations = 1,
        .timeout_ms = session->arguments.timeout_script_ms,
    };

    if (!runs_scripts(session))
        return true;
    if (!run_scripts_init(&session->scripts, run, &setup, err))
        return false;
    session->scripts.done = user_scripts_done;
    run->scripts = &session->scripts;
    return true;
}

/* A connection a user, as many for its scripts' requests, and some for the reports and the loops.
 */
static bool raise_file_limit(const struct run_options *options, struct aws_error *err)
{
    struct rlimit limit;
    rlim_t users = (rlim_t)options->users;
    rlim_t needed = users + FILES_A_LOOP * (rlim_t)(options->threads - 1) + FILES_APART;
    rlim_t wanted = needed + users;

    if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= wanted)
        return true;
    if (limit.rlim_max < needed)
        return aws_fail(err, &error_environment,
                        "%zu users need %llu open files, and %llu are allowed here: raise the hard "
                        "limit ('ulimit -Hn'), or split the users with --segment or a lower --vus",
                        options->users, (unsigned long long)needed,
                        (unsigned long long)limit.rlim_max);
    limit.rlim_cur = limit.rlim_max < wanted ? limit.rlim_max : wanted;
    return setrlimit(RLIMIT_NOFILE, &limit) == 0 ||
           aws_fail(err, &error_environment, "the limit of open files cannot be raised to %llu: %s",
                    (unsigned long long)limit.rlim_cur, strerror(errno));
}

/* --- reports -------------------------------------------------------------------------------- */

static bool describe_run(struct session *session, struct aws_error *err)
{
    struct results *results = &session->results;
    struct run_facts *facts = &results->facts;
    struct request_label *labels = describe_requests(&session->run, session->arena);

    results->metrics = &session->run.metrics;
    results->labels = labels;
    facts->collection = session->collection.name;
    facts->profile = session->words.profile;
    facts->rate = session->words.rate;
    facts->users = session->run.options.users;
    facts->open_model = session->run.options.schedule != NULL;
    facts->http2 = session->run.options.version != HTTP_VERSION_1_1;
    facts->errors_non_2xx = session->words.errors_non_2xx;
    facts->scripts_left_out = runs_scripts(session) ? 0 : session->collection.script_count;
    facts->started_wall_ms = clock_wall_ms(clock_system());
    return (labels != NULL && describe_options(&session->words, &session->run.options,
                                               session->arena, &facts->options)) ||
           no_memory(err);
}

/* Conditions that name a request which is not there fail before the run. */
static bool check_conditions(const struct session *session, struct aws_error *err)
{
    for (size_t i = 0; i < session->conditions.count; i++) {
        if (!condition_request_known(&session->conditions.rows[i], session->results.labels,
                                     session->run.plan_count, err))
            return false;
    }
    return true;
}

static bool prepare(struct session *session, struct aws_error *err)
{
    session->arena = arena_new(LOAD_ARENA_BYTES);
    if (session->arena == NULL)
        return no_memory(err);
    if (!read_run_options(session, err) || !read_files(session, err) ||
        !compile_requests(session, err) || !tell_what_is_missing(session, err) ||
        !describe_run(session, err) || !check_conditions(session, err) ||
        !prepare_transport(session, err) || !raise_file_limit(&session->run.options, err) ||
        !find_targets(session, err))
        return false;
    return prepare_scripts(session, err);
}

static void add_metrics(struct buffer *out, void *context)
{
    const struct session *session = context;

    metrics_text(&session->run.metrics, session->results.labels, run_users(&session->run), out);
}

static bool on_begin(struct run *run, void *context, struct aws_error *err)
{
    struct session *session = context;
    struct metrics_server *server = &session->metrics_server;

    if (session->arguments.prometheus == NULL)
        return true;
    server->text = add_metrics;
    server->context = session;
    if (!metrics_server_start(server, run_loop(run), str_from_c(session->arguments.prometheus),
                              err))
        return false;
    log_notice("Prometheus metrics at port %d, path /metrics", server->port);
    return true;
}

static void on_end(struct run *run, void *context)
{
    struct session *session = context;

    (void)run;
    metrics_server_stop(&session->metrics_server);
}

static void on_tick(struct run *run, void *context)
{
    struct session *session = context;

    progress_tick(run, &session->progress);
}

/* With --abort-on-fail: judged at each window's end by all that was measured so far. */
static void on_window(struct run *run, void *context)
{
    struct session *session = context;
    struct results so_far = session->results;
    struct aws_error err = {0};

    describe_outcome(run, &so_far.facts);
    if (!session->arguments.abort_on_fail ||
        run_elapsed_ms(run) < session->arguments.abort_after_ms)
        return;
    if (outputs_judge(&session->conditions, &so_far, &err) && results_violated_so_far(&so_far))
        run_abort(run);
    results_deinit(&so_far);
}

static bool execute(struct session *session, struct aws_error *err)
{
    struct results *results = &session->results;

    progress_init(&session->progress, session->collection.name, session->arguments.quiet);
    session->run.observer = (struct run_observer){
        .begin = on_begin,
        .window = on_window,
        .tick = on_tick,
        .end = on_end,
        .context = session,
    };
    if (!run_load(&session->run, err))
        return false;
    progress_end(&session->progress);
    describe_outcome(&session->run, &results->facts);
    if (!outputs_judge(&session->conditions, results, err))
        return false;
    return outputs_show(&session->arguments.outputs, true, results, err);
}

static int exit_status(const struct aws_error *err)
{
    return err->kind == &error_usage ? EXIT_USAGE : EXIT_ENVIRONMENT;
}

static int run_session(struct session *session)
{
    struct aws_error err = {0};
    int status = EXIT_SUCCESS;

    if (!prepare(session, &err) || !execute(session, &err)) {
        log_error("%s", err.message);
        status = exit_status(&err);
    } else if (results_violated(&session->results)) {
        status = EXIT_VIOLATED;
    }
    results_deinit(&session->results);
    run_scripts_deinit(&session->scripts);
    run_deinit(&session->run);
    target_list_deinit(&session->targets);
    tls_choice_deinit(&session->tls_choice);
    tls_settings_deinit(&session->tls);
    arena_free(session->arena);
    return status;
}

int command_load(int argc, char **argv)
{
    struct session *session = calloc(1, sizeof(*session));
    struct aws_error err = {0};
    bool help = false;
    int status = EXIT_SUCCESS;

    if (session == NULL) {
        log_error("out of memory");
        return EXIT_ENVIRONMENT;
    }
    /* A reader of the table that goes is no reason to leave the files unwritten. */
    (void)signal(SIGPIPE, SIG_IGN);
    if (!load_arguments_read(argc, argv, &session->arguments, &help, &err)) {
        log_error("%s", err.message);
        status = EXIT_USAGE;
    } else if (!help) {
        log_set_quiet(session->arguments.quiet);
        status = run_session(session);
    }
    free(session);
    return status;
}
