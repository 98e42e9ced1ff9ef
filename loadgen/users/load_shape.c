#include "loadgen/load_shape.h"

#include "loadgen/segment.h"
#include "loadgen/text_file.h"

enum { TRACE_BYTES_MAX = 1 << 30 };

static bool read_schedule(const struct load_shape *shape, struct arena *arena,
                          struct run_options *ret, struct aws_error *err)
{
    struct schedule *schedule = arena_alloc(arena, sizeof(*schedule));
    struct str text = {0};
    bool ok = false;

    if (shape->rate == NULL && shape->rate_trace == NULL)
        return true;
    if (shape->rate != NULL && shape->rate_trace != NULL)
        return aws_fail(err, &error_usage, "--rate and --rate-trace exclude each other");
    if (schedule == NULL)
        return aws_fail(err, &error_out_of_memory, "out of memory");
    if (shape->rate != NULL)
        ok = schedule_parse(str_from_c(shape->rate), arena, schedule, err);
    else
        ok = text_file_read(arena, shape->rate_trace, TRACE_BYTES_MAX, &text, err) &&
             schedule_parse_trace(text, arena, schedule, err);
    schedule->first = ret->segment;
    schedule->stride = ret->segments;
    ret->schedule = schedule;
    return ok;
}

/* "500ms", "2s", "1.5": milliseconds; a bare number is seconds. */
static bool read_time(struct str text, int64_t *ret_ms)
{
    double value = 0, factor = 1000;

    if (str_ends_with(text, STR("ms"))) {
        text.len -= 2;
        factor = 1;
    } else if (str_ends_with(text, STR("s"))) {
        text.len -= 1;
    } else if (str_ends_with(text, STR("m"))) {
        text.len -= 1;
        factor = 60000;
    }
    if (!str_to_double(text, &value) || value < 0 || value * factor > THINK_MS_MAX)
        return false;
    *ret_ms = (int64_t)(value * factor + 0.5);
    return true;
}

/* "2s" or "500ms-2s" */
static bool read_think_time(const struct load_shape *shape, struct run_options *ret,
                            struct aws_error *err)
{
    struct str to = str_from_c(shape->think_time);
    struct str from = str_split(&to, '-');

    if (shape->think_time == NULL)
        return true;
    if (ret->schedule != NULL)
        return aws_fail(err, &error_usage,
                        "--think-time is for users that wait for answers, not for a rate");
    if (to.len == 0)
        to = from;
    if (!read_time(from, &ret->think_from_ms) || !read_time(to, &ret->think_to_ms) ||
        ret->think_from_ms > ret->think_to_ms)
        return aws_fail(err, &error_usage, "--think-time: '%s' is no time such as 1s or 500ms-2s",
                        shape->think_time);
    return true;
}

/* Users and iterations of the whole become this machine's share. */
static bool read_segment(const struct load_shape *shape, struct run_options *ret,
                         struct aws_error *err)
{
    ret->all_users = (size_t)shape->users;
    ret->iterations = (uint64_t)shape->iterations;
    ret->segment = 0;
    ret->segments = 1;
    if (shape->segment != NULL &&
        !segment_parse(str_from_c(shape->segment), &ret->segment, &ret->segments))
        return aws_fail(err, &error_usage,
                        "--segment: '%s' is no part such as 1/4 (the first of four)",
                        shape->segment);
    if (ret->all_users < ret->segments)
        return aws_fail(err, &error_usage, "--segment: %zu users cannot be split in %zu",
                        ret->all_users, ret->segments);
    if (ret->iterations > 0 && ret->iterations < ret->segments)
        return aws_fail(err, &error_usage, "--segment: %llu iterations cannot be split in %zu",
                        (unsigned long long)ret->iterations, ret->segments);
    ret->users = segment_share(ret->all_users, ret->segment, ret->segments);
    ret->iterations = segment_share(ret->iterations, ret->segment, ret->segments);
    return true;
}

/* A loop a core; but one that has few users costs more in waking up than it gains. */
static size_t threads_of(const struct load_shape *shape, size_t users)
{
    size_t most = shape->threads > 0 ? users : users / THREAD_USERS_MIN;
    size_t wanted = shape->threads > 0 ? (size_t)shape->threads : shape->cores;

    wanted = wanted < most ? wanted : most;
    return wanted > 1 ? wanted : 1;
}

static void set_percent(int64_t percent, double *field)
{
    if (percent >= 0)
        *field = (double)percent / 100;
}

static bool gives_levels(const struct load_shape *shape)
{
    return shape->low >= 0 || shape->rise_from >= 0 || shape->rise_to >= 0 ||
           shape->fall_from >= 0 || shape->fall_to >= 0;
}

static bool read_profile(const struct load_shape *shape, struct run_options *ret,
                         struct str *ret_name, struct aws_error *err)
{
    bool flat = ret->schedule != NULL || ret->duration_ms == 0;
    struct str name = shape->profile != NULL ? str_from_c(shape->profile)
                      : flat                 ? STR("fixed")
                                             : STR("ramp-up");

    if (flat && !str_eq(name, STR("fixed")))
        return aws_fail(err, &error_usage, "--profile %.*s needs a --duration, and no --rate",
                        STR_ARG(name));
    if (flat && gives_levels(shape))
        return aws_fail(err, &error_usage,
                        "--low, --rise-from, --rise-to, --fall-from and --fall-to need a "
                        "--duration, and no --rate");
    if (!profile_find(name, &ret->profile))
        return aws_fail(err, &error_usage, "--profile: '%.*s' is none of " PROFILE_NAMES,
                        STR_ARG(name));
    set_percent(shape->low, &ret->profile.low);
    set_percent(shape->rise_from, &ret->profile.rise_from);
    set_percent(shape->rise_to, &ret->profile.rise_to);
    set_percent(shape->fall_from, &ret->profile.fall_from);
    set_percent(shape->fall_to, &ret->profile.fall_to);
    if (!profile_is_valid(&ret->profile))
        return aws_fail(err, &error_usage,
                        "--rise-from, --rise-to, --fall-from and --fall-to are out of order");
    *ret_name = name;
    return true;
}

bool load_shape_read(const struct load_shape *shape, struct arena *arena, struct run_options *ret,
                     struct str *ret_profile, struct aws_error *err)
{
    bool bounded = false;

    if (!read_segment(shape, ret, err) || !read_schedule(shape, arena, ret, err) ||
        !read_think_time(shape, ret, err))
        return false;
    ret->threads = threads_of(shape, ret->users);
    ret->duration_ms = shape->duration_ms;
    /* A schedule with an end is played to its end, however late that makes its last requests. */
    bounded =
        ret->iterations > 0 || (ret->schedule != NULL && schedule_length_ms(ret->schedule) > 0);
    if (ret->duration_ms == 0 && !bounded)
        ret->duration_ms = DEFAULT_DURATION_MS;
    return read_profile(shape, ret, ret_profile, err);
}
