#include "crash.h"

#include <signal.h>
#include <string.h>
#include <unistd.h>

/* A signal handler has nothing else that it could look at. */
static _Thread_local const char *volatile noted_function;
static _Thread_local const char *volatile noted_request;

static const int fault_signals[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT};

struct fault_line {
    char text[512];
    size_t length;
};

static void add(struct fault_line *line, const char *text)
{
    while (*text != '\0' && line->length < sizeof(line->text))
        line->text[line->length++] = *text++;
}

static const char *signal_text(int number)
{
    switch (number) {
    case SIGSEGV:
        return "segmentation fault";
    case SIGBUS:
        return "bus error";
    case SIGFPE:
        return "arithmetic fault";
    case SIGILL:
        return "illegal instruction";
    default:
        return "abort";
    }
}

/* Only async-signal-safe calls; then the signal's own action, which SA_RESETHAND has restored. */
static void on_fault(int number)
{
    struct fault_line line = {.length = 0};

    add(&line, "squall: ");
    add(&line, signal_text(number));
    if (noted_function != NULL) {
        add(&line, " in function ");
        add(&line, noted_function);
        add(&line, ", RequestId: ");
        add(&line, noted_request);
        add(&line, "; --isolate runs functions in processes of their own");
    } else {
        add(&line, " in the emulator itself");
    }
    add(&line, "\n");
    ssize_t ignored = write(STDERR_FILENO, line.text, line.length);
    (void)ignored;
    (void)raise(number);
}

void crash_install(void)
{
    struct sigaction action = {.sa_handler = on_fault};

    action.sa_flags = (int)(SA_RESETHAND | (unsigned)SA_NODEFER | SA_ONSTACK);
    (void)sigemptyset(&action.sa_mask);
    for (size_t i = 0; i < sizeof(fault_signals) / sizeof(fault_signals[0]); i++)
        (void)sigaction(fault_signals[i], &action, NULL);
}

void crash_thread_stack(void *stack)
{
    stack_t alternative = {.ss_sp = stack, .ss_size = CRASH_STACK_BYTES};

    alternative.ss_flags = stack == NULL ? SS_DISABLE : 0;
    (void)sigaltstack(&alternative, NULL);
}

void crash_note(const char *function_name, const char *request_id)
{
    noted_function = function_name;
    noted_request = request_id;
}
