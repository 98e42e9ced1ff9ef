#include "loadgen/outputs.h"

#include <errno.h>

#include "base/log.h"
#include "loadgen/report.h"
#include "loadgen/report_file.h"

static bool add_conditions(const struct option_list *texts,
                           bool (*parse)(struct str text, struct condition *ret,
                                         struct aws_error *err),
                           struct condition_list *ret, struct aws_error *err)
{
    for (size_t i = 0; i < texts->count; i++) {
        if (ret->count == CONDITIONS_MAX)
            return aws_fail(err, &error_usage, "more than %d conditions", (int)CONDITIONS_MAX);
        if (!parse(str_from_c(texts->values[i]), &ret->rows[ret->count], err))
            return false;
        ret->count++;
    }
    return true;
}

bool outputs_conditions(const struct outputs *outputs, struct condition_list *ret,
                        struct aws_error *err)
{
    return add_conditions(&outputs->fail_if, condition_parse_fail_if, ret, err) &&
           add_conditions(&outputs->pass_if, condition_parse_pass_if, ret, err);
}

bool outputs_check(const struct outputs *outputs, struct aws_error *err)
{
    const char *paths[] = {outputs->out, outputs->json, outputs->csv, outputs->junit,
                           outputs->hlog};

    for (size_t i = 0; i < ARRAY_LEN(paths); i++) {
        if (paths[i] == NULL)
            continue;
        for (size_t before = 0; before < i; before++) {
            if (paths[before] != NULL && strcmp(paths[before], paths[i]) == 0 &&
                report_file_is_plain(paths[i]))
                return aws_fail(err, &error_usage, "%s is named for two reports", paths[i]);
        }
        if (!report_file_check(paths[i], err))
            return false;
    }
    return true;
}

static bool write_page(const struct results *results, const char *path, struct aws_error *err)
{
    return report_html_file(results, NULL, path, err);
}

bool outputs_write(const struct outputs *outputs, const struct results *results,
                   struct aws_error *err)
{
    const struct {
        const char *path;
        bool (*write)(const struct results *results, const char *path, struct aws_error *err);
    } rows[] = {
        {outputs->json, report_json_file},   {outputs->csv, report_csv_file},
        {outputs->junit, report_junit_file}, {outputs->hlog, report_hlog_file},
        {outputs->out, write_page},
    };

    bool ok = true;

    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct aws_error one = {0};
        if (rows[i].path == NULL || rows[i].write(results, rows[i].path, &one))
            continue;
        if (!ok)
            log_error("%s", err->message); /* the last is the caller's to tell */
        *err = one;
        ok = false;
    }
    return ok;
}

static bool print_table(const struct results *results, struct aws_error *err)
{
    report_table(stdout, results);
    /* Who reads only the beginning wants no more. */
    if ((fflush(stdout) == 0 && ferror(stdout) == 0) || errno == EPIPE)
        return true;
    return aws_fail(err, &error_environment, "the table cannot be written: %s", strerror(errno));
}

bool outputs_show(const struct outputs *outputs, bool table, const struct results *results,
                  struct aws_error *err)
{
    struct aws_error other = {0};
    bool written = outputs_write(outputs, results, err);

    return (!table || print_table(results, written ? err : &other)) && written;
}

bool outputs_judge(const struct condition_list *conditions, struct results *results,
                   struct aws_error *err)
{
    if (!results_compute(results))
        return aws_fail(err, &error_out_of_memory, "out of memory");
    for (size_t i = 0; i < conditions->count; i++) {
        if (!results_judge(results, &conditions->rows[i], err))
            return false;
    }
    return true;
}
