#include "log_tail.h"

#include "base/json.h"
#include "execution_error.h"

#include <stddef.h>

struct figure_row {
    struct str label; /* in a REPORT line, behind a tab */
    struct str name;  /* in a JSON record */
    bool decimals;
    bool always; /* in every JSON record; the others are left out where they are zero */
    size_t offset;
};

#define FIGURE(label, name, decimals, always, field)                                               \
    {                                                                                              \
        STR_INIT("\t" label ": "), STR_INIT(name), decimals, always,                               \
            offsetof(struct invocation_figures, field)                                             \
    }
static const struct figure_row rows[] = {
    FIGURE("Duration", "durationMs", true, true, duration_ms),
    FIGURE("Init Duration", "initDurationMs", true, false, init_ms),
    FIGURE("Restore Duration", "restoreDurationMs", true, false, restore_ms),
    FIGURE("Billed Duration", "billedDurationMs", false, true, billed_ms),
    FIGURE("Billed Restore Duration", "billedRestoreDurationMs", false, false, billed_restore_ms),
};

static size_t digits_at(struct str text, size_t at)
{
    size_t end = at;

    while (end < text.len && text.ptr[end] >= '0' && text.ptr[end] <= '9')
        end++;
    return end - at;
}

/* (\d+\.\d+) ms or (\d+) ms at the beginning of `text`. */
static bool amount_at(struct str text, bool decimals, double *ret)
{
    size_t len = digits_at(text, 0);

    if (len == 0)
        return false;
    if (decimals) {
        size_t fraction = len < text.len && text.ptr[len] == '.' ? digits_at(text, len + 1) : 0;
        if (fraction == 0)
            return false;
        len += 1 + fraction;
    }
    if (!str_starts_with(str_slice(text, len, text.len), STR(" ms")))
        return false;
    return str_to_double(str_slice(text, 0, len), ret);
}

static double find_figure(struct str tail, const struct figure_row *row)
{
    double amount = 0;

    while (tail.len > 0) {
        size_t at = str_find(tail, row->label);
        if (at == tail.len)
            return 0;
        if (amount_at(str_slice(tail, at + row->label.len, tail.len), row->decimals, &amount))
            return amount;
        tail = str_slice(tail, at + 1, tail.len);
    }
    return 0;
}

static void set_figure(struct invocation_figures *figures, const struct figure_row *row,
                       double amount)
{
    memcpy((char *)figures + row->offset, &amount, sizeof(amount));
}

/* The first line whose record says platform.report; NULL when there is none. */
static const struct json_value *find_report(struct str tail, struct arena *arena)
{
    while (tail.len > 0) {
        struct str line = str_split(&tail, '\n'), type;
        struct json_value *record = NULL;
        if (str_find(line, STR("platform.report")) == line.len)
            continue;
        if (json_parse(str_trim(line), arena, &record, NULL) &&
            json_string(json_member(record, "type"), &type) && str_eq(type, STR("platform.report")))
            return record;
    }
    return NULL;
}

static bool read_json(struct str tail, struct arena *arena, struct invocation_figures *ret,
                      struct aws_error *err)
{
    const struct json_value *report = find_report(tail, arena);
    const struct json_value *metrics = json_member(json_member(report, "record"), "metrics");

    if (report == NULL)
        return aws_fail(err, &error_execution, "Invalid JSON log does not contain platform.report");
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        const struct json_value *value = json_get(metrics, rows[i].name);
        double amount = 0;
        if (value == NULL && !rows[i].always)
            continue;
        if (!json_double(value, &amount))
            return aws_fail(err, &error_execution, "Invalid JSON log does not contain %.*s",
                            STR_ARG(rows[i].name));
        set_figure(ret, &rows[i], amount);
    }
    return true;
}

bool log_tail_read(struct str tail, struct arena *arena, struct invocation_figures *ret,
                   struct aws_error *err)
{
    struct invocation_figures figures = {0};

    if (tail.len > 0 && tail.ptr[0] == '{') {
        if (!read_json(tail, arena, &figures, err))
            return false;
    } else {
        for (size_t i = 0; i < ARRAY_LEN(rows); i++)
            set_figure(&figures, &rows[i], find_figure(tail, &rows[i]));
    }
    *ret = figures;
    return true;
}

double figures_duration(const struct invocation_figures *figures)
{
    return figures->duration_ms + figures->init_ms + figures->restore_ms;
}

double figures_billed(const struct invocation_figures *figures)
{
    return figures->billed_ms + figures->billed_restore_ms;
}
