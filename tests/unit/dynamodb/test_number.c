#include "../test.h"

#include "../../../emulator/dynamodb/items/number.h"
#include "../../../emulator/dynamodb/store/store.h"

enum { ARENA_BYTES = 1 << 20 };

#define NINES_38 "99999999999999999999999999999999999999"
#define ZEROS_87                                                                                   \
    "000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
#define NOT_NUMERIC "The parameter cannot be converted to a numeric value"
#define OVERFLOW                                                                                   \
    "Number overflow. Attempting to store a number with magnitude larger than supported range"
#define UNDERFLOW                                                                                  \
    "Number underflow. Attempting to store a number with magnitude smaller than supported range"
#define TOO_PRECISE "Attempting to store more than 38 significant digits in a Number"

static struct number parse(const char *text)
{
    struct number number = {0};
    struct aws_error err = {0};

    if (!number_parse(str_from_c(text), &number, &err))
        fail_msg("'%s': %s", text, err.message);
    return number;
}

static struct str show(struct number number, struct arena *arena)
{
    struct buffer out;

    buffer_init(&out, arena);
    number_write(&out, number);
    return buffer_str(&out);
}

static void a_number_is_written_in_plain_decimal(void **state)
{
    static const struct {
        const char *text, *written;
    } rows[] = {
        {"1.0", "1"},
        {"1e5", "100000"},
        {"-0", "0"},
        {"0001", "1"},
        {"-1.50", "-1.5"},
        {"1E-3", "0.001"},
        {"+5", "5"},
        {".5", "0.5"},
        {"5.", "5"},
        {"1e+3", "1000"},
        {"-.5e1", "-5"},
        {"0.0e126", "0"},
        {"0e125", "0"},
        {"0e-130", "0"},
        {"123456789.123456789", "123456789.123456789"},
        {"18446744073709551616", "18446744073709551616"},
        {"10e-1", "1"},
        {NINES_38, NINES_38},
        {"-" NINES_38, "-" NINES_38},
        {NINES_38 "000", NINES_38 "000"},
        {"000" NINES_38, NINES_38},
        {"0." NINES_38, "0." NINES_38},
        {"1e125", "1" ZEROS_87 "00000000000000000000000000000000000000"},
        {"9.9999999999999999999999999999999999999E+125", NINES_38 ZEROS_87 "0"},
    };
    struct arena *arena = arena_new(ARENA_BYTES);

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        assert_str_equal(show(parse(rows[i].text), arena), str_from_c(rows[i].written));
    struct str smallest = show(parse("1e-130"), arena);
    assert_int_equal(smallest.len, 132); /* 0. + 129 zeros + 1 */
    assert_int_equal(smallest.ptr[131], '1');
    arena_free(arena);
}

static void what_is_no_number_is_refused_in_the_services_words(void **state)
{
    static const struct {
        const char *text, *message;
    } rows[] = {
        {"", NOT_NUMERIC},
        {" 1", NOT_NUMERIC ":  1"},
        {"1 ", NOT_NUMERIC ": 1 "},
        {"NaN", NOT_NUMERIC ": NaN"},
        {"Infinity", NOT_NUMERIC ": Infinity"},
        {"0x10", NOT_NUMERIC ": 0x10"},
        {"1_0", NOT_NUMERIC ": 1_0"},
        {"1.2.3", NOT_NUMERIC ": 1.2.3"},
        {"e5", NOT_NUMERIC ": e5"},
        {"1e", NOT_NUMERIC ": 1e"},
        {"1e+", NOT_NUMERIC ": 1e+"},
        {".", NOT_NUMERIC ": ."},
        {"--1", NOT_NUMERIC ": --1"},
        {"1e126", OVERFLOW},
        {"-1e126", OVERFLOW},
        {"10e125", OVERFLOW},
        {"1e9223372036854775807", OVERFLOW},
        {"1e9223372036854775808", NOT_NUMERIC ": 1e9223372036854775808"},
        {"0e+00099999999999999999999", NOT_NUMERIC ": 0e+00099999999999999999999"},
        {"1e-131", UNDERFLOW},
        {"1e-9223372036854775808", UNDERFLOW},
        {"1e-9223372036854775809", NOT_NUMERIC ": 1e-9223372036854775809"},
        {"0e126", OVERFLOW},
        {"0e-131", UNDERFLOW},
        {"1" NINES_38, TOO_PRECISE},
        {"1.00000000000000000000000000000000000001", TOO_PRECISE},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct number number;
        struct aws_error err = {0};

        if (number_parse(str_from_c(rows[i].text), &number, &err))
            fail_msg("'%s' is taken", rows[i].text);
        assert_string_equal(err.message, rows[i].message);
        assert_string_equal(err.kind->name, "ValidationException");
    }
}

/* Ascending; each also with its sign turned. */
static const char *const ascending[] = {
    "1e-130", "1.1e-130", "9e-130", "1e-3",  "0.5",     "1",     "1.05",     "1.5",     "2",
    "9.99",   "10",       "10.1",   "11",    "99",      "100",   "100.01",   "1e20",    "12345e20",
    NINES_38, "1e38",     "1.1e38", "1e124", "9.9e124", "1e125", "1.01e125", "9.9e125",
};

static int key_order(struct number a, struct number b)
{
    char key_a[NUMBER_KEY_BYTES_MAX], key_b[NUMBER_KEY_BYTES_MAX];
    struct str text_a = {key_a, number_key(a, key_a)}, text_b = {key_b, number_key(b, key_b)};
    int order = str_compare(text_a, text_b);

    return order < 0 ? -1 : order > 0;
}

/* As a table with a number for its partition key is scanned by the service. */
static void keys_hash_as_the_services_do(void **state)
{
    static const char *const numbers[] = {"7", "999.9", "8", "3", "2", "-999.9",   "9",
                                          "4", "-0.09", "6", "1", "0", "0.012345", "5"};
    static const char *const strings[] = {
        "2",       "8", "9", "1",   "6", "hello", "0", "5", "4", "\xc3\xa4\xc3\xa1\xc3\xb6\xc3\xbc",
        "aardman", "7", "3", "zapf"};
    uint32_t last = 0;

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(numbers); i++) {
        char key[NUMBER_KEY_BYTES_MAX];
        uint32_t hash = store_hash((struct str){key, number_key(parse(numbers[i]), key)});

        assert_true(i == 0 || hash > last);
        last = hash;
    }
    for (size_t i = 0; i < ARRAY_LEN(strings); i++) {
        uint32_t hash = store_hash(str_from_c(strings[i]));

        assert_true(i == 0 || hash > last);
        last = hash;
    }
}

static int value_order(struct number a, struct number b)
{
    int order = number_compare(a, b);

    return order < 0 ? -1 : order > 0;
}

static void keys_and_comparison_order_numbers_by_value(void **state)
{
    struct number zero = parse("0");

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(ascending); i++) {
        struct number a = parse(ascending[i]);

        for (size_t j = 0; j < ARRAY_LEN(ascending); j++) {
            struct number b = parse(ascending[j]);
            int expected = i < j ? -1 : i > j;

            assert_int_equal(value_order(a, b), expected);
            assert_int_equal(key_order(a, b), expected);
            assert_int_equal(value_order(number_negate(a), number_negate(b)), -expected);
            assert_int_equal(key_order(number_negate(a), number_negate(b)), -expected);
            assert_int_equal(value_order(number_negate(a), b), -1);
            assert_int_equal(key_order(number_negate(a), b), -1);
        }
        assert_int_equal(key_order(zero, a), -1);
        assert_int_equal(key_order(number_negate(a), zero), -1);
        assert_int_equal(value_order(zero, a), -1);
    }
    assert_int_equal(key_order(parse("1000"), parse("1e3")), 0);
    assert_int_equal(key_order(parse("-0"), parse("0.00")), 0);
}

static void sums_are_exact_or_refused(void **state)
{
    static const struct {
        const char *a, *b, *sum; /* NULL: Number overflow */
    } rows[] = {
        {"1", "2", "3"},
        {"0.1", "0.2", "0.3"},
        {"5", "-5", "0"},
        {"-5", "3", "-2"},
        {"3", "-5", "-2"},
        {"0", "-7", "-7"},
        {"7", "0", "7"},
        {"99", "1", "100"},
        {"1e37", "1", "10000000000000000000000000000000000001"},
        {NINES_38, "1", "100000000000000000000000000000000000000"},
        {NINES_38, NINES_38, NULL},
        {"1e38", "-1", NINES_38},
        {"-1e38", "1", "-" NINES_38},
        {"1", "-1e38", "-" NINES_38},
        {"1.5e38", "-60000000000000000000000000000000000001",
         "89999999999999999999999999999999999999"},
        {"2e38", "-" NINES_38, NULL},
        {"4e38", "-1", NULL},
        {"5e38", "-1", NULL},
        {"9e38", "-1", NULL},
        {"1", "-4e38", NULL},
        {"1e38", "1", NULL},
        {"1e39", "-1", NULL},
        {"1e125", "1e-130", NULL},
        {"9e125", "1e125", NULL},
        {"5e125", "4e125", "9" ZEROS_87 "00000000000000000000000000000000000000"},
    };
    struct arena *arena = arena_new(ARENA_BYTES);

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct number sum = {0};
        struct aws_error err = {0};
        bool ok = number_add(parse(rows[i].a), parse(rows[i].b), &sum, &err);

        if (ok != (rows[i].sum != NULL))
            fail_msg("%s + %s: %.*s", rows[i].a, rows[i].b, STR_ARG(show(sum, arena)));
        if (ok)
            assert_str_equal(show(sum, arena), str_from_c(rows[i].sum));
        else
            assert_string_equal(err.message, OVERFLOW);
    }
    arena_free(arena);
}

static void a_number_counts_a_byte_for_two_digits(void **state)
{
    static const struct {
        const char *text;
        size_t size;
    } rows[] = {
        {"0", 1},    {"1", 2},       {"-1", 3},    {"10", 2},
        {"99", 2},   {"100", 2},     {"123", 3},   {"1.5", 3},
        {"0.01", 2}, {"-123.45", 5}, {"1e125", 2}, {"12345678901234567890123456789012345678", 20},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        if (number_size(parse(rows[i].text)) != rows[i].size)
            fail_msg("%s: %zu", rows[i].text, number_size(parse(rows[i].text)));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_number_is_written_in_plain_decimal),
        cmocka_unit_test(what_is_no_number_is_refused_in_the_services_words),
        cmocka_unit_test(keys_and_comparison_order_numbers_by_value),
        cmocka_unit_test(keys_hash_as_the_services_do),
        cmocka_unit_test(sums_are_exact_or_refused),
        cmocka_unit_test(a_number_counts_a_byte_for_two_digits),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
