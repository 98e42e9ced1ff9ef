#include "pretty.h"

#include <math.h>

/* Without the zeros that say nothing: 1.50 is 1.5, 2.00 is 2. */
static void trim_zeros(char *text)
{
    size_t length = strlen(text);

    if (strchr(text, '.') == NULL)
        return;
    while (length > 0 && text[length - 1] == '0')
        text[--length] = '\0';
    if (length > 0 && text[length - 1] == '.')
        text[length - 1] = '\0';
}

void pretty_size(uint64_t bytes, char ret[PRETTY_BYTES])
{
    static const char *const units[] = {"B", "kB", "MB", "GB", "TB", "PB"};
    double value = (double)bytes;
    size_t unit = 0;
    char number[32];

    while (unit + 1 < ARRAY_LEN(units) && value >= 1000) {
        value /= 1000;
        unit++;
    }
    /* As JavaScript's Math.round(value * 100) / 100: 2.605 is 2.61. */
    (void)snprintf(number, sizeof(number), "%.2f", floor(value * 100 + 0.5) / 100);
    trim_zeros(number);
    if (strcmp(number, "1000") == 0 && unit + 1 < ARRAY_LEN(units)) {
        (void)snprintf(number, sizeof(number), "1");
        unit++;
    }
    (void)snprintf(ret, PRETTY_BYTES, "%s%s", number, units[unit]);
}

static void add_unit(char ret[PRETTY_BYTES], int64_t value, const char *unit)
{
    size_t length = strlen(ret);

    if (value > 0)
        (void)snprintf(ret + length, PRETTY_BYTES - length, "%s%lld%s", length > 0 ? " " : "",
                       (long long)value, unit);
}

/* From two seconds on: days to seconds, one decimal of a second. */
static void long_time(double ms, char ret[PRETTY_BYTES])
{
    int64_t whole_s = (int64_t)(ms / 1000);
    double seconds = fmod(ms / 1000, 60);
    char number[32];
    size_t length = 0;

    ret[0] = '\0';
    add_unit(ret, whole_s / 86400, "d");
    add_unit(ret, whole_s / 3600 % 24, "h");
    add_unit(ret, whole_s / 60 % 60, "m");
    (void)snprintf(number, sizeof(number), "%.1f", floor(seconds * 10 + 1e-7) / 10);
    trim_zeros(number);
    length = strlen(ret);
    if (strcmp(number, "0") != 0 || length == 0)
        (void)snprintf(ret + length, PRETTY_BYTES - length, "%s%ss", length > 0 ? " " : "", number);
}

void pretty_time(double ms, char ret[PRETTY_BYTES])
{
    if (ms < 1)
        (void)snprintf(ret, PRETTY_BYTES, "%dµs", (int)(ms * 1000));
    else if (ms < 1998)
        (void)snprintf(ret, PRETTY_BYTES, "%dms", (int)ms);
    else
        long_time(ms, ret);
}
