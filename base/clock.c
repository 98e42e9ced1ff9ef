#include "base/clock.h"

#include <time.h>

int64_t clock_monotonic_ns(struct clock *clock)
{
    return clock->monotonic_ns(clock);
}

int64_t clock_wall_ns(struct clock *clock)
{
    return clock->wall_ns(clock);
}

int64_t clock_wall_ms(struct clock *clock)
{
    return clock->wall_ns(clock) / NS_PER_MS;
}

static int64_t read_ns(clockid_t id)
{
    struct timespec now;

    if (clock_gettime(id, &now) != 0)
        return 0;
    return (int64_t)now.tv_sec * NS_PER_S + now.tv_nsec;
}

static int64_t system_monotonic_ns(struct clock *clock)
{
    (void)clock;
    return read_ns(CLOCK_MONOTONIC);
}

static int64_t system_wall_ns(struct clock *clock)
{
    (void)clock;
    return read_ns(CLOCK_REALTIME);
}

struct clock *clock_system(void)
{
    static struct clock machine = {system_monotonic_ns, system_wall_ns};

    return &machine;
}

/* `clock` is the first member of its struct fake_clock. */
static struct fake_clock *fake_of(struct clock *clock)
{
    return (struct fake_clock *)(void *)clock;
}

static int64_t fake_monotonic_ns(struct clock *clock)
{
    return fake_of(clock)->now_ns;
}

static int64_t fake_wall_ns(struct clock *clock)
{
    struct fake_clock *fake = fake_of(clock);

    return fake->wall_offset_ns + fake->now_ns;
}

void fake_clock_init(struct fake_clock *fake, int64_t wall_ms)
{
    fake->clock = (struct clock){fake_monotonic_ns, fake_wall_ns};
    fake->now_ns = 0;
    fake->wall_offset_ns = wall_ms * NS_PER_MS;
}

void fake_clock_advance_ms(struct fake_clock *fake, int64_t ms)
{
    fake->now_ns += ms * NS_PER_MS;
}

/* Names by hand: strftime() follows the locale. */
void clock_format_http(int64_t wall_ms, char ret[CLOCK_TEXT_BYTES])
{
    static const char days[7][4] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static const char months[12][4] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                       "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    time_t seconds = (time_t)(wall_ms / 1000);
    struct tm t;

    if (gmtime_r(&seconds, &t) == NULL)
        t = (struct tm){.tm_mday = 1, .tm_year = 70};
    (void)snprintf(ret, CLOCK_TEXT_BYTES, "%s, %02d %s %04d %02d:%02d:%02d GMT",
                   days[t.tm_wday % 7], t.tm_mday, months[t.tm_mon % 12], t.tm_year + 1900,
                   t.tm_hour, t.tm_min, t.tm_sec);
}

static void format_iso(int64_t wall_ms, const char *zone, char *ret)
{
    time_t seconds = (time_t)(wall_ms / 1000);
    struct tm t;

    if (gmtime_r(&seconds, &t) == NULL)
        t = (struct tm){.tm_mday = 1, .tm_year = 70};
    (void)snprintf(ret, CLOCK_TEXT_BYTES, "%04d-%02d-%02dT%02d:%02d:%02d.%03d%s", t.tm_year + 1900,
                   t.tm_mon + 1, t.tm_mday, t.tm_hour, t.tm_min, t.tm_sec, (int)(wall_ms % 1000),
                   zone);
}

void clock_format_iso(int64_t wall_ms, char ret[CLOCK_TEXT_BYTES])
{
    format_iso(wall_ms, "Z", ret);
}

void clock_format_aws(int64_t wall_ms, char ret[CLOCK_TEXT_BYTES])
{
    format_iso(wall_ms, "+0000", ret);
}
