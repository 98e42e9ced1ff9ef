/*
 * The command line of `squall serve`, its one line on stdout, and its end.
 */
#include "serve.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "base/options.h"
#include "base/rng.h"
#include "emulator.h"
#include "sample_files.h"

enum { EXIT_USAGE = 2, EXIT_ENVIRONMENT = 3, STOP_LIMIT_S = 4, SEED_UNSET = -1, PORT_UNSET = -1 };

/* --- options -------------------------------------------------------------------------------- */

struct serve_options {
    const char *host;
    int64_t port;
    int64_t aws_port;
    int64_t dynamodb_port;
    const char *data;
    bool memory;
    const char *durability;
    const char *throughput;
    bool isolate;
    const char *dynamodb_endpoint;
    struct option_list functions;
    const char *cpu;
    const char *latency;
    int64_t seed;
    bool quiet;
};

#define AT(field) offsetof(struct serve_options, field)

static const struct option_row rows[] = {
    {"host", 0, OPTION_TEXT, AT(host), "ADDRESS", "where the listeners listen (127.0.0.1)", 0, 0,
     NULL},
    {"port", 'p', OPTION_INT, AT(port), "PORT", "API Gateway's port (3000); 0 finds a free one", 0,
     65535, NULL},
    {"aws-port", 0, OPTION_INT, AT(aws_port), "PORT",
     "the AWS services' port (4566): DynamoDB and Lambda", 0, 65535, NULL},
    {"dynamodb-port", 0, OPTION_INT, AT(dynamodb_port), "PORT",
     "one more port, for DynamoDB alone: 8000 for those who know\nDynamoDB Local's; 0 finds a free "
     "one",
     0, 65535, NULL},
    {"data", 0, OPTION_TEXT, AT(data), "DIR", "where data is kept (.squall)", 0, 0, NULL},
    {"memory", 0, OPTION_FLAG, AT(memory), NULL, "keep nothing", 0, 0, NULL},
    {"durability", 0, OPTION_CHOICE, AT(durability), "full|normal|off",
     "fsync for each group of commits, at checkpoints (normal), or never;\n"
     "kill -9 loses nothing in any of them",
     0, 0, "full|normal|off"},
    {"isolate", 0, OPTION_FLAG, AT(isolate), NULL,
     "every function in a process of its own, shared objects too", 0, 0, NULL},
    {"dynamodb-endpoint", 0, OPTION_TEXT, AT(dynamodb_endpoint), "URL",
     "that DynamoDB in place of ours, for functions and for the wire", 0, 0, NULL},
    {"function", 0, OPTION_LIST, AT(functions), "NAME=FILE.so|DIR",
     "add a function: a shared object, or a folder with bootstrap", 0, 0, NULL},
    {"cpu", 0, OPTION_CHOICE, AT(cpu), "off|model|enforce",
     "how memory buys CPU: not (off), modelled, or by the kernel", 0, 0, "off|model|enforce"},
    {"throughput", 0, OPTION_CHOICE, AT(throughput), "off|enforce",
     "a table's throughput as a limit: beyond it calls are throttled (off)", 0, 0, "off|enforce"},
    {"latency", 0, OPTION_TEXT, AT(latency), "none|FILE",
     "latency profile (fixtures/profiles/*.json)", 0, 0, NULL},
    {"seed", 0, OPTION_INT, AT(seed), "N", "all chance from this seed", 0, INT64_MAX, NULL},
    {"quiet", 'q', OPTION_FLAG, AT(quiet), NULL, "say only errors and the ready line", 0, 0, NULL},
};

static const struct command_help help = {
    .usage = "squall serve [TEMPLATE] [options]",
    .summary = "Runs API Gateway, Lambda and DynamoDB from a SAM, CloudFormation or OpenAPI file; "
               "without one, the sample application.",
    .epilogue = "Prints `ready api=URL aws=URL pid=N` on stdout when both listeners accept;\n"
                "with --dynamodb-port, ` dynamodb=URL` stands behind it.\n"
                "SIGTERM and SIGINT finish what is in flight and exit 0.",
};

static int exit_status(const struct aws_error *err)
{
    if (err->kind == &error_environment || err->kind == &error_out_of_memory)
        return EXIT_ENVIRONMENT;
    return EXIT_USAGE;
}

/* --- signals -------------------------------------------------------------------------------- */

/* A handler may reach nothing but this: the pipe's writing end, set once before the handlers. */
static int signal_pipe[2] = {-1, -1};

static void on_stop(int number)
{
    const char byte = (char)number;
    int saved = errno;
    ssize_t ignored = write(signal_pipe[1], &byte, 1);

    (void)ignored;
    errno = saved;
}

/* The stop took too long: whatever holds it, everything acknowledged is committed. */
static void on_late(int number)
{
    (void)number;
    _exit(EXIT_SUCCESS);
}

/* A handler and not SIG_IGN, which programs that we start would inherit. */
static void on_broken_pipe(int number)
{
    (void)number;
}

static bool catch_signals(struct aws_error *err)
{
    static const struct {
        int number;
        void (*handler)(int);
    } handlers[] = {
        {SIGTERM, on_stop}, {SIGINT, on_stop}, {SIGALRM, on_late}, {SIGPIPE, on_broken_pipe}};

    if (pipe2(signal_pipe, O_CLOEXEC) != 0)
        return aws_fail(err, &error_environment, "pipe: %s", strerror(errno));
    for (size_t i = 0; i < ARRAY_LEN(handlers); i++) {
        /* No SA_RESTART: the wait's read() has to come back. */
        struct sigaction action = {.sa_handler = handlers[i].handler};
        (void)sigemptyset(&action.sa_mask);
        if (sigaction(handlers[i].number, &action, NULL) != 0)
            return aws_fail(err, &error_environment, "sigaction: %s", strerror(errno));
    }
    return true;
}

/* Signals are this thread's business alone: the others are made with them blocked. */
static void mask_signals(int how)
{
    sigset_t mine;

    (void)sigemptyset(&mine);
    (void)sigaddset(&mine, SIGTERM);
    (void)sigaddset(&mine, SIGINT);
    (void)sigaddset(&mine, SIGALRM);
    (void)pthread_sigmask(how, &mine, NULL);
}

static void wait_for_signal(void)
{
    char byte = 0;

    while (read(signal_pipe[0], &byte, 1) < 0 && errno == EINTR)
        continue;
}

/* --- the command ---------------------------------------------------------------------------- */

struct address {
    const char *host;
    uint16_t port;
};

/* As a client writes it: an IPv6 address in brackets, "everywhere" as the loopback address. */
static void print_url(FILE *out, const char *host, uint16_t port)
{
    bool everywhere = strcmp(host, "0.0.0.0") == 0 || strcmp(host, "::") == 0;
    bool v6 = strchr(host, ':') != NULL;

    if (everywhere)
        (void)fprintf(out, "http://127.0.0.1:%u", port);
    else
        (void)fprintf(out, v6 ? "http://[%s]:%u" : "http://%s:%u", host, port);
}

static void print_route(void *context, struct str method, struct str stage, struct str path,
                        struct str integration)
{
    const struct address *address = context;

    (void)stage;
    (void)fprintf(stderr, "Mounting %.*s at ", STR_ARG(integration));
    print_url(stderr, address->host, address->port);
    (void)fprintf(stderr, "%.*s [%.*s]\n", STR_ARG(path), STR_ARG(method));
}

static void print_ready(const struct emulator *emulator, const char *host)
{
    (void)printf("ready api=");
    print_url(stdout, host, emulator_api_port(emulator));
    (void)printf(" aws=");
    print_url(stdout, host, emulator_aws_port(emulator));
    (void)printf(" pid=%ld", (long)getpid());
    if (emulator_dynamodb_port(emulator) != 0) {
        (void)printf(" dynamodb=");
        print_url(stdout, host, emulator_dynamodb_port(emulator));
    }
    (void)printf("\n");
    (void)fflush(stdout);
}

static enum durability durability_of(const char *name)
{
    if (strcmp(name, "full") == 0)
        return DURABILITY_FULL;
    return strcmp(name, "off") == 0 ? DURABILITY_OFF : DURABILITY_NORMAL;
}

static enum cpu_mode cpu_of(const char *name)
{
    if (strcmp(name, "model") == 0)
        return CPU_MODEL;
    return strcmp(name, "enforce") == 0 ? CPU_ENFORCE : CPU_OFF;
}

static uint64_t seed_of(int64_t given)
{
    struct rng rng;

    if (given != SEED_UNSET)
        return (uint64_t)given;
    rng_init_random(&rng);
    return rng_next(&rng);
}

static bool start(const struct serve_options *options, const char *template_path,
                  struct emulator **ret, struct aws_error *err)
{
    const struct emulator_options wanted = {
        .host = options->host,
        .api_port = (uint16_t)options->port,
        .aws_port = (uint16_t)options->aws_port,
        .has_dynamodb_port = options->dynamodb_port != PORT_UNSET,
        .dynamodb_port =
            options->dynamodb_port == PORT_UNSET ? 0 : (uint16_t)options->dynamodb_port,
        .data_folder = options->memory ? NULL : options->data,
        .durability = durability_of(options->durability),
        .isolate = options->isolate,
        .dynamodb_endpoint = options->dynamodb_endpoint,
        .template_path = template_path,
        .functions = &options->functions,
        .cpu = cpu_of(options->cpu),
        .enforce_throughput = strcmp(options->throughput, "enforce") == 0,
        .latency_file = strcmp(options->latency, "none") == 0 ? NULL : options->latency,
        .seed = seed_of(options->seed),
    };

    if (!catch_signals(err))
        return false;
    mask_signals(SIG_BLOCK);
    bool ok = emulator_start(&wanted, ret, err);
    mask_signals(SIG_UNBLOCK);
    return ok;
}

static int serve(const struct serve_options *options, const char *template_path)
{
    struct aws_error err = {0};
    struct emulator *emulator = NULL;

    log_set_quiet(options->quiet);
    if (!start(options, template_path, &emulator, &err)) {
        log_error("%s", err.message);
        return exit_status(&err);
    }
    if (!options->quiet) {
        struct address address = {options->host, emulator_api_port(emulator)};
        emulator_list_routes(emulator, &address, print_route);
    }
    print_ready(emulator, options->host);
    wait_for_signal();
    (void)alarm(STOP_LIMIT_S);
    if (!emulator_stop(emulator))
        _exit(EXIT_SUCCESS); /* a function still runs, on data that must not be freed under it */
    return EXIT_SUCCESS;
}

int serve_main(int argc, char **argv)
{
    struct serve_options options = {
        .host = "127.0.0.1",
        .port = 3000,
        .aws_port = 4566,
        .dynamodb_port = PORT_UNSET,
        .data = ".squall",
        .durability = "normal",
        .throughput = "off",
        .cpu = "off",
        .latency = "none",
        .seed = SEED_UNSET,
    };
    char sample[PATH_MAX];
    const char *template_path = NULL;
    size_t positional = 0;
    bool helped = false;
    struct aws_error err = {0};

    if (!options_parse(rows, ARRAY_LEN(rows), &help, argc, argv, &options, &template_path, 1,
                       &positional, &helped, &err) ||
        (!helped && positional == 0 && !sample_file("sample/template.yaml", sample, &err))) {
        log_error("%s", err.message);
        return exit_status(&err);
    }
    if (helped)
        return EXIT_SUCCESS;
    return serve(&options, positional == 0 ? sample : template_path);
}
