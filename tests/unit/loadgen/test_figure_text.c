#include "../test.h"

#include "loadgen/figure_text.h"

static void halves_round_up_whatever_their_binary_form(void **state)
{
    static const struct {
        double value;
        int decimals;
        const char *text;
    } rows[] = {
        {0, 2, "0.00"},      {0.125, 2, "0.13"},  {0.135, 2, "0.14"},        {0.145, 2, "0.15"},
        {0.124, 2, "0.12"},  {9.996, 2, "10.00"}, {12.35, 1, "12.4"},        {12.349, 1, "12.3"},
        {1234.5, 0, "1235"}, {1.005, 3, "1.005"}, {59332.604, 1, "59332.6"},
    };
    char text[FIGURE_TEXT_BYTES];

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        assert_string_equal(figure_text(rows[i].value, rows[i].decimals, text), rows[i].text);
}

static void a_time_has_the_digits_that_its_size_asks_for(void **state)
{
    char text[FIGURE_TEXT_BYTES];

    (void)state;
    assert_string_equal(figure_text_ms(0.375, text), "0.38");
    assert_string_equal(figure_text_ms(10, text), "10.0");
    assert_string_equal(figure_text_ms(999.95, text), "1000.0");
    assert_string_equal(figure_text_ms(12345.5, text), "12346");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(halves_round_up_whatever_their_binary_form),
        cmocka_unit_test(a_time_has_the_digits_that_its_size_asks_for),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
