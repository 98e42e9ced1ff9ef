#include "loadgen/outputs.h"

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
        if (paths[i] != NULL && !report_file_check(paths[i], err))
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

    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        if (rows[i].path != NULL && !rows[i].write(results, rows[i].path, err))
            return false;
    }
    return true;
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
