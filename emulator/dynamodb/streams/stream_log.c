#include "stream_log.h"

#include <stdatomic.h>

#include "base/rng.h"

enum { COUNT_DIGITS = 11 };

/* `last` and `rng` are guarded by the store's transaction. */
struct stream_log {
    struct clock *clock;
    _Atomic int64_t now_ms;
    struct stream_sequence last;
    struct rng rng;
};

int stream_sequence_compare(struct stream_sequence a, struct stream_sequence b)
{
    if (a.ms != b.ms)
        return a.ms < b.ms ? -1 : 1;
    return a.count < b.count ? -1 : a.count > b.count;
}

struct stream_sequence stream_sequence_after(struct stream_sequence sequence)
{
    if (sequence.count < STREAM_COUNT_MAX)
        return (struct stream_sequence){sequence.ms, sequence.count + 1};
    return (struct stream_sequence){sequence.ms + 1, 0};
}

struct str stream_sequence_text(struct stream_sequence sequence, struct arena *arena)
{
    return str_printf(arena, "%013lld%011lld", (long long)sequence.ms, (long long)sequence.count);
}

bool stream_sequence_read(struct str text, struct stream_sequence *ret)
{
    struct stream_sequence sequence = {0};

    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] < '0' || text.ptr[i] > '9')
            return false;
    }
    while (text.len > STREAM_SEQUENCE_DIGITS && text.ptr[0] == '0')
        text = str_slice(text, 1, text.len);
    if (text.len > STREAM_SEQUENCE_DIGITS)
        sequence.ms = INT64_MAX;
    for (size_t i = 0; i < text.len && text.len <= STREAM_SEQUENCE_DIGITS; i++) {
        int64_t *part = text.len - i > COUNT_DIGITS ? &sequence.ms : &sequence.count;

        *part = *part * 10 + (text.ptr[i] - '0');
    }
    *ret = sequence;
    return text.len > 0;
}

struct stream_log *stream_log_new(struct clock *clock, uint64_t seed)
{
    struct stream_log *log = calloc(1, sizeof(*log));

    if (log == NULL)
        return NULL;
    log->clock = clock;
    rng_init(&log->rng, seed);
    return log;
}

void stream_log_free(struct stream_log *log)
{
    free(log);
}

void stream_log_seen(struct stream_log *log, struct stream_sequence sequence)
{
    if (stream_sequence_compare(sequence, log->last) > 0)
        log->last = sequence;
    if (sequence.ms > atomic_load(&log->now_ms))
        atomic_store(&log->now_ms, sequence.ms);
}

int64_t stream_log_now_ms(struct stream_log *log)
{
    int64_t wall_ms = clock_wall_ms(log->clock);
    int64_t now_ms = atomic_load(&log->now_ms);

    while (now_ms < wall_ms && !atomic_compare_exchange_weak(&log->now_ms, &now_ms, wall_ms))
        continue;
    return now_ms < wall_ms ? wall_ms : now_ms;
}

struct stream_sequence stream_log_next(struct stream_log *log, int64_t not_before_ms)
{
    struct stream_sequence next = {stream_log_now_ms(log), 0};

    if (next.ms < not_before_ms)
        next.ms = not_before_ms;
    if (stream_sequence_compare(next, log->last) <= 0)
        next = stream_sequence_after(log->last);
    log->last = next;
    return next;
}

void stream_log_event_id(struct stream_log *log, char ret[STREAM_EVENT_ID_BYTES])
{
    (void)snprintf(ret, STREAM_EVENT_ID_BYTES, "%016llx%016llx",
                   (unsigned long long)rng_next(&log->rng),
                   (unsigned long long)rng_next(&log->rng));
}
