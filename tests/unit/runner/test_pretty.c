#include "../test.h"

#include "pretty.h"

/* Sizes and times as the packages filesize 10 and pretty-ms 7, which newman 6.2 uses, print them.
 */
static void sizes_are_newmans(void **state)
{
    static const struct {
        uint64_t bytes;
        const char *text;
    } rows[] = {
        {0, "0B"},           {303, "303B"},
        {999, "999B"},       {1000, "1kB"},
        {1020, "1.02kB"},    {1500, "1.5kB"},
        {999999, "1MB"},     {1234567, "1.23MB"},
        {2000000000, "2GB"}, {UINT64_C(5000000000000), "5TB"},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        char text[PRETTY_BYTES];
        pretty_size(rows[i].bytes, text);
        if (strcmp(text, rows[i].text) != 0)
            fail_msg("%llu: '%s', not '%s'", (unsigned long long)rows[i].bytes, text, rows[i].text);
    }
}

static void times_are_newmans(void **state)
{
    static const struct {
        double ms;
        const char *text;
    } rows[] = {
        {0, "0µs"},      {0.25, "250µs"},         {1, "1ms"},
        {14.9, "14ms"},  {1997, "1997ms"},        {1998, "1.9s"},
        {2500, "2.5s"},  {61500, "1m 1.5s"},      {60000, "1m"},
        {3600000, "1h"}, {3723400, "1h 2m 3.4s"}, {90061000, "1d 1h 1m 1s"},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        char text[PRETTY_BYTES];
        pretty_time(rows[i].ms, text);
        if (strcmp(text, rows[i].text) != 0)
            fail_msg("%f: '%s', not '%s'", rows[i].ms, text, rows[i].text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sizes_are_newmans),
        cmocka_unit_test(times_are_newmans),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
