/* squall tune: the command line, the run, and what it leaves behind. */
#include "tuning/tuning.h"

#include <signal.h>
#include <stddef.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/options.h"
#include "client/aws_http.h"
#include "command_line.h"
#include "execution_error.h"
#include "loadgen/report_file.h"
#include "tune_progress.h"
#include "tune_summary.h"

enum { INPUT_BYTES_MAX = 64 << 20 };
#define TUNE_ARENA_BYTES ((size_t)1 << 30)

struct arguments {
    const char *endpoint, *out, *json, *from_trace;
    bool quiet;
};

#define OFFSET(member) offsetof(struct arguments, member)
static const struct option_row option_rows[] = {
    {"endpoint", 0, OPTION_TEXT, OFFSET(endpoint), "URL",
     "the Lambda API (default AWS_ENDPOINT_URL, else http://127.0.0.1:4566)", 0, 0, NULL},
    {"out", 'o', OPTION_TEXT, OFFSET(out), "FILE", "write a page with the chart (HTML)", 0, 0,
     NULL},
    {"json", 0, OPTION_TEXT, OFFSET(json), "FILE",
     "write the output of aws-lambda-power-tuning; - writes it to stdout\nin place of the table", 0,
     0, NULL},
    {"from-trace", 0, OPTION_TEXT, OFFSET(from_trace), "FILE", "not part of this version", 0, 0,
     NULL},
    {"quiet", 'q', OPTION_FLAG, OFFSET(quiet), NULL, "no progress on stderr", 0, 0, NULL},
};

static const struct command_help help_text = {
    .usage = "squall tune INPUT.json [options]",
    .summary = "Sweeps the memory size of a Lambda function and tells the cheapest, the fastest "
               "and the best balanced one.",
    .epilogue =
        "INPUT.json (- for stdin) is the input of aws-lambda-power-tuning:\n"
        "  {\"lambdaARN\": \"arn:aws:lambda:us-east-1:000000000000:function:NAME\",\n"
        "   \"powerValues\": [128, 256, 512, 1024], \"num\": 10, \"payload\": {},\n"
        "   \"parallelInvocation\": true, \"strategy\": \"cost\"}\n"
        "The function gets a version and an alias (RAM128 ...) for each size, which are deleted\n"
        "at the end, also after a failure or an interrupt.\n\n"
        "Exit status: 0 done; 1 the run failed (--json then holds {}, the tool's own answer, or\n"
        "is not written when the clean-up or the analysis failed); 2 usage, or an input that\n"
        "cannot run; 3 nothing answers at the endpoint, or a file cannot be read or written.",
};

/* Set by SIGINT and SIGTERM, and by a size that failed for good: ends the calls in flight. */
static atomic_bool stop_all;

static void on_signal(int number)
{
    (void)number;
    atomic_store(&stop_all, true);
}

/* The second one of a kind ends the process at once. */
static void catch_signals(void)
{
    struct sigaction action = {.sa_handler = on_signal, .sa_flags = (int)SA_RESETHAND};

    (void)sigemptyset(&action.sa_mask);
    (void)sigaction(SIGINT, &action, NULL);
    (void)sigaction(SIGTERM, &action, NULL);
}

static bool check_files(const struct arguments *arguments, struct aws_error *err)
{
    if (arguments->from_trace != NULL)
        return aws_fail(err, &error_usage,
                        "--from-trace is not part of this version: leave it out, and tune a "
                        "function that runs");
    if (arguments->out != NULL && !report_file_check(arguments->out, err))
        return false;
    return arguments->json == NULL || strcmp(arguments->json, "-") == 0 ||
           report_file_check(arguments->json, err);
}

static bool check_endpoint(const struct lambda_api *api, struct arena *arena, struct aws_error *err)
{
    bool off = false;

    if (!lambda_cpu_is_off(api, arena, &off, err))
        return false;
    if (off)
        return aws_fail(err, &error_usage,
                        "the emulator runs with --cpu off, where memory buys no CPU and a sweep "
                        "shows noise: start it with 'squall serve --cpu model'");
    return true;
}

static bool write_json(const struct arguments *arguments, const struct tuning_input *input,
                       const struct tuning_result *result, struct arena *arena,
                       struct aws_error *err)
{
    struct str output, line;

    if (arguments->json == NULL || result->end == TUNING_FAILED)
        return true;
    if (!tuning_output(input, result, arena, &output))
        return aws_fail(err, &error_out_of_memory, "no memory for the output");
    line = str_printf(arena, "%.*s\n", STR_ARG(output));
    if (strcmp(arguments->json, "-") != 0)
        return report_file_write(arguments->json, line, err);
    (void)fwrite(line.ptr, 1, line.len, stdout);
    return true;
}

static bool write_results(const struct arguments *arguments, const struct tuning_input *input,
                          const struct tuning_result *result, struct arena *arena,
                          struct aws_error *err)
{
    if (!write_json(arguments, input, result, arena, err))
        return false;
    if (result->end != TUNING_SUCCEEDED)
        return true;
    if (arguments->json == NULL || strcmp(arguments->json, "-") != 0)
        tune_print_table(stdout, input, result);
    if (fflush(stdout) != 0)
        return aws_fail(err, &error_environment, "stdout cannot be written");
    return arguments->out == NULL ||
           tune_write_page(arguments->out, input, result, clock_wall_ms(clock_system()), err);
}

static bool sweep(const struct arguments *arguments, const struct lambda_api *api,
                  const struct tuning_input *input, struct arena *arena, struct aws_error *err)
{
    struct tune_progress progress;
    struct tuning_result result;
    struct aws_error unwritten = {0};

    if (!tune_progress_begin(&progress, arguments->quiet,
                             (int64_t)input->power_count * tuning_input_runs(input)))
        return aws_fail(err, &error_out_of_memory, "no memory for the run");
    struct tuning_listener listener = tune_progress_listener(&progress);
    bool ok = tuning_run(api, &stop_all, input, region_of_environment(NULL, input->region),
                         &listener, arena, &result, err);
    tune_progress_end(&progress);
    bool written = write_results(arguments, input, &result, arena, &unwritten);
    if (ok && !written)
        *err = unwritten; /* a failed run's own reason is the one to tell */
    return ok && written;
}

static bool tune(const struct arguments *arguments, const char *path, struct arena *arena,
                 struct aws_error *err)
{
    struct lambda_api api = {.stop = &stop_all};
    struct tuning_input input;
    struct str text;
    bool ok = false;

    if (!endpoint_of(arguments->endpoint, &api.endpoint, err) ||
        !input_read(path, INPUT_BYTES_MAX, arena, &text, err) ||
        !tuning_input_read(text, arena, &input, err) || !check_files(arguments, err))
        return false;
    api.region = input.region;
    api.http = aws_http_new();
    if (api.http == NULL)
        return aws_fail(err, &error_out_of_memory, "no memory for connections");
    catch_signals();
    ok = check_endpoint(&api, arena, err) && sweep(arguments, &api, &input, arena, err);
    aws_http_free(api.http);
    return ok;
}

int command_tune(int argc, char **argv)
{
    struct arguments arguments = {0};
    struct aws_error err = {0};
    const char *path = NULL;
    size_t paths = 0;
    bool help = false;

    bool ok = options_parse(option_rows, ARRAY_LEN(option_rows), &help_text, argc, argv, &arguments,
                            &path, 1, &paths, &help, &err);
    if (ok && help)
        return EXIT_SUCCESS;
    if (ok && paths == 0 && arguments.from_trace == NULL)
        ok = aws_fail(&err, &error_usage, "tune needs INPUT.json; 'squall tune --help' shows one");
    if (ok && paths == 0)
        ok = check_files(&arguments, &err);
    struct arena *arena = arena_new(TUNE_ARENA_BYTES);
    log_set_quiet(arguments.quiet);
    if (ok && arena == NULL)
        ok = aws_fail(&err, &error_out_of_memory, "no memory for the run");
    ok = ok && tune(&arguments, path, arena, &err);
    arena_free(arena);
    if (!ok)
        log_error("tune: %s", err.message);
    return ok ? EXIT_SUCCESS : exit_status_of(&err);
}
