#include "command_line.h"

#include "loadgen/text_file.h"

#include <errno.h>

static const char *first_set(const char *given, const char *const *names, size_t count)
{
    if (given != NULL && given[0] != '\0')
        return given;
    for (size_t i = 0; i < count; i++) {
        const char *value = getenv(names[i]);
        if (value != NULL && value[0] != '\0')
            return value;
    }
    return NULL;
}

bool endpoint_of(const char *given, struct str *ret, struct aws_error *err)
{
    static const char *const names[] = {"AWS_ENDPOINT_URL_LAMBDA", "AWS_ENDPOINT_URL"};
    const char *found = first_set(given, names, ARRAY_LEN(names));
    struct str url = found != NULL ? str_from_c(found) : STR("http://127.0.0.1:4566");

    if (!str_starts_with(url, STR("http://")) && !str_starts_with(url, STR("https://")))
        return aws_fail(err, &error_usage,
                        "the endpoint '%s' is no URL such as http://127.0.0.1:4566", found);
    while (str_ends_with(url, STR("/")))
        url.len--;
    *ret = url;
    return true;
}

struct str region_of_environment(const char *given, struct str otherwise)
{
    static const char *const names[] = {"AWS_REGION", "AWS_DEFAULT_REGION"};
    const char *found = first_set(given, names, ARRAY_LEN(names));

    return found != NULL ? str_from_c(found) : otherwise;
}

static bool read_stdin(size_t bytes_max, struct arena *arena, struct str *ret,
                       struct aws_error *err)
{
    struct buffer out;
    struct str bytes;
    char part[65536];
    size_t got = 0;

    buffer_init(&out, arena);
    while ((got = fread(part, 1, sizeof(part), stdin)) > 0) {
        if (out.len + got > bytes_max)
            return aws_fail(err, &error_environment, "standard input is larger than %zu bytes",
                            bytes_max);
        buffer_add(&out, (struct str){part, got});
    }
    if (ferror(stdin) != 0)
        return aws_fail(err, &error_environment, "standard input cannot be read: %s",
                        strerror(errno));
    if (!buffer_done(&out, &bytes) || !text_decode(arena, bytes, ret))
        return aws_fail(err, &error_out_of_memory, "standard input does not fit in memory");
    return true;
}

bool input_read(const char *path, size_t bytes_max, struct arena *arena, struct str *ret,
                struct aws_error *err)
{
    if (strcmp(path, "-") == 0)
        return read_stdin(bytes_max, arena, ret, err);
    return text_file_read(arena, path, bytes_max, ret, err);
}

int exit_status_of(const struct aws_error *err)
{
    if (err->kind == &error_usage)
        return EXIT_USAGE;
    return err->kind == &error_environment || err->kind == &error_out_of_memory ? EXIT_ENVIRONMENT
                                                                                : EXIT_FAILED_RUN;
}
