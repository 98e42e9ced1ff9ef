#include "statistics.h"

#include "cost.h"

static int compare_doubles(const void *left, const void *right)
{
    double a, b;

    memcpy(&a, left, sizeof(a));
    memcpy(&b, right, sizeof(b));
    return (a > b) - (a < b);
}

double trimmed_mean(double *values, size_t count, double discard)
{
    double sum = 0;

    if (count == 0)
        return 0;
    size_t each_side = discard > 0 ? (size_t)((double)count * discard) : 0;
    if (2 * each_side >= count)
        each_side = (count - 1) / 2;
    qsort(values, count, sizeof(*values), compare_doubles);
    for (size_t i = each_side; i < count - each_side; i++)
        sum += values[i];
    return sum / (double)(count - 2 * each_side);
}

bool statistics_of(const struct invocation_figures *runs, size_t count, int64_t memory_mb,
                   double base_price, double discard, struct size_statistics *ret)
{
    double *durations = calloc(2 * count + 1, sizeof(*durations));
    struct size_statistics row = {.memory_mb = memory_mb, .runs = (int64_t)count};

    if (durations == NULL)
        return false;
    double *billed = durations + count;
    for (size_t i = 0; i < count; i++) {
        durations[i] = figures_duration(&runs[i]);
        billed[i] = figures_billed(&runs[i]);
        row.cold_starts += runs[i].init_ms > 0;
    }
    row.average_duration_ms = trimmed_mean(durations, count, discard);
    row.average_billed_ms = trimmed_mean(billed, count, discard);
    /* The mean has sorted them, in the tool as here: the sum's last digit depends on the order. */
    for (size_t i = 0; i < count; i++)
        row.total_cost += cost_price(base_price, (double)memory_mb, billed[i]);
    row.average_price = cost_price(base_price, (double)memory_mb, row.average_billed_ms);
    free(durations);
    *ret = row;
    return true;
}
