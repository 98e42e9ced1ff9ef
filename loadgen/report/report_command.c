/* squall report and squall merge: saved results become pictures, or one result. */
#include "loadgen/load.h"

#include <signal.h>

#include "base/log.h"
#include "loadgen/merge_check.h"
#include "loadgen/outputs.h"
#include "loadgen/report.h"
#include "loadgen/saved_results.h"

enum { EXIT_VIOLATED = 1, EXIT_USAGE = 2, EXIT_ENVIRONMENT = 3, FILES_MAX = 10000 };

struct arguments {
    struct outputs outputs;
    bool compare, quiet;
};

#define OFFSET(member) offsetof(struct arguments, member)

static const struct option_row report_rows[] = {
    {"compare", 0, OPTION_FLAG, OFFSET(compare), "",
     "two files: what has changed from the first to the second", 0, 0, NULL},
    OUTPUTS_ROWS(struct arguments, outputs),
    {"quiet", 'q', OPTION_FLAG, OFFSET(quiet), "", "no table", 0, 0, NULL},
};

static const struct command_help report_help = {
    "squall report FILE [options] | squall report --compare BEFORE AFTER [options]",
    "Shows what 'squall load --json' saved: as a table, a page, CSV, JUnit or HdrHistogram log.",
    "examples\n"
    "  squall report result.json --out report.html\n"
    "  squall report --compare monday.json tuesday.json --out change.html\n"
    "\n"
    "exit status: 0 done, 1 a condition of this command line was violated, 2 usage, 3 a file is\n"
    "not there\n",
};

static const struct option_row merge_rows[] = {
    OUTPUTS_ROWS(struct arguments, outputs),
    {"quiet", 'q', OPTION_FLAG, OFFSET(quiet), "", "no table", 0, 0, NULL},
};

static const struct command_help merge_help = {
    "squall merge FILE... [options]",
    "Adds up what several machines' 'squall load --segment I/N --json' saved: counts and "
    "histograms, so that percentiles are those of all requests.",
    "The runs' own conditions are judged again, by the whole, and those of this command line.\n"
    "\n"
    "examples\n"
    "  squall merge part-1.json part-2.json --json all.json --out report.html\n"
    "\n"
    "exit status: 0 done, 1 a condition was violated, 2 usage, 3 a file is not there\n",
};

static int fail(const struct aws_error *err)
{
    log_error("%s", err->message);
    return err->kind == &error_usage ? EXIT_USAGE : EXIT_ENVIRONMENT;
}

/* --- report --------------------------------------------------------------------------------- */

static bool show_one(const struct arguments *arguments, const char *path,
                     struct saved_results *saved, struct aws_error *err)
{
    if (!saved_results_read(path, saved, err) ||
        !outputs_conditions(&arguments->outputs, &saved->conditions, err) ||
        !outputs_check(&arguments->outputs, err) ||
        !outputs_judge(&saved->conditions, &saved->results, err))
        return false;
    return outputs_show(&arguments->outputs, !arguments->quiet, &saved->results, err);
}

/* The files other than the page are those of the second run. */
static bool show_change(const struct arguments *arguments, const char *const *paths,
                        struct saved_results *before, struct saved_results *after,
                        struct aws_error *err)
{
    struct outputs outputs = arguments->outputs;
    struct aws_error other = {0};
    bool page = true, others = true;

    if (!saved_results_read(paths[0], before, err) || !saved_results_read(paths[1], after, err) ||
        !outputs_conditions(&outputs, &after->conditions, err) || !outputs_check(&outputs, err) ||
        !outputs_judge(&before->conditions, &before->results, err) ||
        !outputs_judge(&after->conditions, &after->results, err))
        return false;
    page = outputs.out == NULL ||
           report_html_file(&after->results, &before->results, outputs.out, err);
    outputs.out = NULL;
    others = outputs_write(&outputs, &after->results, page ? err : &other);
    if (!page && !others)
        log_error("%s", other.message);
    if (!arguments->quiet)
        report_comparison(stdout, &before->results, &after->results);
    return page && others;
}

/* Of this command line; the run's own were judged when it ran. */
static bool own_violated(const struct arguments *arguments, const struct results *results)
{
    size_t own = arguments->outputs.fail_if.count + arguments->outputs.pass_if.count;

    for (size_t i = results->condition_count - own; i < results->condition_count; i++) {
        if (results->conditions[i].violated)
            return true;
    }
    return false;
}

static int run_report(const struct arguments *arguments, const char *const *paths)
{
    struct saved_results before = {.arena = NULL}, after = {.arena = NULL};
    struct aws_error err = {0};
    bool ok = arguments->compare ? show_change(arguments, paths, &before, &after, &err)
                                 : show_one(arguments, paths[0], &after, &err);
    int status = !ok                                       ? fail(&err)
                 : own_violated(arguments, &after.results) ? EXIT_VIOLATED
                                                           : EXIT_SUCCESS;

    saved_results_deinit(&before);
    saved_results_deinit(&after);
    return status;
}

int command_report(int argc, char **argv)
{
    struct arguments arguments = {0};
    struct aws_error err = {0};
    const char *paths[2] = {NULL, NULL};
    size_t count = 0;
    bool help = false;

    /* A reader that goes, as head does, is no reason to leave files unwritten. */
    (void)signal(SIGPIPE, SIG_IGN);
    if (!options_parse(report_rows, ARRAY_LEN(report_rows), &report_help, argc, argv, &arguments,
                       paths, 2, &count, &help, &err))
        return fail(&err);
    if (help)
        return EXIT_SUCCESS;
    if (count != (arguments.compare ? 2 : 1)) {
        log_error("%s; 'squall report --help' shows examples",
                  arguments.compare ? "--compare takes two files" : "report takes one file");
        return EXIT_USAGE;
    }
    return run_report(&arguments, paths);
}

/* --- merge ---------------------------------------------------------------------------------- */

static int by_start(const void *a, const void *b)
{
    const struct saved_results *left = a, *right = b;

    return left->results.facts.started_wall_ms < right->results.facts.started_wall_ms   ? -1
           : left->results.facts.started_wall_ms > right->results.facts.started_wall_ms ? 1
                                                                                        : 0;
}

/* A moved struct's results point at the metrics beside them. */
static void sort_by_start(struct saved_results *parts, size_t count)
{
    qsort(parts, count, sizeof(*parts), by_start);
    for (size_t i = 0; i < count; i++)
        parts[i].results.metrics = &parts[i].metrics;
}

static bool add_up(const struct arguments *arguments, const char *const *paths, size_t count,
                   struct saved_results *parts, struct aws_error *err)
{
    struct saved_results *sum = &parts[0];

    for (size_t i = 0; i < count; i++) {
        if (!saved_results_read(paths[i], &parts[i], err))
            return false;
    }
    sort_by_start(parts, count);
    merge_check(parts, count);
    for (size_t i = 1; i < count; i++) {
        if (!saved_results_merge(sum, &parts[i], err))
            return false;
        saved_results_deinit(&parts[i]);
    }
    if (!outputs_conditions(&arguments->outputs, &sum->conditions, err) ||
        !outputs_check(&arguments->outputs, err) ||
        !outputs_judge(&sum->conditions, &sum->results, err))
        return false;
    return outputs_show(&arguments->outputs, !arguments->quiet, &sum->results, err);
}

int command_merge(int argc, char **argv)
{
    struct arguments arguments = {0};
    struct aws_error err = {0};
    const char **paths = calloc(FILES_MAX, sizeof(*paths));
    struct saved_results *parts = NULL;
    size_t count = 0;
    bool help = false;
    int status = EXIT_SUCCESS;

    (void)signal(SIGPIPE, SIG_IGN); /* as command_report() */
    if (paths == NULL) {
        (void)aws_fail(&err, &error_out_of_memory, "out of memory");
        status = fail(&err);
    } else if (!options_parse(merge_rows, ARRAY_LEN(merge_rows), &merge_help, argc, argv,
                              &arguments, paths, FILES_MAX, &count, &help, &err)) {
        status = fail(&err);
    } else if (!help && count == 0) {
        log_error("merge takes files; 'squall merge --help' shows examples");
        status = EXIT_USAGE;
    } else if (!help) {
        parts = calloc(count, sizeof(*parts));
        if (parts == NULL)
            (void)aws_fail(&err, &error_out_of_memory, "out of memory");
        if (parts == NULL || !add_up(&arguments, paths, count, parts, &err))
            status = fail(&err);
        else if (results_violated(&parts[0].results))
            status = EXIT_VIOLATED;
    }
    for (size_t i = 0; parts != NULL && i < count; i++)
        saved_results_deinit(&parts[i]);
    free(parts);
    free(paths);
    return status;
}
