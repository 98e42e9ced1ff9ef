#include "loadgen/merge_check.h"

#include "base/json.h"
#include "base/log.h"
#include "loadgen/segment.h"

enum { MISSING_TOLD = 5 };

struct place {
    const struct saved_results *part;
    size_t segment, segments; /* segments 0: of no division */
};

static struct place place_of(const struct saved_results *part, struct arena *arena)
{
    struct place place = {part, 0, 0};
    struct json_value *options = NULL;
    struct str text = {0};

    if (!json_parse(part->results.facts.options, arena, &options, NULL))
        return place;
    text = json_string_or(json_member(options, "segment"), (struct str){NULL, 0});
    if (text.len > 0 && !segment_parse(text, &place.segment, &place.segments))
        place.segments = 0;
    return place;
}

static bool is_same_run(const struct saved_results *a, const struct saved_results *b)
{
    return a->results.facts.started_wall_ms == b->results.facts.started_wall_ms &&
           a->metrics.totals.requests == b->metrics.totals.requests &&
           a->metrics.totals.sum_us == b->metrics.totals.sum_us;
}

static int by_segment(const void *a, const void *b)
{
    const struct place *left = a, *right = b;

    return left->segment < right->segment ? -1 : left->segment > right->segment ? 1 : 0;
}

/* The parts of one division, in order. */
static void tell_gaps(const struct place *places, size_t count)
{
    size_t wanted = 0, segments = places[0].segments, missing = 0;

    for (size_t i = 0; i <= count; i++) {
        size_t next = i < count ? places[i].segment : segments;
        if (i > 0 && i < count && next == places[i - 1].segment)
            log_notice("part %zu/%zu is there twice: %s and %s", next + 1, segments,
                       places[i - 1].part->path, places[i].part->path);
        for (; wanted < next; wanted++) {
            if (missing++ < MISSING_TOLD)
                log_notice("part %zu/%zu is missing: the sum is not the whole run", wanted + 1,
                           segments);
        }
        wanted = next + 1;
    }
    if (missing > MISSING_TOLD)
        log_notice("%zu parts more are missing", missing - MISSING_TOLD);
}

static bool is_one_division(const struct place *places, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        if (places[i].segments == places[0].segments)
            continue;
        log_notice("%s and %s are not parts of one division (--segment)", places[0].part->path,
                   places[i].part->path);
        return false;
    }
    return places[0].segments > 0;
}

static void tell_late(const struct saved_results *parts, size_t count)
{
    const struct run_facts *first = &parts[0].results.facts;

    for (size_t i = 1; i < count; i++) {
        if (parts[i].results.facts.started_wall_ms >= first->started_wall_ms + first->elapsed_ms)
            log_notice("%s began when %s had ended: are they of one run?", parts[i].path,
                       parts[0].path);
    }
}

void merge_check(const struct saved_results *parts, size_t count)
{
    struct arena *arena = arena_new(parts[0].results.facts.options.len * 100 + (1 << 20));
    struct place *places = calloc(count, sizeof(*places));

    for (size_t i = 0; arena != NULL && places != NULL && i < count; i++) {
        places[i] = place_of(&parts[i], arena);
        arena_reset(arena);
        if (i > 0 && places[i].segments == 0 && is_same_run(&parts[i - 1], &parts[i]))
            log_notice("%s and %s are the same run", parts[i - 1].path, parts[i].path);
    }
    if (arena != NULL && places != NULL && is_one_division(places, count)) {
        tell_late(parts, count);
        qsort(places, count, sizeof(*places), by_segment);
        tell_gaps(places, count);
    }
    free(places);
    arena_free(arena);
}
