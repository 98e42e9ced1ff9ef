#include "../test.h"

#include <unistd.h>

#include "base/options.h"

struct target {
    bool quiet;
    const char *host;
    int64_t port;
    int64_t duration_ms;
    const char *profile;
    struct option_list functions;
};

static const struct option_row rows[] = {
    {"shape", 0, OPTION_HEADING, 0, "", "", 0, 0, NULL},
    {"quiet", 'q', OPTION_FLAG, offsetof(struct target, quiet), "", "say less", 0, 0, NULL},
    {"host", 0, OPTION_TEXT, offsetof(struct target, host), "HOST", "address", 0, 0, NULL},
    {"port", 'p', OPTION_INT, offsetof(struct target, port), "PORT", "port", 0, 65535, NULL},
    {"duration", 'd', OPTION_DURATION, offsetof(struct target, duration_ms), "TIME", "how long", 1,
     3600000, NULL},
    {"profile", 0, OPTION_CHOICE, offsetof(struct target, profile), "", "shape", 0, 0,
     "fixed|ramp-up"},
    {"function", 0, OPTION_LIST, offsetof(struct target, functions), "NAME", "again", 0, 0, NULL},
};
static const struct command_help help_text = {"squall load COLLECTION [options]", "Loads.", NULL};

struct parsed {
    struct target target;
    const char *positional[2];
    size_t positional_count;
    struct aws_error err;
};

/* Parses a command line given as one string of words. */
static bool parse(const char *line, struct parsed *ret)
{
    static char words[256]; /* the parsed options borrow from it */
    char *argv[20];
    int argc = 0;
    bool help = false;

    memset(ret, 0, sizeof(*ret));
    (void)snprintf(words, sizeof(words), "%s", line);
    for (char *at = words; *at != '\0'; at += strlen(at) + 1) {
        char *blank = strchr(at, ' ');
        argv[argc++] = at;
        if (blank == NULL)
            break;
        *blank = '\0';
    }
    return options_parse(rows, ARRAY_LEN(rows), &help_text, argc, argv, &ret->target,
                         ret->positional, 2, &ret->positional_count, &help, &ret->err);
}

static void every_form_of_an_option_is_taken(void **state)
{
    struct parsed p;

    (void)state;
    assert_true(parse("load a --port=80 -q --host h --duration 2m --function x b --function y "
                      "--profile fixed",
                      &p));
    assert_int_equal(p.target.port, 80);
    assert_true(p.target.quiet);
    assert_string_equal(p.target.host, "h");
    assert_int_equal(p.target.duration_ms, 120000);
    assert_int_equal(p.target.functions.count, 2);
    assert_int_equal(p.positional_count, 2);
    assert_string_equal(p.positional[1], "b");
    assert_true(parse("load -p 1 --no-quiet -- -x", &p));
    assert_false(p.target.quiet);
    assert_string_equal(p.positional[0], "-x");
}

static void durations_have_units(void **state)
{
    static const struct {
        const char *line;
        int64_t ms;
    } lines[] = {{"load -d 500ms", 500},
                 {"load -d 1.5s", 1500},
                 {"load -d 3", 3000},
                 {"load -d1h", 3600000}};
    struct parsed p;

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(lines); i++) {
        assert_true(parse(lines[i].line, &p));
        assert_int_equal(p.target.duration_ms, lines[i].ms);
    }
}

static void what_is_wrong_is_said_with_what_to_do(void **state)
{
    static const struct {
        const char *line;
        const char *message;
    } lines[] = {
        {"load --nope", "unknown option '--nope'; see 'squall load --help'"},
        {"load --prot 80",
         "unknown option '--prot'; did you mean --port? see 'squall load --help'"},
        {"load --functions=x",
         "unknown option '--functions=x'; did you mean --function? see 'squall load --help'"},
        {"load --shape", "unknown option '--shape'; see 'squall load --help'"},
        {"load -x", "unknown option '-x'; see 'squall load --help'"},
        {"load --port", "--port needs a value: PORT"},
        {"load --port 70000", "--port: '70000' is no whole number from 0 to 65535"},
        {"load --quiet=1", "--quiet takes no value"},
        {"load --profile slow", "--profile: 'slow' is none of fixed|ramp-up"},
        {"load --duration 2h",
         "--duration: '2h' is no duration such as 500ms, 15s, 2m or 1h within its range"},
        {"load a b c", "'c' is one argument too many; see 'squall load --help'"},
    };
    struct parsed p;

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(lines); i++) {
        assert_false(parse(lines[i].line, &p));
        assert_ptr_equal(p.err.kind, &error_usage);
        assert_string_equal(p.err.message, lines[i].message);
    }
}

static void headings_divide_the_help(void **state)
{
    char text[1024] = "";
    FILE *kept = tmpfile();
    int out = dup(STDOUT_FILENO);

    (void)state;
    assert_non_null(kept);
    (void)fflush(stdout);
    assert_true(dup2(fileno(kept), STDOUT_FILENO) >= 0);
    options_print_help(rows, ARRAY_LEN(rows), &help_text);
    (void)fflush(stdout);
    assert_true(dup2(out, STDOUT_FILENO) >= 0);
    (void)close(out);
    rewind(kept);
    assert_true(fread(text, 1, sizeof(text) - 1, kept) > 0);
    (void)fclose(kept);
    assert_non_null(strstr(text, "Loads.\n\nshape:\n  -q, --quiet "));
    assert_null(strstr(text, "options:"));
    assert_null(strstr(text, "--shape"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_form_of_an_option_is_taken),
        cmocka_unit_test(durations_have_units),
        cmocka_unit_test(headings_divide_the_help),
        cmocka_unit_test(what_is_wrong_is_said_with_what_to_do),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
