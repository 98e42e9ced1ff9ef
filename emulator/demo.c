/*
 * squall demo: the sample end to end, as a person would do it by hand: `serve`, `load`, `tune`,
 * each a child of this process and this same binary. The children end with it, whatever ends it.
 */
#include "demo.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/options.h"
#include "sample_files.h"

enum {
    EXIT_FAILED_STEP = 1,
    EXIT_USAGE = 2,
    EXIT_ENVIRONMENT = 3,
    ARGUMENTS_MAX = 32,
    READY_TIMEOUT_MS = 20000,
    URL_BYTES = 128,
    OPEN_FOLDERS_MAX = 16,
};

struct arguments {
    const char *out;
    int64_t duration_ms;
    bool quiet;
};

#define OFFSET(member) offsetof(struct arguments, member)
static const struct option_row option_rows[] = {
    {"out", 'o', OPTION_TEXT, OFFSET(out), "DIR", "where the reports go (default squall-demo)", 0,
     0, NULL},
    {"duration", 't', OPTION_DURATION, OFFSET(duration_ms), "TIME",
     "how long the load lasts (default 15s)", 1000, INT64_C(3600) * 1000, NULL},
    {"quiet", 'q', OPTION_FLAG, OFFSET(quiet), NULL, "no progress on stderr", 0, 0, NULL},
};

static const struct command_help help_text = {
    .usage = "squall demo [--out DIR]",
    .summary = "Runs the sample application end to end, offline, in under a minute: serves it, "
               "puts ten users on it, and tunes two of its functions.",
    .epilogue = "Data goes to a temporary folder, ports are free ones; only the reports stay.",
};

struct demo {
    const struct arguments *arguments;
    char folder[PATH_MAX]; /* temporary; empty until it is there */
    char data[PATH_MAX];
    char collection[PATH_MAX], environment[PATH_MAX], rows[PATH_MAX], profile[PATH_MAX];
    char tune_prime[PATH_MAX], tune_list[PATH_MAX];
    char api[URL_BYTES], aws[URL_BYTES]; /* of the emulator that runs now */
    pid_t emulator;                      /* 0: none */
    sigset_t signals;                    /* blocked here, and taken in wait_for() */
    sigset_t inherited;                  /* what was blocked before */
    bool interrupted;
    int failed_status; /* of the step that failed; 0: none */
};

/* --- children ------------------------------------------------------------------------------- */

/* In the child, between fork and exec. `out`: its stdout, or -1 for ours. */
static void become(const struct demo *demo, char *const *argv, pid_t parent, int out)
{
    (void)prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (getppid() != parent) /* it ended before the line above */
        _exit(EXIT_ENVIRONMENT);
    (void)sigprocmask(SIG_SETMASK, &demo->inherited, NULL);
    if (out >= 0)
        (void)dup2(out, STDOUT_FILENO);
    (void)execv("/proc/self/exe", argv);
    _exit(EXIT_ENVIRONMENT);
}

/* Starts this binary with the given arguments, which end with NULL. */
static bool spawn(const struct demo *demo, const char *const *arguments, int out, pid_t *ret,
                  struct aws_error *err)
{
    char *argv[ARGUMENTS_MAX];
    char *text = NULL;
    size_t count = 0;
    pid_t parent = getpid();

    for (; arguments[count] != NULL; count++) {
        assert(count + 1 < ARGUMENTS_MAX);
        memcpy(&text, &arguments[count], sizeof(text)); /* execv's type lacks a const */
        argv[count] = text;
    }
    argv[count] = NULL;
    (void)fflush(NULL); /* what is buffered here must not be written by the child, too */
    pid_t child = fork();
    if (child < 0)
        return aws_fail(err, &error_environment, "fork: %s", strerror(errno));
    if (child == 0)
        become(demo, argv, parent, out);
    *ret = child;
    return true;
}

/* Waits for the child's end; an interrupt is passed on to it. Answers its exit status. */
static int wait_for(struct demo *demo, pid_t child)
{
    int status = 0;

    for (;;) {
        pid_t ended = waitpid(child, &status, WNOHANG);
        if (ended < 0 && errno != EINTR)
            return EXIT_ENVIRONMENT;
        if (ended == child)
            return WIFEXITED(status) ? WEXITSTATUS(status) : EXIT_FAILED_STEP;
        int taken = sigwaitinfo(&demo->signals, NULL);
        if (taken == SIGINT || taken == SIGTERM) {
            demo->interrupted = true;
            (void)kill(child, SIGTERM);
        }
    }
}

static bool run_step(struct demo *demo, const char *const *arguments, struct aws_error *err)
{
    pid_t child = 0;

    if (!spawn(demo, arguments, -1, &child, err))
        return false;
    int status = wait_for(demo, child);
    if (demo->interrupted)
        return aws_fail(err, &error_environment, "interrupted");
    demo->failed_status = status;
    if (status != EXIT_SUCCESS)
        return aws_fail(err, &error_environment, "'squall %s' ended with exit status %d",
                        arguments[1], status);
    return true;
}

/* --- the emulator --------------------------------------------------------------------------- */

/* An interrupt that came since the last wait. */
static bool was_interrupted(struct demo *demo)
{
    static const struct timespec at_once = {0};
    int taken = sigtimedwait(&demo->signals, NULL, &at_once);

    if (taken == SIGINT || taken == SIGTERM)
        demo->interrupted = true;
    return demo->interrupted;
}

/* The first line of the pipe, without its end; false at its end or after the time-out. */
static bool read_line(struct demo *demo, int pipe_end, char *line, size_t size)
{
    int64_t give_up_ns = clock_monotonic_ns(clock_system()) + READY_TIMEOUT_MS * NS_PER_MS;
    size_t len = 0;

    while (len + 1 < size && clock_monotonic_ns(clock_system()) < give_up_ns &&
           !was_interrupted(demo)) {
        struct pollfd wanted = {.fd = pipe_end, .events = POLLIN};
        if (poll(&wanted, 1, 100) <= 0)
            continue;
        if (read(pipe_end, line + len, 1) != 1)
            return false;
        if (line[len] == '\n') {
            line[len] = '\0';
            return true;
        }
        len++;
    }
    return false;
}

/* Copies the value of ` name=` in the ready line. */
static bool copy_url(struct str line, const char *name, char ret[URL_BYTES])
{
    size_t at = str_find(line, str_from_c(name));
    struct str rest = str_slice(line, at + strlen(name), line.len);
    struct str url = str_split(&rest, ' ');

    return at < line.len && url.len > 0 &&
           snprintf(ret, URL_BYTES, "%.*s", STR_ARG(url)) < URL_BYTES;
}

static void stop_emulator(struct demo *demo)
{
    if (demo->emulator == 0)
        return;
    (void)kill(demo->emulator, SIGTERM);
    int status = wait_for(demo, demo->emulator);
    if (status != EXIT_SUCCESS)
        log_error("demo: the emulator ended with exit status %d", status);
    demo->emulator = 0;
}

static bool start_emulator(struct demo *demo, const char *cpu, const char *latency,
                           struct aws_error *err)
{
    const char *const arguments[] = {"squall", "serve",    "--port",  "0", "--aws-port", "0",
                                     "--data", demo->data, "--cpu",   cpu, "--latency",  latency,
                                     "--seed", "1",        "--quiet", NULL};
    char line[2 * URL_BYTES + 64] = "";
    int ends[2] = {-1, -1};

    if (pipe2(ends, O_CLOEXEC) != 0)
        return aws_fail(err, &error_environment, "pipe: %s", strerror(errno));
    bool ok = spawn(demo, arguments, ends[1], &demo->emulator, err);
    (void)close(ends[1]);
    if (ok && (!read_line(demo, ends[0], line, sizeof(line)) ||
               !copy_url(str_from_c(line), "api=", demo->api) ||
               !copy_url(str_from_c(line), "aws=", demo->aws)))
        ok = aws_fail(err, &error_environment, "%s",
                      demo->interrupted ? "interrupted" : "the emulator did not start");
    (void)close(ends[0]);
    return ok;
}

/* --- the steps ------------------------------------------------------------------------------ */

static void title(const char *text)
{
    (void)printf("\n== %s\n\n", text);
}

static void report_path(const struct demo *demo, const char *name, char ret[PATH_MAX])
{
    int len = snprintf(ret, PATH_MAX, "%s/%s", demo->arguments->out, name);

    if (len < 0 || len >= PATH_MAX) /* set_up() has made this folder: its name fits */
        ret[0] = '\0';
}

static bool load(struct demo *demo, struct aws_error *err)
{
    char base_url[URL_BYTES + 16], duration[32], page[PATH_MAX], json[PATH_MAX];
    const char *const arguments[] = {"squall",
                                     "load",
                                     demo->collection,
                                     "-e",
                                     demo->environment,
                                     "-d",
                                     demo->rows,
                                     "--env-var",
                                     base_url,
                                     "--vus",
                                     "10",
                                     "--profile",
                                     "ramp-up",
                                     "--duration",
                                     duration,
                                     "--out",
                                     page,
                                     "--json",
                                     json,
                                     demo->arguments->quiet ? "--quiet" : NULL,
                                     NULL};

    (void)snprintf(base_url, sizeof(base_url), "baseUrl=%s", demo->api);
    (void)snprintf(duration, sizeof(duration), "%lldms", (long long)demo->arguments->duration_ms);
    report_path(demo, "load.html", page);
    report_path(demo, "load.json", json);
    title("load: 10 users ramp up on the sample's REST API");
    return run_step(demo, arguments, err);
}

static bool tune(struct demo *demo, const char *what, const char *input, const char *name,
                 struct aws_error *err)
{
    char page[PATH_MAX], json[PATH_MAX], file[64];
    const char *const arguments[] = {
        "squall", "tune", input,    "--endpoint", demo->aws,
        "--out",  page,   "--json", json,         demo->arguments->quiet ? "--quiet" : NULL,
        NULL};

    (void)snprintf(file, sizeof(file), "%s.html", name);
    report_path(demo, file, page);
    (void)snprintf(file, sizeof(file), "%s.json", name);
    report_path(demo, file, json);
    title(what);
    return run_step(demo, arguments, err);
}

/* Two emulators on the same data: one that is as fast as it can, one that models memory. */
static bool run_steps(struct demo *demo, struct aws_error *err)
{
    if (!start_emulator(demo, "off", "none", err) || !load(demo, err))
        return false;
    stop_emulator(demo);
    return !demo->interrupted && start_emulator(demo, "model", demo->profile, err) &&
           tune(demo, "tune: prime, which computes", demo->tune_prime, "tune-prime", err) &&
           tune(demo, "tune: the tutorial's list, which waits for DynamoDB", demo->tune_list,
                "tune-list", err);
}

static bool find_files(struct demo *demo, struct aws_error *err)
{
    return sample_file("sample/collection.json", demo->collection, err) &&
           sample_file("sample/environment.json", demo->environment, err) &&
           sample_file("sample/data.csv", demo->rows, err) &&
           sample_file("sample/tune-prime.json", demo->tune_prime, err) &&
           sample_file("sample/tune-list.json", demo->tune_list, err) &&
           sample_file("profiles/aws-us-east-1-estimate.json", demo->profile, err);
}

static bool set_up(struct demo *demo, struct aws_error *err)
{
    const char *base = getenv("TMPDIR");
    char name[PATH_MAX];

    if (mkdir(demo->arguments->out, 0777) != 0 && errno != EEXIST)
        return aws_fail(err, &error_environment, "%s cannot be made: %s", demo->arguments->out,
                        strerror(errno));
    int len = snprintf(name, sizeof(name), "%s/squall-demo-XXXXXX",
                       base != NULL && base[0] != '\0' ? base : "/tmp");
    if (len < 0 || (size_t)len + 8 >= sizeof(name) || mkdtemp(name) == NULL)
        return aws_fail(err, &error_environment, "no temporary folder: %s", strerror(errno));
    memcpy(demo->folder, name, (size_t)len + 1);
    memcpy(demo->data, name, (size_t)len);
    memcpy(demo->data + len, "/data", sizeof("/data"));
    return true;
}

static int remove_entry(const char *path, const struct stat *status, int kind, struct FTW *where)
{
    (void)status;
    (void)kind;
    (void)where;
    return remove(path);
}

/* The children must be gone by now, as they write there. */
static void clean_up(struct demo *demo)
{
    stop_emulator(demo);
    if (demo->folder[0] != '\0')
        (void)nftw(demo->folder, remove_entry, OPEN_FOLDERS_MAX, FTW_DEPTH | FTW_PHYS);
    (void)sigprocmask(SIG_SETMASK, &demo->inherited, NULL);
}

static void print_reports(const struct demo *demo)
{
    static const char *const names[] = {"load.html", "tune-prime.html", "tune-list.html"};
    char path[PATH_MAX];

    title("reports");
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        report_path(demo, names[i], path);
        (void)printf("%s\n", path);
    }
}

static void block_signals(struct demo *demo)
{
    (void)sigemptyset(&demo->signals);
    (void)sigaddset(&demo->signals, SIGINT);
    (void)sigaddset(&demo->signals, SIGTERM);
    (void)sigaddset(&demo->signals, SIGCHLD);
    (void)sigprocmask(SIG_BLOCK, &demo->signals, &demo->inherited);
}

static int run_demo(const struct arguments *arguments)
{
    struct demo demo = {.arguments = arguments};
    struct aws_error err = {0};

    block_signals(&demo);
    bool ok = find_files(&demo, &err) && set_up(&demo, &err) && run_steps(&demo, &err);
    clean_up(&demo);
    if (ok && !demo.interrupted) {
        print_reports(&demo);
        return EXIT_SUCCESS;
    }
    log_error("demo: %s", demo.interrupted ? "interrupted" : err.message);
    if (demo.failed_status != 0)
        return demo.failed_status;
    return demo.interrupted ? EXIT_FAILED_STEP : EXIT_ENVIRONMENT;
}

int command_demo(int argc, char **argv)
{
    struct arguments arguments = {.out = "squall-demo", .duration_ms = 15000};
    struct aws_error err = {0};
    const char *positional = NULL;
    size_t count = 0;
    bool help = false;

    if (!options_parse(option_rows, ARRAY_LEN(option_rows), &help_text, argc, argv, &arguments,
                       &positional, 0, &count, &help, &err)) {
        log_error("%s", err.message);
        return EXIT_USAGE;
    }
    return help ? EXIT_SUCCESS : run_demo(&arguments);
}
