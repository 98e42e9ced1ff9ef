#include "../test.h"

#include "base/clock.h"
#include "report.h"

static void report_lines_are_lambdas_to_the_tab(void **state)
{
    static const struct {
        struct report report;
        const char *line;
    } rows[] = {
        {{"id", 469400000, 139100000, 1024, 21, NULL, NULL},
         "REPORT RequestId: id\tDuration: 469.40 ms\tBilled Duration: 609 ms\tMemory Size: 1024 "
         "MB\tMax Memory Used: 21 MB\tInit Duration: 139.10 ms\t\n"},
        {{"id", 12340000, -1, 128, 40, NULL, NULL},
         "REPORT RequestId: id\tDuration: 12.34 ms\tBilled Duration: 13 ms\tMemory Size: 128 "
         "MB\tMax Memory Used: 40 MB\t\n"},
        {{"id", 3000000000, -1, 128, 1, "timeout", NULL},
         "REPORT RequestId: id\tDuration: 3000.00 ms\tBilled Duration: 3000 ms\tMemory Size: 128 "
         "MB\tMax Memory Used: 1 MB\tStatus: timeout\t\n"},
        {{"id", 5000, -1, 10240, 1, "error", "Runtime.ExitError"},
         "REPORT RequestId: id\tDuration: 0.01 ms\tBilled Duration: 1 ms\tMemory Size: 10240 "
         "MB\tMax Memory Used: 1 MB\tStatus: error\tError Type: Runtime.ExitError\t\n"},
        {{"id", 0, 0, 128, 1, NULL, NULL},
         "REPORT RequestId: id\tDuration: 0.00 ms\tBilled Duration: 1 ms\tMemory Size: 128 "
         "MB\tMax Memory Used: 1 MB\tInit Duration: 0.00 ms\t\n"},
    };
    char line[REPORT_BYTES];

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        assert_str_equal(((struct str){line, report_line(line, &rows[i].report)}),
                         str_from_c(rows[i].line));
    assert_str_equal(((struct str){line, report_start_line(line, "id", "$LATEST")}),
                     STR("START RequestId: id Version: $LATEST\n"));
    assert_str_equal(((struct str){line, report_end_line(line, "id")}), STR("END RequestId: id\n"));
    assert_str_equal(
        ((struct str){line, report_init_line(line, 9999790000, "init", "timeout", NULL)}),
        STR("INIT_REPORT Init Duration: 9999.79 ms\tPhase: init\tStatus: timeout\n"));
}

static void billed_duration_is_whole_and_has_the_init(void **state)
{
    static const struct {
        int64_t duration_ns, init_ns, billed_ms;
    } rows[] = {{1, -1, 1},
                {1000000, -1, 1},
                {1000001, -1, 2},
                {500000, 400000, 1},
                {500000, 600000, 2},
                {117960000, 259540000, 378},
                {900000000000, -1, 900000}};

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        assert_int_equal(report_billed_ms(rows[i].duration_ns, rows[i].init_ns), rows[i].billed_ms);
}

static void overlong_text_in_a_line_is_cut(void **state)
{
    char line[REPORT_BYTES], type[2 * REPORT_BYTES];
    struct report report = {"id", 1, -1, 128, 1, "error", type};

    (void)state;
    memset(type, 'x', sizeof(type) - 1);
    type[sizeof(type) - 1] = '\0';
    assert_int_equal(report_line(line, &report), REPORT_BYTES);
}

static void ring_keeps_the_newest_bytes(void **state)
{
    char bytes[8];
    struct log_ring ring = {bytes, sizeof(bytes), 0};
    struct arena *arena = arena_new(4096);
    struct str text;

    (void)state;
    log_ring_add(&ring, STR("abc"));
    assert_true(log_ring_tail(&ring, 8, arena, &text));
    assert_str_equal(text, STR("abc"));
    log_ring_add(&ring, STR("defghij"));
    assert_true(log_ring_tail(&ring, 8, arena, &text));
    assert_str_equal(text, STR("cdefghij"));
    assert_true(log_ring_tail(&ring, 3, arena, &text));
    assert_str_equal(text, STR("hij"));
    log_ring_add(&ring, STR("0123456789ABCDEF!"));
    assert_true(log_ring_tail(&ring, 100, arena, &text));
    assert_str_equal(text, STR("9ABCDEF!"));
    log_ring_add(&ring, STR(""));
    assert_true(log_ring_tail(&ring, 1, arena, &text));
    assert_str_equal(text, STR("!"));
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(report_lines_are_lambdas_to_the_tab),
        cmocka_unit_test(billed_duration_is_whole_and_has_the_init),
        cmocka_unit_test(overlong_text_in_a_line_is_cut),
        cmocka_unit_test(ring_keeps_the_newest_bytes),
    };

    return cmocka_run_group_tests_name("lambda/report", tests, NULL, NULL);
}
