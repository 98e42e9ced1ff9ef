#include "cost.h"

#include "execution_error.h"

#include <math.h>

struct regional_price {
    struct str region;
    double price;
};

/* First the price of every region that has no row of its own. */
static const struct regional_price x86_64_prices[] = {
    {STR_INIT("default"), 2.1e-9},     {STR_INIT("ap-east-1"), 2.9e-9},
    {STR_INIT("af-south-1"), 2.8e-9},  {STR_INIT("ap-northeast-3"), 2.7e-9},
    {STR_INIT("me-south-1"), 2.6e-9},  {STR_INIT("eu-south-1"), 2.4e-9},
    {STR_INIT("cn-north-1"), 1.42e-8}, {STR_INIT("cn-northwest-1"), 1.42e-8},
};
static const struct regional_price arm64_prices[] = {{STR_INIT("default"), 1.7e-9}};
static const struct regional_price transition_prices[] = {
    {STR_INIT("default"), 0.000025},      {STR_INIT("us-gov-west-1"), 0.00003},
    {STR_INIT("us-gov-east-1"), 0.00003}, {STR_INIT("ap-northeast-2"), 0.0000271},
    {STR_INIT("eu-south-1"), 0.00002625}, {STR_INIT("af-south-1"), 0.00002975},
    {STR_INIT("us-west-1"), 0.0000279},   {STR_INIT("eu-west-3"), 0.0000297},
    {STR_INIT("ap-east-1"), 0.0000275},   {STR_INIT("me-south-1"), 0.0000275},
    {STR_INIT("ap-south-1"), 0.0000285},  {STR_INIT("sa-east-1"), 0.0000375},
    {STR_INIT("cn-north-1"), 0.0001891},  {STR_INIT("cn-northwest-1"), 0.0001891},
};

static const struct {
    struct str name;
    const struct regional_price *prices;
    size_t count;
} architectures[] = {
    {STR_INIT("x86_64"), x86_64_prices, ARRAY_LEN(x86_64_prices)},
    {STR_INIT("arm64"), arm64_prices, ARRAY_LEN(arm64_prices)},
};

static double price_of(const struct regional_price *rows, size_t count, struct str region)
{
    for (size_t i = 1; i < count; i++) {
        if (str_eq(rows[i].region, region))
            return rows[i].price;
    }
    return rows[0].price;
}

bool cost_lambda_base(struct str region, struct str architecture, double *ret,
                      struct aws_error *err)
{
    for (size_t i = 0; i < ARRAY_LEN(architectures); i++) {
        if (!str_eq(architectures[i].name, architecture))
            continue;
        *ret = price_of(architectures[i].prices, architectures[i].count, region);
        return true;
    }
    return aws_fail(err, &error_execution, "Unsupported architecture: %.*s", STR_ARG(architecture));
}

double cost_transition_base(struct str region)
{
    return price_of(transition_prices, ARRAY_LEN(transition_prices), region);
}

double cost_price(double base, double memory_mb, double billed_ms)
{
    return ceil(billed_ms) * base * (memory_mb / 128);
}

/*
 * JavaScript's Number(x.toFixed(5)). printf rounds the exact binary value as toFixed does, except
 * for an exact tie, which toFixed takes upwards: those are the odd multiples of 1/64.
 */
static double to_fixed_5(double value)
{
    char text[64];
    double sixty_fourths = value * 64, rounded = 0;

    if (sixty_fourths == floor(sixty_fourths) && fmod(sixty_fourths, 2) == 1)
        value = nextafter(value, (double)INFINITY);
    int len = snprintf(text, sizeof(text), "%.5f", value);
    if (len < 0 || (size_t)len >= sizeof(text) ||
        !str_to_double((struct str){text, (size_t)len}, &rounded))
        return value;
    return rounded;
}

double cost_state_machine(double transition_base, size_t sizes, bool only_cold_starts, int64_t num)
{
    double count = (double)sizes;
    double transitions = only_cold_starts ? 6 + count + 2 * count * (double)num : 6 + count * 3;

    return to_fixed_5(transition_base * transitions);
}
