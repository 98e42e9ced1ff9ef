/* Rates and traces: whatever is taken is due in order, and the count agrees with the moments. */
#include "loadgen/schedule.h"

#include "base/arena.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const struct schedule *schedule)
{
    int64_t last_ns = 0, due_ns = 0;

    for (uint64_t number = 0; number < 50 && schedule_due(schedule, number, &due_ns); number++) {
        assert(due_ns >= last_ns);
        assert(schedule_count(schedule, due_ns) <= number);
        last_ns = due_ns;
    }
    assert(schedule_length_ms(schedule) >= 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *arena = arena_new(1 << 22);
    struct str text = {(const char *)data, size};
    struct schedule schedule;
    struct aws_error err = {0};

    if (arena == NULL)
        return 0;
    if (schedule_parse(text, arena, &schedule, &err))
        check(&schedule);
    if (schedule_parse_trace(text, arena, &schedule, &err))
        check(&schedule);
    arena_free(arena);
    return 0;
}
