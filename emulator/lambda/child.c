#include "child.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/str.h"

struct child_pipes {
    int output[2];
    int report[2]; /* the errno of a failed exec; closed by a successful one */
};

/* Between fork and exec: async-signal-safe calls only. */
static _Noreturn void run_child(const char *path, const char *folder, char *const *environment,
                                const struct child_pipes *pipes, pid_t parent)
{
    char *const arguments[] = {strrchr(path, '/') + 1, NULL};
    sigset_t none;
    int error = 0;

    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
        _exit(127);
    (void)setpgid(0, 0);
    (void)sigemptyset(&none);
    (void)sigprocmask(SIG_SETMASK, &none, NULL);
    (void)signal(SIGPIPE, SIG_DFL);
    int input = open("/dev/null", O_RDONLY);
    if (input >= 0 && dup2(input, STDIN_FILENO) >= 0 &&
        dup2(pipes->output[1], STDOUT_FILENO) >= 0 && dup2(pipes->output[1], STDERR_FILENO) >= 0 &&
        chdir(folder) == 0) {
        (void)syscall(SYS_close_range, 3U, ~0U, 4U /* CLOSE_RANGE_CLOEXEC */);
        (void)execve(path, arguments, environment);
    }
    error = errno;
    ssize_t ignored = write(pipes->report[1], &error, sizeof(error));
    (void)ignored;
    _exit(127);
}

static void close_pipe(int ends[2])
{
    for (size_t i = 0; i < 2; i++) {
        if (ends[i] >= 0)
            (void)close(ends[i]);
    }
}

static bool read_failure(const struct child_pipes *pipes, int *failed_errno)
{
    ssize_t got = 0;

    do
        got = read(pipes->report[0], failed_errno, sizeof(*failed_errno));
    while (got < 0 && errno == EINTR);
    return got == (ssize_t)sizeof(*failed_errno);
}

bool child_start(const char *path, const char *folder, char *const *environment, struct child *ret,
                 int *failed_errno)
{
    struct child_pipes pipes = {{-1, -1}, {-1, -1}};
    pid_t parent = getpid(), pid = -1;

    if (pipe2(pipes.output, O_CLOEXEC) != 0 || pipe2(pipes.report, O_CLOEXEC) != 0 ||
        (pid = fork()) < 0) {
        *failed_errno = errno;
        close_pipe(pipes.output);
        close_pipe(pipes.report);
        return false;
    }
    if (pid == 0)
        run_child(path, folder, environment, &pipes, parent);
    (void)setpgid(pid, pid); /* the child does it too: whoever comes first */
    (void)close(pipes.report[1]);
    pipes.report[1] = -1;
    (void)close(pipes.output[1]);
    pipes.output[1] = -1;
    bool failed = read_failure(&pipes, failed_errno);
    close_pipe(pipes.report);
    if (failed) {
        (void)waitpid(pid, NULL, 0);
        close_pipe(pipes.output);
        return false;
    }
    (void)fcntl(pipes.output[0], F_SETFL, O_NONBLOCK);
    *ret = (struct child){pid, (int)syscall(SYS_pidfd_open, pid, 0U), pipes.output[0]};
    return true;
}

bool child_has_ended(const struct child *child)
{
    siginfo_t info = {0};

    return waitid(P_PID, (id_t)child->pid, &info, WEXITED | WNOHANG | WNOWAIT) == 0 &&
           info.si_pid == child->pid;
}

int child_end(struct child *child)
{
    int status = 0;

    /* The group's number is not reused while its leader has not been collected. */
    (void)kill(-child->pid, SIGKILL);
    while (waitpid(child->pid, &status, 0) < 0 && errno == EINTR)
        continue;
    (void)close(child->output);
    if (child->pidfd >= 0)
        (void)close(child->pidfd);
    child->pid = 0;
    return status;
}

int64_t child_cpu_ns(const struct child *child)
{
    clockid_t id;
    struct timespec used;

    if (clock_getcpuclockid(child->pid, &id) != 0 || clock_gettime(id, &used) != 0)
        return 0;
    return (int64_t)used.tv_sec * INT64_C(1000000000) + used.tv_nsec;
}

static size_t read_proc(const struct child *child, const char *name, char *ret, size_t size)
{
    char path[64];
    ssize_t got = 0;

    (void)snprintf(path, sizeof(path), "/proc/%d/%s", (int)child->pid, name);
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0)
        return 0;
    got = read(file, ret, size);
    (void)close(file);
    return got > 0 ? (size_t)got : 0;
}

/* The first number in the text. */
static int64_t leading_number(struct str text)
{
    size_t from = 0;
    int64_t value = 0;

    while (from < text.len && (text.ptr[from] < '0' || text.ptr[from] > '9'))
        from++;
    size_t to = from;
    while (to < text.len && text.ptr[to] >= '0' && text.ptr[to] <= '9')
        to++;
    return str_to_int64(str_slice(text, from, to), 0, INT64_MAX, &value) ? value : 0;
}

int64_t child_run_delay_ns(const struct child *child)
{
    char text[128];
    struct str rest = {text, read_proc(child, "schedstat", text, sizeof(text))};

    (void)str_split(&rest, ' ');
    return leading_number(rest);
}

int64_t child_max_memory_mb(const struct child *child)
{
    char text[4096];
    struct str rest = {text, read_proc(child, "status", text, sizeof(text))};
    size_t at = str_find(rest, STR("VmHWM:"));
    int64_t kilobytes = leading_number(str_slice(rest, at, rest.len));

    return kilobytes <= 0 ? 1 : (kilobytes + 1023) / 1024;
}

static const char *signal_text(int number)
{
    static const struct {
        int number;
        const char *text;
    } rows[] = {
        {SIGKILL, "killed"},
        {SIGSEGV, "segmentation fault"},
        {SIGABRT, "aborted"},
        {SIGTERM, "terminated"},
        {SIGBUS, "bus error"},
        {SIGFPE, "floating point exception"},
        {SIGILL, "illegal instruction"},
        {SIGINT, "interrupt"},
        {SIGPIPE, "broken pipe"},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        if (rows[i].number == number)
            return rows[i].text;
    }
    return NULL;
}

void child_exit_text(int status, char *ret, size_t size)
{
    if (WIFSIGNALED(status) && signal_text(WTERMSIG(status)) != NULL)
        (void)snprintf(ret, size, "Runtime exited with error: signal: %s",
                       signal_text(WTERMSIG(status)));
    else if (WIFSIGNALED(status))
        (void)snprintf(ret, size, "Runtime exited with error: signal: signal %d", WTERMSIG(status));
    else if (WEXITSTATUS(status) != 0)
        (void)snprintf(ret, size, "Runtime exited with error: exit status %d", WEXITSTATUS(status));
    else
        (void)snprintf(ret, size, "Runtime exited without providing a reason");
}
