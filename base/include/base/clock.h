/*
 * Time as a thing that is passed in, so that tests own it. All methods may be called from any
 * thread.
 */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include "base/base.h"

#define NS_PER_MS INT64_C(1000000)
#define NS_PER_S  INT64_C(1000000000)

struct clock {
    int64_t (*monotonic_ns)(struct clock *clock);
    int64_t (*wall_ns)(struct clock *clock); /* since 1970-01-01T00:00:00Z */
};

int64_t clock_monotonic_ns(struct clock *clock);
int64_t clock_wall_ns(struct clock *clock);
int64_t clock_wall_ms(struct clock *clock);

/* The machine's clocks; one for the whole process. */
struct clock *clock_system(void);

/* A clock that stands still until it is told: both times begin at the given wall time. */
struct fake_clock {
    struct clock clock;
    _Atomic int64_t now_ns;
    int64_t wall_offset_ns;
};
void fake_clock_init(struct fake_clock *fake, int64_t wall_ms);
void fake_clock_advance_ms(struct fake_clock *fake, int64_t ms);

/* Date forms that the services speak; `ret` holds the text and a NUL. */
enum { CLOCK_TEXT_BYTES = 112 };
void clock_format_http(int64_t wall_ms,
                       char ret[CLOCK_TEXT_BYTES]); /* Mon, 23 Nov 2026 10:00:00 GMT */
void clock_format_iso(int64_t wall_ms, char ret[CLOCK_TEXT_BYTES]); /* 2026-11-23T10:00:00.123Z */
void clock_format_aws(int64_t wall_ms,
                      char ret[CLOCK_TEXT_BYTES]); /* 2026-11-23T10:00:00.123+0000 */

#endif
