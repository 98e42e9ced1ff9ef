/* squall load: the command line, the files it names, and the way from one to the other. */
#include "loadgen/load.h"

#include <errno.h>
#include <signal.h>
#include <sys/resource.h>

#include "base/cores.h"
#include "base/log.h"
#include "base/options.h"
#include "loadgen/describe.h"
#include "loadgen/load_shape.h"
#include "loadgen/collection_files.h"
#include "loadgen/metrics_server.h"
#include "loadgen/metrics_text.h"
#include "loadgen/outputs.h"
#include "loadgen/progress.h"
#include "loadgen/report.h"
#include "loadgen/run_files.h"
#include "loadgen/segment.h"
#include "loadgen/tls_choice.h"
#include "loadgen/virtual_user.h"

enum {
    EXIT_VIOLATED = 1,
    EXIT_USAGE = 2,
    EXIT_ENVIRONMENT = 3,
    FILES_APART = 64,
    FILES_A_LOOP = 8, /* past the first */
};
#define LOAD_ARENA_BYTES ((size_t)4 << 30)

struct arguments {
    const char *source;
    const char *environment, *globals, *data, *data_order, *working_dir;
    struct option_list env_vars, global_vars;
    struct load_shape shape;
    int64_t timeout_ms, timeout_script_ms, seed, abort_after_ms;
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

#define OFFSET(member) offsetof(struct arguments, member)
static const struct option_row option_rows[] = {
    {"environment", 'e', OPTION_TEXT, OFFSET(environment), "FILE",
     "a Postman environment: {{names}} and their values", 0, 0, NULL},
    {"globals", 'g', OPTION_TEXT, OFFSET(globals), "FILE", "Postman globals", 0, 0, NULL},
    {"env-var", 0, OPTION_LIST, OFFSET(env_vars), "NAME=VALUE",
     "one more value, over the environment's (repeatable)", 0, 0, NULL},
    {"global-var", 0, OPTION_LIST, OFFSET(global_vars), "NAME=VALUE",
     "one more global value (repeatable)", 0, 0, NULL},
    {"data", 'd', OPTION_TEXT, OFFSET(data), "FILE",
     "rows of values: CSV with a heading, or a JSON array of objects", 0, 0, NULL},
    {"working-dir", 0, OPTION_TEXT, OFFSET(working_dir), "DIR",
     "where the files of bodies are (default: here)", 0, 0, NULL},
    {"data-order", 0, OPTION_CHOICE, OFFSET(data_order), "ordered|randomized",
     "user 1 has row 1 throughout (default), or any row at each iteration", 0, 0,
     "ordered|randomized"},
    {"vus", 'u', OPTION_INT, OFFSET(shape.users), "N", "virtual users (default 10)", 1, 100000,
     NULL},
    {"duration", 't', OPTION_DURATION, OFFSET(shape.duration_ms), "TIME",
     "how long: 15s, 2m, 1h (default 1m; without end when --iterations is given)", 1,
     INT64_C(1000) * 86400 * 30, NULL},
    {"iterations", 'n', OPTION_INT, OFFSET(shape.iterations), "N",
     "stop after N iterations, of all users together", 1, INT64_MAX, NULL},
    {"profile", 'p', OPTION_CHOICE, OFFSET(shape.profile), PROFILE_NAMES,
     "how the number of users moves (default ramp-up; fixed with --rate\nor with --iterations "
     "alone); see below",
     0, 0, PROFILE_NAMES},
    {"low", 0, OPTION_INT, OFFSET(shape.low), "PERCENT", "the profile's low level, of the users", 0,
     100, NULL},
    {"rise-from", 0, OPTION_INT, OFFSET(shape.rise_from), "PERCENT",
     "when the users begin to rise, of the duration", 0, 100, NULL},
    {"rise-to", 0, OPTION_INT, OFFSET(shape.rise_to), "PERCENT", "when all users are there", 0, 100,
     NULL},
    {"fall-from", 0, OPTION_INT, OFFSET(shape.fall_from), "PERCENT", "when they begin to fall", 0,
     200, NULL},
    {"fall-to", 0, OPTION_INT, OFFSET(shape.fall_to), "PERCENT", "when they are low again", 0, 200,
     NULL},
    {"rate", 0, OPTION_TEXT, OFFSET(shape.rate), "R/s[:TIME,...]",
     "requests a second, whatever the answers do, in steps if wanted\n(100/s:30s,500/s:1m); times "
     "count from when a request was due; --vus\nbounds how many are in flight",
     0, 0, NULL},
    {"rate-trace", 0, OPTION_TEXT, OFFSET(shape.rate_trace), "FILE",
     "the same from a file: a line for each request's second, or lines\n\"second,rate\"", 0, 0,
     NULL},
    {"think-time", 0, OPTION_TEXT, OFFSET(shape.think_time), "TIME[-TIME]",
     "a user's pause after each answer: 1s, or anything within 500ms-2s", 0, 0, NULL},
    {"timeout-request", 0, OPTION_DURATION, OFFSET(timeout_ms), "TIME",
     "give up on an answer after this long (default 30s; 0: never)", 0, 86400000, NULL},
    {"scripts", 0, OPTION_FLAG, OFFSET(scripts), "",
     "run the collection's scripts (default; --no-scripts leaves them out)", 0, 0, NULL},
    {"timeout-script", 0, OPTION_DURATION, OFFSET(timeout_script_ms), "TIME",
     "stop a script after this long (default 10s of running, 60s of waiting)", 0, 86400000, NULL},
    HTTP_VERSION_ROWS(struct arguments, version),
    {"proxy", 0, OPTION_TEXT, OFFSET(proxy), "URL",
     "send everything through this proxy: http://[name:password@]host:port", 0, 0, NULL},
    {"insecure", 'k', OPTION_FLAG, OFFSET(insecure), "",
     "https: take any certificate of the server's", 0, 0, NULL},
    {"cacert", 0, OPTION_TEXT, OFFSET(ca_file), "FILE.pem",
     "https: authorities to trust beside the system's", 0, 0, NULL},
    {"cert", 0, OPTION_TEXT, OFFSET(cert_file), "FILE.pem",
     "https: our certificate, with its chain", 0, 0, NULL},
    {"key", 0, OPTION_TEXT, OFFSET(key_file), "FILE.pem",
     "https: its private key (default: in the same file)", 0, 0, NULL},
    {"passphrase", 0, OPTION_TEXT, OFFSET(passphrase), "TEXT", "https: of the private key", 0, 0,
     NULL},
    {"errors", 0, OPTION_CHOICE, OFFSET(errors), "runtime|non-2xx",
     "what error % counts: requests without an answer (default, as\nPostman), or answers other "
     "than 2xx too",
     0, 0, "runtime|non-2xx"},
    {"abort-on-fail", 0, OPTION_FLAG, OFFSET(abort_on_fail), "",
     "end the run as soon as a condition is violated by what was measured", 0, 0, NULL},
    {"abort-after", 0, OPTION_DURATION, OFFSET(abort_after_ms), "TIME",
     "but not before this much of it (default 5s)", 0, INT64_C(1000) * 86400 * 30, NULL},
    OUTPUTS_ROWS(struct arguments, outputs),
    {"prometheus", 0, OPTION_TEXT, OFFSET(prometheus), "[HOST:]PORT",
     "answer GET /metrics while the run lasts (port 0: a free one, told)", 0, 0, NULL},
    {"segment", 0, OPTION_TEXT, OFFSET(shape.segment), "I/N",
     "this machine's part of a run of N: its share of users, rate, rows and\niterations; 'squall "
     "merge' adds the results up",
     0, 0, NULL},
    {"threads", 0, OPTION_INT, OFFSET(shape.threads), "N",
     "loops, each on a thread and with its share of the users (default:\none a core that may be "
     "used, but 64 users or more for each)",
     1, THREADS_MAX, NULL},
    {"seed", 0, OPTION_INT, OFFSET(seed), "N", "all chance from this seed", 0, INT64_MAX, NULL},
    {"quiet", 'q', OPTION_FLAG, OFFSET(quiet), "", "no progress and no notices: only the table", 0,
     0, NULL},
};

static const struct command_help help_text = {
    "squall load COLLECTION|OPENAPI|HAR|URL [options]",
    "Puts concurrent users on a Postman collection (v2.0, v2.1), an OpenAPI description, a "
    "HAR\narchive, or one URL.",
    "profiles: level of users over time, in percent of --vus and of --duration\n"
    "  fixed    100 % throughout\n"
    "  ramp-up  25 % rising evenly to 100 % at half time, then holding\n"
    "  spike    10 % until 40 % of the time, 100 % at half time, 10 % again at 60 %\n"
    "  peak     20 % until 20 %, 100 % from 40 % to 60 %, 20 % again at 80 %\n"
    "\n"
    "conditions: avg min max p50 p90 p95 p99 p99.9 in ms (or 2s, 300us), rps, error_pct, errors,\n"
    "  non_2xx, failure_pct (failed tests), tests, failed_tests, requests; of one request:\n"
    "  'p95[create]>500ms'; without coordinated omission: 'corrected_p99>1s'; as Postman's:\n"
    "  'less_than(p95, 500)'\n"
    "\n"
    "examples\n"
    "  squall load http://127.0.0.1:3000/hello --vus 50 --duration 15s\n"
    "  squall load shop.json -e local.json -d users.csv --vus 10 --duration 2m --out report.html\n"
    "  squall load openapi.yaml --env-var baseUrl=http://127.0.0.1:3000 --env-var petId=7\n"
    "  squall load access.har --vus 5 --iterations 100\n"
    "  squall load shop.json --profile spike --fail-if 'p95>500ms' --fail-if 'error_pct>0.1'\n"
    "  squall load shop.json --vus 1 --iterations 1      once through, to see that it works\n"
    "  squall load shop.json --rate 200/s --vus 64       200 requests a second, come what may\n"
    "  squall load shop.json --rate 50/s:1m,500/s:10s,50/s:1m --abort-on-fail --fail-if 'p99>2s'\n"
    "\n"
    "exit status: 0 done, 1 a condition was violated, 2 usage, 3 a file or the target is not "
    "there\n",
};

/* Everything between the arguments and the figures. */
struct session {
    struct arguments arguments;
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
    const struct arguments *arguments = &session->arguments;
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
    const struct arguments *arguments = &session->arguments;
    struct arena *arena = session->arena;
    struct variables *variables = &session->variables;
    struct str name = {0};

    if (!run_files_collection(arguments->source, arena, &session->collection, variables, err) ||
        !run_files_scope(arguments->globals, SCOPE_GLOBAL, arena, variables, &name, err) ||
        !run_files_pairs(&arguments->global_vars, SCOPE_GLOBAL, arena, variables, err) ||
        !run_files_scope(arguments->environment, SCOPE_ENVIRONMENT, arena, variables, &name, err) ||
        !run_files_pairs(&arguments->env_vars, SCOPE_ENVIRONMENT, arena, variables, err) ||
        !run_files_data(arguments->data, arena, variables, err) ||
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
    const struct arguments *arguments = &session->arguments;

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
        !compile_requests(session, err) || !describe_run(session, err) ||
        !check_conditions(session, err) || !prepare_transport(session, err) ||
        !raise_file_limit(&session->run.options, err) || !find_targets(session, err))
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
    const char *positional[1] = {NULL};
    size_t positional_count = 0;
    bool help = false;
    int status = EXIT_SUCCESS;

    if (session == NULL) {
        log_error("out of memory");
        return EXIT_ENVIRONMENT;
    }
    /* A reader of the table that goes is no reason to leave the files unwritten. */
    (void)signal(SIGPIPE, SIG_IGN);
    session->arguments = (struct arguments){.shape = {.users = 10,
                                                      .cores = cores_available(),
                                                      .low = -1,
                                                      .rise_from = -1,
                                                      .rise_to = -1,
                                                      .fall_from = -1,
                                                      .fall_to = -1},
                                            .scripts = true,
                                            .timeout_ms = 30000,
                                            .abort_after_ms = 5000,
                                            .seed = -1};
    if (!options_parse(option_rows, ARRAY_LEN(option_rows), &help_text, argc, argv,
                       &session->arguments, positional, 1, &positional_count, &help, &err)) {
        log_error("%s", err.message);
        status = EXIT_USAGE;
    } else if (!help && positional_count == 0) {
        log_error("a collection or URL is missing; 'squall load --help' shows examples");
        status = EXIT_USAGE;
    } else if (!help) {
        session->arguments.source = positional[0];
        log_set_quiet(session->arguments.quiet);
        status = run_session(session);
    }
    free(session);
    return status;
}
