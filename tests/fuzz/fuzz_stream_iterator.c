/* A text that is read as an iterator is written back as it came; all others are refused. */
#include "../../emulator/dynamodb/streams/stream_iterator.h"

enum { FUZZ_ARENA_BYTES = 1 << 20 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_text(struct str text, struct arena *arena)
{
    struct stream_iterator iterator;
    struct str again;

    if (!stream_iterator_read(text, arena, &iterator))
        return;
    assert(iterator.shard >= 0 && iterator.from.ms >= 0 && iterator.issued_ms >= 0);
    assert(iterator.from.count >= 0 && iterator.from.count <= STREAM_COUNT_MAX);
    if (stream_iterator_text(&iterator, arena, &again))
        assert(str_eq(text, again));
}

/* The checksum keeps the fuzzer out of the rest: here it gets in. */
static void check_numbers(struct str bytes, struct arena *arena)
{
    struct stream_iterator iterator = {0}, again;
    struct str text;

    if (bytes.len < 3 * sizeof(int64_t))
        return;
    memcpy(&iterator.shard, bytes.ptr, sizeof(int64_t));
    memcpy(&iterator.from.ms, bytes.ptr + sizeof(int64_t), sizeof(int64_t));
    memcpy(&iterator.issued_ms, bytes.ptr + 2 * sizeof(int64_t), sizeof(int64_t));
    iterator.arn = str_slice(bytes, 3 * sizeof(int64_t), bytes.len);
    if (!stream_iterator_text(&iterator, arena, &text))
        return;
    bool ok = stream_iterator_read(text, arena, &again);
    assert(!ok || (str_eq(again.arn, iterator.arn) && again.shard == iterator.shard &&
                   again.issued_ms == iterator.issued_ms));
}

static void check_sequence(struct str text, struct arena *arena)
{
    struct stream_sequence sequence, again;

    if (!stream_sequence_read(text, &sequence) || sequence.ms == INT64_MAX)
        return;
    assert(stream_sequence_read(stream_sequence_text(sequence, arena), &again));
    assert(stream_sequence_compare(sequence, again) == 0);
    assert(stream_sequence_compare(sequence, stream_sequence_after(sequence)) < 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str text = {(const char *)data, size};
    struct arena *arena = arena_new(FUZZ_ARENA_BYTES);

    check_text(text, arena);
    check_numbers(text, arena);
    check_sequence(text, arena);
    arena_free(arena);
    return 0;
}
