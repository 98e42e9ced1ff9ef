/*
 * The windows as an HdrHistogram log, for that project's tools.
 *
 * Source: HdrHistogram 2.1, HistogramLogWriter (format version 1.3).
 */
#include "loadgen/report.h"

#include "base/clock.h"
#include "loadgen/histogram_text.h"
#include "loadgen/report_file.h"

/* The arena is for one window; `out` has another. */
static bool add_window(struct buffer *out, const struct window *window, struct arena *arena)
{
    struct str text = {0};

    arena_reset(arena);
    if (!histogram_text_write((struct str){window->payload, window->payload_bytes}, arena, &text))
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

    clock_format_iso(results->facts.started_wall_ms, started);
    buffer_printf(out, "#[Logged by squall %s, times in microseconds]\n", SQUALL_VERSION);
    buffer_add_literal(out, "#[Histogram log format version 1.3]\n");
    buffer_printf(out, "#[StartTime: %.3f (seconds since epoch), %s]\n",
                  (double)results->facts.started_wall_ms / 1000, started);
    buffer_add_literal(out, "\"StartTimestamp\",\"Interval_Length\",\"Interval_Max\","
                            "\"Interval_Compressed_Histogram\"\n");
}

bool report_hlog_file(const struct results *results, const char *path, struct aws_error *err)
{
    const struct timeline *windows = &results->metrics->windows;
    struct arena *arena = arena_new(REPORT_BYTES_MAX), *scratch = arena_new(REPORT_BYTES_MAX);
    struct buffer out;
    struct str text = {0};
    bool ok = arena != NULL && scratch != NULL;

    if (ok) {
        buffer_init(&out, arena);
        add_heading(&out, results);
        for (size_t i = 0; ok && i < windows->count; i++)
            ok = add_window(&out, &windows->windows[i], scratch);
        ok = ok && buffer_done(&out, &text);
    }
    ok = ok ? report_file_write(path, text, err)
            : aws_fail(err, &error_out_of_memory, "%s: the log does not fit in memory", path);
    arena_free(arena);
    arena_free(scratch);
    return ok;
}
