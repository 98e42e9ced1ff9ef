/*
 * Lines of any bytes, plain or compressed, that come in pieces: none is longer than allowed, none
 * holds a line's end, and in any other piece size the lines are the same. Each is read as an item.
 */
#include <zlib.h>

#include "import_line.h"
#include "line_reader.h"

enum { LINE_BYTES = 4096, TEXT_BYTES_MAX = 4 << 20, FUZZ_ARENA_BYTES = 8 << 20 };

struct bytes {
    const uint8_t *ptr;
    size_t len;
    size_t piece;
};

static ssize_t read_bytes(void *state, void *to, size_t room)
{
    struct bytes *bytes = state;
    size_t count = bytes->len < bytes->piece ? bytes->len : bytes->piece;

    count = count < room ? count : room;
    if (count > 0)
        memcpy(to, bytes->ptr, count);
    bytes->ptr += count;
    bytes->len -= count;
    return (ssize_t)count;
}

struct summary {
    uint64_t lines;
    uint64_t bytes;
    uint32_t sum;
    enum line_result end;
};

static struct summary read_all(struct bytes bytes, struct arena *arena)
{
    const struct import_keys keys = {.names = {STR_INIT("p")}, .count = 1};
    struct line_reader *reader =
        line_reader_new((struct line_source){.state = &bytes, .read = read_bytes}, LINE_BYTES);
    struct summary summary = {0};
    struct aws_error err = {0};
    struct str line = {NULL, 0};

    /* A bomb ends at some text: what is told of it is the same for both piece sizes. */
    while (reader != NULL && summary.bytes < TEXT_BYTES_MAX &&
           (summary.end = line_reader_next(reader, &line, &err)) == LINE_READ) {
        struct import_item item = {0};
        struct aws_error why = {0};
        assert(line.len <= LINE_BYTES && str_find_char(line, '\n') == line.len);
        summary.lines++;
        summary.bytes += line.len + 1;
        summary.sum = (uint32_t)crc32(summary.sum, (const unsigned char *)line.ptr, (uInt)line.len);
        assert(line_reader_number(reader) == summary.lines);
        arena_reset(arena);
        if (import_line_read(line, &keys, arena, &item, &why))
            assert(item.json.len > 0 && item.json.ptr >= line.ptr);
        else
            assert(why.kind == &error_usage);
    }
    assert((summary.end == LINE_FAILED) == (err.kind != NULL));
    line_reader_free(reader);
    return summary;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *arena = arena_new(FUZZ_ARENA_BYTES);
    struct summary whole = read_all((struct bytes){data, size, SIZE_MAX}, arena);
    struct summary pieces = read_all((struct bytes){data, size, 1 + size / 7}, arena);

    assert(whole.lines == pieces.lines && whole.bytes == pieces.bytes && whole.sum == pieces.sum);
    assert(whole.end == pieces.end);
    arena_free(arena);
    return 0;
}
