#include "base/cores.h"

#include <sched.h>
#include <unistd.h>

enum { LINE_BYTES = 4096 };

static size_t cores_of_mask(void)
{
    long online = sysconf(_SC_NPROCESSORS_ONLN);
#ifdef __linux__
    cpu_set_t mask;

    /* A machine of more than 1,024 cores has another mask: all that are there, then. */
    if (sched_getaffinity(0, sizeof(mask), &mask) == 0 && CPU_COUNT(&mask) > 0)
        return (size_t)CPU_COUNT(&mask);
#endif
    return online > 0 ? (size_t)online : 1;
}

size_t cores_of_quota(struct str text)
{
    struct str period = str_trim(text);
    struct str quota = str_split(&period, ' ');
    int64_t quota_us = 0, period_us = 0;

    if (!str_to_int64(quota, 1, INT64_MAX / 2, &quota_us) ||
        !str_to_int64(str_trim(period), 1, 1000000000, &period_us))
        return 0;
    return (size_t)((quota_us + period_us - 1) / period_us);
}

/* A file's first line, without its end; empty when there is no such file. */
static struct str first_line(const char *path, char space[LINE_BYTES])
{
    FILE *file = fopen(path, "re");
    size_t len = 0;

    if (file == NULL)
        return (struct str){0};
    len = fread(space, 1, LINE_BYTES, file);
    (void)fclose(file);
    struct str rest = {space, len};
    return str_split(&rest, '\n');
}

static size_t smaller_limit(size_t a, size_t b)
{
    return b == 0 || (a > 0 && a < b) ? a : b;
}

/* Our group in the second version's tree is "0::/path"; each group above it may have a quota. */
static size_t cores_of_groups(void)
{
    char space[LINE_BYTES], path[LINE_BYTES], quota[LINE_BYTES];
    struct str group = first_line("/proc/self/cgroup", space);
    size_t cores = 0;

    if (!str_starts_with(group, STR("0::")))
        return 0;
    group = str_slice(group, 3, group.len);
    for (;;) {
        int len = snprintf(path, sizeof(path), "/sys/fs/cgroup%.*s/cpu.max", STR_ARG(group));
        if (len > 0 && (size_t)len < sizeof(path))
            cores = smaller_limit(cores, cores_of_quota(first_line(path, quota)));
        if (group.len == 0)
            return cores;
        while (group.len > 0 && group.ptr[--group.len] != '/')
            ;
    }
}

/* The first version's, as a container sees its own. */
static size_t cores_of_old_group(void)
{
    char quota[LINE_BYTES], period[LINE_BYTES], text[LINE_BYTES];
    struct str quota_us = first_line("/sys/fs/cgroup/cpu/cpu.cfs_quota_us", quota);
    struct str period_us = first_line("/sys/fs/cgroup/cpu/cpu.cfs_period_us", period);
    int len = snprintf(text, sizeof(text), "%.*s %.*s", STR_ARG(quota_us), STR_ARG(period_us));

    return len > 0 && (size_t)len < sizeof(text) ? cores_of_quota(str_from_c(text)) : 0;
}

size_t cores_available(void)
{
    size_t quota = smaller_limit(cores_of_groups(), cores_of_old_group());

    return smaller_limit(cores_of_mask(), quota);
}
