#include "output_path.h"

#include <errno.h>
#include <sys/stat.h>

#include "base/clock.h"

static bool no_memory(struct aws_error *err)
{
    return aws_fail(err, &error_out_of_memory, "out of memory");
}

/* Every folder above the file, from the top. */
static bool make_folders(char *path, struct aws_error *err)
{
    for (char *at = path + 1; *path != '\0' && *at != '\0'; at++) {
        if (*at != '/')
            continue;
        *at = '\0';
        if (mkdir(path, 0777) != 0 && errno != EEXIST)
            return aws_fail(err, &error_environment, "the folder %s cannot be made: %s", path,
                            strerror(errno));
        *at = '/';
    }
    return true;
}

/* "name-2026-11-27-07-06-23-749-0.json" */
static struct str stamped(struct arena *arena, const char *folder, const char *name,
                          const char *extension, int64_t now_wall_ms)
{
    char stamp[CLOCK_TEXT_BYTES];

    clock_format_iso(now_wall_ms, stamp);
    for (char *at = stamp; *at != '\0'; at++)
        *at = *at >= '0' && *at <= '9' ? *at : '-';
    return str_printf(arena, "%s/%s-%s0.%s", folder, name, stamp, extension);
}

bool output_path(struct arena *arena, const char *given, const char *name, const char *extension,
                 int64_t now_wall_ms, const char **ret, struct aws_error *err)
{
    struct str text =
        given == NULL ? stamped(arena, "newman", name, extension, now_wall_ms) : str_from_c(given);
    struct stat facts;
    char *path = text.len == 0 ? NULL : str_to_c(arena, text);

    if (path == NULL)
        return no_memory(err);
    for (size_t len = text.len; len > 1 && path[len - 1] == '/'; len--)
        path[len - 1] = '\0';
    if (!make_folders(path, err))
        return false;
    if (stat(path, &facts) == 0 && S_ISDIR(facts.st_mode)) {
        text = stamped(arena, path, name, extension, now_wall_ms);
        path = text.len == 0 ? NULL : str_to_c(arena, text);
    }
    *ret = path;
    return path != NULL || no_memory(err);
}
