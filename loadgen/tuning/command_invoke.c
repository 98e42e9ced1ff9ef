/* squall invoke: one invocation through the Lambda API. */
#include "tuning/tuning.h"

#include <stddef.h>
#include <unistd.h>

#include "base/json.h"
#include "base/log.h"
#include "base/options.h"
#include "client/aws_http.h"
#include "command_line.h"
#include "lambda_api.h"

enum { EVENT_BYTES_MAX = 64 << 20 };
#define INVOKE_ARENA_BYTES ((size_t)512 << 20)

struct arguments {
    const char *endpoint, *qualifier, *region;
    bool quiet;
};

#define OFFSET(member) offsetof(struct arguments, member)
static const struct option_row option_rows[] = {
    {"endpoint", 0, OPTION_TEXT, OFFSET(endpoint), "URL",
     "the Lambda API (default AWS_ENDPOINT_URL, else http://127.0.0.1:4566)", 0, 0, NULL},
    {"qualifier", 0, OPTION_TEXT, OFFSET(qualifier), "VERSION", "a version or an alias", 0, 0,
     NULL},
    {"region", 0, OPTION_TEXT, OFFSET(region), "REGION",
     "for a NAME that is no ARN (default AWS_REGION, else us-east-1)", 0, 0, NULL},
    {"quiet", 'q', OPTION_FLAG, OFFSET(quiet), NULL, "no log tail on stderr", 0, 0, NULL},
};

static const struct command_help help_text = {
    .usage = "squall invoke NAME [EVENT|-]",
    .summary = "Calls a function once: its answer on stdout, the tail of its log on stderr.",
    .epilogue = "NAME is a function's name or ARN. EVENT is JSON itself, a file, @FILE, or - for "
                "stdin;\nwithout one the event is {}.\n\n"
                "Exit status: 0 done; 1 the function failed, or Lambda refused the call; 2 usage;\n"
                "3 nothing answers at the endpoint.",
};

/* JSON itself, or the file of that name. */
static bool read_event(const char *argument, struct arena *arena, struct str *ret,
                       struct aws_error *err)
{
    struct str text = str_from_c(argument);
    struct json_error why = {0};

    if (argument == NULL || text.len == 0) {
        *ret = STR("{}");
        return true;
    }
    bool is_file = text.ptr[0] == '@' || strcmp(argument, "-") == 0;
    if (!is_file && json_is_valid(text, &why)) {
        *ret = text;
        return true;
    }
    if (!is_file && access(argument, R_OK) != 0)
        return aws_fail(err, &error_usage,
                        "the event is neither JSON (%s at byte %zu) nor a file that can be read",
                        why.reason, why.offset);
    if (!input_read(text.ptr[0] == '@' ? argument + 1 : argument, EVENT_BYTES_MAX, arena, ret, err))
        return false;
    return true;
}

static void print_text(FILE *out, struct str text)
{
    if (text.ptr == NULL || text.len == 0)
        return;
    (void)fwrite(text.ptr, 1, text.len, out);
    if (text.ptr[text.len - 1] != '\n')
        (void)fputc('\n', out);
    (void)fflush(out);
}

static bool invoke(const struct arguments *arguments, const char *function, const char *event,
                   struct arena *arena, int *ret_status, struct aws_error *err)
{
    struct lambda_api api = {.region = region_of_environment(arguments->region, STR("us-east-1"))};
    struct function_answer answer = {0};
    struct str payload = {NULL, 0};

    if (!endpoint_of(arguments->endpoint, &api.endpoint, err) ||
        !read_event(event, arena, &payload, err))
        return false;
    api.http = aws_http_new();
    if (api.http == NULL)
        return aws_fail(err, &error_out_of_memory, "no memory for a connection");
    bool ok = lambda_call_function(&api, str_from_c(function), str_from_c(arguments->qualifier),
                                   payload, arena, &answer, err);
    if (ok) {
        if (!arguments->quiet)
            print_text(stderr, answer.log_tail);
        print_text(stdout, answer.payload);
        *ret_status = answer.function_error.len > 0 ? EXIT_FAILED_RUN : EXIT_SUCCESS;
    }
    aws_http_free(api.http);
    return ok;
}

int command_invoke(int argc, char **argv)
{
    struct arguments arguments = {0};
    struct aws_error err = {0};
    const char *positional[2] = {NULL, NULL};
    size_t count = 0;
    int status = EXIT_SUCCESS;
    bool help = false;

    bool ok = options_parse(option_rows, ARRAY_LEN(option_rows), &help_text, argc, argv, &arguments,
                            positional, 2, &count, &help, &err);
    if (ok && help)
        return EXIT_SUCCESS;
    if (ok && count == 0)
        ok = aws_fail(&err, &error_usage,
                      "invoke needs a function's name; see 'squall invoke --help'");
    struct arena *arena = arena_new(INVOKE_ARENA_BYTES);
    if (ok && arena == NULL)
        ok = aws_fail(&err, &error_out_of_memory, "no memory for the call");
    ok = ok &&
         invoke(&arguments, positional[0], count > 1 ? positional[1] : NULL, arena, &status, &err);
    arena_free(arena);
    if (ok)
        return status;
    log_error("invoke: %s", err.message);
    return exit_status_of(&err);
}
