/*
 * The one binary: a row a command. A command that is not there yet says so and is listed in
 * docs/absent.md.
 */
#include "base/base.h"
#include "base/log.h"
#include "demo.h"
#include "loadgen/load.h"
#include "runner/runner.h"
#include "serve.h"
#include "transfer/transfer.h"
#include "tuning/tuning.h"

enum { EXIT_USAGE = 2 };

struct command {
    const char *name;
    const char *summary;
    int (*run)(int argc, char **argv); /* NULL: absent */
};

static const struct command commands[] = {
    {"serve", "run the emulator: API Gateway, Lambda and DynamoDB on this machine", serve_main},
    {"invoke", "call one function through the Lambda API", command_invoke},
    {"load", "put concurrent users on a Postman collection or a URL", command_load},
    {"run", "run a collection once, as newman does", command_run},
    {"report", "draw the report of saved results, or compare two", command_report},
    {"merge", "add up the results of several machines", command_merge},
    {"tune", "sweep the memory setting of a function: cheapest, fastest, balanced", command_tune},
    {"local", "SAM's command line, without containers", NULL},
    {"logs", "show a function's log", NULL},
    {"calibrate", "measure this machine's CPU against Lambda's", NULL},
    {"export", "write tables' data in the form that DynamoDB exports", command_export},
    {"import", "read data in that form into tables", command_import},
    {"demo", "the sample end to end: serve, load, tune, report", command_demo},
};

static void print_help(void)
{
    (void)printf(
        "usage: squall COMMAND [arguments]\n\n"
        "A bench for serverless HTTP services on one machine: API Gateway, Lambda and DynamoDB,\n"
        "a load generator, and the power sweep.\n\ncommands:\n");
    for (size_t i = 0; i < ARRAY_LEN(commands); i++)
        (void)printf("  %-10s %s%s\n", commands[i].name, commands[i].summary,
                     commands[i].run == NULL ? " (absent)" : "");
    (void)printf(
        "\n'squall COMMAND --help' explains a command; 'squall --version' tells the version.\n");
}

static int run_command(int argc, char **argv)
{
    for (size_t i = 0; i < ARRAY_LEN(commands); i++) {
        if (strcmp(commands[i].name, argv[0]) != 0)
            continue;
        if (commands[i].run != NULL)
            return commands[i].run(argc, argv);
        log_error("'squall %s' is not part of this version; docs/absent.md lists what is not",
                  argv[0]);
        return EXIT_USAGE;
    }
    log_error("unknown command '%s'; 'squall --help' lists the commands", argv[0]);
    return EXIT_USAGE;
}

int main(int argc, char **argv)
{
    if (argc < 2) {
        log_error("a command is missing; 'squall --help' lists the commands");
        return EXIT_USAGE;
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0) {
        print_help();
        return EXIT_SUCCESS;
    }
    if (strcmp(argv[1], "--version") == 0) {
        (void)printf("squall %s\n", SQUALL_VERSION);
        return EXIT_SUCCESS;
    }
    return run_command(argc - 1, argv + 1);
}
