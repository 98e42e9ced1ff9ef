/*
 * The windows as an HdrHistogram log, for that project's tools.
 *
 * Source: HdrHistogram 2.1, HistogramLogWriter (format version 1.3) and AbstractHistogram's
 * compressed V2 encoding: two cookies, big-endian lengths and settings, the payload deflated.
 */
#include "loadgen/report.h"

#include <zlib.h>

#include "base/base64.h"
#include "loadgen/report_file.h"

enum {
    COOKIE = 0x1c849313,
    COMPRESSED_COOKIE = 0x1c849314,
    HEADER_BYTES = 40,
    COMPRESSED_HEADER_BYTES = 8,
};

static void add_big_endian(struct buffer *out, uint64_t value, int bytes)
{
    for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8)
        buffer_add_char(out, (char)(unsigned char)(value >> shift));
}

/* The encoded histogram before compression. */
static void add_header(struct buffer *out, size_t payload_bytes)
{
    const double ratio = 1.0;
    uint64_t ratio_bits = 0;

    memcpy(&ratio_bits, &ratio, sizeof(ratio_bits));
    add_big_endian(out, COOKIE, 4);
    add_big_endian(out, payload_bytes, 4);
    add_big_endian(out, 0, 4); /* normalizing index offset */
    add_big_endian(out, HISTOGRAM_DIGITS, 4);
    add_big_endian(out, 1, 8); /* lowest discernible value */
    add_big_endian(out, (uint64_t)HISTOGRAM_MAX_US, 8);
    add_big_endian(out, ratio_bits, 8);
}

static bool compress_window(const struct window *window, struct arena *arena, struct str *ret)
{
    struct buffer plain, packed;
    uLongf length = compressBound((uLong)(HEADER_BYTES + window->payload_bytes));
    char *deflated = arena_alloc_text(arena, length);

    buffer_init(&plain, arena);
    add_header(&plain, window->payload_bytes);
    buffer_add(&plain, (struct str){window->payload, window->payload_bytes});
    if (deflated == NULL || plain.failed ||
        compress2((Bytef *)deflated, &length, (const Bytef *)plain.ptr, (uLong)plain.len,
                  Z_DEFAULT_COMPRESSION) != Z_OK)
        return false;
    buffer_init(&packed, arena);
    add_big_endian(&packed, COMPRESSED_COOKIE, 4);
    add_big_endian(&packed, length, 4);
    buffer_add(&packed, (struct str){deflated, length});
    return !packed.failed && base64_encode(arena, buffer_str(&packed), ret);
}

/* The arena is for one window; `out` has another. */
static bool add_window(struct buffer *out, const struct window *window, struct arena *arena)
{
    struct str text = {0};

    arena_reset(arena);
    if (!compress_window(window, arena, &text))
        return false;
    buffer_printf(out, "%.3f,%.3f,%.3f,", (double)window->begin_ms / 1000,
                  (double)(window->end_ms - window->begin_ms) / 1000,
                  (double)window->counters.max_us / 1000);
    buffer_add(out, text);
    buffer_add_char(out, '\n');
    return !out->failed;
}

static void add_heading(struct buffer *out, const struct results *results)
{
    char started[CLOCK_TEXT_BYTES];

    clock_format_iso(results->started_wall_ms, started);
    buffer_printf(out, "#[Logged by squall %s, times in microseconds]\n", SQUALL_VERSION);
    buffer_add_literal(out, "#[Histogram log format version 1.3]\n");
    buffer_printf(out, "#[StartTime: %.3f (seconds since epoch), %s]\n",
                  (double)results->started_wall_ms / 1000, started);
    buffer_add_literal(out, "\"StartTimestamp\",\"Interval_Length\",\"Interval_Max\","
                            "\"Interval_Compressed_Histogram\"\n");
}

bool report_hlog_file(const struct results *results, const char *path, struct aws_error *err)
{
    const struct metrics *metrics = &results->run->metrics;
    struct arena *arena = arena_new(REPORT_BYTES_MAX), *scratch = arena_new(REPORT_BYTES_MAX);
    struct buffer out;
    struct str text = {0};
    bool ok = arena != NULL && scratch != NULL;

    if (ok) {
        buffer_init(&out, arena);
        add_heading(&out, results);
        for (size_t i = 0; ok && i < metrics->window_count; i++)
            ok = add_window(&out, &metrics->windows[i], scratch);
        ok = ok && buffer_done(&out, &text);
    }
    ok = ok ? report_file_write(path, text, err)
            : aws_fail(err, &error_out_of_memory, "%s: the log does not fit in memory", path);
    arena_free(arena);
    arena_free(scratch);
    return ok;
}
