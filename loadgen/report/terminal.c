#include "loadgen/terminal.h"

#include <sys/ioctl.h>
#include <unistd.h>

enum { USUAL_COLUMNS = 80, COLUMNS_MIN = 20 };

size_t terminal_columns(int file)
{
    struct winsize size;

    if (isatty(file) == 0)
        return 0;
    if (ioctl(file, TIOCGWINSZ, &size) != 0 || size.ws_col < COLUMNS_MIN)
        return USUAL_COLUMNS;
    return size.ws_col;
}
