#include "loadgen/segment.h"

bool segment_parse(struct str text, size_t *ret_segment, size_t *ret_segments)
{
    struct str first = str_split(&text, '/');
    int64_t segment = 0, segments = 0;

    if (!str_to_int64(text, 1, SEGMENTS_MAX, &segments) ||
        !str_to_int64(first, 1, segments, &segment))
        return false;
    *ret_segment = (size_t)segment - 1;
    *ret_segments = (size_t)segments;
    return true;
}

uint64_t segment_share(uint64_t count, size_t segment, size_t segments)
{
    return count / segments + (segment < count % segments ? 1 : 0);
}
