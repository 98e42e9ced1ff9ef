#include "loadgen/schedule.h"

#include <math.h>

#include "base/clock.h"

enum { RATE_MAX = 10000000 };
#define RATE_MIN    0.001
#define SECONDS_MAX (366.0 * 86400)

static bool no_memory(struct aws_error *err)
{
    return aws_fail(err, &error_out_of_memory, "out of memory for the schedule");
}

/* --- steps ---------------------------------------------------------------------------------- */

static bool add_step(struct schedule *schedule, double from_s, double rate)
{
    struct rate_step *last =
        schedule->step_count > 0 ? &schedule->steps[schedule->step_count - 1] : NULL;
    double before = last == NULL ? 0 : last->before + last->rate * (from_s - last->from_s);

    if (schedule->step_count == SCHEDULE_STEPS_MAX)
        return false;
    schedule->steps[schedule->step_count++] = (struct rate_step){from_s, rate, before};
    return true;
}

static bool is_rate(double rate)
{
    return rate == 0 || (rate >= RATE_MIN && rate <= RATE_MAX);
}

/* "30s", "500ms", "2m", "1h"; a bare number is seconds. */
static bool read_seconds(struct str text, double *ret)
{
    static const struct {
        struct str unit;
        double factor;
    } units[] = {
        {STR_INIT("ms"), 0.001}, {STR_INIT("s"), 1}, {STR_INIT("m"), 60}, {STR_INIT("h"), 3600}};
    double factor = 1;

    for (size_t i = 0; i < ARRAY_LEN(units); i++) {
        if (str_ends_with(text, units[i].unit)) {
            text.len -= units[i].unit.len;
            factor = units[i].factor;
            break;
        }
    }
    if (!str_to_double(text, ret))
        return false;
    *ret *= factor;
    return *ret > 0 && *ret <= SECONDS_MAX;
}

/* "200", "200/s", "200/s:30s"; without a length the step holds to the end. */
static bool read_step(struct str text, double *ret_rate, double *ret_seconds)
{
    struct str rate = str_split(&text, ':');

    *ret_seconds = INFINITY;
    if (text.len > 0 && !read_seconds(text, ret_seconds))
        return false;
    if (str_ends_with(rate, STR("/s")))
        rate.len -= 2;
    return str_to_double(rate, ret_rate) && is_rate(*ret_rate);
}

static size_t count_char(struct str text, char wanted)
{
    size_t count = 0;

    for (size_t i = 0; i < text.len; i++)
        count += text.ptr[i] == wanted ? 1 : 0;
    return count;
}

bool schedule_parse(struct str text, struct arena *arena, struct schedule *ret,
                    struct aws_error *err)
{
    struct schedule schedule = {.stride = 1};
    struct str rest = text;
    size_t steps = count_char(text, ',') + 1;
    double at_s = 0, rate = 0, seconds = 0;

    schedule.steps = steps > SCHEDULE_STEPS_MAX
                         ? NULL
                         : arena_alloc_array(arena, steps, sizeof(*schedule.steps));
    if (schedule.steps == NULL)
        return no_memory(err);
    for (size_t i = 0; i < steps; i++) {
        struct str step = str_trim(str_split(&rest, ','));
        if (!isfinite(at_s) || !read_step(step, &rate, &seconds) ||
            !add_step(&schedule, at_s, rate) || (steps == 1 && rate == 0))
            return aws_fail(err, &error_usage,
                            "--rate: '%.*s' is no rate such as 200/s, or 100/s:30s,200/s:1m",
                            STR_ARG(text));
        at_s += seconds;
    }
    schedule.end_s = at_s;
    *ret = schedule;
    return true;
}

/* --- traces --------------------------------------------------------------------------------- */

static bool is_separator(char byte)
{
    return byte == ',' || byte == ';' || byte == '\t' || byte == ' ';
}

/* The line's one or two numbers: how many, or 0. */
static int read_numbers(struct str line, double ret[2])
{
    size_t end = 0;
    struct str second = {0};

    while (end < line.len && !is_separator(line.ptr[end]))
        end++;
    if (!str_to_double(str_slice(line, 0, end), &ret[0]))
        return 0;
    while (end < line.len && is_separator(line.ptr[end]))
        end++;
    second = str_slice(line, end, line.len);
    if (second.len == 0)
        return 1;
    return str_to_double(second, &ret[1]) ? 2 : 0;
}

struct trace {
    struct schedule schedule;
    int columns; /* 0: not known yet */
    size_t line;
};

/* Why the numbers cannot follow what was read, or NULL. */
static const char *add_numbers(struct trace *trace, int columns, const double numbers[2])
{
    struct schedule *schedule = &trace->schedule;
    double before =
        columns == 1
            ? (schedule->moment_count == 0 ? 0 : schedule->moments[schedule->moment_count - 1])
            : (schedule->step_count == 0 ? 0 : schedule->steps[schedule->step_count - 1].from_s);

    if (trace->columns != 0 && columns != trace->columns)
        return "has another number of columns";
    trace->columns = columns;
    if (numbers[0] < before || numbers[0] > SECONDS_MAX)
        return "is earlier than the line before, or later than a year";
    if (columns == 1) {
        schedule->moments[schedule->moment_count++] = numbers[0];
        return NULL;
    }
    if (!is_rate(numbers[1]) || !add_step(schedule, numbers[0], numbers[1]))
        return "has no rate between 0.001 and 10,000,000, or is one too many";
    return NULL;
}

static bool read_line(struct trace *trace, struct str line, struct aws_error *err)
{
    double numbers[2] = {0, 0};
    const char *fault = NULL;
    int columns = 0;

    trace->line++;
    line = str_trim(line);
    if (line.len == 0 || line.ptr[0] == '#')
        return true;
    columns = read_numbers(line, numbers);
    if (columns > 0)
        fault = add_numbers(trace, columns, numbers);
    else if (trace->columns != 0 || trace->line > 1)
        fault = "is no number of seconds, nor seconds and a rate"; /* line 1 may be a heading */
    return fault == NULL ||
           aws_fail(err, &error_usage, "the rate's trace: line %zu %s", trace->line, fault);
}

bool schedule_parse_trace(struct str text, struct arena *arena, struct schedule *ret,
                          struct aws_error *err)
{
    struct trace trace = {.schedule.stride = 1};
    struct schedule *schedule = &trace.schedule;
    size_t lines = count_char(text, '\n') + 1;
    size_t steps = lines < SCHEDULE_STEPS_MAX ? lines : SCHEDULE_STEPS_MAX;

    schedule->steps = arena_alloc_array(arena, steps, sizeof(*schedule->steps));
    schedule->moments = lines > SCHEDULE_MOMENTS_MAX
                            ? NULL
                            : arena_alloc_array(arena, lines, sizeof(*schedule->moments));
    if (schedule->steps == NULL || schedule->moments == NULL)
        return no_memory(err);
    while (text.len > 0) {
        if (!read_line(&trace, str_split(&text, '\n'), err))
            return false;
    }
    if (trace.columns == 0)
        return aws_fail(err, &error_usage, "the rate's trace has no moment");
    schedule->end_s = trace.columns == 1 ? schedule->moments[schedule->moment_count - 1] : INFINITY;
    *ret = trace.schedule;
    return true;
}

/* --- asking --------------------------------------------------------------------------------- */

/* The last step that begins before the request of that number is due. */
static const struct rate_step *step_of(const struct schedule *schedule, double number)
{
    size_t low = 0, high = schedule->step_count;

    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (schedule->steps[middle].before <= number)
            low = middle;
        else
            high = middle;
    }
    return &schedule->steps[low];
}

static double due_s(const struct schedule *schedule, double number)
{
    const struct rate_step *step = NULL;

    if (schedule->moment_count > 0)
        return number < (double)schedule->moment_count ? schedule->moments[(size_t)number]
                                                       : INFINITY;
    step = step_of(schedule, number);
    return step->rate == 0 ? INFINITY : step->from_s + (number - step->before) / step->rate;
}

bool schedule_due(const struct schedule *schedule, uint64_t number, int64_t *ret_ns)
{
    double due =
        due_s(schedule, (double)schedule->first + (double)number * (double)schedule->stride);

    if (due > SECONDS_MAX || (schedule->moment_count == 0 && due >= schedule->end_s))
        return false;
    *ret_ns = (int64_t)(due * (double)NS_PER_S);
    return true;
}

uint64_t schedule_count(const struct schedule *schedule, int64_t at_ns)
{
    uint64_t low = 0, high = UINT64_C(1) << 50;
    int64_t due_ns = 0;

    /* The number of the first request that is not due yet. */
    while (low < high) {
        uint64_t middle = low + (high - low) / 2;
        if (schedule_due(schedule, middle, &due_ns) && due_ns < at_ns)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

int64_t schedule_length_ms(const struct schedule *schedule)
{
    if (!isfinite(schedule->end_s))
        return 0;
    /* A moment at the very end is still due. */
    return (int64_t)ceil(schedule->end_s * 1000) + (schedule->moment_count > 0 ? 1 : 0);
}
