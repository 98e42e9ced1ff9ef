#include "../test.h"

#include "execution_error.h"
#include "log_tail.h"

#define REPORT                                                                                     \
    "START RequestId: 1 Version: 2\nEND RequestId: 1\nREPORT RequestId: 1\tDuration: 469.40 ms\t"  \
    "Billed Duration: 609 ms\tMemory Size: 1024 MB\tMax Memory Used: 21 MB\t"                      \
    "Init Duration: 139.10 ms\t\n"

static bool read_tail(const char *text, struct invocation_figures *figures, struct aws_error *err)
{
    struct arena *arena = arena_new(1 << 20);

    assert_non_null(arena);
    bool ok = log_tail_read(str_from_c(text), arena, figures, err);
    arena_free(arena);
    return ok;
}

static void text_tails_are_read_as_the_tool_reads_them(void **state)
{
    static const struct {
        const char *tail;
        double duration, billed;
    } rows[] = {
        {REPORT, 469.40 + 139.10, 609},
        {"", 0, 0},
        {"no figures here", 0, 0},
        {"x\tDuration: 469 ms\tBilled Duration: 469 ms\t", 0, 469}, /* a decimal part is needed */
        {"x\tDuration: 1.5 ms\tBilled Duration: 2.0 ms\t", 1.5, 0}, /* and here there is none */
        {"mine\tDuration: 7.77 ms\n" REPORT, 7.77 + 139.10, 609},   /* the first match wins */
        {"a\tDuration: x ms\tDuration: 3.25 ms\tBilled Duration: 4 ms", 3.25, 4},
        {"Duration: 5.0 ms", 0, 0}, /* no tab before it */
        {"x\tDuration: 1.0 ms\tBilled Duration: 1 ms\tRestore Duration: 10.5 ms\t"
         "Billed Restore Duration: 11 ms",
         11.5, 12},
        {"x\tDuration: 1.0", 0, 0},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct invocation_figures figures;
        struct aws_error err = {0};
        assert_true(read_tail(rows[i].tail, &figures, &err));
        if (figures_duration(&figures) != rows[i].duration ||
            figures_billed(&figures) != rows[i].billed)
            fail_msg("row %zu: %g and %g", i, figures_duration(&figures), figures_billed(&figures));
    }
}

static void json_tails_may_leave_out_what_did_not_happen(void **state)
{
    struct invocation_figures figures;
    struct aws_error err = {0};

    (void)state;
    assert_true(read_tail("{\"type\":\"platform.start\"}\nnot JSON\n"
                          "{\"type\":\"platform.report\",\"record\":{\"metrics\":{"
                          "\"durationMs\":12.5,\"billedDurationMs\":13}}}\n",
                          &figures, &err));
    assert_true(figures.duration_ms == 12.5 && figures.billed_ms == 13 && figures.init_ms == 0);
}

static void json_tails_without_their_figures_are_an_error(void **state)
{
    struct invocation_figures figures;
    struct aws_error err = {0};

    (void)state;
    assert_false(read_tail("{\"type\":\"platform.start\"}", &figures, &err));
    assert_string_equal(err.message, "Invalid JSON log does not contain platform.report");
    assert_false(
        read_tail("{\"type\":\"platform.report\",\"record\":{\"metrics\":{}}}", &figures, &err));
    assert_string_equal(err.message, "Invalid JSON log does not contain durationMs");
    assert_ptr_equal(err.kind, &error_execution);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_tails_are_read_as_the_tool_reads_them),
        cmocka_unit_test(json_tails_may_leave_out_what_did_not_happen),
        cmocka_unit_test(json_tails_without_their_figures_are_an_error),
    };

    return cmocka_run_group_tests_name("tuning/log_tail", tests, NULL, NULL);
}
