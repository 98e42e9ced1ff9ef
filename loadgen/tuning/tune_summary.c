#include "tune_summary.h"

#include "base/clock.h"
#include "base/json.h"
#include "loadgen/report_file.h"
#include "tune_page.h"

enum { PAGE_ARENA_BYTES = 16 * 1024 * 1024, CELL_BYTES = 32 };

struct str tune_function_name(const struct tuning_input *input)
{
    struct str rest = input->lambda_arn, name = rest;

    while (rest.len > 0)
        name = str_split(&rest, ':');
    return name;
}

struct tune_winners tune_winners_of(const struct tuning_input *input,
                                    const struct tuning_result *result)
{
    struct size_statistics rows[TUNING_SIZES_MAX];
    struct tune_winners winners = {0};
    size_t count = 0;

    for (size_t i = 0; i < result->row_count && count < TUNING_SIZES_MAX; i++) {
        if (result->rows[i].average_duration_ms != 0)
            rows[count++] = result->rows[i];
    }
    if (count == 0)
        return winners;
    winners.any = true;
    winners.cheapest_mb = strategy_pick(rows, count, STRATEGY_COST, 0);
    winners.fastest_mb = strategy_pick(rows, count, STRATEGY_SPEED, 0);
    winners.balanced_mb = strategy_pick(rows, count, STRATEGY_BALANCED, input->balanced_weight);
    return winners;
}

/* --- the table ------------------------------------------------------------------------------ */

static const char *currency_of(const struct tuning_input *input)
{
    return str_starts_with(input->region, STR("cn-")) ? "¥" : "$";
}

/* An amount of money with four digits that count, never in exponent form. */
static void format_price(const char *currency, double price, char ret[CELL_BYTES])
{
    int decimals = 3;
    double leading = price;

    while (leading > 0 && leading < 1 && decimals < 15) {
        leading *= 10;
        decimals++;
    }
    (void)snprintf(ret, CELL_BYTES, "%s%.*f", currency, decimals, price);
}

/* The marks of one size, behind its row. */
static void print_marks(FILE *out, const struct tune_winners *winners, int64_t memory_mb)
{
    const struct {
        const char *name;
        int64_t memory_mb;
    } marks[] = {
        {"cheapest", winners->cheapest_mb},
        {"fastest", winners->fastest_mb},
        {"balanced", winners->balanced_mb},
    };
    const char *before = "   ";

    for (size_t i = 0; i < ARRAY_LEN(marks); i++) {
        if (marks[i].memory_mb != memory_mb)
            continue;
        (void)fprintf(out, "%s%s", before, marks[i].name);
        before = ", ";
    }
}

static void print_row(FILE *out, const struct size_statistics *row, const char *currency,
                      const struct tune_winners *winners)
{
    char price[CELL_BYTES], million[CELL_BYTES], cold[CELL_BYTES];

    format_price(currency, row->average_price, price);
    (void)snprintf(million, sizeof(million), "%s%.4f", currency, row->average_price * 1e6);
    (void)snprintf(cold, sizeof(cold), "%lld of %lld", (long long)row->cold_starts,
                   (long long)row->runs);
    (void)fprintf(out, "%6lld MB  %12.2f ms  %10.2f ms  %16s  %11s  %11s",
                  (long long)row->memory_mb, row->average_duration_ms, row->average_billed_ms,
                  price, million, cold);
    print_marks(out, winners, row->memory_mb);
    (void)fputc('\n', out);
}

static void print_verdict(FILE *out, const struct tuning_input *input,
                          const struct tuning_result *result, const struct tune_winners *winners)
{
    static const char *const words[] = {
        [STRATEGY_COST] = "cost", [STRATEGY_SPEED] = "speed", [STRATEGY_BALANCED] = "balanced"};

    if (!winners->any) {
        (void)fprintf(out, "No run had a REPORT line in its log tail.\n");
        return;
    }
    if (winners->cheapest_mb == winners->fastest_mb)
        (void)fprintf(out, "Cheapest and fastest are the same size: %lld MB.\n",
                      (long long)winners->cheapest_mb);
    else
        (void)fprintf(out, "Cheapest: %lld MB. Fastest: %lld MB. Balanced (weight %g): %lld MB.\n",
                      (long long)winners->cheapest_mb, (long long)winners->fastest_mb,
                      input->balanced_weight, (long long)winners->balanced_mb);
    if (result->analysed)
        (void)fprintf(out, "By strategy '%s': %lld MB.%s\n", words[input->strategy],
                      (long long)result->optimal.memory_mb,
                      input->auto_optimize ? " The function has it now." : "");
    else
        (void)fprintf(out, "A dry run: one run a size, nothing chosen.\n");
}

void tune_print_table(FILE *out, const struct tuning_input *input,
                      const struct tuning_result *result)
{
    struct tune_winners winners = tune_winners_of(input, result);
    struct str name = tune_function_name(input);

    (void)fprintf(out, "%.*s: %lld %s of each size, %s%s\n\n", STR_ARG(name),
                  (long long)tuning_input_runs(input),
                  tuning_input_runs(input) == 1 ? "run" : "runs",
                  input->parallel_invocation ? "at once" : "one after the other",
                  input->only_cold_starts ? ", each a cold start" : "");
    (void)fprintf(out, "%9s  %15s  %13s  %16s  %11s  %11s\n", "memory", "avg duration",
                  "avg billed", "avg cost", "1M calls", "cold starts");
    for (size_t i = 0; i < result->row_count; i++)
        print_row(out, &result->rows[i], currency_of(input), &winners);
    (void)fputc('\n', out);
    print_verdict(out, input, result, &winners);
}

/* --- the page ------------------------------------------------------------------------------- */

static void write_row(struct json_writer *writer, const struct size_statistics *row)
{
    json_object_begin(writer);
    json_field_int(writer, STR("memory_mb"), row->memory_mb);
    json_field_double(writer, STR("duration_ms"), row->average_duration_ms);
    json_field_double(writer, STR("billed_ms"), row->average_billed_ms);
    json_field_double(writer, STR("cost"), row->average_price);
    json_field_double(writer, STR("total_cost"), row->total_cost);
    json_field_int(writer, STR("cold_starts"), row->cold_starts);
    json_field_int(writer, STR("runs"), row->runs);
    json_object_end(writer);
}

static void write_options(struct json_writer *writer, const struct tuning_input *input)
{
    struct str name = tune_function_name(input);

    json_field_string(writer, STR("name"), name);
    json_field_string(writer, STR("arn"), input->lambda_arn);
    json_field_string(writer, STR("region"), input->region);
    json_field_int(writer, STR("num"), tuning_input_runs(input));
    json_field_bool(writer, STR("parallel"), input->parallel_invocation);
    json_field_bool(writer, STR("only_cold_starts"), input->only_cold_starts);
    json_field_double(writer, STR("discard"), input->discard);
    json_field_double(writer, STR("balanced_weight"), input->balanced_weight);
    json_field_string(writer, STR("currency"), str_from_c(currency_of(input)));
}

static void write_results(struct json_writer *writer, const struct tuning_input *input,
                          const struct tuning_result *result, int64_t wall_ms)
{
    struct tune_winners winners = tune_winners_of(input, result);
    char when[CLOCK_TEXT_BYTES];

    clock_format_iso(wall_ms, when);
    json_object_begin(writer);
    write_options(writer, input);
    json_field_string(writer, STR("ended_at"), str_from_c(when));
    json_field_int(writer, STR("cheapest_mb"), winners.cheapest_mb);
    json_field_int(writer, STR("fastest_mb"), winners.fastest_mb);
    json_field_int(writer, STR("balanced_mb"), winners.balanced_mb);
    json_field_double(writer, STR("execution_cost"), result->execution_cost);
    json_field_double(writer, STR("lambda_cost"), result->lambda_cost);
    json_field_string(writer, STR("visualization"), result->visualization);
    json_write_name(writer, STR("rows"));
    json_array_begin(writer);
    for (size_t i = 0; i < result->row_count; i++)
        write_row(writer, &result->rows[i]);
    json_array_end(writer);
    json_object_end(writer);
}

/* The page's place for its data; JSON whose '<' are escaped cannot end the script element. */
static const char page_mark[] = "/*RESULTS*/null";

static bool build_page(struct arena *arena, struct str json, struct str *ret)
{
    struct str page = {(const char *)tune_page, sizeof(tune_page)};
    size_t at = str_find(page, str_from_c(page_mark));
    struct buffer out;

    buffer_init(&out, arena);
    buffer_add(&out, str_slice(page, 0, at));
    for (size_t i = 0; i < json.len; i++) {
        if (json.ptr[i] == '<')
            buffer_add_literal(&out, "\\u003c");
        else
            buffer_add_char(&out, json.ptr[i]);
    }
    buffer_add(&out, str_slice(page, at + sizeof(page_mark) - 1, page.len));
    return buffer_done(&out, ret);
}

bool tune_write_page(const char *path, const struct tuning_input *input,
                     const struct tuning_result *result, int64_t wall_ms, struct aws_error *err)
{
    struct arena *arena = arena_new(PAGE_ARENA_BYTES);
    struct buffer json;
    struct json_writer writer;
    struct str text, page;
    bool ok = false;

    if (arena == NULL)
        return aws_fail(err, &error_out_of_memory, "no memory for the report");
    buffer_init(&json, arena);
    json_writer_init(&writer, &json, JSON_COMPACT);
    write_results(&writer, input, result, wall_ms);
    if (!buffer_done(&json, &text) || !build_page(arena, text, &page))
        (void)aws_fail(err, &error_out_of_memory, "%s: the report does not fit in memory", path);
    else
        ok = report_file_write(path, page, err);
    arena_free(arena);
    return ok;
}
