#include "strategy.h"

struct comparison {
    double weight, highest_price, longest_ms;
};

static double compare_cost(const struct size_statistics *a, const struct size_statistics *b,
                           const struct comparison *unused)
{
    (void)unused;
    if (a->average_price == b->average_price)
        return a->average_duration_ms - b->average_duration_ms;
    return a->average_price - b->average_price;
}

static double compare_speed(const struct size_statistics *a, const struct size_statistics *b,
                            const struct comparison *unused)
{
    (void)unused;
    if (a->average_duration_ms == b->average_duration_ms)
        return a->average_price - b->average_price;
    return a->average_duration_ms - b->average_duration_ms;
}

static double balance_of(const struct size_statistics *row, const struct comparison *c)
{
    return c->weight * row->average_price / c->highest_price +
           (1 - c->weight) * row->average_duration_ms / c->longest_ms;
}

static double compare_balance(const struct size_statistics *a, const struct size_statistics *b,
                              const struct comparison *c)
{
    return balance_of(a, c) - balance_of(b, c);
}

static const struct {
    struct str name;
    double (*compare)(const struct size_statistics *a, const struct size_statistics *b,
                      const struct comparison *c);
} strategies[] = {
    [STRATEGY_COST] = {STR_INIT("cost"), compare_cost},
    [STRATEGY_SPEED] = {STR_INIT("speed"), compare_speed},
    [STRATEGY_BALANCED] = {STR_INIT("balanced"), compare_balance},
};

bool strategy_find(struct str name, enum strategy *ret)
{
    for (size_t i = 0; i < ARRAY_LEN(strategies); i++) {
        if (str_eq(strategies[i].name, name)) {
            *ret = (enum strategy)i;
            return true;
        }
    }
    return false;
}

static struct comparison comparison_of(const struct size_statistics *rows, size_t count,
                                       double weight)
{
    struct comparison c = {.weight = weight};

    for (size_t i = 0; i < count; i++) {
        if (rows[i].average_price > c.highest_price)
            c.highest_price = rows[i].average_price;
        if (rows[i].average_duration_ms > c.longest_ms)
            c.longest_ms = rows[i].average_duration_ms;
    }
    return c;
}

/* By insertion: stable, and there are few sizes. */
void strategy_sort(struct size_statistics *rows, size_t count, enum strategy strategy,
                   double weight)
{
    struct comparison c = comparison_of(rows, count, weight);

    for (size_t i = 1; i < count; i++) {
        struct size_statistics row = rows[i];
        size_t at = i;
        for (; at > 0 && strategies[strategy].compare(&rows[at - 1], &row, &c) > 0; at--)
            rows[at] = rows[at - 1];
        rows[at] = row;
    }
}

int64_t strategy_pick(const struct size_statistics *rows, size_t count, enum strategy strategy,
                      double weight)
{
    struct comparison c = comparison_of(rows, count, weight);
    size_t best = 0;

    for (size_t i = 1; i < count; i++) {
        if (strategies[strategy].compare(&rows[best], &rows[i], &c) > 0)
            best = i;
    }
    return rows[best].memory_mb;
}
