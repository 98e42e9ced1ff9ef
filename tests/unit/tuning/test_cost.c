/* Figures: aws-lambda-power-tuning 4.4.0, run by hand; see ../../data/power-tuning/README.md. */
#include "../test.h"

#include "cost.h"
#include "execution_error.h"

static void a_price_is_the_tools_to_the_last_digit(void **state)
{
    static const struct {
        const char *region, *architecture;
        double memory_mb, billed_ms, price;
    } rows[] = {
        {"us-east-1", "x86_64", 512, 153, 0.0000012852000000000002},
        {"us-east-1", "x86_64", 512, 192, 0.0000016128},
        {"us-east-1", "x86_64", 256, 43, 1.8060000000000002e-7},
        {"us-east-1", "x86_64", 512, 152.2, 0.0000012852000000000002},
        {"ap-east-1", "x86_64", 128, 1, 2.9e-9},
        {"eu-south-1", "x86_64", 128, 1, 2.4e-9},
        {"ap-east-1", "arm64", 128, 1, 1.7e-9},
        {"cn-north-1", "x86_64", 128, 1, 1.42e-8},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct aws_error err = {0};
        double base = 0;
        assert_true(cost_lambda_base(str_from_c(rows[i].region), str_from_c(rows[i].architecture),
                                     &base, &err));
        double price = cost_price(base, rows[i].memory_mb, rows[i].billed_ms);
        if (price != rows[i].price)
            fail_msg("row %zu: %.20g is not %.20g", i, price, rows[i].price);
    }
}

static void an_architecture_without_a_price_is_named(void **state)
{
    struct aws_error err = {0};
    double base = 7;

    (void)state;
    assert_false(cost_lambda_base(STR("us-east-1"), STR("mips"), &base, &err));
    assert_string_equal(err.message, "Unsupported architecture: mips");
    assert_ptr_equal(err.kind, &error_execution);
    assert_true(base == 7);
}

static void the_state_machine_costs_a_rounded_amount(void **state)
{
    static const struct {
        const char *region;
        size_t sizes;
        bool cold;
        int64_t num;
        double cost;
    } rows[] = {
        {"us-east-1", 3, false, 10, 0.00038}, /* 0.000375, not a tie: the double lies above it */
        {"us-east-1", 6, false, 10, 0.0006},     {"sa-east-1", 3, false, 10, 0.00056},
        {"us-gov-west-1", 2, false, 5, 0.00036}, {"us-east-1", 3, true, 10, 0.00173},
        {"us-east-1", 1, true, 309, 0.01563}, /* 1/64 exactly: upwards */
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        double cost = cost_state_machine(cost_transition_base(str_from_c(rows[i].region)),
                                         rows[i].sizes, rows[i].cold, rows[i].num);
        if (cost != rows[i].cost)
            fail_msg("row %zu: %.20g is not %.20g", i, cost, rows[i].cost);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_price_is_the_tools_to_the_last_digit),
        cmocka_unit_test(an_architecture_without_a_price_is_named),
        cmocka_unit_test(the_state_machine_costs_a_rounded_amount),
    };

    return cmocka_run_group_tests_name("tuning/cost", tests, NULL, NULL);
}
