/* The page: its text, with the results of one run or of two in it. */
#include "loadgen/report.h"

#include "loadgen/report_file.h"
#include "report_page.h"

/* JSON whose '<' are escaped cannot end the script element. */
static void add_script_safe(struct buffer *out, struct str json)
{
    for (size_t i = 0; i < json.len; i++) {
        if (json.ptr[i] == '<')
            buffer_add_literal(out, "\\u003c");
        else
            buffer_add_char(out, json.ptr[i]);
    }
}

/* --- windows of one width ------------------------------------------------------------------- */

/*
 * The run with windows of one width for all requests, and the run's own as wide: a click in the
 * page is one moment. Owns its timelines, borrows the rest.
 */
struct page_run {
    struct results results;
    struct metrics metrics;
    struct timeline intervals;
};

static int64_t widest_ms(const struct metrics *metrics)
{
    int64_t width_ms = metrics->windows.width_ms;

    for (size_t i = 0; i < metrics->request_count; i++) {
        if (metrics->requests[i].windows.width_ms > width_ms)
            width_ms = metrics->requests[i].windows.width_ms;
    }
    return width_ms;
}

static bool copy_widened(const struct timeline *from, int64_t width_ms, struct timeline *ret)
{
    timeline_init(ret, WINDOWS_MAX, width_ms);
    return timeline_merge(ret, from, 0);
}

static void page_run_deinit(struct page_run *run)
{
    timeline_deinit(&run->intervals);
    for (size_t i = 0; run->metrics.requests != NULL && i < run->metrics.request_count; i++)
        timeline_deinit(&run->metrics.requests[i].windows);
    free(run->metrics.requests);
}

static bool page_run_init(struct page_run *run, const struct results *results)
{
    const struct metrics *metrics = results->metrics;
    int64_t width_ms = widest_ms(metrics);
    bool ok = true;

    run->results = *results;
    run->metrics = *metrics;
    run->results.metrics = &run->metrics;
    run->metrics.requests = calloc(metrics->request_count, sizeof(*metrics->requests));
    ok =
        copy_widened(&metrics->windows, width_ms, &run->intervals) && run->metrics.requests != NULL;
    for (size_t i = 0; ok && i < metrics->request_count; i++) {
        run->metrics.requests[i] = metrics->requests[i];
        ok = copy_widened(&metrics->requests[i].windows, width_ms,
                          &run->metrics.requests[i].windows);
        run->metrics.request_count = i + 1;
    }
    return ok;
}

/* --- the text ------------------------------------------------------------------------------- */

static void add_results(struct buffer *out, const struct results *results)
{
    struct arena *arena = arena_new(REPORT_BYTES_MAX);
    struct page_run run = {.intervals = {0}};
    struct buffer json;
    struct json_writer writer;

    if (arena == NULL || !page_run_init(&run, results)) {
        out->failed = true;
        goto done;
    }
    buffer_init(&json, arena);
    json_writer_init(&writer, &json, JSON_COMPACT);
    report_json(&run.results, &run.intervals, &writer);
    add_script_safe(out, buffer_str(&json));
    out->failed = out->failed || json.failed;
done:
    page_run_deinit(&run);
    arena_free(arena);
}

/* The page up to a mark, and the results instead of the mark. */
static struct str add_page_until(struct buffer *out, struct str page, struct str mark,
                                 const struct results *results)
{
    size_t at = str_find(page, mark);

    buffer_add(out, str_slice(page, 0, at));
    if (results != NULL)
        add_results(out, results);
    else
        buffer_add_literal(out, "null");
    return str_slice(page, at + mark.len, page.len);
}

bool report_html_file(const struct results *results, const struct results *baseline,
                      const char *path, struct aws_error *err)
{
    struct arena *arena = arena_new(REPORT_BYTES_MAX);
    struct buffer out;
    struct str page = {(const char *)report_page, sizeof(report_page)};
    bool ok = false;

    if (arena == NULL)
        return aws_fail(err, &error_out_of_memory, "out of memory");
    buffer_init(&out, arena);
    page = add_page_until(&out, page, STR("/*RESULTS*/null"), results);
    page = add_page_until(&out, page, STR("/*BASELINE*/null"), baseline);
    buffer_add(&out, page);
    ok = report_file_write_buffer(path, &out, err);
    arena_free(arena);
    return ok;
}
