#include "base/log.h"

#include <stdarg.h>
#include <unistd.h>

/* Set once at start, before there are threads; read only afterwards. */
static bool log_is_quiet;

static void PRINTF_LIKE(1, 0) write_line(const char *format, va_list args)
{
    static const char prefix[] = "squall: ";
    char line[4096];
    size_t used = sizeof(prefix) - 1;

    memcpy(line, prefix, used);
    int length = vsnprintf(line + used, sizeof(line) - used - 1, format, args);
    if (length > 0)
        used += (size_t)length < sizeof(line) - used - 1 ? (size_t)length : sizeof(line) - used - 2;
    /* What others wrote may be in it: one line stays one, and no terminal is told anything. */
    for (size_t i = 0; i < used; i++) {
        if ((unsigned char)line[i] < ' ' || line[i] == 0x7f)
            line[i] = ' ';
    }
    line[used++] = '\n';
    /* One write, so that lines of several threads do not mix; when stderr is gone there is nobody
     * to tell. */
    ssize_t ignored = write(STDERR_FILENO, line, used);
    (void)ignored;
}

void log_error(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    write_line(format, args);
    va_end(args);
}

void log_notice(const char *format, ...)
{
    va_list args;

    if (log_is_quiet)
        return;
    va_start(args, format);
    write_line(format, args);
    va_end(args);
}

void log_set_quiet(bool quiet)
{
    log_is_quiet = quiet;
}
