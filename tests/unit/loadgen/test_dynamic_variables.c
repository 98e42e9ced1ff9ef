#include "../test.h"

#include "loadgen/dynamic_variables.h"

static void the_table_is_sorted_and_finds_each_name(void **state)
{
    (void)state;
    for (size_t i = 0; i < dynamic_count(); i++) {
        if (i > 0)
            assert_true(str_compare(dynamic_name((int)i - 1), dynamic_name((int)i)) < 0);
        assert_int_equal(dynamic_find(dynamic_name((int)i)), (int)i);
    }
    assert_int_equal(dynamic_find(STR("$nobody")), DYNAMIC_UNKNOWN);
    assert_int_equal(dynamic_find(STR("guid")), DYNAMIC_UNKNOWN);
    assert_int_equal(dynamic_find(STR("")), DYNAMIC_UNKNOWN);
}

static void every_value_is_text_that_fits(void **state)
{
    struct fake_clock clock;
    struct rng rng;
    char value[DYNAMIC_VALUE_BYTES];

    (void)state;
    fake_clock_init(&clock, INT64_C(1795428000123));
    rng_init(&rng, 7);
    for (size_t i = 0; i < dynamic_count(); i++) {
        for (int again = 0; again < 200; again++) {
            size_t len = dynamic_value((int)i, &rng, &clock.clock, value);
            assert_true(len > 0 && len < DYNAMIC_VALUE_BYTES && len == strlen(value));
            assert_true(str_is_utf8((struct str){value, len}));
            /* Nothing of a pattern is left: the one colour that has a '#' begins with it. */
            if (value[0] != '#' && strpbrk(value, "{}#") != NULL)
                fail_msg("%.*s: %s", STR_ARG(dynamic_name((int)i)), value);
        }
    }
}

static const char *value_of(const char *name, struct rng *rng, char value[DYNAMIC_VALUE_BYTES])
{
    struct fake_clock clock;

    fake_clock_init(&clock, INT64_C(1795428000123));
    (void)dynamic_value(dynamic_find(str_from_c(name)), rng, &clock.clock, value);
    return value;
}

static void time_is_the_clocks(void **state)
{
    char value[DYNAMIC_VALUE_BYTES];
    struct rng rng;

    (void)state;
    rng_init(&rng, 1);
    assert_string_equal(value_of("$timestamp", &rng, value), "1795428000");
    assert_string_equal(value_of("$isoTimestamp", &rng, value), "2026-11-23T10:00:00.123Z");
}

static void numbers_and_identifiers_have_their_form(void **state)
{
    char value[DYNAMIC_VALUE_BYTES], other[DYNAMIC_VALUE_BYTES];
    struct rng rng;
    bool low = false, high = false;

    (void)state;
    rng_init(&rng, 1);
    for (int i = 0; i < 20000; i++) {
        int64_t number = -1;
        assert_true(
            str_to_int64(str_from_c(value_of("$randomInt", &rng, value)), 0, 1000, &number));
        low = low || number == 0;
        high = high || number == 1000;
    }
    assert_true(low && high);
    assert_int_equal(strlen(value_of("$guid", &rng, value)), 36);
    assert_true(value[14] == '4' && value[8] == '-');
    assert_string_not_equal(value, value_of("$randomUUID", &rng, other));
}

static void all_of_postmans_names_are_there(void **state)
{
    static const char *const rows[] = {
        "$guid",           "$timestamp",        "$isoTimestamp",         "$randomAvatarImage",
        "$randomIngverb",  "$randomLoremLines", "$randomMimeType",       "$randomBankAccountBic",
        "$randomBsBuzz",   "$randomJobTitle",   "$randomCreditCardMask", "$randomTransportImage",
        "$randomFilePath", "$randomUserAgent",  "$randomPhoneNumberExt", "$randomCatchPhraseNoun"};

    (void)state;
    assert_int_equal(dynamic_count(), 118);
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        assert_int_not_equal(dynamic_find(str_from_c(rows[i])), DYNAMIC_UNKNOWN);
}

/* ISO 13616: letters are numbers from 10 on, the first four characters go last, the rest by 97 is
 * 1. */
static void an_iban_has_its_check_digits(void **state)
{
    char value[DYNAMIC_VALUE_BYTES], text[64];
    struct rng rng;

    (void)state;
    rng_init(&rng, 3);
    for (int i = 0; i < 100; i++) {
        int rest = 0;
        (void)value_of("$randomBankAccountIban", &rng, value);
        assert_int_equal(strlen(value), 22);
        (void)snprintf(text, sizeof(text), "%.18s1314%.2s", value + 4, value + 2);
        for (const char *at = text; *at != '\0'; at++)
            rest = (rest * 10 + (*at - '0')) % 97;
        assert_int_equal(rest, 1);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_table_is_sorted_and_finds_each_name),
        cmocka_unit_test(every_value_is_text_that_fits),
        cmocka_unit_test(all_of_postmans_names_are_there),
        cmocka_unit_test(an_iban_has_its_check_digits),
        cmocka_unit_test(time_is_the_clocks),
        cmocka_unit_test(numbers_and_identifiers_have_their_form),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
